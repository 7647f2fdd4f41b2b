"""The post-quantum recipient `mlkem768x25519`: HPKE with X-Wing, safe while either ML-KEM-768 or X25519 holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHAKE256, Hash
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from storage.crypto.age import bech32, raw_base64
from storage.crypto.age.derivation import WRAPPED_FILE_KEY_BYTES
from storage.crypto.age.header import Stanza
from storage.crypto.errors import MalformedHeader, MalformedKey
from storage.crypto.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "mlkem768x25519"
INFO = b"age-encryption.org/mlkem768x25519"
RECIPIENT_HRP = "age1pq"
IDENTITY_HRP = "AGE-SECRET-KEY-PQ-"
SEED_BYTES = 32
MLKEM_SEED_BYTES = 64
MLKEM_PUBLIC_BYTES = 1184
X25519_BYTES = 32
PUBLIC_BYTES = MLKEM_PUBLIC_BYTES + X25519_BYTES
ENCAPSULATED_BYTES = 1120


def _suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class HybridRecipient:
    """A public key, `age1pq1…`. Equal when the keys are equal."""

    raw: bytes
    _key: MLKEM768X25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def from_raw(cls, raw: bytes) -> HybridRecipient:
        """Return the recipient of an ML-KEM-768 key followed by an X25519 key. Raises: MalformedKey."""
        if len(raw) != PUBLIC_BYTES:
            raise MalformedKey("not the length of a post-quantum public key")
        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_BYTES])
            x25519 = X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_BYTES:])
        except ValueError as error:
            raise MalformedKey("not a valid post-quantum public key") from error
        return cls(raw, MLKEM768X25519PublicKey(mlkem, x25519))

    @classmethod
    def parse(cls, text: str) -> HybridRecipient:
        """Return the recipient that is written `age1pq1…`. Raises: MalformedKey."""
        return cls.from_raw(bech32.decode(RECIPIENT_HRP, text))

    def text(self) -> str:
        """Return the form that is published: `age1pq1…`, about 1,960 characters."""
        return bech32.encode(RECIPIENT_HRP, self.raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key for this recipient. Raises: MalformedKey for a key nobody can hold."""
        try:
            sealed = _suite().encrypt(file_key, self._key, info=INFO)
        except ValueError as error:
            raise MalformedKey("nothing can be sealed to it") from error
        encapsulated = raw_base64.encode(sealed[:ENCAPSULATED_BYTES])
        return Stanza((KIND, encapsulated), sealed[ENCAPSULATED_BYTES:])


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HybridIdentity(Secret):
    """A secret key, `AGE-SECRET-KEY-PQ-1…`: 32 bytes, from which both secret keys are expanded."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise MalformedKey("not the length of a post-quantum secret key")

    @classmethod
    def parse(cls, text: str) -> HybridIdentity:
        """Return the identity that is written `AGE-SECRET-KEY-PQ-1…`. Raises: MalformedKey."""
        return cls(bech32.decode(IDENTITY_HRP, text))

    def text(self) -> str:
        """Return the secret form that is kept in key files: `AGE-SECRET-KEY-PQ-1…`."""
        return bech32.encode(IDENTITY_HRP.lower(), self.seed).upper()

    def recipient(self) -> HybridRecipient:
        """Return the public key of this identity."""
        mlkem, x25519 = self._keys()
        return HybridRecipient.from_raw(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity. Raises: MalformedHeader."""
        sealed = [_sealed(stanza) for stanza in stanzas if stanza.kind == KIND]
        mlkem, x25519 = self._keys()
        for one in sealed:
            _check_share(one[ENCAPSULATED_BYTES - X25519_BYTES : ENCAPSULATED_BYTES], x25519)
        key = MLKEM768X25519PrivateKey(mlkem, x25519)
        return next((opened for one in sealed if (opened := _opened(one, key)) is not None), None)

    def _keys(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        """Expand the seed as filippo.io/hpke-pq says: SHAKE256, 64 bytes for ML-KEM, then 32 for X25519."""
        shake = Hash(SHAKE256(MLKEM_SEED_BYTES + 32))
        shake.update(self.seed)
        expanded = shake.finalize()
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_BYTES:]),
        )


def _check_share(share: bytes, key: X25519PrivateKey) -> None:
    """Refuse a share of low order: it makes the same secret for everybody. Raises: MalformedHeader."""
    try:
        key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError as error:
        raise MalformedHeader("a post-quantum recipient holds no valid key share") from error


def _sealed(stanza: Stanza) -> bytes:
    """Return what HPKE wants, after the checks that MUST come before any attempt to open it."""
    encapsulated = raw_base64.decode(stanza.arguments[1]) if len(stanza.arguments) == 2 else None  # noqa: PLR2004 - "exactly two arguments", says the specification
    if encapsulated is None or len(encapsulated) != ENCAPSULATED_BYTES or len(stanza.body) != WRAPPED_FILE_KEY_BYTES:
        raise MalformedHeader("a post-quantum recipient is damaged")
    return encapsulated + stanza.body


def _opened(sealed: bytes, key: MLKEM768X25519PrivateKey) -> bytes | None:
    try:
        return _suite().decrypt(sealed, key, info=INFO)
    except InvalidTag:
        return None
    except ValueError as error:  # pragma: no cover - _check_share has refused such shares before
        raise MalformedHeader("a post-quantum recipient holds no valid key share") from error
