"""A store whose process is killed between any two of its transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dialogs.conversation import CaseCard
from dialogs.duty_book import DutyBook
from dialogs.escalation import AlertState
from dialogs.replace import replace
from handlers.types import AuditEntry, OutboxItem, Outgoing


class Killed(Exception):
    """The process is gone; what was not committed is lost."""


@dataclass(slots=True)
class Data:
    """What the store has committed."""

    alerts: dict[str, AlertState] = field(default_factory=dict)
    open: dict[str, AlertState] = field(default_factory=dict)
    cards: dict[str, CaseCard] = field(default_factory=dict)
    outbox: dict[int, tuple[Outgoing, float, float]] = field(default_factory=dict)  # message, due, leased until
    log: list[AuditEntry] = field(default_factory=list)
    book: DutyBook = field(default_factory=DutyBook)
    seen: dict[str, bool] = field(default_factory=dict)
    last: int = 0


class KillableStore:
    """The ports that alerts need, over dictionaries; what a transaction did is undone when it does not commit."""

    def __init__(self, kill_in: Any) -> None:  # noqa: ANN401 - a function: in how many calls the process dies
        self.data = Data()
        self._kill_in = kill_in
        self.left = kill_in()

    def step(self) -> None:
        """Count one call; the process may die here. Raises: Killed."""
        self.left -= 1
        if self.left == 0:
            self.left = self._kill_in()
            raise Killed

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Open one transaction."""
        self.step()
        work = Work(self.data, self)
        try:
            yield work
            self.step()
        except BaseException:
            work.undo()
            raise
        self.step()

    def new_file(self, name: str) -> Any:  # noqa: ANN401 - never called here
        """No files here."""
        raise NotImplementedError(name)

    def finish_erasure(self) -> bool:
        """Nothing is left anywhere."""
        return True


class Work:
    """handlers.ports.UnitOfWork as far as alerts need it; each port is this object itself."""

    def __init__(self, data: Data, store: KillableStore) -> None:
        self.data, self._store = data, store
        self.alerts = self.cases = self.outbox = self.audit = self.duty = self.inbox = self
        self._before: list[tuple[dict[Any, Any], Any, Any]] = []
        self._log, self._book, self._last = len(data.log), data.book, data.last

    def _put(self, table: dict[Any, Any], key: Any, value: Any) -> None:  # noqa: ANN401 - any table of the store
        """Change a row, or with None delete it, so that it can be undone."""
        self._before.append((table, key, table.get(key)))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    def undo(self) -> None:
        """Put everything back as it was before the transaction."""
        for table, key, value in reversed(self._before):
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        del self.data.log[self._log :]
        self.data.book, self.data.last = self._book, self._last

    def is_new(self, _channel: str, key: str, _at: datetime) -> bool:
        new = key not in self.data.seen
        self._put(self.data.seen, key, value=True)
        return new

    def _store_alert(self, alert: AlertState) -> None:
        self._put(self.data.alerts, alert.id, alert)
        self._put(self.data.open, alert.id, alert if alert.state == "open" else None)

    def record(self, entry: AuditEntry) -> None:
        self._store.step()
        self.data.log.append(entry)

    def load(self) -> DutyBook:
        return self.data.book

    def raise_alert(self, alert: AlertState) -> None:
        self._store_alert(alert)

    def save(self, value: AlertState | DutyBook) -> None:
        self._store.step()
        if isinstance(value, DutyBook):
            self.data.book = value
        else:
            self._store_alert(value)

    def cancel(self, alert_id: str) -> None:
        self._store.step()
        self._store_alert(replace(self.data.alerts[alert_id], state="cancelled", next_look=""))

    def due(self, now: datetime, limit: int) -> tuple[AlertState, ...]:
        ready = [a for a in self.open_ones() if datetime.fromisoformat(a.next_look).replace(microsecond=0) <= now]
        return tuple(sorted(ready, key=lambda alert: alert.next_look)[:limit])

    def open_ones(self) -> tuple[AlertState, ...]:
        return tuple(self.data.open.values())

    def get(self, case: str) -> CaseCard | None:
        return self.data.cards.get(case)

    def update(self, card: CaseCard) -> None:
        self._put(self.data.cards, card.case, card)

    def add(self, outgoing: Outgoing, due_at: datetime) -> None:
        self._store.step()
        self.data.last += 1
        self._put(self.data.outbox, self.data.last, (outgoing, due_at.timestamp(), 0.0))

    def claim(self, now: datetime, limit: int, lease_seconds: int, channel: str) -> tuple[OutboxItem, ...]:
        at, found = now.timestamp(), []
        for item_id, (out, due, leased) in sorted(self.data.outbox.items())[:limit]:
            if out.address.channel == channel and due <= at and leased <= at:
                self._put(self.data.outbox, item_id, (out, due, at + lease_seconds))
                found.append(OutboxItem(item_id, 0, out))
        return tuple(found)

    def sent(self, item: OutboxItem) -> bool:
        there = item.id in self.data.outbox
        self._put(self.data.outbox, item.id, None)
        return there

    def stuck(self, limit: int) -> tuple[OutboxItem, ...]:
        waiting = sorted(self.data.outbox.items())[:limit]
        return tuple(OutboxItem(number, 0, out) for number, (out, _due, _leased) in waiting if out.priority < 0)

    def release(self, channel: str) -> int:
        """Give back every lease."""
        held = {n: (out, due, 0.0) for n, (out, due, _l) in self.data.outbox.items() if out.address.channel == channel}
        for number, row in held.items():
            self._put(self.data.outbox, number, row)
        return len(held)
