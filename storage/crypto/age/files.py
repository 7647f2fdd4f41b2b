"""Whole age files, as streams with bounded memory. `storage.crypto.sealing` decides which recipients are allowed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from storage.crypto.age import derivation, header, stream
from storage.crypto.age.reader import Readable, Reader
from storage.crypto.age.scrypt import check_alone
from storage.crypto.errors import MalformedHeader, NotForThisIdentity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.crypto.age.header import Stanza
    from storage.crypto.age.reader import Writable
    from storage.crypto.entropy import EntropySource


class Recipient(Protocol):
    """Whoever a file is encrypted to."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key for this recipient only."""
        ...


class Identity(Protocol):
    """Whoever can open a file."""

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity.

        Raises: MalformedHeader when a stanza of its kind is broken.
        """
        ...


def encrypted(content: bytes, recipients: Sequence[Recipient], entropy: EntropySource) -> bytes:
    """Return an age file of the content."""
    file = io.BytesIO()
    encrypt([content], recipients, entropy, file)
    return file.getvalue()


def encrypt(pieces: Iterable[bytes], recipients: Sequence[Recipient], entropy: EntropySource, sink: Writable) -> None:
    """Write an age file of the joined pieces: header first, then piece by piece."""
    file_key = entropy(derivation.FILE_KEY_BYTES)
    nonce = entropy(derivation.PAYLOAD_NONCE_BYTES)
    authenticated = header.write_stanzas([recipient.wrap(file_key) for recipient in recipients])
    sink.write(authenticated + header.write_mac(derivation.header_mac(file_key, authenticated)) + nonce)
    stream.encrypt_chunks(derivation.payload_key(file_key, nonce), pieces, sink)


def decrypt(source: Readable, identities: Iterable[Identity]) -> Iterator[bytes]:
    """Check the header at once, then return the plaintext chunk by chunk.

    Raises: MalformedHeader, NotForThisIdentity, TamperedHeader; while iterating, TamperedPayload.
    """
    reader = Reader(source)
    head = header.parse_header(reader)
    file_key = _file_key(head.stanzas, identities)
    derivation.check_header_mac(file_key, head.authenticated, head.mac)
    nonce = reader.read(derivation.PAYLOAD_NONCE_BYTES)
    if len(nonce) < derivation.PAYLOAD_NONCE_BYTES:
        raise MalformedHeader("it ends after the list of recipients")
    return stream.decrypt_chunks(derivation.payload_key(file_key, nonce), reader)


def _file_key(stanzas: Sequence[Stanza], identities: Iterable[Identity]) -> bytes:
    check_alone(stanzas)
    for identity in identities:
        if (file_key := identity.unwrap(stanzas)) is not None:
            return file_key
    raise NotForThisIdentity
