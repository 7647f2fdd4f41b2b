"""The payload of an age file: chunks of 64 KiB, each encrypted, the last one marked (STREAM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.crypto.errors import TamperedPayload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.crypto.age.reader import Reader

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
COUNTER_BYTES = 11


def _nonce(counter: int, *, last: bool) -> bytes:
    return counter.to_bytes(COUNTER_BYTES, "big") + bytes([last])


def encrypt_chunks(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the encrypted chunks of the joined pieces; holds one chunk and one piece at a time."""
    cipher = ChaCha20Poly1305(key)
    counter = 0
    held = b""
    for piece in pieces:
        if len(held) == CHUNK_BYTES and piece:  # the usual case, without a copy: whole pieces, and something follows
            yield cipher.encrypt(_nonce(counter, last=False), held, None)
            counter, held = counter + 1, piece
        else:
            held = held + piece if held else piece
        while len(held) > CHUNK_BYTES:  # one byte at least stays: the last chunk MUST NOT be empty
            yield cipher.encrypt(_nonce(counter, last=False), held[:CHUNK_BYTES], None)
            counter, held = counter + 1, held[CHUNK_BYTES:]
    yield cipher.encrypt(_nonce(counter, last=True), held, None)


def decrypt_chunks(key: bytes, reader: Reader) -> Iterator[bytes]:
    """Yield the plaintext chunk by chunk, each authentic and in its place.

    Raises: TamperedPayload, also when the end is missing. What was yielded before is a true beginning, no more.
    """
    cipher = ChaCha20Poly1305(key)
    counter = 0
    block = reader.read(CHUNK_BYTES + TAG_BYTES)
    while ahead := reader.read(CHUNK_BYTES + TAG_BYTES):
        yield _decrypted(cipher, _nonce(counter, last=False), block)
        counter, block = counter + 1, ahead
    chunk = _decrypted(cipher, _nonce(counter, last=True), block)
    if counter and not chunk:
        raise TamperedPayload("an empty last chunk")
    yield chunk


def _decrypted(cipher: ChaCha20Poly1305, nonce: bytes, block: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, block, None)
    except InvalidTag as error:
        raise TamperedPayload from error
