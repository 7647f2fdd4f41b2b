"""The server's own key for officers' words: pages seal to it, and it opens nothing an office owns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from storage.crypto.age import files
from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.age.keys import parse_recipient
from storage.crypto.entropy import EntropySource, fresh_bytes
from storage.crypto.errors import CryptoError, MalformedKey
from storage.crypto.padding import pad_document, unpad_document
from storage.crypto.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.crypto.age.keys import AgeIdentity


def seal_words(document: bytes, recipient: str, *, entropy: EntropySource = fresh_bytes) -> bytes:
    """Return the words of an officer padded and sealed to the server's own key, as the desk's page does it.

    Raises: MalformedKey.
    """
    return files.encrypted(pad_document(document), [parse_recipient(recipient)], entropy)


class TalkIdentities(Secret):
    """handlers.message_ports.TalkKey: the newest identity is sealed to, older ones open what still waits."""

    __slots__ = ("_identities", "recipient")

    def __init__(self, identities: Sequence[AgeIdentity]) -> None:
        """Take the identities, the newest first. Raises: MalformedKey when one is not post-quantum."""
        kept = tuple(identity for identity in identities if isinstance(identity, HybridIdentity))
        if len(kept) < len(identities) or not kept:
            raise MalformedKey("the key for officers' words begins with AGE-SECRET-KEY-PQ-1")
        self._identities = kept
        self.recipient = kept[0].recipient().text()

    def texts(self) -> tuple[str, ...]:
        """Return the secret forms for the key file, the newest first."""
        return tuple(identity.text() for identity in self._identities)

    def open(self, sealed: bytes) -> bytes | None:
        """Return what a page sealed, without its padding, or None when it does not open or is no such file."""
        try:
            return unpad_document(b"".join(files.decrypt(io.BytesIO(sealed), self._identities)))
        except CryptoError:
            return None
