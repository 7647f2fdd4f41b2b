"""Keys of age: made from entropy, written, read."""

from __future__ import annotations

from functools import lru_cache

from storage.crypto.age import hybrid, x25519
from storage.crypto.age.hybrid import HybridIdentity, HybridRecipient
from storage.crypto.age.x25519 import X25519Identity
from storage.crypto.errors import ClassicRecipients, MalformedKey

AgeIdentity = HybridIdentity | X25519Identity
RECIPIENTS_REMEMBERED = 256
"""Public keys of the officers of an installation, more or less; reading one takes longer than sealing to it."""


def generate_identity(entropy: bytes) -> HybridIdentity:
    """Return the post-quantum identity of 32 fresh secret bytes; the same bytes give the same identity.

    Raises: MalformedKey when there are not 32 of them.
    """
    return HybridIdentity(entropy)


def parse_identity(text: str) -> AgeIdentity:
    """Return the identity of one line of a key file. Raises: MalformedKey."""
    if text.startswith(f"{hybrid.IDENTITY_HRP}1"):
        return HybridIdentity.parse(text)
    if text.startswith(f"{x25519.IDENTITY_HRP}1"):
        return X25519Identity.parse(text)
    if text.startswith("age1"):
        raise MalformedKey("this is the public key; the secret one begins with AGE-SECRET-KEY-PQ-1")
    raise MalformedKey("a secret key begins with AGE-SECRET-KEY-PQ-1")


@lru_cache(maxsize=RECIPIENTS_REMEMBERED)
def parse_recipient(text: str) -> HybridRecipient:
    """Return the post-quantum recipient `age1pq1…`.

    Raises: ClassicRecipients for any other recipient of age, MalformedKey for what is none.
    """
    if is_classic(text):
        raise ClassicRecipients
    return HybridRecipient.parse(text)


def is_classic(text: str) -> bool:
    """Return whether the text is a recipient of another kind than ours: `age1…` and not `age1pq1…`."""
    return text.startswith("age1") and not text.startswith(f"{hybrid.RECIPIENT_HRP}1")
