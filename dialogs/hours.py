"""When an office is open, and the honest words for how long a person will wait (INV-19). Pure; zones are IANA names."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dialogs.frozen import Frozen
from dialogs.roster import on_duty
from dialogs.targets import due

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.policy import Office, TriagePolicy, Window
    from dialogs.roster import Roster

_DAYS_AHEAD = 15
_STEP = timedelta(minutes=15)
_STEPS_AHEAD = 8 * 24 * 4
_MINUTES_IN_WORDS = 90
_HOURS_IN_WORDS = 36
_NOON, _EVENING = 12, 17
WEEKDAY_TEXTS = ("W-MON", "W-TUE", "W-WED", "W-THU", "W-FRI", "W-SAT", "W-SUN")


class WaitWords(Frozen):
    """The id of a fragment and its variables."""

    text_id: str
    args: Mapping[str, str]


def is_open(office: Office, at: datetime) -> bool:
    """Tell whether somebody is there by the office's hours (on-call does not count)."""
    local = at.astimezone(ZoneInfo(office.tz))
    if local.date() in office.closed_on:
        return False
    minutes = local.hour * 60 + local.minute
    return any(local.weekday() in w.weekdays and w.opens <= minutes < w.closes for w in office.hours)


def answers_now(office: Office, at: datetime) -> bool:
    """Tell whether somebody answers: open, or on call day and night."""
    return office.on_call or is_open(office, at)


def next_opening(office: Office, at: datetime) -> datetime | None:
    """Return the next moment the office opens after `at`, in its own zone; None for an office without hours."""
    zone = ZoneInfo(office.tz)
    local = at.astimezone(zone)
    starts = (
        _start(local, ahead, window, zone)
        for ahead in range(_DAYS_AHEAD)
        for window in office.hours
        if (local + timedelta(days=ahead)).weekday() in window.weekdays
        and (local + timedelta(days=ahead)).date() not in office.closed_on
    )
    return min((start for start in starts if start > at), default=None)


def _start(local: datetime, ahead: int, window: Window, zone: ZoneInfo) -> datetime:
    day = (local + timedelta(days=ahead)).date()
    return datetime.combine(day, time(window.opens // 60, window.opens % 60), zone)


def next_opening_words(office: Office, at: datetime) -> WaitWords:
    """Return the words for when the office opens: "Monday morning, their time"."""
    opens = next_opening(office, at)
    if opens is None:
        return WaitWords("W-LATER", {})
    part = "MORNING" if opens.hour < _NOON else "AFTERNOON" if opens.hour < _EVENING else "EVENING"
    return WaitWords(f"{WEEKDAY_TEXTS[opens.weekday()]}-{part}", {})


def first_answer(office: Office, roster: Roster, at: datetime) -> datetime | None:
    """Return from when on somebody answers: by the roster where it has shifts of the office, else by its hours."""
    roles = dict.fromkeys(shift.role for shift in roster.shifts if shift.office == office.id)
    if not roles:
        return at if answers_now(office, at) else next_opening(office, at)
    for step in range(_STEPS_AHEAD):
        moment = at + step * _STEP
        if any(on_duty(roster, office.id, role, moment) for role in roles):
            return moment
    return None


def wait_words(office: Office, level: str, policy: TriagePolicy, at: datetime, roster: Roster) -> WaitWords:
    """Return the words for when a person usually answers: the level's target, from when on somebody is there."""
    targets = policy.targets.get(level)
    start = first_answer(office, roster, at)
    if start is None or targets is None or targets.contact is None:
        return WaitWords("W-LATER", {})
    minutes = round((due(office, targets.contact, start) - at).total_seconds()) // 60
    if minutes <= _MINUTES_IN_WORDS:
        return WaitWords("W-MINUTES", {"COUNT": str(minutes)})
    hours = -(-minutes // 60)
    if hours <= _HOURS_IN_WORDS:
        return WaitWords("W-HOURS", {"COUNT": str(hours)})
    return WaitWords("W-DAYS", {"COUNT": str(-(-hours // 24))})
