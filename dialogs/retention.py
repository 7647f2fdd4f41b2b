"""After a case is closed: whether the office may keep the report is asked once, and what is not kept is erased.

Where closing is no moment for the question it waits for a message of the person; the days of erasing wait for nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.cases import active_card
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
    """Ask now or when the person writes; without a yes the report goes after the days the person was told."""
    card = _closed(turn, event.case)
    if card is None:
        return
    turn.do(WakeAt(f"{ERASE_TIMER}{event.case}", event.at + _kept(turn.policy.settings, card)))
    asked = any(consent.id == RETAIN for consent in card.consents)
    here = turn.conversation
    is_moment = here.node in RESTING and not here.new_phone  # a yes needs somebody who is known (spec 4.8)
    if asked or is_alert_only(card):
        return
    if not (event.may_ask and is_moment):
        update(turn, replace(card, keep_unasked=True))
        return
    turn.say("T-OFFICER-MSG")  # a phone shows the beginning of a message to everybody
    _ask(turn, card)


def offer(turn: Turn) -> bool:
    """Ask the person who writes what could not be asked when their case was closed; False when there is nothing to ask.

    Not while a report is being written, or while what they write is for a case that is open.
    """
    here, active = turn.conversation, active_card(turn)
    if here.draft is not None or here.new_phone or active is None or active.status != CLOSED:
        return False
    waits = [card for card in here.cards if card.keep_unasked and card.status == CLOSED and not card.identity_doubt]
    if not waits:
        return False
    _ask(turn, waits[0])
    return True


def _ask(turn: Turn, card: CaseCard) -> None:
    if card.keep_unasked:
        update(turn, replace(card, keep_unasked=False))
    turn.set(active_case=card.case)
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
        turn.do(WakeAt(f"{ERASE_TIMER}{card.case}", _goes_at(turn, kept)))
    turn.say("T-RETN-NOTED")
    turn.restore("TALK")
    speak_only(turn)
    return True


def erase(turn: Turn, case: str) -> None:
    """The time is over: erase a case that is still closed."""
    if _closed(turn, case) is not None:
        turn.do(DestroyReport(case))
        turn.set(cards=tuple(card for card in turn.conversation.cards if card.case != case))


def _goes_at(turn: Turn, card: CaseCard) -> datetime:
    """Return when a closed case is erased: counted from the closing, however late the answer comes."""
    closed_at = datetime.fromisoformat(card.status_at) if card.status_at else turn.event.at
    return closed_at + _kept(turn.policy.settings, card)


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
