"""Keys of rows: random, wrapped under the ring, in a table of their own. Deleting the row erases what it opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from storage.crypto.key_ring import KEY_BYTES, NONCE_BYTES
from storage.errors import StorageError
from storage.tables import keys

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.ports import Entropy
    from storage.crypto.key_ring import KeyRing

_ID_BYTES = 16
DRAFTS = "conversation"
"""Purpose of the keys that may live in memory only."""


class KeyRowMissing(StorageError):
    """The key of a row is gone while the row is still there: restore `keys` or run `leeward purge`."""


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The keys table of one transaction."""

    connection: Connection
    ring: KeyRing
    draft_ring: KeyRing
    entropy: Entropy
    open_keys: dict[str, bytes] = field(default_factory=dict, repr=False)  # of this transaction only

    def new(self, purpose: str) -> tuple[str, bytes]:
        """Make a key; return its id and the key."""
        key_id, key = self.entropy.bytes(_ID_BYTES).hex(), self.entropy.bytes(KEY_BYTES)
        ring = self._ring(purpose)
        wrapped = ring.wrap(key, purpose, key_id, self.entropy.bytes(NONCE_BYTES))
        values = {"id": key_id, "purpose": purpose, "ring_key": ring.newest, "wrapped": wrapped}
        self.connection.execute(insert(keys).values(values))
        self.open_keys[key_id] = key
        return key_id, key

    def get(self, key_id: str) -> bytes:
        """Return the key. Raises: KeyRowMissing, NotAuthentic, UnknownRingKey."""
        if key_id not in self.open_keys:
            row = self.connection.execute(select(keys).where(keys.c.id == key_id)).one_or_none()
            if row is None:
                raise KeyRowMissing
            self.open_keys[key_id] = self._ring(row.purpose).unwrap(row.ring_key, row.wrapped, row.purpose, key_id)
        return self.open_keys[key_id]

    def _ring(self, purpose: str) -> KeyRing:
        return self.draft_ring if purpose == DRAFTS else self.ring

    def erase(self, key_id: str) -> None:
        """Destroy the key."""
        self.open_keys.pop(key_id, None)
        self.connection.execute(delete(keys).where(keys.c.id == key_id))
