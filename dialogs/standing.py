"""Where a report stands, and who opened it: said only when the person asks, in days and roles (spec 3.6)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from dialogs.cases import active_card
from dialogs.effects import TellOpened
from dialogs.prompts import ask_again, speak_only
from dialogs.variables import sentence

if TYPE_CHECKING:
    from dialogs.turn import Turn

OPENED, STATUS = "opened", "status"
"""What a whole message may ask for (config/policy/words.yaml)."""

_NO_QUESTION: Final = ("TALK", "PAUSED", "START")


def say_status(turn: Turn) -> None:
    """Say where the report is and since when."""
    card = active_card(turn)
    if card is None:
        return
    days = days_ago(card.status_at or card.submitted_at, turn.event.at)
    words = sentence(turn, day_text(days), COUNT=str(days))
    turn.say("T-STATUS", STATUS_WORDS=sentence(turn, f"STATUS-{card.status}"), DAY_WORDS=words)


def tell_opened(turn: Turn) -> None:
    """Have the chat told who opened the report, and that opening it elsewhere cannot be seen."""
    card = active_card(turn)
    if card is not None:
        turn.do(TellOpened(card.case, turn.conversation.lang, turn.conversation.node, turn.conversation.turn))


def answer(turn: Turn, asked: str) -> bool:
    """Answer a whole message that asks for either; False where there is no report."""
    if active_card(turn) is None:
        return False
    if asked == STATUS:
        say_status(turn)
    else:
        tell_opened(turn)
    if turn.conversation.question is None or turn.conversation.node in _NO_QUESTION:
        speak_only(turn)
    else:
        ask_again(turn)
    return True


def day_text(days: int) -> str:
    """Return the id of the sentence for so many days ago; hours could tell too much."""
    return {0: "DAY-TODAY", 1: "DAY-YESTERDAY"}.get(days, "DAY-AGO")


def days_ago(at: str, now: datetime) -> int:
    """Return how many days of the calendar (UTC) lie between a time and now."""
    return max((now.date() - datetime.fromisoformat(at).date()).days, 0)
