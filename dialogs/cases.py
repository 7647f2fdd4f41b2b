"""After a report exists: talking to the officer, supplements, taking back, deleting, another report.

Taking back works at once and on weak identity; erasing waits for the person's own two words or for 72 hours
 (spec 4.8).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.consents import latest, minute, side, standing_events
from dialogs.consulting import CONSULTS
from dialogs.conversation import Answer, Draft
from dialogs.draws import draw_id, draw_record
from dialogs.effects import (
    CancelAlert,
    ClearChat,
    DestroyReport,
    EraseCopy,
    EraseFiles,
    Forget,
    SealFeedback,
    SealMessage,
    WakeAt,
)
from dialogs.fast import only_be_ready
from dialogs.gate import Act, Granted, Question, may
from dialogs.limits import MAX_CASES_PER_CONVERSATION
from dialogs.machine import END
from dialogs.measures import all_withdrawn, withdrawn
from dialogs.officers import heard
from dialogs.prompts import ask, speak_only
from dialogs.replace import replace
from dialogs.sharing import SHARE, SHARES, no_longer_with
from dialogs.steps import contact_is_live, end, go_next, go_on, rest, update
from dialogs.variables import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.conversation import CaseCard, ConsentEvent
    from dialogs.policy import Choice
    from dialogs.turn import Turn

HELD = "ST-HOLD"
BY_OFFICE, BY_BOTH = "office", "both"
"""Who put a case on hold, besides its person alone."""

WITHDRAWN = "ST-WDR"
UNOPENED = ("ST-SUB", "ST-DLV")
DESTROY_AFTER_HOURS = 72
DESTROY_TIMER = "destroy "
"""Timer name: this word and the case id."""


def active_card(turn: Turn) -> CaseCard | None:
    """Return the case the person is talking about: the one chosen, else the newest."""
    cards = turn.conversation.cards
    chosen = next((card for card in cards if card.case == turn.conversation.active_case), None)
    return chosen or (cards[-1] if cards else None)


def talk(turn: Turn, choice: Choice) -> bool:
    """Open the line to the officer: from now on words are sealed to the office (node TALK)."""
    del choice
    turn.move("TALK")
    turn.say("T-TALK")
    speak_only(turn)
    return True


def pass_on(turn: Turn, text: str, kind: str) -> bool:
    """Seal words of the person to the office of the active case; False: nobody may receive them any more."""
    card = active_card(turn)
    if card is None:
        return False
    granted = may(own_words(card), card, card.consents, turn.event.at, turn.policy.measures)
    if not isinstance(granted, Granted):
        return False
    document = {
        "schema": "leeward-message-1", "case": card.case, "kind": kind, "at": minute(turn.event.at),
        "lang": turn.conversation.lang, "text": text,
    }  # fmt: skip
    turn.do(SealMessage(kind=kind, document=document, granted=granted))
    after = heard(card, turn.event.at)
    if after != card:
        update(turn, after)
    return True


def own_words(card: CaseCard) -> Question:
    """Return what the gate is asked before the person's own later words go where their report, or alert, went."""
    sent = latest(card.consents, "C-FWD")
    if sent is None:
        return Question(Act.ALERT, card.case, recipient=card.office, scope="card")
    return Question(Act.FORWARD, card.case, recipient=card.office, content_version=sent.content_version)


def feedback(turn: Turn, text: str) -> None:
    """Seal a complaint about us to the feedback office; it carries no case."""
    office = next(office.id for office in turn.policy.directory.offices.values() if office.role == "feedback")
    document = {"schema": "leeward-message-1", "kind": "feedback", "at": minute(turn.event.at), "text": text}
    turn.do(SealFeedback(draw_id(turn.event.entropy, "feedback", "FB"), office, document))


