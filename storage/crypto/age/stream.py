"""The payload of an age file: chunks of 64 KiB, each encrypted, the last one marked (STREAM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.crypto.errors import TamperedPayload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.crypto.age.reader import Reader, Writable

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
COUNTER_BYTES = 11


def _nonce(counter: int, *, last: bool) -> bytes:
    return counter.to_bytes(COUNTER_BYTES, "big") + bytes([last])


def encrypt_chunks(key: bytes, pieces: Iterable[bytes], sink: Writable) -> None:
    """Write the encrypted chunks of the joined pieces; holds one chunk, one piece and what becomes of it."""
    encrypted = _Encrypted(key)
    held = b""
    for piece in pieces:
        missing = CHUNK_BYTES - len(held)
        if len(piece) <= missing:
            held += piece
            continue
        rest = memoryview(piece)[missing:]
        whole = (len(rest) - 1) // CHUNK_BYTES * CHUNK_BYTES  # the last chunk MUST NOT be empty: a byte at least stays
        chunks = [rest[at : at + CHUNK_BYTES] for at in range(0, whole, CHUNK_BYTES)]
        sink.write(encrypted.chunks([held + piece[:missing], *chunks]))
        held = bytes(rest[whole:])
    sink.write(encrypted.chunks([held], last=True))


class _Encrypted:
    """Encrypts chunks into one buffer that is used again: memory asked for anew each time costs a fifth more."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._counter = 0
        self._buffer = bytearray()

    def chunks(self, chunks: Sequence[bytes | memoryview], *, last: bool = False) -> memoryview:
        """Return the next chunks encrypted, one after the other; good until it is called again."""
        size = sum(len(chunk) + TAG_BYTES for chunk in chunks)
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        encrypted = memoryview(self._buffer)[:size]
        at = 0
        for chunk in chunks:
            end = at + len(chunk) + TAG_BYTES
            self._cipher.encrypt_into(_nonce(self._counter, last=last), chunk, None, encrypted[at:end])
            self._counter, at = self._counter + 1, end
        return encrypted


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
