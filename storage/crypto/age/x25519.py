"""The classic identity `X25519`, for opening older files only: nothing is ever sealed to its recipients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.crypto.age import bech32, derivation, raw_base64
from storage.crypto.errors import MalformedHeader, MalformedKey
from storage.crypto.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.crypto.age.header import Stanza

KIND = "X25519"
INFO = b"age-encryption.org/v1/X25519"
RECIPIENT_HRP = "age"
IDENTITY_HRP = "AGE-SECRET-KEY-"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class X25519Identity(Secret):
    """A secret key, `AGE-SECRET-KEY-1…`."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise MalformedKey("not the length of an X25519 secret key")

    @classmethod
    def parse(cls, text: str) -> X25519Identity:
        """Return the identity that is written `AGE-SECRET-KEY-1…`. Raises: MalformedKey."""
        return cls(bech32.decode(IDENTITY_HRP, text))

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity. Raises: MalformedHeader."""
        shares = [(_share(stanza), stanza.body) for stanza in stanzas if stanza.kind == KIND]
        keys = (derivation.unwrap(self._wrapping_key(share), body) for share, body in shares)
        return next((key for key in keys if key is not None), None)

    def _wrapping_key(self, share: bytes) -> bytes:
        secret = X25519PrivateKey.from_private_bytes(self.seed)
        try:
            shared = secret.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as error:  # "If the shared secret is all 0x00 bytes, the identity implementation MUST abort"
            raise MalformedHeader("an X25519 recipient holds no valid key share") from error
        return derivation.derive(shared, share + secret.public_key().public_bytes_raw(), INFO)


def _share(stanza: Stanza) -> bytes:
    share = raw_base64.decode(stanza.arguments[1]) if len(stanza.arguments) == 2 else None  # noqa: PLR2004 - "exactly two arguments", says the specification
    if share is None or len(share) != KEY_BYTES or len(stanza.body) != derivation.WRAPPED_FILE_KEY_BYTES:
        raise MalformedHeader("an X25519 recipient is damaged")
    return share