def clear_chat(turn: Turn, choice: Choice) -> bool:
    """Clear the chat; where nothing allows us to keep the address, the conversation goes with it."""
    del choice
    turn.do(ClearChat())
    turn.say("T-DELETE-LIMITS")
    turn.say("T-CLEAR-TELEGRAM" if turn.conversation.channel == "telegram" else "T-CLEAR-SIGNAL")
    if turn.conversation.draft is None and not contact_is_live(turn.conversation.cards):
        turn.move(END)
        speak_only(turn)
        turn.do(Forget())
    else:
        turn.move("TALK" if turn.conversation.cards else "T-HELP")
        speak_only(turn)
    return True


def begin_again(turn: Turn, choice: Choice) -> bool:
    """Start another report in the same conversation, up to a cap."""
    del choice
    if len(turn.conversation.cards) >= MAX_CASES_PER_CONVERSATION:
        turn.say("T-ENOUGH-CASES")
        rest(turn)
        return True
    language = next(c for c in turn.policy.interview.nodes["Q01"].choices if c.value == turn.conversation.lang)
    turn.set(interview=turn.policy.interview.version, draft=Draft(answers=(Answer("Q01", keys=(language.key,)),)))
    go_next(turn)
    return True


def ask_erasure(turn: Turn, choice: Choice) -> bool:
    """Ask for the report to be deleted: the same as taking everything back."""
    return withdraw_all(turn, choice)


def freeze(turn: Turn) -> None:
    """Stop everything at once: every case is held in this transaction; identity is checked afterwards."""
    for card in turn.conversation.cards:
        if card.status not in (HELD, WITHDRAWN):
            update(turn, replace(card, status=HELD, held_from=card.status, held_by="", status_at=minute(turn.event.at)))
        elif card.status == HELD and card.held_by == BY_OFFICE:
            update(turn, replace(card, held_by=BY_BOTH))


def unfreeze(turn: Turn, choice: Choice) -> bool:
    """The person changed their mind: every case that they had stopped goes back to where it was."""
    del choice
    for card in turn.conversation.cards:
        going_on = _going_on(turn, card)
        if going_on != card:
            update(turn, going_on)
    if turn.conversation.came_from:
        go_on(turn)
    else:
        rest(turn)
    return True


def _going_on(turn: Turn, card: CaseCard) -> CaseCard:
    """Return the card without the person's own stop; what an officer stopped, as they may be forced, stays so."""
    if card.status != HELD or card.held_by == BY_OFFICE:
        return card
    if card.held_by == BY_BOTH:
        return replace(card, held_by=BY_OFFICE)
    if not card.held_from:
        return card
    return replace(card, status=card.held_from, held_from="", status_at=minute(turn.event.at))


def withdraw_all(turn: Turn, choice: Choice) -> bool:
    """Take everything back: all consents, all cases, and the draft if there is one."""
    del choice
    if not turn.conversation.cards:
        turn.do(ClearChat())
        turn.say("T-CLEARED")
        end(turn)
        return True
    unopened = False
    touched = []
    for card in turn.conversation.cards:
        before = card.held_from or card.status
        touched.append(_take_back(turn, card, standing_events(card.consents), status=WITHDRAWN, held_from=before))
        if before in UNOPENED:
            unopened = True
            due = turn.event.at + timedelta(hours=DESTROY_AFTER_HOURS)
            turn.do(WakeAt(f"{DESTROY_TIMER}{card.case}", due))
    turn.drop_files(turn.draft.files)
    turn.set(draft=None, came_from=())
    _say_done(turn, "WD-ALL", "WD-WORDS-DESTROY" if unopened else "WD-WORDS-OFFICER", tuple(touched))
    return True


def withdraw_steps(turn: Turn, choice: Choice) -> bool:
    """Stop all steps but keep the report: sharing, counting, the duty desk and every measure end."""
    del choice
    return _withdraw(turn, lambda event: event.id in STEPS or event.id.startswith("C-M-"), "WD-STEPS")


