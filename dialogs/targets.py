"""How soon somebody owns, answers, plans and looks again: spans of time by level (spec 3.10.1). Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

    from dialogs.policy import Office, Span

MINUTES, HOURS, DAYS = "minutes", "hours", "days"
WORKING_HOURS, WORKING_DAYS = "working hours", "working days"
UNITS: Final = (MINUTES, HOURS, DAYS, WORKING_HOURS, WORKING_DAYS)
_MINUTES_OF: Final = {MINUTES: 1, HOURS: 60, DAYS: 24 * 60}
_LONGEST_DAYS: Final = 400


def due(office: Office, span: Span, start: datetime) -> datetime:
    """Return when a span that begins at `start` is over, in UTC. An office without hours works round the clock."""
    if span.unit in _MINUTES_OF:
        return start + timedelta(minutes=span.count * _MINUTES_OF[span.unit])
    if not office.hours:
        minutes = span.count * 60 if span.unit == WORKING_HOURS else span.count * 24 * 60
        return start + timedelta(minutes=minutes)
    if span.unit == WORKING_HOURS:
        return _after_hours(office, timedelta(hours=span.count), start)
    return _after_days(office, span.count, start)


def _after_hours(office: Office, left: timedelta, start: datetime) -> datetime:
    for begins, ends in _openings(office, start):
        from_here = max(begins, start)
        if ends <= from_here:
            continue
        if from_here + left <= ends:
            return from_here + left
        left -= ends - from_here
    return start + timedelta(days=_LONGEST_DAYS)


def _after_days(office: Office, count: int, start: datetime) -> datetime:
    """Return the same time of day so many open days later; from a closed hour it is counted from the opening."""
    zone = ZoneInfo(office.tz)
    first = next((max(begins, start) for begins, ends in _openings(office, start) if ends > start), start)
    local = first.astimezone(zone)
    days = sorted({begins.astimezone(zone).date() for begins, _ends in _openings(office, start)})
    later = [day for day in days if day > local.date()]
    if len(later) < count:
        return start + timedelta(days=_LONGEST_DAYS)
    day = later[count - 1]
    return datetime.combine(day, local.time(), zone).astimezone(start.tzinfo)


def _openings(office: Office, start: datetime) -> list[tuple[datetime, datetime]]:
    """Return from when to when the office is open in the next weeks, in order."""
    zone = ZoneInfo(office.tz)
    first = start.astimezone(zone).date()
    found = []
    for ahead in range(-1, 60):
        day = first + timedelta(days=ahead)
        if day in office.closed_on:
            continue
        found += [
            (_moment(day, window.opens, zone), _moment(day, window.closes, zone))
            for window in office.hours
            if day.weekday() in window.weekdays
        ]
    return sorted((begins.astimezone(start.tzinfo), ends.astimezone(start.tzinfo)) for begins, ends in found)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return a wall-clock time; minute 1440 is the midnight that ends the day."""
    return datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
