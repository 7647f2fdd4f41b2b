"""The ports of what is kept for the record: messages taken, audit log, checkpoints, alerts, tallies, old interviews.

They belong to the unit of work of `handlers.ports`, which says what holds for all ports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from handlers.types import WHOLE

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.duty_book import DutyBook
    from dialogs.escalation import AlertState
    from handlers.types import AuditEntry, Recorded, Slice


class Inbox(Protocol):
    """Remembers which messages were taken, for a window of days, never by a high-water mark."""

    def is_new(self, channel: str, key: str, at: datetime) -> bool:
        """Record the key; False when it was recorded before (the message is dropped)."""
        ...

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget keys recorded before this time, of one slice of all keys; return how many."""
        ...


class Audit(Protocol):
    """The audit log: who did or read what, in chains that nobody changes unseen.

    What concerns a case lies in the chain of that case under its key and is erased with it; what concerns no case
    lies in the chain of the desk.
    """

    def record(self, entry: AuditEntry) -> None:
        """Append one entry.

        An entry about a case that is erased or unknown goes to the chain of the desk without old, new and reason.
        """
        ...

    def of(self, case: str) -> tuple[AuditEntry, ...]:
        """Return the entries of a case, the oldest first; none when it is erased or unknown."""
        ...

    def page(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` entries of all chains with a number above `after` (0: the first), the oldest first."""
        ...

    def latest(self, before: int, limit: int) -> tuple[Recorded, ...]:
        """Return up to `limit` entries of all chains with a number below `before` (0: the last), the newest first."""
        ...


class Checkpoints(Protocol):
    """Signed checkpoints over the heads of all chains: consent events and the audit log."""

    def uncovered(self) -> int:
        """Return how many events and entries no checkpoint covers yet."""
        ...

    def make(self, at: datetime) -> int:
        """Cover everything with a new signed checkpoint; return its number."""
        ...


class Alerts(Protocol):
    """Alerts: an id, a time, a state and when to look again; all else is encrypted. Cards lie sealed in Blobs."""

    def raise_alert(self, alert: AlertState) -> None:
        """Record an alert as open."""
        ...

    def save(self, alert: AlertState) -> None:
        """Store a changed alert."""
        ...

    def cancel(self, alert_id: str) -> None:
        """Record that the person took it back; what it held is erased."""
        ...

    def get(self, alert_id: str) -> AlertState | None:
        """Return an alert that was not cancelled."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[AlertState, ...]:
        """Return open alerts that are to be looked at now, locked."""
        ...

    def open_ones(self) -> tuple[AlertState, ...]:
        """Return every open alert, the oldest first."""
        ...

    def state(self, alert_id: str) -> str | None:
        """Return open | owned | cancelled, or None when there is no such alert."""
        ...

    def count(self) -> int:
        """Return how many alerts were ever raised."""
        ...


class Duty(Protocol):
    """The duty book: what officers said about their duty, one encrypted value."""

    def load(self) -> DutyBook:
        """Return the book, locked; an empty one before anything was said."""
        ...

    def save(self, book: DutyBook) -> None:
        """Store the whole book."""
        ...


class Tallies(Protocol):
    """The monthly count of out-of-scope conversations, the only trace they leave."""

    def add(self, month: str) -> None:
        """Add one to the month (YYYY-MM)."""
        ...

    def all(self) -> dict[str, int]:
        """Return every month and its count."""
        ...


class Versions(Protocol):
    """Every interview a conversation began with, by hash, so that it can finish on it."""

    def keep(self, version: str, document: bytes) -> None:
        """Store the policy file once; a known version is left as it is."""
        ...

    def all(self) -> dict[str, bytes]:
        """Return all stored versions."""
        ...
