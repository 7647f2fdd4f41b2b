"""A report that nobody fetches: the person is told once, after a week, where they may be written to (spec 8.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.effects import WakeAt
from dialogs.gate import Act, Granted, Question, may
from dialogs.measures import RESTING
from dialogs.prompts import speak_only
from dialogs.safe_times import is_safe, next_safe

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.turn import Turn

UNFETCHED_TIMER: Final = "unfetched "
"""Timer name: this word and the case id."""

AFTER: Final = timedelta(days=7)
LOOK_AGAIN: Final = timedelta(days=1)
"""When the person was busy, hidden or not sure to be themselves."""

NOT_FETCHED: Final = "ST-SUB"


def look_after(turn: Turn, card: CaseCard) -> None:
    """A report was sent: look in a week whether somebody fetched it."""
    turn.do(WakeAt(f"{UNFETCHED_TIMER}{card.case}", turn.event.at + AFTER))


def look(turn: Turn, case: str) -> None:
    """Tell the person when nobody has fetched the report, or look again when this is no moment for it."""
    card = next((card for card in turn.conversation.cards if card.case == case and card.status == NOT_FETCHED), None)
    if card is None or not _may_write(turn, card):
        return
    later = _later(turn, card)
    if later is not None:
        turn.do(WakeAt(f"{UNFETCHED_TIMER}{case}", later))
        return
    turn.set(active_case=case)
    turn.say("T-OFFICER-MSG")  # a phone shows the beginning of a message to everybody
    turn.say("T-NOT-FETCHED")
    speak_only(turn)


def _may_write(turn: Turn, card: CaseCard) -> bool:
    question = Question(Act.CONTACT, card.case)
    return isinstance(may(question, card, card.consents, turn.event.at, turn.policy.measures), Granted)


def _later(turn: Turn, card: CaseCard) -> datetime | None:
    if turn.conversation.node not in RESTING or card.identity_doubt:
        return turn.event.at + LOOK_AGAIN
    office = turn.policy.directory.offices[card.office]
    return None if is_safe(card, office, turn.event.at) else next_safe(card, office, turn.event.at)
