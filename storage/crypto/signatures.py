"""Hybrid signatures: Ed25519 and ML-DSA-65 over the same statement, and both must hold.

The root key signs the directory. Its public half travels inside every signature; the settings pin its
fingerprint, so that a signature by another key does not count.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from dialogs.frozen import Frozen
from storage.crypto.errors import (
    ForgedSignature,
    MalformedKey,
    MalformedSignature,
    SignatureExpired,
    SignatureFromTheFuture,
    UnknownRoot,
    WrongPurpose,
)
from storage.crypto.framing import frame
from storage.crypto.secret import Secret

SEED_BYTES = 32
SECRET_PREFIX = "LEEWARD-ROOT-SECRET-1-"  # noqa: S105 - the beginning of a key file, not a key
FINGERPRINT_PREFIX = "leeward-root-1-"
CONTEXT = b"leeward/statement/v1"
CLOCK_TOLERANCE = timedelta(minutes=5)  # a directory signed a moment ago must not stop a server whose clock lags
FIELDS = ("purpose", "sha256", "signed_at", "expires_at", "ed25519_key", "mldsa65_key", "ed25519", "mldsa65")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class RootKey(Secret):
    """The offline key: 32 bytes for Ed25519 and 32 for ML-DSA-65."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != 2 * SEED_BYTES:
            raise MalformedKey("a root key has 64 bytes")

    @classmethod
    def parse(cls, text: str) -> RootKey:
        """Return the key of a root key file. Raises: MalformedKey."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) != 1 or not lines[0].startswith(SECRET_PREFIX):
            raise MalformedKey(f"a root key begins with {SECRET_PREFIX}")
        try:
            return cls(base64.b64decode(lines[0].removeprefix(SECRET_PREFIX), validate=True))
        except (binascii.Error, ValueError) as exc:
            raise MalformedKey("a root key was mistyped") from exc

    def text(self) -> str:
        """Return the secret form for the key file."""
        return SECRET_PREFIX + base64.b64encode(self.seed).decode()

    def public(self) -> tuple[bytes, bytes]:
        """Return the Ed25519 and the ML-DSA-65 public key."""
        ed25519, mldsa = self._keys()
        return ed25519.public_key().public_bytes_raw(), mldsa.public_key().public_bytes_raw()

    def fingerprint(self) -> str:
        """Return what is pinned in the settings."""
        return fingerprint(*self.public())

    def _keys(self) -> tuple[Ed25519PrivateKey, MLDSA65PrivateKey]:
        return (
            Ed25519PrivateKey.from_private_bytes(self.seed[:SEED_BYTES]),
            MLDSA65PrivateKey.from_seed_bytes(self.seed[SEED_BYTES:]),
        )

    def sign(self, content: bytes, purpose: str, *, signed_at: datetime, expires_at: datetime) -> bytes:
        """Return the detached signature file (JSON) of the content for one purpose and one span of time."""
        times = (signed_at.isoformat(timespec="seconds"), expires_at.isoformat(timespec="seconds"))
        digest = sha256(content).hexdigest()
        statement = frame(purpose, digest, *times)
        ed25519, mldsa = self._keys()
        values = (
            purpose, digest, *times, *(_encode(key) for key in self.public()),
            _encode(ed25519.sign(CONTEXT + statement)), _encode(mldsa.sign(statement, context=CONTEXT)),
        )  # fmt: skip
        return (json.dumps(dict(zip(FIELDS, values, strict=True)), indent=1) + "\n").encode()


FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def sign_record(key: RootKey, content: bytes, purpose: str) -> bytes:
    """Return a signature of something that is true for ever; its own time stands in the content."""
    return key.sign(content, purpose, signed_at=RECORDED, expires_at=FOR_EVER)


def verify_record(content: bytes, signature: bytes, purpose: str, *, pinned: str) -> None:
    """Check a signature of `sign_record`. Raises what `verify` raises."""
    verify(content, signature, purpose, pinned=pinned, now=RECORDED)


def fingerprint(ed25519: bytes, mldsa65: bytes) -> str:
    """Return the fingerprint of a public root key: 256 bits, printable."""
    return FINGERPRINT_PREFIX + sha256(frame(ed25519, mldsa65)).hexdigest()


class Statement(Frozen):
    """What a signature that holds says."""

    purpose: str
    signed_at: datetime
    expires_at: datetime
    root: str


def verify(content: bytes, signature: bytes, purpose: str, *, pinned: str, now: datetime) -> Statement:
    """Return the statement when both signatures hold, for this purpose, by the pinned key, today.

    Raises: MalformedSignature, ForgedSignature, UnknownRoot, WrongPurpose, SignatureExpired, SignatureFromTheFuture.
    """
    fields = _fields(signature)
    keys = _decode(fields["ed25519_key"]), _decode(fields["mldsa65_key"])
    if fingerprint(*keys) != pinned:
        raise UnknownRoot
    _check(content, fields, keys)
    if fields["purpose"] != purpose:
        raise WrongPurpose
    try:
        signed_at, expires_at = (datetime.fromisoformat(fields[name]) for name in ("signed_at", "expires_at"))
        if now >= expires_at:
            raise SignatureExpired
        if now < signed_at - CLOCK_TOLERANCE:
            raise SignatureFromTheFuture
    except (ValueError, TypeError) as exc:
        raise MalformedSignature from exc
    return Statement(purpose, signed_at, expires_at, pinned)


def _check(content: bytes, fields: dict[str, str], keys: tuple[bytes, bytes]) -> None:
    digest = sha256(content).hexdigest()
    try:  # a lone surrogate, which JSON can write and UTF-8 cannot, is a ValueError too
        statement = frame(fields["purpose"], digest, fields["signed_at"], fields["expires_at"])
        Ed25519PublicKey.from_public_bytes(keys[0]).verify(_decode(fields["ed25519"]), CONTEXT + statement)
        MLDSA65PublicKey.from_public_bytes(keys[1]).verify(_decode(fields["mldsa65"]), statement, context=CONTEXT)
    except (InvalidSignature, ValueError) as exc:
        raise ForgedSignature from exc


def _fields(signature: bytes) -> dict[str, str]:
    try:
        fields: Any = json.loads(signature)
    except (ValueError, RecursionError) as exc:
        raise MalformedSignature from exc
    if (
        not isinstance(fields, dict)
        or set(fields) != set(FIELDS)
        or not all(isinstance(v, str) for v in fields.values())
    ):
        raise MalformedSignature
    return fields


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise MalformedSignature from exc
