"""Key files: one identity a line, comments after #, and as a whole protected by a passphrase or not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from storage.crypto.age import armor, files
from storage.crypto.age.keys import AgeIdentity, parse_identity
from storage.crypto.age.scrypt import SALT_BYTES, WORK_FACTOR, PassphraseIdentity, PassphraseRecipient
from storage.crypto.entropy import EntropySource, fresh_bytes
from storage.crypto.errors import MalformedKey, NotForThisIdentity, PassphraseNeeded, WrongPassphrase

if TYPE_CHECKING:
    from storage.crypto.age.hybrid import HybridIdentity

MAX_KEY_FILE_BYTES = 1024 * 1024


def write_identity_file(identity: HybridIdentity, *comments: str) -> bytes:
    """Return a key file, not yet protected, that `age -i` reads; each comment is one line."""
    lines = [*comments, f"public key: {identity.recipient().text()}"]
    return "".join([*(f"# {' '.join(line.splitlines())}\n" for line in lines), f"{identity.text()}\n"]).encode()


def protect(
    content: bytes, passphrase: str, *, work_factor: int = WORK_FACTOR, entropy: EntropySource = fresh_bytes
) -> bytes:
    """Return the content sealed with a passphrase, armored; `age -d` opens it, and `age -i` reads such key files.

    work_factor: log2 of the scrypt cost. Raises: MalformedKey for an empty passphrase.
    """
    recipient = PassphraseRecipient(passphrase, entropy(SALT_BYTES), work_factor)
    return armor.encode(files.encrypted(content, [recipient], entropy))


def is_protected(content: bytes) -> bool:
    """Return whether the file has to be opened with a passphrase first."""
    return armor.is_armored(content) or content.startswith(b"age-encryption.org/")


def unprotect(content: bytes, passphrase: str) -> bytes:
    """Return what was sealed with a passphrase, armored or binary.

    Raises: WrongPassphrase, NotForThisIdentity when it is sealed to keys instead, Malformed, Tampered.
    """
    sealed = armor.decode(content) if armor.is_armored(content) else content
    opened = PassphraseIdentity(passphrase)
    try:
        return b"".join(files.decrypt(io.BytesIO(sealed), [opened]))
    except NotForThisIdentity as error:
        if sealed.startswith(b"age-encryption.org/v1\n-> scrypt "):
            raise WrongPassphrase from error
        raise


def read_identity_file(content: bytes, passphrase: str | None = None) -> tuple[AgeIdentity, ...]:
    """Return the identities of a key file in their order, at least one.

    Raises: PassphraseNeeded when it is protected and no passphrase was given, WrongPassphrase, Malformed, Tampered.
    """
    if len(content) > MAX_KEY_FILE_BYTES:
        raise MalformedKey("a key file is never that large")
    if not is_protected(content):
        return _identities(content)
    if passphrase is None:
        raise PassphraseNeeded
    return _identities(unprotect(content, passphrase))


def _identities(content: bytes) -> tuple[AgeIdentity, ...]:
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise MalformedKey("a key file is text") from error
    keys = [line.strip() for line in lines]
    found = tuple(parse_identity(key) for key in keys if key and not key.startswith("#"))
    if not found:
        raise MalformedKey("no secret key in it")
    return found
