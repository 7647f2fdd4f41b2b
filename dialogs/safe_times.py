"""When the person said it is safe to write to them (Q47), by their own clock (Q47-CLOCK). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import tzinfo

    from dialogs.conversation import CaseCard
    from dialogs.policy import Office

HOURS: Final = {"morning": (6, 11), "midday": (11, 17), "evening": (17, 22)}
"""From and to, in whole hours of the person's clock; night is what is left."""

_SATURDAY: Final = 5
_STEP: Final = timedelta(minutes=15)
_STEPS_AHEAD: Final = 8 * 24 * 4


def is_safe(card: CaseCard, office: Office, at: datetime) -> bool:
    """Tell whether an officer may write at this moment; somebody who named no times may be written to at any."""
    if not card.safe_times or "any" in card.safe_times:
        return True
    local = at.astimezone(_zone(card, office))
    times = set(card.safe_times)
    if "weekend" in times:
        if local.weekday() < _SATURDAY:
            return False
        times.discard("weekend")
    return not times or _part_of_day(local) in times


def next_safe(card: CaseCard, office: Office, at: datetime) -> datetime:
    """Return the first quarter of an hour from `at` on at which it is safe."""
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    for step in range(_STEPS_AHEAD):
        moment = max(at, quarter + step * _STEP)
        if is_safe(card, office, moment):
            return moment
    return at + timedelta(days=7)  # never reached: every part of a day comes within a week


def _part_of_day(local: datetime) -> str:
    return next((name for name, (start, end) in HOURS.items() if start <= local.hour < end), "night")


def _zone(card: CaseCard, office: Office) -> tzinfo:
    """Return the person's zone; whoever did not say the time is taken to live by the clock of the office."""
    if card.utc_offset_minutes is None:
        return ZoneInfo(office.tz)
    return timezone(timedelta(minutes=card.utc_offset_minutes))
