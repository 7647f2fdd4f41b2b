"""Sealing and opening reports and files: age files to post-quantum recipients, padded.

Protects against everybody but the recipients, this server included once the plaintext is gone from memory.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from storage.crypto.age import files
from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.age.keys import generate_identity, is_classic, parse_recipient
from storage.crypto.entropy import EntropySource, fresh_bytes
from storage.crypto.errors import ClassicRecipients, MixedRecipients, TooFewRecipients, TooLarge, TooManyRecipients
from storage.crypto.padding import PIECE_BYTES, file_padding, pad_document, unpad_document, unpad_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.crypto.age.files import Identity
    from storage.crypto.age.hybrid import HybridRecipient

FEWEST_RECIPIENTS = 2
MOST_RECIPIENTS = 20
SEED_BYTES = 32


def recipients_of(texts: Sequence[str], *, fewest: int = FEWEST_RECIPIENTS) -> tuple[HybridRecipient, ...]:
    """Return the different recipients. Raises: UnsuitableRecipients (four kinds), MalformedKey."""
    different = tuple(dict.fromkeys(text.strip() for text in texts))
    classic = [is_classic(text) for text in different]
    if any(classic):
        raise MixedRecipients if not all(classic) else ClassicRecipients
    if len(different) < fewest:
        raise TooFewRecipients
    if len(different) > MOST_RECIPIENTS:
        raise TooManyRecipients
    return tuple(parse_recipient(text) for text in different)


def seal_report(document: bytes, recipients: Sequence[str], *, entropy: EntropySource = fresh_bytes) -> bytes:
    """Return the JSON document padded and sealed to two or more different `age1pq1…` recipients."""
    return files.encrypted(pad_document(document), recipients_of(recipients), entropy)


def open_report(sealed: bytes, identities: Iterable[Identity]) -> bytes:
    """Return the JSON document. Raises: NotForThisIdentity, Malformed, Tampered."""
    return unpad_document(b"".join(files.decrypt(io.BytesIO(sealed), identities)))


def seal_file(
    source: BinaryIO, sink: BinaryIO, identity: str, limit: int, *, entropy: EntropySource = fresh_bytes
) -> tuple[int, str]:
    """Write the padded file, sealed to one one-time identity, to `sink`; return its size in bytes and SHA-256 (hex).

    The file is streamed and never decoded; three buffers of 1 MiB are held. Raises: TooLarge when it has more than
    `limit` bytes (what was written is no whole file then), MalformedKey.
    """
    measured = _Measured(source, limit)
    files.encrypt(measured.pieces(), [HybridIdentity.parse(identity).recipient()], entropy, sink)
    return measured.size, measured.digest.hexdigest()


class _Measured:
    """Passes a file on in pieces, counting and hashing, and adds its padding at the end.

    Each piece is hashed in a second thread while it is encrypted and written: both let go of the interpreter.
    """

    def __init__(self, source: BinaryIO, limit: int) -> None:
        self.size = 0
        self.digest = sha256()
        self._source = source
        self._limit = limit

    def pieces(self) -> Iterator[bytes]:
        with ThreadPoolExecutor(1, thread_name_prefix="digest") as beside:
            while piece := self._source.read(PIECE_BYTES):
                self.size += len(piece)
                if self.size > self._limit:
                    raise TooLarge
                hashed = beside.submit(self.digest.update, piece)
                yield piece
                hashed.result()
        yield from file_padding(self.size)


def open_file(sealed: bytes, identities: Iterable[Identity]) -> bytes:
    """Return a sealed file as it was. Raises: NotForThisIdentity, Malformed, MalformedPadding, Tampered."""
    return unpad_file(b"".join(files.decrypt(io.BytesIO(sealed), identities)))


class AgeSealer:
    """handlers.ports.Sealer over these functions."""

    def __init__(self, entropy: EntropySource = fresh_bytes) -> None:
        """Take the source of chance."""
        self._entropy = entropy

    def seal(self, document: bytes, recipients: Sequence[str]) -> bytes:
        """Seal a document to two or more recipients."""
        return seal_report(document, recipients, entropy=self._entropy)

    def new_file_identity(self) -> str:
        """Return a fresh one-time identity."""
        return generate_identity(self._entropy(SEED_BYTES)).text()

    def seal_file(self, source: BinaryIO, sink: BinaryIO, identity: str, limit: int) -> tuple[int, str] | None:
        """Stream a file into the seal of a one-time identity; None: it is larger than the limit."""
        try:
            return seal_file(source, sink, identity, limit, entropy=self._entropy)
        except TooLarge:
            return None
