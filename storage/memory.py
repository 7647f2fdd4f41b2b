"""The same store in memory, for tests, demonstrations and the model the real one is compared with. Nothing is kept."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.types import DueTimer, Loaded, OutboxItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dialogs.conversation import CaseCard, ConsentEvent, Conversation
    from handlers.types import Address, Outgoing, SealedBlob


@dataclass(slots=True)
class _Waiting:
    outgoing: Outgoing
    due: datetime
    attempts: int = 0
    leased_until: datetime | None = None
    dead: bool = False


@dataclass(slots=True)
class _Data:
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    conversations: dict[Address, Loaded] = field(default_factory=dict)
    cards: dict[str, CaseCard | None] = field(default_factory=dict)
    people: dict[str, Address | None] = field(default_factory=dict)
    events: dict[str, list[ConsentEvent]] = field(default_factory=dict)
    blobs: dict[tuple[str, str, str, int], SealedBlob] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    outbox: dict[int, _Waiting] = field(default_factory=dict)
    last_item: int = 0
    timers: dict[tuple[Address, str], datetime] = field(default_factory=dict)
    alerts: dict[str, str] = field(default_factory=dict)
    tallies: dict[str, int] = field(default_factory=dict)
    versions: dict[str, bytes] = field(default_factory=dict)


class MemoryInbox:
    """handlers.ports.Inbox in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def is_new(self, channel: str, key: str, at: datetime) -> bool:
        """Record the key; False when it was recorded before."""
        if (channel, key) in self._data.seen:
            return False
        self._data.seen[channel, key] = at
        return True

    def prune(self, before: datetime) -> int:
        """Forget keys of earlier hours."""
        hour = before.replace(minute=0, second=0, microsecond=0)
        old = [key for key, at in self._data.seen.items() if at < hour]
        for key in old:
            del self._data.seen[key]
        return len(old)


class MemoryConversations:
    """handlers.ports.Conversations in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def load(self, address: Address) -> Loaded | None:
        """Return the conversation with its cards."""
        found = self._data.conversations.get(address)
        if found is None:
            return None
        mine = [c for case, c in self._data.cards.items() if c is not None and self._data.people.get(case) == address]
        cards = tuple(sorted(mine, key=lambda card: (card.submitted_at, card.case)))
        return Loaded(replace(found.conversation, cards=cards), found.revision)

    def save(self, address: Address, conversation: Conversation, *, new_key: bool = False) -> int:
        """Store without the cards; return the new revision."""
        del new_key
        old = self._data.conversations.get(address)
        revision = 1 if old is None else old.revision + 1
        self._data.conversations[address] = Loaded(replace(conversation, cards=()), revision)
        return revision

    def forget(self, address: Address) -> None:
        """Remove conversation and timers; cases stay and lose their way back."""
        self._data.conversations.pop(address, None)
        for key in [key for key in self._data.timers if key[0] == address]:
            del self._data.timers[key]
        for case, person in self._data.people.items():
            if person == address:
                self._data.people[case] = None


class MemoryCases:
    """handlers.ports.Cases in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def open(self, card: CaseCard, address: Address | None) -> None:
        """Store a new case."""
        self._data.cards[card.case] = card
        self._data.people[card.case] = address
        self._data.events[card.case] = []

    def update(self, card: CaseCard) -> None:
        """Store a changed card; an erased case stays erased."""
        if self._data.cards.get(card.case) is not None:
            self._data.cards[card.case] = card

    def get(self, case: str) -> CaseCard | None:
        """Return the card, or None."""
        return self._data.cards.get(case)

    def by_phrase(self, phrase_hash: str) -> CaseCard | None:
        """Return the card with this phrase."""
        cards = self._data.cards.values()
        return next((c for c in cards if c is not None and phrase_hash and c.phrase_hash == phrase_hash), None)

    def attach(self, case: str, address: Address) -> None:
        """Lead from this person to the case."""
        if case in self._data.people:
            self._data.people[case] = address

    def erase(self, case: str) -> None:
        """Leave a tombstone."""
        if case in self._data.cards:
            self._data.cards[case] = None
            self._data.people[case] = None
            self._data.events[case] = []
        for key in [key for key in self._data.blobs if key[0] == case]:
            del self._data.blobs[key]

    def record(self, case: str, events: Iterable[ConsentEvent]) -> None:
        """Append consent events."""
        if self._data.cards.get(case) is not None:
            self._data.events[case].extend(events)

    def consents(self, case: str) -> tuple[ConsentEvent, ...]:
        """Return the recorded events."""
        return tuple(self._data.events.get(case, ()))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all cases."""
        return tuple(self._data.cards)


class MemoryBlobs:
    """handlers.ports.Blobs in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def put(self, blob: SealedBlob) -> None:
        """Store."""
        self._data.blobs[blob.case, blob.office, blob.purpose, blob.sequence] = blob

    def of(self, case: str) -> tuple[SealedBlob, ...]:
        """Return all blobs of a case."""
        found = [blob for blob in self._data.blobs.values() if blob.case == case]
        return tuple(sorted(found, key=lambda blob: (blob.purpose, blob.office, blob.sequence)))

    def put_file(self, name: str, sealed: bytes) -> None:
        """Store."""
        self._data.files[name] = sealed

    def file(self, name: str) -> bytes | None:
        """Return the sealed bytes."""
        return self._data.files.get(name)

    def drop_files(self, names: Iterable[str]) -> None:
        """Erase."""
        for name in names:
            self._data.files.pop(name, None)


