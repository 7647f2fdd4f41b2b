"""Small tables: alerts, the monthly tally, the interviews conversations began with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from storage.queues import insert_or, seconds
from storage.tables import alerts, tallies, versions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class SqlAlerts:
    """handlers.ports.Alerts over one connection."""

    connection: Connection

    def raise_alert(self, alert_id: str, at: datetime) -> None:
        """Record an alert as open."""
        self.connection.execute(insert(alerts).values(id=alert_id, minute=seconds(at) // 60, state="open"))

    def cancel(self, alert_id: str) -> None:
        """Record that the person took it back."""
        self.connection.execute(update(alerts).where(alerts.c.id == alert_id).values(state="cancelled"))

    def state(self, alert_id: str) -> str | None:
        """Return open | cancelled, or None."""
        return self.connection.scalar(select(alerts.c.state).where(alerts.c.id == alert_id))

    def count(self) -> int:
        """Return how many alerts were ever raised."""
        return self.connection.scalar(select(func.count()).select_from(alerts)) or 0


@dataclass(frozen=True, slots=True)
class SqlTallies:
    """handlers.ports.Tallies over one connection."""

    connection: Connection

    def add(self, month: str) -> None:
        """Add one to the month."""
        statement = insert_or(self.connection, tallies).values(month=month, count=1)
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=["month"], set_={"count": tallies.c.count + 1})
        )

    def all(self) -> dict[str, int]:
        """Return every month and its count."""
        return {row[0]: row[1] for row in self.connection.execute(select(tallies.c.month, tallies.c["count"]))}


@dataclass(frozen=True, slots=True)
class SqlVersions:
    """handlers.ports.Versions over one connection."""

    connection: Connection

    def keep(self, version: str, document: bytes) -> None:
        """Store once."""
        statement = insert_or(self.connection, versions).values(version=version, document=document)
        self.connection.execute(statement.on_conflict_do_nothing())

    def all(self) -> dict[str, bytes]:
        """Return all stored versions."""
        return {row.version: bytes(row.document) for row in self.connection.execute(select(versions))}
