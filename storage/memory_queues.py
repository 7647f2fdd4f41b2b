"""What waits, in memory: the other half of storage.memory."""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zlib import crc32

from dialogs.duty_book import DutyBook
from dialogs.replace import replace
from handlers.types import ALERT, CLEAR, WHOLE, DueTimer, OutboxItem

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, ConsentEvent
    from dialogs.escalation import AlertState
    from handlers.accounts import Account, BoxRequest, Passkey, Session
    from handlers.message_ports import Message
    from handlers.types import Address, AuditEntry, Loaded, Outgoing, SealedBlob, Slice


def whole_second(at: datetime) -> datetime:
    """Return the time rounded up to a second, as the database keeps it: nothing is tried again before its time."""
    return (at + timedelta(microseconds=999_999)).replace(microsecond=0)


def _is_in(part: Slice, key: tuple[str, str]) -> bool:
    """Tell whether a key is in a slice: each is in one of them, and that is all there is to it."""
    first, last = part.of_keys(1 << 32)
    return first <= crc32("\0".join(key).encode()) <= last


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox."""

    outgoing: Outgoing
    due: datetime
    attempts: int = 0
    leased_until: datetime | None = None
    dead: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """One message that stands in a chat."""

    ref: str
    at: datetime
    until: datetime | None


@dataclass(slots=True)
class Data:
    """Everything of one store. What the tables hold is never changed, only put in place of what was there."""

    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    conversations: dict[Address, Loaded] = field(default_factory=dict)
    cards: dict[str, CaseCard | None] = field(default_factory=dict)
    people: dict[str, Address | None] = field(default_factory=dict)
    events: dict[str, tuple[ConsentEvent, ...]] = field(default_factory=dict)
    blobs: dict[tuple[str, str, str, int], SealedBlob] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    fetched: set[tuple[str, str, str, int]] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    traces: dict[Address, tuple[Trace, ...]] = field(default_factory=dict)
    audit: list[tuple[str, AuditEntry | None]] = field(default_factory=list)
    audited: int = 0  # how many entries the newest checkpoint covers
    covered: dict[str, int] = field(default_factory=dict)
    checkpoints: int = 0
    outbox: dict[int, Waiting] = field(default_factory=dict)
    last_item: int = 0
    moves: dict[str, tuple[Address, datetime]] = field(default_factory=dict)
    timers: dict[tuple[Address, str], datetime] = field(default_factory=dict)
    alerts: dict[str, AlertState | None] = field(default_factory=dict)
    duty: DutyBook = field(default_factory=DutyBook)
    tallies: dict[str, int] = field(default_factory=dict)
    versions: dict[str, bytes] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    passkeys: dict[str, Passkey] = field(default_factory=dict)
    invitations: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    boxes: dict[tuple[str, str], BoxRequest] = field(default_factory=dict)

    def copied(self) -> Data:
        """Return what stays as it is when this changes: new tables with the same values."""
        return Data(**{table.name: copy(getattr(self, table.name)) for table in fields(self)})


class MemoryInbox:
    """handlers.ports.Inbox in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def is_new(self, channel: str, key: str, at: datetime) -> bool:
        """Record the key; False when it was recorded before."""
        if (channel, key) in self._data.seen:
            return False
        self._data.seen[channel, key] = at
        return True

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget keys of earlier hours."""
        hour = before.replace(minute=0, second=0, microsecond=0)
        old = [key for key, at in self._data.seen.items() if at < hour and _is_in(part, key)]
        for key in old:
            del self._data.seen[key]
        return len(old)


class MemoryOutbox:
    """handlers.ports.Outbox in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def add(self, outgoing: Outgoing, due_at: datetime) -> None:
        """Queue one message."""
        self._data.last_item += 1
        self._data.outbox[self._data.last_item] = Waiting(outgoing, due_at.replace(microsecond=0))

    def claim(self, now: datetime, limit: int, lease_seconds: int, channel: str) -> tuple[OutboxItem, ...]:
        """Lease the due messages; of one person only the oldest unsent one."""
        first: dict[Address, int] = {}
        for item_id, item in sorted(self._data.outbox.items()):
            if not item.dead and item.outgoing.address.channel == channel:
                first.setdefault(item.outgoing.address, item_id)
        ready = [
            item_id
            for item_id in first.values()
            if (item := self._data.outbox[item_id]).due <= now and (item.leased_until or now) <= now
        ]
        ready.sort(key=lambda item_id: (self._data.outbox[item_id].outgoing.priority, item_id))
        claimed = ready[:limit]
        for item_id in claimed:
            until = datetime.fromtimestamp(now.timestamp() + lease_seconds, now.tzinfo)
            self._change(item_id, leased_until=until)
        waiting = [(item_id, self._data.outbox[item_id]) for item_id in claimed]
        return tuple(OutboxItem(item_id, item.attempts, item.outgoing, item.doubtful) for item_id, item in waiting)

    def release(self, channel: str) -> int:
        """Give back every lease of a channel."""
        mine = {i: item for i, item in self._data.outbox.items() if item.outgoing.address.channel == channel}
        held = [i for i, item in mine.items() if item.leased_until is not None and not item.dead]
        for item_id in held:
            self._change(item_id, leased_until=None)
        return len(held)

    def sent(self, item: OutboxItem) -> bool:
        """Remove."""
        return self._data.outbox.pop(item.id, None) is not None

    def failed(self, item: OutboxItem, *, retry_at: datetime | None) -> None:
        """Try again later, or keep as a dead letter."""
        waiting = self._data.outbox.get(item.id)
        if waiting is None:  # dropped while it was on its way
            return
        if retry_at is None:
            self._change(item.id, leased_until=None, dead=True)
        else:
            self._change(item.id, leased_until=None, due=whole_second(retry_at), attempts=waiting.attempts + 1)

    def doubted(self, item: OutboxItem, *, retry_at: datetime) -> None:
        """Try once more."""
        if item.id in self._data.outbox:
            self._change(item.id, leased_until=None, doubtful=True, due=whole_second(retry_at))

    def _change(self, item_id: int, **changes: Any) -> None:  # noqa: ANN401 - fields of Waiting
        self._data.outbox[item_id] = replace(self._data.outbox[item_id], **changes)

    def dead(self) -> int:
        """Count dead letters."""
        return sum(1 for item in self._data.outbox.values() if item.dead)

    def dead_by_case(self) -> dict[str, int]:
        """Count dead letters by the case of their person."""
        dead = Counter(item.outgoing.address for item in self._data.outbox.values() if item.dead)
        people = self._data.people.items()
        return {case: dead[person] for case, person in people if person is not None and dead[person]}

    def drop_for(self, address: Address, *, officers_only: bool = False) -> tuple[str, ...]:
        """Erase what is queued for this person."""
        mine = {i: item.outgoing for i, item in self._data.outbox.items() if item.outgoing.address == address}
        found = {i: outgoing.message for i, outgoing in mine.items() if outgoing.act != CLEAR}
        for item_id in [i for i, message in found.items() if message or not officers_only]:
            del self._data.outbox[item_id]
        return tuple(message for message in found.values() if message)

    def waits_for(self, address: Address) -> bool:
        """Say whether a reply waits for this person."""
        return any(
            item.outgoing.is_reply
            for item in self._data.outbox.values()
            if item.outgoing.address == address and not item.dead
        )

    def stuck(self, limit: int) -> tuple[OutboxItem, ...]:
        """Return alerts that wait."""
        waiting = [
            OutboxItem(item_id, item.attempts, item.outgoing, item.doubtful)
            for item_id, item in sorted(self._data.outbox.items())
            if not item.dead and item.outgoing.priority == ALERT
        ]
        return tuple(waiting[:limit])

    def waiting(self) -> int:
        """Count what waits."""
        return sum(1 for item in self._data.outbox.values() if not item.dead)


