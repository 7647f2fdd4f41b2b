"""Telling officers: constant words by the next of their channels, and the end of a ladder.

What an officer is told never holds anything of a case, and is of the same length for every case (INV-05).
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from dialogs.duty_words import CODE_DIGITS
from dialogs.escalation import OWNED, look
from dialogs.replace import replace
from handlers.types import ALERT, Address, AuditEntry, Outgoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.escalation import AlertState
    from dialogs.policy import Policy
    from dialogs.roster import Officer, Roster
    from handlers.ports import UnitOfWork

MOST_DRAWS: Final = 1000  # with thousands of open alerts every code is in use somewhere
NODE: Final = "duty"
PAGER: Final = Address("pager", "pager")


def fresh_codes(work: UnitOfWork, policy: Policy, entropy: bytes, alert: AlertState) -> tuple[str, ...]:
    """Return codes for everybody who may be told in one look, none of them a code of another open alert."""
    ladder = policy.roster.ladder_of(alert.level)
    count = 1 + len(ladder.rungs) if ladder is not None else 1
    used = frozenset(page.code for other in work.alerts.open_ones() for page in other.pages)
    return codes(entropy, alert.id, count, used)


def codes(entropy: bytes, label: str, count: int = 1, used: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return so many different codes of four digits that are not in use."""
    drawn: dict[str, None] = {}
    counter = 0
    while len(drawn) < count:
        digest = sha256(entropy + label.encode() + counter.to_bytes(4, "big")).digest()
        code = str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)
        if code not in used or counter > MOST_DRAWS:
            drawn[code] = None
        counter += 1
    return tuple(drawn)


def roster_now(work: UnitOfWork, policy: Policy) -> Roster:
    """Return the roster together with what officers said about their duty."""
    return replace(policy.roster, book=work.duty.load())


def lines_of(policy: Policy, officer: Officer) -> tuple[Address, ...]:
    """Return where an officer can be told, by the channels that are configured, in the order of their preference.

    Where the desk has a bot or a number of its own, that one writes to them.
    """
    if not policy.lines:
        return tuple(Address(channel, value) for channel, value in officer.channels)
    return tuple(
        Address(policy.lines[channel], value) for channel, value in officer.channels if channel in policy.lines
    )


def write_to(  # noqa: PLR0913 - whom, what, where and how urgently
    work: UnitOfWork, policy: Policy, officer: Officer, text: str, now: datetime, *, times: int = 1, alert: bool = True
) -> None:
    """Queue a text to an officer by the next of their channels; an alert is tried by another one where it sticks."""
    lines = lines_of(policy, officer)
    if lines:
        priority, since = (ALERT, now.isoformat()) if alert else (1, "")
        address = lines[(times - 1) % len(lines)]
        work.outbox.add(Outgoing(address, text, NODE, 0, priority=priority, since=since), now)


def tell(work: UnitOfWork, policy: Policy, alert: AlertState, told: Sequence[Officer], now: datetime) -> None:
    """Queue the constant words to each of these officers, call the pager where the ladder says so, and log it."""
    pages = {page.officer: page for page in alert.pages}
    for officer in told:
        page = pages[officer.id]
        text = policy.texts.body("ALERT-PUSH", officer.lang, {"CODE": page.code})
        write_to(work, policy, officer, text, now, times=page.times)
        log(work, alert, "told", now, who=officer.id, office=officer.office)
    ladder = policy.roster.ladders.get(alert.level)
    calls = ladder is not None and ladder.call is not None and minutes_open(alert, now) >= ladder.call
    if policy.pager and calls and told:
        text = policy.texts.body("ALERT-CALL", "en", {})
        work.outbox.add(Outgoing(PAGER, text, NODE, 0, priority=ALERT, since=now.isoformat()), now)


def minutes_open(alert: AlertState, now: datetime) -> float:
    """Return for how many minutes an alert has been open."""
    return (now - datetime.fromisoformat(alert.raised_at)).total_seconds() / 60


def log(work: UnitOfWork, alert: AlertState, act: str, now: datetime, *, who: str = "", office: str = "") -> None:
    """Write into the audit log what became of an alert: from the log alone can be told whom it was due to, and when."""
    what = f"{alert.id} {alert.level}{' wide' if alert.wide else ''}"
    work.audit.record(AuditEntry(now, who, "duty", office or alert.office, f"alert-{act}", alert.case, "", what))


def begin_ladder(work: UnitOfWork, policy: Policy, alert: AlertState, now: datetime, entropy: bytes) -> None:
    """Record a fresh alert and tell whoever is due at once."""
    log(work, alert, "raised", now)
    alert, told = look(alert, roster_now(work, policy), now, fresh_codes(work, policy, entropy, alert))
    work.alerts.raise_alert(alert)
    tell(work, policy, alert, told, now)


def end_ladder(work: UnitOfWork, policy: Policy, alert: AlertState, owner: str, now: datetime) -> None:
    """Stop an open alert because somebody took it, and tell everybody else who was told."""
    work.alerts.save(replace(alert, state=OWNED, owner=owner, owned_at=now.isoformat(), next_look=""))
    log(work, alert, "taken", now, who=owner)
    for page in alert.pages:
        other = policy.roster.people.get(page.officer)
        if other is not None and owner not in (other.id, other.owner_id):
            write_to(work, policy, other, policy.texts.body("DUTY-OVER", other.lang, {}), now, alert=False)


def alerts_of(work: UnitOfWork, case: str) -> tuple[AlertState, ...]:
    """Return the open alerts of a case."""
    return tuple(alert for alert in work.alerts.open_ones() if alert.case == case)
