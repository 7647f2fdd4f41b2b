"""Rough dates and clock times as people write them. Never raises on user input.

Where a text can be read in two ways the earlier day counts: a case must never look less urgent than it may be.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from dialogs.answers import same_words
from dialogs.calendars import from_buddhist, from_ethiopian, from_hijri, from_iranian, gregorian
from dialogs.frozen import Frozen

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RELATIVE: Final = {"today": 0, "now": 0, "tonight": 0, "tomorrow": 1, "next week": 7, "next month": 30}
_IN: Final = re.compile(r"^(?:in )?(\d{1,3}) (hour|day|week|month)s?$")
_UNIT_DAYS: Final = {"hour": 0, "day": 1, "week": 7, "month": 30}
_NOON: Final = time(12, 0, tzinfo=UTC)
_FAR_PAST_DAYS: Final = 300
_IRANIAN_YEARS: Final = range(1380, 1430)
_HIJRI_YEARS: Final = range(1430, 1480)
_BUDDHIST_YEARS: Final = range(2540, 2600)
_CLOCK: Final = re.compile(r"^(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm)?$")
_NEAREST: Final = 15
_EARLIEST_OFFSET, _LATEST_OFFSET, _DAY_MINUTES = -720, 840, 1440


class RoughDate(Frozen):
    """What was written, the first and the last day it may mean, and how sure that is (exact | about)."""

    text: str
    first: date
    last: date
    certainty: str


def read_date(text: str, today: date) -> RoughDate | None:
    """Return the days a text may mean, or None when it is no date."""
    plain = _plain(text)
    found = _relative(plain, today) or _named(plain, today) or _numbers(plain, today)
    if found is None:
        return None
    first, last = found
    return RoughDate(text, first, last, "exact" if first == last else "about")


def _plain(text: str) -> str:
    digits = "".join(c if (d := unicodedata.decimal(c, None)) is None else str(d) for c in text[:120])
    return same_words(digits)


def _relative(text: str, today: date) -> tuple[date, date] | None:
    if text in _RELATIVE:
        day = today + timedelta(days=_RELATIVE[text])
        return day, day + timedelta(days=6 if text == "next week" else 0)
    match = _IN.match(text)
    if match:
        day = today + timedelta(days=int(match[1]) * _UNIT_DAYS[match[2]])
        return day, day
    words = text.removeprefix("on ").removeprefix("next ")
    if words[:3] in WEEKDAYS and words.isalpha() and len(words) <= len("wednesday"):
        day = today + timedelta(days=(WEEKDAYS.index(words[:3]) - today.weekday() - 1) % 7 + 1)
        return day, day
    return None


def _named(text: str, today: date) -> tuple[date, date] | None:
    words = text.split()
    months = [MONTHS.index(word[:3]) + 1 for word in words if word[:3] in MONTHS and word.isalpha()]
    numbers = [int(word) for word in (re.sub(r"(st|nd|rd|th)$", "", w) for w in words) if word.isdecimal()]
    if len(months) != 1 or len(numbers) > 2:
        return None
    year = next((number for number in numbers if number > 31), None)
    day = next((number for number in numbers if number <= 31), None)
    if day is None:
        start = gregorian(year or _year_of(today, months[0], 28), months[0], 1)
        return None if start is None else (start, (start + timedelta(days=32)).replace(day=1) - timedelta(days=1))
    exact = gregorian(year or _year_of(today, months[0], day), months[0], day)
    return None if exact is None else (exact, exact)


def _year_of(today: date, month: int, day: int) -> int:
    """A day without a year is the next one to come."""
    this = gregorian(today.year, month, min(day, 28))
    return today.year if this is None or this >= today - timedelta(days=1) else today.year + 1


def _numbers(text: str, today: date) -> tuple[date, date] | None:
    parts = [int(part) for part in text.split() if part.isdecimal() and len(part) <= 8]
    if len(parts) != len(text.split()):
        return None
    if len(parts) == 1 and len(text) == 8:
        parts = (
            [int(text[:2]), int(text[2:4]), int(text[4:])]
            if int(text[4:]) > 1300
            else [int(text[:4]), int(text[4:6]), int(text[6:])]
        )
    if len(parts) == 2:
        days = _both_orders(parts[0], parts[1], today)
    elif len(parts) == 3 and parts[0] > 31:
        days = _any_calendar(parts[0], parts[1], parts[2], today)
    elif len(parts) == 3:
        year = parts[2] + 2000 if parts[2] < 100 else parts[2]
        days = [*_any_calendar(year, parts[1], parts[0], today), *_any_calendar(year, parts[0], parts[1], today)]
    else:
        return None
    to_come = [day for day in days if day >= today - timedelta(days=1)] or days  # a deadline lies ahead
    return (min(to_come), max(to_come)) if to_come else None


def _both_orders(one: int, two: int, today: date) -> list[date]:
    pairs = {(two, one), (one, two)}
    found = (gregorian(_year_of(today, month, day), month, day) for month, day in pairs if 1 <= month <= 12)
    return [day for day in found if day is not None]


def _any_calendar(year: int, month: int, day: int, today: date) -> list[date]:
    if year in _IRANIAN_YEARS:
        found = from_iranian(year, month, day)
    elif year in _HIJRI_YEARS:
        found = from_hijri(year, month, day)
    elif year in _BUDDHIST_YEARS:
        found = from_buddhist(year, month, day)
    else:
        found = _gregorian_or_ethiopian(year, month, day, today)
    return [found] if found is not None else []


def _gregorian_or_ethiopian(year: int, month: int, day: int, today: date) -> date | None:
    found = gregorian(year, month, day)
    if found is None or (today - found).days > _FAR_PAST_DAYS:
        other = from_ethiopian(year, month, day)
        if other is not None and other >= today and year in range(today.year - 9, today.year - 6):
            return other
    return found


def hours_until(rough: RoughDate, now: datetime) -> int:
    """Return the hours until noon UTC of the first day it may be; 0 when that is past. Never makes it look later."""
    left = datetime.combine(rough.first, _NOON) - now
    return max(0, int(left.total_seconds() // 3600))


def read_clock(text: str) -> tuple[int, int] | None:
    """Return hour and minute of a clock time such as 14:30, 1430, 2:30 pm or 2 pm; None when it is none."""
    digits = "".join(c if (d := unicodedata.decimal(c, None)) is None else str(d) for c in text[:40])
    match = _CLOCK.match(digits.strip().casefold().replace(".m.", "m"))
    if match is None or (match[2] is None and match[3] is None and len(match[1]) < 1):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return (hour, minute) if hour <= 23 and minute <= 59 else None


def utc_offset_minutes(local: tuple[int, int], at: datetime) -> int:
    """Return how far the local clock is ahead of UTC: minutes, rounded to 15, -720 to +840, nearest to zero."""
    utc = at.astimezone(UTC)
    difference = local[0] * 60 + local[1] - utc.hour * 60 - utc.minute
    rounded = round(difference / _NEAREST) * _NEAREST
    options = [rounded + shift for shift in (-_DAY_MINUTES, 0, _DAY_MINUTES)]
    return min((o for o in options if _EARLIEST_OFFSET <= o <= _LATEST_OFFSET), key=abs)