def withdraw_contact(turn: Turn, choice: Choice | None = None) -> bool:
    """Nobody writes to the person any more, and nobody reaches them in another way; an alert stands without it."""
    del choice
    touched = _end_consents(turn, lambda event: event.id in CONTACT)
    _say_done(turn, "WD-CONTACT", "WD-WORDS-OFFICER", (*touched, *only_be_ready(turn)))
    return True


def withdraw_one(turn: Turn, consent: str) -> bool:
    """Take back one permission; the one to send is the same as taking everything back."""
    if consent == "C-FWD" and turn.conversation.cards:
        return withdraw_all(turn, turn.node("T-WITHDRAW").choices[0])
    if consent == "C-TGFULL":
        turn.do(ClearChat())  # the company could read what was written: what can still be deleted goes (spec 4.2)
    return _withdraw(turn, lambda event: event.id == consent, "WD-ONE")


def _withdraw(turn: Turn, which: Callable[[ConsentEvent], bool], what: str) -> bool:
    _say_done(turn, what, "WD-WORDS-OFFICER", _end_consents(turn, which))
    return True


def _end_consents(turn: Turn, which: Callable[[ConsentEvent], bool]) -> tuple[CaseCard, ...]:
    """Take these consents back in every case and in the draft, and let what was frozen go on.

    Return the cards of the cases they were given for; all, where there was nothing to take back.
    """
    touched = []
    for card in turn.conversation.cards:
        going_on = _going_on(turn, card)
        events = tuple(event for event in standing_events(card.consents) if which(event))
        if events or going_on != card:
            kept = going_on.held_from
            touched.append(_take_back(turn, going_on, events, status=going_on.status, held_from=kept))
    drafted = tuple(event for event in standing_events(turn.draft.consents) if which(event))
    if turn.conversation.draft is not None:
        _take_back_in_draft(turn, drafted)
    return tuple(touched) if touched or drafted else turn.conversation.cards


def _take_back(
    turn: Turn, card: CaseCard, events: tuple[ConsentEvent, ...], *, status: str, held_from: str
) -> CaseCard:
    """Withdraw these consents of a case in this transaction, with everything they had opened that is still here."""
    back = tuple(_withdrawn(turn, card.case, event) for event in events)
    at = card.status_at if status == card.status else minute(turn.event.at)
    changed = replace(card, status=status, held_from=held_from, status_at=at, consents=(*card.consents, *back))
    changed = all_withdrawn(changed) if status == WITHDRAWN else changed
    for event in events:
        changed = withdrawn(changed, event.id)
        if event.id == SHARE:
            changed = no_longer_with(changed, event.recipient, event.at)
        if event.id in ("C-ASG", "C-EMER", SHARE) and event.scope != "card":
            turn.do(EraseCopy(card.case, event.recipient, "copy"))
        elif event.id == "C-NAME":
            turn.do(EraseCopy(card.case, card.office, "identity"))
        elif event.id == "C-FILE":
            turn.do(EraseFiles(card.case))
        elif event.scope == "card" and latest(card.consents, "C-FWD") is None:  # the alert's own card, no report's
            turn.do(CancelAlert(card.case))
            turn.set(cards=tuple(other for other in turn.conversation.cards if other.case != card.case))
            return changed
    update(turn, changed)
    return changed


def _take_back_in_draft(turn: Turn, events: tuple[ConsentEvent, ...]) -> None:
    """Withdraw these consents of a report that is being written; what they let in goes out again."""
    draft = turn.draft
    back = tuple(_withdrawn(turn, "draft", event) for event in events)
    taken = {event.id for event in events}
    answers, files = draft.answers, draft.files
    if "C-NAME" in taken:
        answers = tuple(answer for answer in answers if turn.node(answer.node).field != "real_name")
    if "C-FILE" in taken:
        turn.drop_files(files)
        files = ()
    turn.set_draft(consents=(*draft.consents, *back), answers=answers, files=files)