class MemoryOutbox:
    """handlers.ports.Outbox in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def add(self, outgoing: Outgoing, due_at: datetime) -> None:
        """Queue one message."""
        self._data.last_item += 1
        self._data.outbox[self._data.last_item] = _Waiting(outgoing, due_at.replace(microsecond=0))

    def claim(self, now: datetime, limit: int, lease_seconds: int) -> tuple[OutboxItem, ...]:
        """Lease the due messages; of one person only the oldest unsent one."""
        first: dict[Address, int] = {}
        for item_id, item in sorted(self._data.outbox.items()):
            if not item.dead:
                first.setdefault(item.outgoing.address, item_id)
        ready = [
            item_id
            for item_id in first.values()
            if (item := self._data.outbox[item_id]).due <= now and (item.leased_until or now) <= now
        ]
        ready.sort(key=lambda item_id: (self._data.outbox[item_id].outgoing.priority, item_id))
        claimed = ready[:limit]
        for item_id in claimed:
            self._data.outbox[item_id].leased_until = datetime.fromtimestamp(
                now.timestamp() + lease_seconds, now.tzinfo
            )
        return tuple(OutboxItem(i, self._data.outbox[i].attempts, self._data.outbox[i].outgoing) for i in claimed)

    def sent(self, item_id: int) -> None:
        """Remove."""
        self._data.outbox.pop(item_id, None)

    def failed(self, item_id: int, *, retry_at: datetime | None) -> None:
        """Try again later, or keep as a dead letter."""
        item = self._data.outbox[item_id]
        item.leased_until = None
        if retry_at is None:
            item.dead = True
        else:
            item.due, item.attempts = retry_at.replace(microsecond=0), item.attempts + 1

    def drop_for(self, address: Address) -> None:
        """Erase what is queued for this person."""
        for item_id in [i for i, item in self._data.outbox.items() if item.outgoing.address == address]:
            del self._data.outbox[item_id]

    def waiting(self) -> int:
        """Count what waits."""
        return sum(1 for item in self._data.outbox.values() if not item.dead)


class MemoryTimers:
    """handlers.ports.Timers in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def set(self, address: Address, timer: str, due_at: datetime) -> None:
        """Set or replace."""
        self._data.timers[address, timer] = due_at.replace(microsecond=0)

    def cancel(self, address: Address, timer: str) -> None:
        """Forget."""
        self._data.timers.pop((address, timer), None)

    def due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        """Take due timers."""
        ready = sorted((item for item in self._data.timers.items() if item[1] <= now), key=lambda item: item[1])
        for key, _due in ready[:limit]:
            del self._data.timers[key]
        known = self._data.conversations
        return tuple(DueTimer(key[0], key[1], due) for key, due in ready[:limit] if key[0] in known)


class MemoryAlerts:
    """handlers.ports.Alerts in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def raise_alert(self, alert_id: str, at: datetime) -> None:
        """Record as open."""
        del at
        self._data.alerts[alert_id] = "open"

    def cancel(self, alert_id: str) -> None:
        """Record as cancelled."""
        if alert_id in self._data.alerts:
            self._data.alerts[alert_id] = "cancelled"

    def state(self, alert_id: str) -> str | None:
        """Return the state."""
        return self._data.alerts.get(alert_id)

    def count(self) -> int:
        """Count."""
        return len(self._data.alerts)


class MemoryTallies:
    """handlers.ports.Tallies in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def add(self, month: str) -> None:
        """Add one."""
        self._data.tallies[month] = self._data.tallies.get(month, 0) + 1

    def all(self) -> dict[str, int]:
        """Return all."""
        return dict(self._data.tallies)


class MemoryVersions:
    """handlers.ports.Versions in memory."""

    def __init__(self, data: _Data) -> None:
        self._data = data

    def keep(self, version: str, document: bytes) -> None:
        """Store once."""
        self._data.versions.setdefault(version, document)

    def all(self) -> dict[str, bytes]:
        """Return all."""
        return dict(self._data.versions)


class MemoryUnitOfWork:
    """handlers.ports.UnitOfWork in memory."""

    def __init__(self, data: _Data) -> None:
        self.inbox = MemoryInbox(data)
        self.conversations = MemoryConversations(data)
        self.cases = MemoryCases(data)
        self.blobs = MemoryBlobs(data)
        self.outbox = MemoryOutbox(data)
        self.timers = MemoryTimers(data)
        self.alerts = MemoryAlerts(data)
        self.tallies = MemoryTallies(data)
        self.versions = MemoryVersions(data)


class MemoryStore:
    """handlers.ports.Store in memory; an exception in a transaction puts everything back."""

    def __init__(self) -> None:
        self._data = _Data()

    @contextmanager
    def transaction(self) -> Iterator[MemoryUnitOfWork]:
        """Open one transaction."""
        before = deepcopy(self._data)
        try:
            yield MemoryUnitOfWork(self._data)
        except BaseException:
            self._data = before
            raise

    def finish_erasure(self) -> bool:
        """Nothing is left anywhere."""
        return True
