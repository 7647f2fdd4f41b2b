"""The passphrase recipient `scrypt`: protects key files. Never used for reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.crypto.age import derivation, raw_base64
from storage.crypto.age.header import Stanza
from storage.crypto.errors import MalformedHeader, MalformedKey, WorkFactorTooHigh
from storage.crypto.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "scrypt"
LABEL = b"age-encryption.org/v1/scrypt"
SALT_BYTES = 16
WORK_FACTOR = 18  # log2 of N: 256 MiB and about a second
MAX_WORK_FACTOR = 22  # as `age`: 4 GiB; a stranger's file must not occupy the machine for longer
DIGITS = re.compile(r"[1-9][0-9]{0,9}")


def _wrapping_key(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    try:
        secret = passphrase.encode()
    except UnicodeEncodeError:  # a terminal can deliver such; the cause is left out, for it quotes the passphrase
        raise MalformedKey("a passphrase that is not Unicode text") from None
    return Scrypt(salt=LABEL + salt, length=derivation.KEY_BYTES, n=1 << work_factor, r=8, p=1).derive(secret)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PassphraseRecipient(Secret):
    """Seals to whoever knows the passphrase. `salt`: 16 fresh bytes, never used again; `work_factor`: log2 of N."""

    passphrase: str
    salt: bytes
    work_factor: int = WORK_FACTOR

    def __post_init__(self) -> None:
        if not self.passphrase or len(self.salt) != SALT_BYTES:
            raise MalformedKey("an empty passphrase, or a salt that has not 16 bytes")

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the file key under the passphrase; takes about a second and 256 MiB at the standard work factor."""
        key = _wrapping_key(self.passphrase, self.salt, self.work_factor)
        return Stanza((KIND, raw_base64.encode(self.salt), str(self.work_factor)), derivation.wrap(key, file_key))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PassphraseIdentity(Secret):
    """Opens what was sealed with the passphrase, if it asks for no more work than `max_work_factor` (log2 of N)."""

    passphrase: str
    max_work_factor: int = MAX_WORK_FACTOR

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, or None when the passphrase is another. Raises: MalformedHeader, WorkFactorTooHigh."""
        if [stanza.kind for stanza in stanzas] != [KIND]:
            return None
        salt, work_factor = _parameters(stanzas[0])
        if work_factor > self.max_work_factor:
            raise WorkFactorTooHigh
        return derivation.unwrap(_wrapping_key(self.passphrase, salt, work_factor), stanzas[0].body)


def _parameters(stanza: Stanza) -> tuple[bytes, int]:
    """Return salt and work factor, after the checks that MUST come before any attempt to unwrap."""
    _, written_salt, digits = stanza.arguments if len(stanza.arguments) == 3 else ("", "", "")  # noqa: PLR2004 - "exactly three arguments", says the specification
    salt = raw_base64.decode(written_salt)
    if salt is None or len(salt) != SALT_BYTES or len(stanza.body) != derivation.WRAPPED_FILE_KEY_BYTES:
        raise MalformedHeader("the passphrase protection is damaged")
    if not DIGITS.fullmatch(digits):
        raise MalformedHeader("the work factor of the passphrase protection is not a number")
    return salt, int(digits)


def check_alone(stanzas: Sequence[Stanza]) -> None:
    """Refuse a passphrase beside other recipients: "an scrypt stanza, if present, MUST be the only stanza".

    Raises: MalformedHeader.
    """
    if len(stanzas) > 1 and any(stanza.kind == KIND for stanza in stanzas):
        raise MalformedHeader("a passphrase beside other recipients")
