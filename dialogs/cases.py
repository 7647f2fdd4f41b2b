"""After a report exists: talking to the officer, supplements, taking back, deleting, another report.

Taking back works at once and on weak identity; erasing waits for the person's own two words or for 72 hours
(domain.md 4.8, design.md Rulings).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dialogs.consents import is_live, latest, minute
from dialogs.conversation import Answer, Draft
from dialogs.draws import draw_id
from dialogs.effects import ClearChat, DestroyReport, Forget, SealMessage, UpdateCase, WakeAt
from dialogs.limits import MAX_CASES_PER_CONVERSATION
from dialogs.machine import END
from dialogs.prompts import ask, speak_only
from dialogs.steps import contact_is_live, end, go_next, go_on, rest, with_card
from dialogs.variables import sentence

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, ConsentEvent
    from dialogs.policy import Choice
    from dialogs.turn import Turn

HELD = "ST-HOLD"
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


def pass_on(turn: Turn, text: str, kind: str) -> None:
    """Seal words of the person to the office of the active case."""
    card = active_card(turn)
    if card is None:
        return
    document = {
        "schema": "leeward-message-1", "case": card.case, "kind": kind, "at": minute(turn.event.at),
        "lang": turn.conversation.lang, "text": text,
    }  # fmt: skip
    turn.do(SealMessage(kind=kind, office=card.office, document=document, case=card.case))


def feedback(turn: Turn, text: str) -> None:
    """Seal a complaint about us to the feedback office; it carries no case."""
    office = next(office.id for office in turn.policy.directory.offices.values() if office.role == "feedback")
    document = {"schema": "leeward-message-1", "kind": "feedback", "at": minute(turn.event.at), "text": text}
    letter = draw_id(turn.event.entropy, "feedback", "FB")
    turn.do(SealMessage(kind="feedback", office=office, document=document, case=letter))


def clear_chat(turn: Turn, choice: Choice) -> bool:
    """Clear the chat; where nothing allows us to keep the address, the conversation goes with it."""
    del choice
    turn.do(ClearChat())
    turn.say("T-DELETE-LIMITS")
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
            _update(turn, replace(card, status=HELD, held_from=card.status))


def unfreeze(turn: Turn, choice: Choice) -> bool:
    """The person changed their mind: every held case goes back to where it was."""
    del choice
    for card in turn.conversation.cards:
        if card.status == HELD and card.held_from:
            _update(turn, replace(card, status=card.held_from, held_from=""))
    if turn.conversation.came_from:
        go_on(turn)
    else:
        rest(turn)
    return True


def withdraw_all(turn: Turn, choice: Choice) -> bool:
    """Take everything back: all consents, all cases, and the draft if there is one."""
    del choice
    if not turn.conversation.cards:
        turn.say("T-CLEARED")
        end(turn)
        return True
    unopened = False
    for card in turn.conversation.cards:
        before = card.held_from or card.status
        events = tuple(_withdrawn(turn, card, event.id) for event in _live(card))
        _update(turn, replace(card, status=WITHDRAWN, held_from=before, consents=(*card.consents, *events)))
        if before in UNOPENED:
            unopened = True
            due = turn.event.at + timedelta(hours=DESTROY_AFTER_HOURS)
            turn.do(WakeAt(f"{DESTROY_TIMER}{card.case}", due))
    turn.set(draft=None, came_from=())
    _say_done(turn, "WD-ALL", "WD-WORDS-DESTROY" if unopened else "WD-WORDS-OFFICER")
    return True


def withdraw_steps(turn: Turn, choice: Choice) -> bool:
    """Stop all steps but keep the report: sharing, counting and the duty desk end, the office keeps the report."""
    del choice
    return _withdraw(turn, ("C-ASG", "C-EMER", "C-STAT", "C-INTP", "C-SILENT", "C-ALTC"), "WD-STEPS")


def withdraw_contact(turn: Turn, choice: Choice) -> bool:
    """Nobody writes to the person any more."""
    del choice
    return _withdraw(turn, ("C-CONT", "C-ALTC", "C-SILENT"), "WD-CONTACT")


def withdraw_one(turn: Turn, consent: str) -> bool:
    """Take back one permission; the one to send is the same as taking everything back."""
    if consent == "C-FWD":
        return withdraw_all(turn, turn.node("T-WITHDRAW").choices[0])
    return _withdraw(turn, (consent,), "WD-ONE")


def _withdraw(turn: Turn, consents: tuple[str, ...], what: str) -> bool:
    for card in turn.conversation.cards:
        events = tuple(_withdrawn(turn, card, consent) for consent in consents if is_live(card.consents, consent))
        status = card.held_from if card.status == HELD and card.held_from else card.status
        _update(turn, replace(card, status=status, held_from="", consents=(*card.consents, *events)))
    _say_done(turn, what, "WD-WORDS-OFFICER")
    return True


def _say_done(turn: Turn, what: str, note: str) -> None:
    turn.say(
        "T-WITHDRAW-DONE",
        WHAT=sentence(turn, what), DONE_LIST=sentence(turn, "WD-CANNOT"), VERIFY_NOTE=sentence(turn, note),
    )  # fmt: skip
    turn.move("TALK")
    speak_only(turn)


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


def _live(card: CaseCard) -> tuple[ConsentEvent, ...]:
    ids = dict.fromkeys(event.id for event in card.consents)
    found = (latest(card.consents, consent) for consent in ids)
    return tuple(event for event in found if event is not None and is_live((event,), event.id))


def _withdrawn(turn: Turn, card: CaseCard, consent: str) -> ConsentEvent:
    event = latest(card.consents, consent)
    if event is None:
        raise AssertionError(consent)
    record = draw_id(turn.event.entropy, f"withdraw {card.case} {consent}", "CR", groups=6)
    return replace(event, record_id=record, status="withdrawn", at=minute(turn.event.at), asked_by="person")


def _update(turn: Turn, card: CaseCard) -> None:
    turn.set(cards=with_card(turn.conversation.cards, card))
    turn.do(UpdateCase(card))


def open_menu(turn: Turn) -> None:
    """00: the menu of a person with a report, or the help of the interview."""
    if turn.conversation.cards and turn.conversation.draft is None:
        ask(turn, "Q54")
    else:
        ask(turn, "T-HELP")
