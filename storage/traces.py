"""What stands in the chats: the ids of messages, to delete them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from dialogs.frozen import Frozen
from handlers.types import WHOLE
from storage.crypto.key_ring import NONCE_BYTES
from storage.crypto.lookup import ROW_KEY_BITS
from storage.queues import HOUR_SECONDS, seconds
from storage.statements import Statement, inserted
from storage.tables import traces

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from handlers.ports import Entropy
    from handlers.types import Address, Slice
    from storage.conversations import SqlConversations
    from storage.crypto.key_ring import KeyRing
    from storage.rows import Rows
    from storage.statements import Session


def _over() -> Select[tuple[int]]:
    """Return the ids of messages whose time in the chat is over and that no other process takes now."""
    over = select(traces.c.id).where(traces.c.due <= bindparam("at")).order_by(traces.c.due, traces.c.id)
    return over.limit(bindparam("most")).with_for_update(skip_locked=True)


_TRACE = inserted(traces, "id")
_OVER = Statement(
    lambda _database: (
        delete(traces)
        .where(traces.c.id.in_(_over()))
        .returning(traces.c.due, traces.c.id, traces.c.person, traces.c.ring_key, traces.c.ref)
    ),
    "at", "most",
)  # fmt: skip


class SqlTraces(Frozen):
    """handlers.ports.Traces over one connection."""

    session: Session
    rows: Rows
    ring: KeyRing
    entropy: Entropy
    conversations: SqlConversations

    def add(self, address: Address, ref: str, at: datetime, *, until: datetime | None = None, row: int = 0) -> None:
        """Remember a message, encrypted."""
        person = row or self.rows.of(address)
        sealed = self.ring.wrap(ref.encode(), "trace", str(person), self.entropy.bytes(NONCE_BYTES))
        due = None if until is None else seconds(until)
        self.session.put_off(_TRACE, person, seconds(at) // HOUR_SECONDS, self.ring.newest, sealed, due)

    def remembers(self, address: Address, ref: str) -> bool:
        """Return whether it is remembered."""
        person = self.rows.of(address)
        mine = self.session.connection.execute(select(traces.c.ring_key, traces.c.ref).where(traces.c.person == person))
        return any(self._open(person, ring_key, sealed) == ref for ring_key, sealed in mine)

    def due(self, now: datetime, limit: int) -> tuple[tuple[Address, str], ...]:
        """Return and forget what is due; a process beside this one takes others."""
        found = sorted(self.session.all(_OVER, seconds(now), limit))
        addresses = {person: self.conversations.address_of(person) for _due, _id, person, _key, _ref in found}
        return tuple(
            (address, self._open(person, ring_key, ref))
            for _due, _id, person, ring_key, ref in found
            if (address := addresses[person]) is not None
        )

    def _open(self, person: int, ring_key: str, ref: bytes) -> str:
        return self.ring.unwrap(ring_key, bytes(ref), "trace", str(person)).decode()

    def take(self, address: Address) -> tuple[str, ...]:
        """Return what is remembered of this chat, the oldest first, and forget it."""
        person = self.rows.of(address)
        found = list(
            self.session.connection.execute(select(traces).where(traces.c.person == person).order_by(traces.c.id))
        )
        self.session.connection.execute(delete(traces).where(traces.c.person == person))
        return tuple(self._open(person, r.ring_key, r.ref) for r in found)

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget what is too old to be deleted from a chat anyway, of the people in a slice."""
        mine = traces.c.person.between(*part.of_keys(1 << ROW_KEY_BITS))
        old = delete(traces).where(mine, traces.c.hour < seconds(before) // HOUR_SECONDS)
        return self.session.connection.execute(old).rowcount
