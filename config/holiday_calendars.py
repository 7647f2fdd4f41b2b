"""Public holidays by country, from the PyPI library `holidays`: CH, or CH-GE for one part of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from config.documents import Document

YEARS: Final = range(2026, 2041)
"""Calendars are read once, at start; whoever still runs this version after these years sees `doctor` complain."""


@cache
def calendar(name: str) -> frozenset[date]:
    """Return the public holidays of a country or of a part of it (`CH-GE`). Raises: LookupError."""
    import holidays  # noqa: PLC0415 - slow to import, and few installations name a calendar

    country, _dash, part = name.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=YEARS))
    except NotImplementedError as exc:
        raise LookupError(name) from exc


def holidays_of(document: Document, place: tuple[str | int, ...], name: str) -> frozenset[date]:
    """Return the holidays of a calendar that a policy file names; notes a name nobody knows. Empty: none."""
    if not name:
        return frozenset()
    try:
        return calendar(name)
    except LookupError:
        remedy = "Use a country's two letters, and a part of it after a dash where it has parts: CH, CH-GE"
        document.note(place, f"{name} is no calendar of holidays", remedy)
        return frozenset()
