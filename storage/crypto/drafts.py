"""Bodies of rows under their own keys: Cobblestone-256, bound to table, row and revision.

A body copied to another row, or an older one put back, does not open.
"""

from __future__ import annotations

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from storage.crypto.errors import NotAuthentic
from storage.crypto.framing import frame, framed_once


def encrypt_body(key: bytes, body: bytes, table: str, row: str, revision: int) -> bytes:
    """Return the body encrypted; 72 bytes longer. `key`: 32 bytes."""
    encryptor = Cobblestone256Encryptor(key, framed_once(table) + frame(row, str(revision)))
    return bytes(encryptor.update(body)) + bytes(encryptor.finalize())


def decrypt_body(key: bytes, sealed: bytes, table: str, row: str, revision: int) -> bytes:
    """Return the body. Raises: NotAuthentic when it belongs elsewhere, is older, cut or changed."""
    try:
        decryptor = Cobblestone256Decryptor(key, framed_once(table) + frame(row, str(revision)))
        return bytes(decryptor.update(sealed)) + bytes(decryptor.finalize())
    except (InvalidTag, ValueError) as exc:
        raise NotAuthentic from exc
