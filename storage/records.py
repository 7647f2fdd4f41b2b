"""Small tables: alerts, the duty book, the monthly tally, the interviews conversations began with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from dialogs.duty_book import DutyBook
from dialogs.frozen import Frozen
from storage import codec
from storage.crypto.key_ring import NONCE_BYTES
from storage.queues import seconds
from storage.statements import insert_or
from storage.tables import alerts, duty, tallies, versions

if TYPE_CHECKING:
    from sqlalchemy import Row

    from dialogs.escalation import AlertState
    from handlers.ports import Entropy
    from storage.crypto.key_ring import KeyRing
    from storage.statements import Session


class SqlAlerts(Frozen):
    """handlers.ports.Alerts over one connection."""

    session: Session
    ring: KeyRing
    entropy: Entropy

    def raise_alert(self, alert: AlertState) -> None:
        """Record an alert as open."""
        at = datetime.fromisoformat(alert.raised_at)
        values = {"id": alert.id, "minute": seconds(at) // 60, **self._values(alert)}
        self.session.connection.execute(insert(alerts).values(values))

    def save(self, alert: AlertState) -> None:
        """Store a changed alert."""
        self.session.connection.execute(update(alerts).where(alerts.c.id == alert.id).values(self._values(alert)))

    def _values(self, alert: AlertState) -> dict[str, object]:
        body = self.ring.wrap(codec.encode(alert), "alert", alert.id, self.entropy.bytes(NONCE_BYTES))
        due = seconds(datetime.fromisoformat(alert.next_look)) if alert.next_look else None
        return {"state": alert.state, "due": due, "ring_key": self.ring.newest, "body": body}

    def cancel(self, alert_id: str) -> None:
        """Record that the person took it back; what it held is erased."""
        change = update(alerts).where(alerts.c.id == alert_id)
        self.session.connection.execute(change.values(state="cancelled", due=None, body=None, ring_key=None))

    def get(self, alert_id: str) -> AlertState | None:
        """Return an alert that was not cancelled."""
        row = self.session.connection.execute(select(alerts).where(alerts.c.id == alert_id)).one_or_none()
        return self._open(row) if row is not None and row.body is not None else None

    def due(self, now: datetime, limit: int) -> tuple[AlertState, ...]:
        """Return open alerts that are to be looked at now, locked."""
        ready = select(alerts).where(alerts.c.due <= seconds(now)).order_by(alerts.c.due).limit(limit)
        return tuple(
            self._open(row) for row in self.session.connection.execute(ready.with_for_update(skip_locked=True))
        )

    def open_ones(self) -> tuple[AlertState, ...]:
        """Return every open alert, the oldest first."""
        found = self.session.connection.execute(
            select(alerts).where(alerts.c.state == "open").order_by(alerts.c.minute)
        )
        return tuple(self._open(row) for row in found if row.body is not None)

    def _open(self, row: Row[Any]) -> AlertState:
        return codec.decode_alert(self.ring.unwrap(row.ring_key, bytes(row.body), "alert", row.id))

    def state(self, alert_id: str) -> str | None:
        """Return open | owned | cancelled, or None."""
        return self.session.connection.scalar(select(alerts.c.state).where(alerts.c.id == alert_id))

    def count(self) -> int:
        """Return how many alerts were ever raised."""
        return self.session.connection.scalar(select(func.count()).select_from(alerts)) or 0


class SqlDuty(Frozen):
    """handlers.ports.Duty over one connection."""

    session: Session
    ring: KeyRing
    entropy: Entropy

    def load(self) -> DutyBook:
        """Return the book, locked."""
        row = self.session.connection.execute(select(duty).with_for_update()).one_or_none()
        return DutyBook() if row is None else codec.decode_book(self.ring.unwrap(row.ring_key, row.body, "duty", "1"))

    def save(self, book: DutyBook) -> None:
        """Store the whole book."""
        body = self.ring.wrap(codec.encode(book), "duty", "1", self.entropy.bytes(NONCE_BYTES))
        values = {"ring_key": self.ring.newest, "body": body}
        statement = insert_or(self.session.database, duty).values(id=1, **values)
        self.session.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


class SqlTallies(Frozen):
    """handlers.ports.Tallies over one connection."""

    session: Session

    def add(self, month: str) -> None:
        """Add one to the month."""
        statement = insert_or(self.session.database, tallies).values(month=month, count=1)
        self.session.connection.execute(
            statement.on_conflict_do_update(index_elements=["month"], set_={"count": tallies.c.count + 1})
        )

    def all(self) -> dict[str, int]:
        """Return every month and its count."""
        return {row[0]: row[1] for row in self.session.connection.execute(select(tallies.c.month, tallies.c["count"]))}


class SqlVersions(Frozen):
    """handlers.ports.Versions over one connection."""

    session: Session

    def keep(self, version: str, document: bytes) -> None:
        """Store once."""
        statement = insert_or(self.session.database, versions).values(version=version, document=document)
        self.session.connection.execute(statement.on_conflict_do_nothing())

    def all(self) -> dict[str, bytes]:
        """Return all stored versions."""
        return {row.version: bytes(row.document) for row in self.session.connection.execute(select(versions))}
