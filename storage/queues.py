"""What waits: messages taken, messages to send, timers."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from msgspec import field
from sqlalchemy import ARRAY, LargeBinary, bindparam, delete, exists, func, insert, or_, select, tuple_, update

from dialogs.frozen import Frozen
from handlers.types import ALERT, CLEAR, WHOLE, DueTimer, OutboxItem
from storage import forms
from storage.crypto.key_ring import NONCE_BYTES
from storage.statements import POSTGRESQL, SQLITE, Statement, drawn, insert_or, inserted, parameters
from storage.tables import cases, inbox, moves, outbox, timers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Executable, Select

    from handlers.ports import Entropy
    from handlers.types import Address, Outgoing, Slice
    from storage.conversations import SqlConversations
    from storage.crypto.key_ring import KeyRing
    from storage.crypto.lookup import LookupKey
    from storage.rows import Rows
    from storage.statements import Session

LOOKED_AT: Final = 16
"""So many due timers are looked at for one whose person no other process is busy with."""

WAITING, DEAD = "waiting", "dead"
MESSAGE_KEY_BYTES: Final = 16
"""Of the keyed hash of a message's key: nobody who lacks the look-up key can look for two that are the same."""
HOUR_SECONDS: Final = 3600
DAY_SECONDS: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(at: datetime) -> int:
    """Return whole seconds since 1970."""
    since = at - _EPOCH  # half of what `timestamp` takes, which goes by way of a fraction
    return since.days * DAY_SECONDS + since.seconds


def seconds_until(at: datetime) -> int:
    """Return whole seconds since 1970, rounded up: nothing is tried again before its time."""
    return ceil(at.timestamp())


_TAKEN = Statement(
    lambda database: insert_or(database, inbox).values(parameters(("digest", "hour"))).on_conflict_do_nothing(),
    "digest", "hour",
)  # fmt: skip
_KNOWN = Statement(lambda _database: select(inbox.c.hour).where(inbox.c.digest == bindparam("digest")), "digest")
_NEW_KEY = inserted(inbox)
_ALL_KNOWN = Statement(
    lambda _database: select(inbox.c.digest).where(
        inbox.c.digest == func.any(bindparam("digests", type_=ARRAY(LargeBinary)))
    ),
    "digests",
)  # fmt: skip
_HIGHEST = Statement(lambda _database: select(func.coalesce(func.max(outbox.c.id), 0)))
_UNTRIED: Final = (0, 0, False, WAITING)
"""Attempts, lease, doubt and state of a message that nobody has taken yet."""
_SENT = Statement(
    lambda _database: delete(outbox).where(outbox.c.person == bindparam("person"), outbox.c.id == bindparam("id")),
    "person", "id",
)  # fmt: skip
_CLAIMED = ("priority", "id", "attempts", "doubtful", "ring_key", "person", "payload")
_CLAIM = Statement(
    lambda _database: (
        update(outbox)
        .where(tuple_(outbox.c.person, outbox.c.id).in_(select(_due().cte("due_now"))))
        .values(leased_until=bindparam("until"))
        .returning(*(outbox.c[name] for name in _CLAIMED))
    ),
    "channel", "at", "until", "most",
)  # fmt: skip
_CANCEL = Statement(
    lambda _database: delete(timers).where(timers.c.person == bindparam("person"), timers.c.name == bindparam("name")),
    "person", "name",
)  # fmt: skip


_TAKE = Statement(
    lambda _database: delete(timers).where(
        timers.c.person == bindparam("person"), timers.c.name == bindparam("name"), timers.c.due == bindparam("due")
    ),
    "person", "name", "due",
)  # fmt: skip


def _add(database: str) -> Executable:
    """Return what queues a message; PostgreSQL numbers it by itself, for every process that writes there."""
    values: dict[str, Any] = parameters(outbox.columns.keys())
    return outbox.insert().inline().values(values | ({"id": drawn("outbox_id_seq")} if database == POSTGRESQL else {}))


