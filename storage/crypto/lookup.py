"""Keyed hashes of what is only compared, never read: addresses, message keys, words.

Protects against whoever holds the database. Not against whoever also holds the look-up key: phone numbers are
few enough to try them all, which is why addresses are not kept longer than needed.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from storage.crypto.errors import MalformedKey
from storage.crypto.framing import frame, framed_once
from storage.crypto.secret import Secret

KEY_BYTES = 32
ROW_KEY_BITS = 63  # fits a signed 64-bit integer of every database


class LookupKey(Secret):
    """The look-up key; of its own, never a wrapping key."""

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        """Take 32 bytes. Raises: MalformedKey for any other number: HMAC would take none at all."""
        if len(key) != KEY_BYTES:
            raise MalformedKey("a look-up key has 32 bytes")
        self._keyed = HMAC(key, SHA256())  # the key is taken in once, then copied

    def digest(self, kind: str, *parts: str) -> bytes:
        """Return 32 bytes; `kind` separates uses, so that a word never equals an address."""
        keyed = self._keyed.copy()
        keyed.update(framed_once(f"leeward/{kind}") + frame(*parts))
        return keyed.finalize()

    def secret_hash(self, kind: str, words: str) -> str:
        """Return a printable digest of panic words, phrases and pairs, given in normal form."""
        return self.digest(f"secret/{kind}", words).hex()


def row_key(digest: bytes) -> int:
    """Return the first 63 bits of a digest as a positive integer; collisions are the caller's to handle."""
    return int.from_bytes(digest[:8], "big") >> (64 - ROW_KEY_BITS)