def _say_done(turn: Turn, what: str, note: str, touched: tuple[CaseCard, ...]) -> None:
    turn.say(
        "T-WITHDRAW-DONE",
        WHAT=sentence(turn, what), DONE_LIST=_cannot_undo(turn, touched), VERIFY_NOTE=sentence(turn, note),
    )  # fmt: skip
    turn.set(open_card="")
    if turn.conversation.cards:
        turn.move("TALK")
        speak_only(turn)
    elif turn.conversation.came_from:
        go_on(turn)
    else:
        speak_only(turn)


def _cannot_undo(turn: Turn, touched: tuple[CaseCard, ...]) -> str:
    """Say honestly what taking back cannot reach, by how far each case had come (spec 4.8)."""
    found = dict.fromkeys(text_id for card in touched for text_id in _stage(card))
    return "; ".join(sentence(turn, text_id) for text_id in found or ("WD-CANNOT-NOTHING",))


def _stage(card: CaseCard) -> list[str]:
    opened = (card.held_from or card.status) not in UNOPENED
    begun = [proposal.measure for proposal in card.measures if proposal.started_at]
    stages = ["WD-CANNOT-OPENED" if opened else "WD-CANNOT-UNOPENED"]
    for prefixes, text_id in _BEGUN:
        if any(measure.startswith(prefixes) for measure in begun):
            stages.append(text_id)
    if any(event.id == "C-STAT" and event.status == "withdrawn" for event in card.consents) and opened:
        stages.append("WD-CANNOT-COUNTED")
    return stages


CONTACT: Final = ("C-CONT", "C-ALTC", "C-SILENT")
STEPS: Final = ("C-ASG", "C-EMER", "C-STAT", "C-INTP", "C-SILENT", "C-ALTC", "C-SHR", "C-VER", "C-REPA", "C-REPN")

_BEGUN: Final = (
    (("UM-PUB-", "GM-STA-IDG"), "WD-CANNOT-PUBLIC"),
    (("GM-STA-", "GM-EXP-", "GM-TPE-", "UM-DIP-"), "WD-CANNOT-STATE"),
    (("GM-LEA-", "UM-FOC-", "UM-SEC-", *SHARES, *CONSULTS), "WD-CANNOT-QUIET"),
    (("UM-NET-REL", "UM-NET-PHY", "UM-NET-FIN", "UM-NET-CSN", "UM-NET-COM"), "WD-NOT-STOPPED"),
)
"""What measures that were begun leave behind; protection that runs is never stopped by a machine."""


def destroy(turn: Turn, case: str) -> None:
    """Destroy an unopened report that was taken back, its key and its card."""
    card = next((card for card in turn.conversation.cards if card.case == case), None)
    if card is None or card.status != WITHDRAWN or card.held_from not in UNOPENED:
        return
    turn.do(DestroyReport(case))
    turn.set(cards=tuple(other for other in turn.conversation.cards if other.case != case))


def destroy_by_words(turn: Turn, words: str) -> bool:
    """The person proved themselves with their own two words: withdrawn unopened reports are destroyed now."""
    digest = turn.policy.secret_hash("pair", words)
    mine = [c for c in turn.conversation.cards if c.status == WITHDRAWN and c.your_words_hash == digest]
    for card in mine:
        destroy(turn, card.case)
    if not mine:
        return False
    turn.say("T-CLEARED")
    end(turn)
    return True


def _withdrawn(turn: Turn, place: str, event: ConsentEvent) -> ConsentEvent:
    purpose = f"withdraw {place} {' '.join(side(event))}"
    record = draw_record(turn.event.entropy, purpose)
    return replace(event, record_id=record, status="withdrawn", at=minute(turn.event.at), asked_by="person")


def open_menu(turn: Turn) -> None:
    """00: the menu of a person with a report, or the help of the interview."""
    if turn.conversation.cards and turn.conversation.draft is None:
        ask(turn, "Q54")
    else:
        ask(turn, "T-HELP")
