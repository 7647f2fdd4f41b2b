"""Telling officers: constant words by the next of their channels, and the end of a ladder.

What an officer is told never holds anything of a case, and is of the same length for every case (INV-05).
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from dialogs.escalation import CODE_DIGITS, OWNED
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dialogs.escalation import AlertState
    from dialogs.policy import Policy
    from dialogs.roster import Officer
    from handlers.ports import UnitOfWork

MOST_TOLD_AT_ONCE: Final = 8
NODE: Final = "duty"


def codes(entropy: bytes, alert_id: str) -> tuple[str, ...]:
    """Return different codes of four digits for everybody who may be told in one look."""
    drawn: dict[str, None] = {}
    counter = 0
    while len(drawn) < MOST_TOLD_AT_ONCE:
        digest = sha256(entropy + alert_id.encode() + counter.to_bytes(4, "big")).digest()
        drawn[str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)] = None
        counter += 1
    return tuple(drawn)


def tell(work: UnitOfWork, policy: Policy, alert: AlertState, told: Iterable[Officer], now: datetime) -> None:
    """Queue the constant words to each of these officers, by the next of their channels."""
    pages = {page.officer: page for page in alert.pages}
    for officer in told:
        page = pages[officer.id]
        channel, address = officer.channels[(page.times - 1) % len(officer.channels)]
        text = policy.texts.body("ALERT-PUSH", officer.lang, {"CODE": page.code})
        work.outbox.add(Outgoing(Address(channel, address), text, NODE, 0, priority=0), now)


def end_ladder(work: UnitOfWork, policy: Policy, alert: AlertState, owner: str, now: datetime) -> None:
    """Stop an open alert because somebody took it, and tell everybody else who was told."""
    work.alerts.save(replace(alert, state=OWNED, owner=owner, owned_at=now.isoformat(), next_look=""))
    for page in alert.pages:
        other = policy.roster.people.get(page.officer)
        if other is not None and owner not in (other.id, other.owner_id):
            channel, address = other.channels[0]
            text = policy.texts.body("DUTY-OVER", other.lang, {})
            work.outbox.add(Outgoing(Address(channel, address), text, NODE, 0), now)


def alerts_of(work: UnitOfWork, case: str) -> tuple[AlertState, ...]:
    """Return the open alerts of a case."""
    return tuple(alert for alert in work.alerts.open_ones() if alert.case == case)