class MemoryTraces:
    """handlers.ports.Traces in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def add(self, address: Address, ref: str, at: datetime, *, until: datetime | None = None, row: int = 0) -> None:
        """Remember; here nobody has a row."""
        del row
        self._data.traces[address] = (*self._data.traces.get(address, ()), Trace(ref, at, until))

    def remembers(self, address: Address, ref: str) -> bool:
        """Return whether it is remembered."""
        return any(trace.ref == ref for trace in self._data.traces.get(address, ()))

    def due(self, now: datetime, limit: int) -> tuple[tuple[Address, str], ...]:
        """Return and forget what is due, the longest due first."""
        traces = [(trace.until, address, trace) for address, found in self._data.traces.items() for trace in found]
        over = [(until, address, trace) for until, address, trace in traces if until is not None and until <= now]
        over.sort(key=itemgetter(0))
        for _until, address, trace in over[:limit]:
            self._drop(address, trace)
        return tuple(
            (address, trace.ref) for _until, address, trace in over[:limit] if address in self._data.conversations
        )

    def take(self, address: Address) -> tuple[str, ...]:
        """Return and forget."""
        return tuple(trace.ref for trace in self._data.traces.pop(address, ()))

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget what is older, by the hour."""
        hour = before.replace(minute=0, second=0, microsecond=0)
        mine = [address for address in self._data.traces if _is_in(part, (address.channel, address.value))]
        old = [(address, trace) for address in mine for trace in self._data.traces[address] if trace.at < hour]
        for address, trace in old:
            self._drop(address, trace)
        return len(old)

    def _drop(self, address: Address, gone: Trace) -> None:
        self._data.traces[address] = tuple(trace for trace in self._data.traces[address] if trace is not gone)


