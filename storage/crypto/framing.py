"""One unambiguous way to join several values before they are authenticated, hashed or signed."""

from __future__ import annotations

LENGTH_BYTES = 8


def frame(*parts: str | bytes) -> bytes:
    """Return the parts, each after its length (8 bytes, big endian); text is UTF-8.

    Different parts never give the same bytes, so "ab" + "c" cannot stand in for "a" + "bc".
    """
    framed: list[bytes] = []
    for part in parts:
        encoded = part.encode() if isinstance(part, str) else part
        framed += (len(encoded).to_bytes(LENGTH_BYTES, "big"), encoded)
    return b"".join(framed)