def _due() -> Select[tuple[int, int]]:
    """Return the keys of what is due and not leased; of one person only the oldest unsent one."""
    earlier = outbox.alias()
    behind = exists().where(earlier.c.person == outbox.c.person, earlier.c.state == WAITING, earlier.c.id < outbox.c.id)
    return (
        select(outbox.c.person, outbox.c.id)
        .where(
            outbox.c.state == WAITING, outbox.c.channel == bindparam("channel"), outbox.c.due <= bindparam("at"),
            outbox.c.leased_until <= bindparam("at"), ~behind,
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )  # fmt: skip


def _set(database: str) -> Executable:
    """Return what sets a timer, or puts it off."""
    new = insert_or(database, timers).values(parameters(("person", "name", "due")))
    return new.on_conflict_do_update(index_elements=["person", "name"], set_={"due": new.excluded.due})


def _ready(database: str) -> Select[tuple[int, str, int]]:
    """Return the timers that are due. On PostgreSQL those of people no other process is busy with, locked as in a turn.

    A turn locks the person before the timer; to lock the timer first would let the two wait for each other.
    """
    first = (
        select(timers.c.person, timers.c.name, timers.c.due)
        .where(timers.c.due <= bindparam("at"))
        .order_by(timers.c.due)
        .limit(bindparam("looked_at"))
        .cte("ready")
        .prefix_with("MATERIALIZED")
    )
    ready = select(first.c.person, first.c.name, first.c.due).limit(bindparam("most"))
    if database == SQLITE:
        return ready.order_by(first.c.due)
    # Asked one after the other in the order of `first`, and no further than needed.
    return ready.where(func.pg_try_advisory_xact_lock(first.c.person))


_ADD = Statement(_add, *outbox.columns.keys())
_SET = Statement(_set, "person", "name", "due")
_READY = Statement(_ready, "at", "most", "looked_at")


class SqlInbox(Frozen):
    """handlers.ports.Inbox over one connection."""

    session: Session
    lookup: LookupKey
    taken: set[bytes] = field(default_factory=set)  # in this transaction, some of it put off

    def is_new(self, channel: str, key: str, at: datetime) -> bool:
        """Record the key; False when it was recorded before."""
        digest, hour = self._digest(channel, key), seconds(at) // HOUR_SECONDS
        if self.session.database == POSTGRESQL:
            return self._is_new_for_all(digest, hour)
        if digest in self.taken:
            self.session.catch_up(_TAKEN)
        if self.session.one(_KNOWN, digest) is not None:
            return False
        self.session.put_off(_TAKEN, digest, hour)
        self.taken.add(digest)
        return True

    def _is_new_for_all(self, digest: bytes, hour: int) -> bool:
        """Record the key, which another process may record in the same moment (PostgreSQL)."""
        known: bool | None = self.session.foreseen.pop(digest, None)
        if known is None:
            self.session.catch_up(_NEW_KEY)
            return self.session.run(_TAKEN, digest, hour) == 1
        if not known:
            self.session.put_off(_NEW_KEY, digest, hour)  # refuses the group if it was recorded meanwhile
        return not known

    def look_ahead(self, keys: Iterable[tuple[str, str]]) -> None:
        """Look up at once which of these messages (channel, key) were taken before (PostgreSQL)."""
        digests = [self._digest(channel, key) for channel, key in keys]
        known = {digest for (digest,) in self.session.all(_ALL_KNOWN, digests)}
        self.session.foreseen.update((digest, digest in known) for digest in digests)

    def _digest(self, channel: str, key: str) -> bytes:
        return self.lookup.digest("message", channel, key)[:MESSAGE_KEY_BYTES]

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget keys of a slice that were recorded before this time."""
        first, last = (key.to_bytes(MESSAGE_KEY_BYTES, "big") for key in part.of_keys(1 << 8 * MESSAGE_KEY_BYTES))
        old = delete(inbox).where(inbox.c.digest.between(first, last), inbox.c.hour < seconds(before) // HOUR_SECONDS)
        return self.session.connection.execute(old).rowcount


class Numbers:
    """Numbers of messages in the outbox, on SQLite: they grow, and none is given twice while the process runs.

    What is on its way is settled by its number, after its row was dropped, too. It ends with the process: the next one
    goes on from the highest that is left.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        """Nothing is read before a number is needed."""
        self._last: int | None = None

    def next(self, session: Session) -> int:
        """Return the next number; PostgreSQL draws its own, and does not look at this one."""
        if session.database == POSTGRESQL:
            return 0
        if self._last is None:
            (self._last,) = session.one(_HIGHEST) or (0,)
        self._last += 1
        return self._last


class SqlOutbox(Frozen):
    """handlers.ports.Outbox over one connection."""

    session: Session
    rows: Rows
    ring: KeyRing
    entropy: Entropy
    numbers: Numbers
    added: dict[bytes, Outgoing] = field(default_factory=dict)
    """What was encrypted in this transaction, by what became of it: claimed in its commit, it need not be decrypted."""

    def add(self, outgoing: Outgoing, due_at: datetime) -> None:
        """Queue one message, encrypted."""
        person = self.rows.of(outgoing.address)
        payload = self.ring.wrap(
            forms.encode_outgoing(outgoing), "outbox", str(person), self.entropy.bytes(NONCE_BYTES)
        )
        self.session.put_off(
            _ADD, person, self.numbers.next(self.session), outgoing.address.channel, outgoing.priority, seconds(due_at),
            *_UNTRIED, self.ring.newest, payload,
        )  # fmt: skip
        self.added[payload] = outgoing

    def claim(self, now: datetime, limit: int, lease_seconds: int, channel: str) -> tuple[OutboxItem, ...]:
        """Lease the due messages of a channel; of one person only the oldest unsent one."""
        at = seconds(now)
        leased = self.session.all(_CLAIM, channel, at, at + lease_seconds, limit)
        return tuple(
            OutboxItem(
                item, attempts, self.added.get(payload) or self._open(ring_key, payload, person), bool(doubtful), person
            )
            for _priority, item, attempts, doubtful, ring_key, person, payload in sorted(leased)
        )

    def _open(self, ring_key: str, payload: bytes, person: int) -> Outgoing:
        return forms.decode_outgoing(self.ring.unwrap(ring_key, payload, "outbox", str(person)))

    def release(self, channel: str) -> int:
        """Give back every lease of a channel."""
        held = (outbox.c.channel == channel, outbox.c.state == WAITING, outbox.c.leased_until > 0)
        return self.session.connection.execute(update(outbox).where(*held).values(leased_until=0)).rowcount

    def sent(self, item: OutboxItem) -> bool:
        """Delete the row: what was sent is not kept."""
        return self.session.run(_SENT, item.row, item.id) > 0

    def failed(self, item: OutboxItem, *, retry_at: datetime | None) -> None:
        """Try again later, or keep it as a dead letter."""
        if retry_at is None:
            self._change(item, state=DEAD)
        else:
            self._change(item, attempts=outbox.c.attempts + 1, due=seconds_until(retry_at), leased_until=0)

    def doubted(self, item: OutboxItem, *, retry_at: datetime) -> None:
        """Nobody knows whether it went out: it is tried once more."""
        self._change(item, doubtful=True, due=seconds_until(retry_at), leased_until=0)

    def _change(self, item: OutboxItem, **values: object) -> None:
        here = (outbox.c.person == item.row, outbox.c.id == item.id)
        self.session.connection.execute(update(outbox).where(*here).values(values))

    def dead(self) -> int:
        """Return how many dead letters lie there."""
        return self.session.connection.scalar(select(func.count()).where(outbox.c.state == DEAD)) or 0

    def dead_by_case(self) -> dict[str, int]:
        """Return how many dead letters lie there for the person of each case."""
        letters = select(cases.c.id, func.count()).join(outbox, outbox.c.person == cases.c.person)
        found = self.session.connection.execute(letters.where(outbox.c.state == DEAD).group_by(cases.c.id))
        return {row[0]: row[1] for row in found}

    def drop_for(self, address: Address, *, officers_only: bool = False) -> tuple[str, ...]:
        """Erase what is queued for this person; dead letters hold nothing of an officer that would still go out."""
        person = self.rows.of(address)
        found = self.session.connection.execute(select(outbox).where(outbox.c.person == person)).all()
        mine = {row.id: self._open(row.ring_key, row.payload, person) for row in found}
        by_row = {item: outgoing.message for item, outgoing in mine.items() if outgoing.act != CLEAR}
        gone = [item for item, message in by_row.items() if message or not officers_only]
        self.session.connection.execute(delete(outbox).where(outbox.c.person == person, outbox.c.id.in_(gone)))
        return tuple(message for message in by_row.values() if message)

    def waits_for(self, address: Address) -> bool:
        """Return whether a reply to this person waits."""
        person = self.rows.of(address)
        mine = select(outbox).where(outbox.c.person == person, outbox.c.state == WAITING)
        found = self.session.connection.execute(mine)
        return any(self._open(row.ring_key, row.payload, person).is_reply for row in found.all())

    def stuck(self, limit: int) -> tuple[OutboxItem, ...]:
        """Return alerts to officers that wait, the oldest first."""
        waiting = select(outbox).where(outbox.c.state == WAITING, outbox.c.priority == ALERT)
        found = self.session.connection.execute(waiting.order_by(outbox.c.id).limit(limit))
        return tuple(
            OutboxItem(r.id, r.attempts, self._open(r.ring_key, r.payload, r.person), r.doubtful, r.person)
            for r in found
        )

    def waiting(self) -> int:
        """Return how many messages wait."""
        return self.session.connection.scalar(select(func.count()).where(outbox.c.state == WAITING)) or 0


class SqlMoves(Frozen):
    """handlers.ports.Moves over one connection."""

    session: Session
    rows: Rows
    lookup: LookupKey
    conversations: SqlConversations

    def offer(self, address: Address, code: str, until: datetime) -> None:
        """Remember a code; an older one of the same person does not count any more."""
        person = self.rows.of(address)
        self.session.connection.execute(delete(moves).where(moves.c.person == person))
        values = {"digest": self.lookup.digest("move", code), "person": person, "due": seconds(until)}
        self.session.connection.execute(insert(moves).values(values))

    def take(self, code: str, now: datetime) -> Address | None:
        """Return whose code it is, once."""
        digest = self.lookup.digest("move", code)
        found = self.session.connection.execute(select(moves).where(moves.c.digest == digest)).one_or_none()
        self.session.connection.execute(delete(moves).where(or_(moves.c.digest == digest, moves.c.due <= seconds(now))))
        if found is None or found.due <= seconds(now):
            return None
        return self.conversations.address_of(found.person)


class SqlTimers(Frozen):
    """handlers.ports.Timers over one connection."""

    session: Session
    rows: Rows
    conversations: SqlConversations

    def set(self, address: Address, timer: str, due_at: datetime) -> None:
        """Set or replace."""
        self.session.put_off(_SET, self.rows.of(address), timer, seconds(due_at))

    def cancel(self, address: Address, timer: str) -> None:
        """Forget."""
        self.session.run(_CANCEL, self.rows.of(address), timer)

    def active(self, timer: str, due_after: datetime) -> tuple[Address, ...]:
        """Return whose timer of this name is due later than that: who did something not long ago."""
        rows = self.session.connection.scalars(
            select(timers.c.person).where(timers.c.name == timer, timers.c.due > seconds(due_after))
        )
        return tuple(address for row in list(rows) if (address := self.conversations.address_of(row)) is not None)

    def due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        """Take due timers; those of conversations that are gone are removed without a word."""
        ready = self.session.all(_READY, seconds(now), limit, max(limit, LOOKED_AT))
        taken = []
        for person, name, due in ready:
            if self.session.run(_TAKE, person, name, due) == 0:
                continue  # set anew by a turn of the same moment
            address = self.conversations.address_of(person)
            if address is not None:
                taken.append(DueTimer(address, name, datetime.fromtimestamp(due, UTC)))
        return tuple(taken)
