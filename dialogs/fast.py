"""The fast path: a person is told within minutes, with the least possible data, and only after a yes at FP1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.answers import read_keys
from dialogs.consents import consent_event, is_live, latest, minute
from dialogs.contact import invites_words
from dialogs.conversation import Answer, CaseCard
from dialogs.draws import draw_id
from dialogs.effects import CancelAlert, RaiseAlert, UpdateAlert, UpdateCase
from dialogs.gate import Act, Granted, Question, Refused, may
from dialogs.prompts import ensure_pair, speak_only
from dialogs.reading import read_answer
from dialogs.replace import replace
from dialogs.steps import come_to, go_next, lay_over, remember, update, with_card
from dialogs.variables import duty_desk

if TYPE_CHECKING:
    from dialogs.policy import Choice, Node
    from dialogs.turn import Turn

CARD_FIELDS = ("danger_now", "fp_country", "fp_event", "fp_reach", "fp_line")
"""What the alert card may hold besides handle, language and time (spec 2.5)."""

PART = "fast"
REACH, READY = "FP4", "ready"
END_OF_FAST, LINE = "FP6", "FP6-LINE"


def sos(turn: Turn) -> None:
    """Somebody asked for a person: open FP1, or say that the alert stands."""
    if turn.draft.alert_id:
        turn.set(active_case=turn.draft.alert_id)  # an officer of another case may have written since
        turn.say("T-ALERT-STANDS")
        come_to(turn, "FP6")
        return
    lay_over(turn, "FP1")


def alert(turn: Turn, choice: Choice) -> bool:
    """Raise the alert at once, before the next question; only answer 1 of FP1 leads here (INV-02)."""
    del choice
    event = latest(turn.draft.consents, "C-EMER")
    if event is None or not is_live((event,), "C-EMER") or turn.draft.alert_id:
        return False
    ensure_pair(turn)
    alert_id = draw_id(turn.event.entropy, "alert", "AL")
    office = duty_desk(turn)
    stranger = bool(turn.conversation.new_phone)  # the words of the person before are not theirs
    card = CaseCard(
        case=alert_id,
        office=office,
        level="L1",
        status="ST-SUB",
        submitted_at=minute(turn.event.at),
        lang=turn.conversation.lang,
        channel=turn.conversation.channel,
        off_words=turn.draft.off_words,
        your_words=turn.draft.your_words,
        your_words_hash=turn.policy.secret_hash("pair", turn.draft.your_words),
        phrase_hash="" if stranger else turn.conversation.phrase_hash,
        panic_hash="" if stranger else turn.conversation.panic_hash,
        consents=(event,),
    )
    granted = _permission(turn, card)
    if not isinstance(granted, Granted):
        return False
    turn.set_draft(alert_id=alert_id)
    turn.set(cards=(*turn.conversation.cards, card), active_case=alert_id)
    turn.do(RaiseAlert(alert_id, granted, alert_card(turn, alert_id), (event,), case=alert_id, opens=card))
    return False


def _permission(turn: Turn, card: CaseCard) -> Granted | Refused:
    question = Question(Act.ALERT, card.case, recipient=card.office, scope="card")
    return may(question, card, card.consents, turn.event.at, turn.policy.measures)


def reconsider(turn: Turn) -> None:
    """FP1 was answered anew, and not with yes: an alert that stands is taken back with it."""
    event = latest(turn.draft.consents, "C-EMER")
    alert_id = turn.draft.alert_id
    if not alert_id or event is None or event.scope != "card" or is_live((event,), "C-EMER"):
        return
    cards = tuple(card for card in turn.conversation.cards if card.case != alert_id)
    turn.set_draft(alert_id="")
    turn.set(cards=cards, active_case=cards[-1].case if cards else "")
    turn.do(CancelAlert(alert_id))


def alert_card(turn: Turn, alert_id: str) -> dict[str, str]:
    """Return the card: a handle that says nothing, language, time, and the answers of the fast path."""
    facts = turn.facts
    card = {"handle": alert_id, "lang": turn.conversation.lang, "time": minute(turn.event.at)}
    card.update({name: str(facts.get(name) or "") for name in CARD_FIELDS})
    return card


def update_card(turn: Turn) -> None:
    """Seal the newer card while the alert stands."""
    alert_id = turn.draft.alert_id
    card = next((card for card in turn.conversation.cards if card.case == alert_id), None)
    if card is None:
        return
    reach = str(turn.facts.get("fp_reach") or "")
    if reach != card.fp_reach:
        card = replace(card, fp_reach=reach)
        turn.set(cards=with_card(turn.conversation.cards, card))
        turn.do(UpdateCase(card))
    granted = _permission(turn, card)
    if isinstance(granted, Granted):
        turn.do(UpdateAlert(alert_id, granted, alert_card(turn, alert_id)))


def only_be_ready(turn: Turn) -> tuple[CaseCard, ...]:
    """Nobody is to write under an alert any more: FP4 is answered with "be ready". Return the cards that change."""
    open_to_words = tuple(card for card in turn.conversation.cards if invites_words(card))
    for card in open_to_words:
        update(turn, replace(card, fp_reach=READY))
        if card.case == turn.draft.alert_id:
            key = next(choice.key for choice in turn.node(REACH).choices if choice.value == READY)
            turn.put_answer(Answer(REACH, keys=(key,)))
            update_card(turn)
    return open_to_words


def cancel_alert(turn: Turn, choice: Choice) -> bool:
    """Take the alert back: the consent is withdrawn and the desk deletes the card."""
    del choice
    alert_id, given = turn.draft.alert_id, latest(turn.draft.consents, "C-EMER")
    if alert_id and given is not None and turn.conversation.question is not None:
        event = consent_event(
            turn.conversation, turn.conversation.question, "C-EMER", "withdrawn",
            at=turn.event.at, entropy=turn.event.entropy, recipient=given.recipient, scope=given.scope,
        )  # fmt: skip
        cards = tuple(card for card in turn.conversation.cards if card.case != alert_id)
        turn.set_draft(alert_id="", consents=(*turn.draft.consents, event))
        turn.set(cards=cards, active_case=cards[-1].case if cards else "")
        turn.do(CancelAlert(alert_id))
    turn.say("FP6-CANCELLED")
    if turn.conversation.new_phone:
        go_next(turn)
        return True
    remember(turn)
    come_to(turn, "T-HELP")
    return True


def with_line(turn: Turn, node: Node, text: str) -> bool:
    """Take words at FP6 as the line that it offers: nothing a person in danger writes is lost. False: they are none."""
    line = turn.node(LINE)
    if node.id != END_OF_FAST or not turn.draft.alert_id or read_keys(text) is not None:
        return False
    old = next((answer.text for answer in turn.draft.answers if answer.node == line.id), "")
    reading = read_answer(turn, line, f"{old}\n{text}".strip())
    if not isinstance(reading, Answer):
        return False
    turn.put_answer(reading)
    update_card(turn)
    turn.restore("TALK")
    turn.say("T-TALK-SENT")
    speak_only(turn)
    return True