class MemoryMoves:
    """handlers.ports.Moves in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def offer(self, address: Address, code: str, until: datetime) -> None:
        """Remember a code."""
        kept = {known: found for known, found in self._data.moves.items() if found[0] != address}
        self._data.moves = {**kept, code: (address, until)}

    def take(self, code: str, now: datetime) -> Address | None:
        """Return whose code it is, once."""
        address, until = self._data.moves.pop(code, (None, now))
        return address if address is not None and until > now and address in self._data.conversations else None


class MemoryCheckpoints:
    """handlers.ports.Checkpoints in memory: it counts, and signs nothing."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def uncovered(self) -> int:
        """Count what is not covered."""
        events = sum(len(found) - self._data.covered.get(case, 0) for case, found in self._data.events.items())
        return events + len(self._data.audit) - self._data.audited

    def make(self, at: datetime) -> int:
        """Cover everything."""
        del at
        self._data.covered = {case: len(events) for case, events in self._data.events.items()}
        self._data.audited = len(self._data.audit)
        self._data.checkpoints += 1
        return self._data.checkpoints


class MemoryTimers:
    """handlers.ports.Timers in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def set(self, address: Address, timer: str, due_at: datetime) -> None:
        """Set or replace."""
        self._data.timers[address, timer] = due_at.replace(microsecond=0)

    def cancel(self, address: Address, timer: str) -> None:
        """Forget."""
        self._data.timers.pop((address, timer), None)

    def active(self, timer: str, due_after: datetime) -> tuple[Address, ...]:
        """Return whose timer of this name is due later than that."""
        known = self._data.conversations
        return tuple(
            key[0] for key, due in self._data.timers.items() if key[1] == timer and due > due_after and key[0] in known
        )

    def due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        """Take due timers."""
        ready = sorted((item for item in self._data.timers.items() if item[1] <= now), key=lambda item: item[1])
        for key, _due in ready[:limit]:
            del self._data.timers[key]
        known = self._data.conversations
        return tuple(DueTimer(key[0], key[1], due) for key, due in ready[:limit] if key[0] in known)
