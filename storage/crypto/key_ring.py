"""The key ring: a few keys that wrap the keys of rows. The newest wraps, all of them unwrap (AES-256-GCM-SIV)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from storage.crypto.errors import MalformedKey, NotAuthentic, UnknownRingKey
from storage.crypto.framing import frame, framed_once
from storage.crypto.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class RingKey(Secret):
    """One key of the ring. `key_id` is not secret: it stands beside everything the key wrapped."""

    key_id: str
    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES or not self.key_id:
            raise MalformedKey("a key of the ring has an id and 32 bytes")


class KeyRing(Secret):
    """Wraps the random keys of rows, bound to the ring key, the purpose and the row."""

    __slots__ = ("_by_id", "newest")

    def __init__(self, keys: Sequence[RingKey]) -> None:
        """Take the keys, the newest first. Raises: MalformedKey when there are none, or two have one id."""
        if not keys:
            raise MalformedKey("the key ring is empty")
        self.newest = keys[0].key_id
        self._by_id = {key.key_id: AESGCMSIV(key.key) for key in keys}
        if len(self._by_id) < len(keys):  # one of the two would silently be lost, and all it wrapped with it
            raise MalformedKey("two keys of the ring have the same id")

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Return the ids, the newest first."""
        return tuple(self._by_id)

    def wrap(self, row_key: bytes, purpose: str, row: str, nonce: bytes) -> bytes:
        """Return the row's key wrapped under the newest key; `nonce`: 12 fresh bytes."""
        place = framed_once(self.newest, purpose) + frame(row)
        return nonce + self._by_id[self.newest].encrypt(nonce, row_key, place)

    def unwrap(self, key_id: str, wrapped: bytes, purpose: str, row: str) -> bytes:
        """Return the row's key. Raises: UnknownRingKey, NotAuthentic when it was moved or changed."""
        ring_key = self._by_id.get(key_id)
        if ring_key is None:
            raise UnknownRingKey
        place = framed_once(key_id, purpose) + frame(row)
        try:
            return ring_key.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as exc:
            raise NotAuthentic from exc
