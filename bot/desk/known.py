"""Browsers the desk knows: somebody logged in there before. The mark is a cookie that says nothing of who."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.desk.passkeys import Ticket, WrongPasskey, read_ticket

if TYPE_CHECKING:
    from datetime import datetime

    from storage.crypto.lookup import LookupKey

KNOWN: Final = "known"
KNOWN_FOR: Final = timedelta(days=30)


def new_known(lookup: LookupKey, nonce: str, now: datetime) -> tuple[str, int]:
    """Return what a browser keeps in which somebody logged in, and for how many seconds; it says nothing of who."""
    ends = now + KNOWN_FOR
    return Ticket(int(ends.timestamp()), nonce).text(lookup, KNOWN), int(KNOWN_FOR.total_seconds())


def known_browser(text: str, lookup: LookupKey, now: datetime) -> str:
    """Return which known browser this is; "" for any other. Needs no database."""
    try:
        return read_ticket(text, lookup, KNOWN, now).nonce
    except WrongPasskey:
        return ""
