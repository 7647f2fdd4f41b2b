"""Base64 without padding, in its one canonical form (c2sp.org/age, conventions)."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """Return standard Base64 without `=`."""
    return base64.b64encode(data).decode().rstrip("=")


def decode(text: str | bytes) -> bytes | None:
    """Return the bytes, or None when the text is not canonical Base64 without padding."""
    try:
        written = text.decode("ascii") if isinstance(text, bytes) else text
        data = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == written else None  # "decoders MUST reject non-canonical encodings"
