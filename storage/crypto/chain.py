"""Chains of commitments, and the tree over their heads: what makes a record of the past impossible to change unseen.

One chain per case. A commitment hides its event (a random salt goes in first) and binds it; a head binds all
commitments before it. Whoever erases the event and its salt keeps a chain that still holds. The tree is that of
RFC 6962 (Certificate Transparency), section 2.1, over the heads of all cases.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from storage.crypto.framing import frame

if TYPE_CHECKING:
    from collections.abc import Sequence

SALT_BYTES = 32
HASH_BYTES = 32
FIRST_PREVIOUS = bytes(HASH_BYTES)
"""What the first checkpoint names as the one before it."""


def commitment(salt: bytes, event: bytes) -> bytes:
    """Return 32 bytes that bind the event and, without the salt (32 random bytes), say nothing about it."""
    return sha256(frame("leeward/event/v1", salt, event)).digest()


def genesis(case: str) -> bytes:
    """Return the head of a chain without events."""
    return sha256(frame("leeward/chain/v1", case)).digest()


def of_audit(name: str) -> str:
    """Return what a chain of the audit log is called: never the same as the chain of consent events of the case."""
    return f"audit:{name}"


def link(head: bytes, sequence: int, committed: bytes) -> bytes:
    """Return the head after one more event; `sequence` counts from 1."""
    return sha256(frame("leeward/link/v1", head, str(sequence), committed)).digest()


def leaf(case: str, length: int, head: bytes) -> bytes:
    """Return what the tree holds of one chain: the case, how many events, the head."""
    return frame(case, str(length), head)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962, section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + entry).digest() for entry in leaves]
    while len(level) > 1:
        # Pairs from the left, an odd last one moves up unchanged: the same tree as the recursive definition.
        pairs = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def checkpoint_content(number: int, minute: int, previous: bytes, root: bytes, chains: int) -> bytes:
    """Return what a checkpoint says and what is signed: its number, time (minutes since 1970), the one before it."""
    return frame("leeward/checkpoint/v1", str(number), str(minute), previous, root, str(chains))


def checkpoint_hash(content: bytes) -> bytes:
    """Return what the next checkpoint names as the one before it."""
    return sha256(content).digest()
