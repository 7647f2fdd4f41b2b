"""After a case is closed: whether the office may keep the report is asked once, and what is not kept is erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.consents import consent_event, is_live
from dialogs.effects import DestroyReport, WakeAt
from dialogs.limits import DAYS_OF_A_MONTH
from dialogs.measures import RESTING
from dialogs.prompts import ask, speak_only
from dialogs.replace import replace
from dialogs.steps import update

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.events import CaseClosed
    from dialogs.policy import Choice, Settings
    from dialogs.turn import Turn

CLOSED: Final = "ST-CLO"
RETAIN: Final = "C-RETN"
ERASE_TIMER: Final = "erase "
"""Timer name: this word and the case id."""


def case_closed(turn: Turn, event: CaseClosed) -> None:
    """Ask where this is a moment for it; without a yes the report goes after the days the person was told."""
    card = _closed(turn, event.case)
    if card is None:
        return
    turn.do(WakeAt(f"{ERASE_TIMER}{event.case}", event.at + _kept(turn.policy.settings, card)))
    asked = any(consent.id == RETAIN for consent in card.consents)
    here = turn.conversation
    is_moment = here.node in RESTING and not here.new_phone  # a yes needs somebody who is known (spec 4.8)
    if event.may_ask and not asked and not is_alert_only(card) and is_moment:
        turn.set(active_case=event.case)
        turn.say("T-OFFICER-MSG")  # a phone shows the beginning of a message to everybody
        ask(turn, RETAIN, again=True)


def retain(turn: Turn, choice: Choice) -> bool:
    """C-RETN was answered."""
    question = turn.conversation.question
    card = _closed(turn, turn.conversation.active_case)
    if question is not None and card is not None:
        event = consent_event(
            turn.conversation, question, RETAIN, str(choice.value), at=turn.event.at, entropy=turn.event.entropy
        )
        kept = replace(card, consents=(*card.consents, event))
        update(turn, kept)
        turn.do(WakeAt(f"{ERASE_TIMER}{card.case}", turn.event.at + _kept(turn.policy.settings, kept)))
    turn.say("T-RETN-NOTED")
    turn.restore("TALK")
    speak_only(turn)
    return True


def erase(turn: Turn, case: str) -> None:
    """The time is over: erase a case that is still closed."""
    if _closed(turn, case) is not None:
        turn.do(DestroyReport(case))
        turn.set(cards=tuple(card for card in turn.conversation.cards if card.case != case))


def _closed(turn: Turn, case: str) -> CaseCard | None:
    return next((card for card in turn.conversation.cards if card.case == case and card.status == CLOSED), None)


def is_over(card: CaseCard, settings: Settings, now: datetime) -> bool:
    """Tell whether a closed case may not be kept any more: the days since it was closed that the person was told."""
    if card.status != CLOSED or not card.status_at:
        return False
    return now >= datetime.fromisoformat(card.status_at) + _kept(settings, card)


def is_alert_only(card: CaseCard) -> bool:
    """Tell whether this is the card of an alert (fast path): there is no report an office could keep."""
    return all(event.id != "C-FWD" for event in card.consents)


def _kept(settings: Settings, card: CaseCard) -> timedelta:
    if is_alert_only(card):
        return timedelta(days=settings.alert_days)
    months = settings.retention_months * DAYS_OF_A_MONTH
    return timedelta(days=months if is_live(card.consents, RETAIN) else settings.erase_days)
