"""Keys of rows: random, wrapped under the ring, in a table of their own. Deleting the row erases what it opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from storage.crypto.key_ring import KEY_BYTES, NONCE_BYTES
from storage.errors import StorageError
from storage.statements import Statement, inserted
from storage.tables import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from handlers.ports import Entropy
    from storage.crypto.key_ring import KeyRing
    from storage.statements import Session

_ID_BYTES = 16
DRAFTS = "conversation"
"""Purpose of the keys that may live in memory only."""


class KeyRowMissing(StorageError):
    """The key of a row is gone while the row is still there: restore `keys` or run `leeward purge`."""


_NEW = inserted(keys)
_GET = Statement(lambda _database: select(keys.c.purpose, keys.c.ring_key, keys.c.wrapped).where(_this()), "id")
_ERASE = Statement(lambda _database: delete(keys).where(_this()), "id")


def _this() -> ColumnElement[bool]:
    return keys.c.id == bindparam("id")


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The keys table of one transaction."""

    session: Session
    ring: KeyRing
    draft_ring: KeyRing
    entropy: Entropy
    open_keys: dict[str, bytes] = field(default_factory=dict, repr=False)  # in this turn

    def new(self, purpose: str) -> tuple[str, bytes]:
        """Make a key; return its id and the key."""
        key_id, key = self.entropy.bytes(_ID_BYTES).hex(), self.entropy.bytes(KEY_BYTES)
        ring = self._ring(purpose)
        wrapped = ring.wrap(key, purpose, key_id, self.entropy.bytes(NONCE_BYTES))
        self.session.run(_NEW, key_id, purpose, ring.newest, wrapped)
        self.open_keys[key_id] = key
        return key_id, key

    def get(self, key_id: str) -> bytes:
        """Return the key. Raises: KeyRowMissing, NotAuthentic, UnknownRingKey."""
        if key_id not in self.open_keys:
            row = self.session.one(_GET, key_id)
            if row is None:
                raise KeyRowMissing
            purpose, ring_key, wrapped = row
            self.unwrap(key_id, purpose, ring_key, wrapped)
        return self.open_keys[key_id]

    def unwrap(self, key_id: str, purpose: str, ring_key: str | None, wrapped: bytes | None) -> bytes:
        """Return a key that was read together with its row. Raises as `get` does."""
        if ring_key is None or wrapped is None:
            raise KeyRowMissing
        if key_id not in self.open_keys:
            self.open_keys[key_id] = self._ring(purpose).unwrap(ring_key, wrapped, purpose, key_id)
        return self.open_keys[key_id]

    def get_all(self, key_ids: Sequence[str]) -> None:
        """Open these keys together; those that are missing are noticed by `get`."""
        for row in self.session.connection.execute(select(keys).where(keys.c.id.in_(key_ids))):
            self.unwrap(row.id, row.purpose, row.ring_key, row.wrapped)

    def _ring(self, purpose: str) -> KeyRing:
        return self.draft_ring if purpose == DRAFTS else self.ring

    def erase(self, key_id: str) -> None:
        """Destroy the key."""
        self.open_keys.pop(key_id, None)
        self.session.run(_ERASE, key_id)
