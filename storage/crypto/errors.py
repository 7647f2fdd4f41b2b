"""What can go wrong in `storage.crypto`, one type for each thing a caller may treat differently.

The docstring of a type is its message. No message ever holds key material, a passphrase or plaintext.
"""

from __future__ import annotations


class CryptoError(Exception):
    """Refused by the cryptography of Leeward; the type of the error says why."""

    def __init__(self, detail: str = "") -> None:
        """Take the message from the docstring; `detail` says where, never what."""
        said = " ".join((type(self).__doc__ or type(self).__name__).split())
        super().__init__(f"{said} ({detail})" if detail else said)


class Malformed(CryptoError):
    """Not in the expected form: fetch the file again, whole and unchanged."""


class MalformedHeader(Malformed):
    """This is not a sealed file of age: fetch it again, whole and unchanged."""


class UnsupportedVersion(MalformedHeader):
    """The file is of a newer version of age: update this program and try again."""


class WorkFactorTooHigh(MalformedHeader):
    """The passphrase protection asks for more work than is accepted: make the file anew with the standard setting."""


class MalformedArmor(Malformed):
    """The text between BEGIN and END was changed: copy it again, with both lines and nothing else."""


class MalformedKey(Malformed):
    """This is not a key, or it was mistyped: copy it again from the key file."""


class MalformedPadding(Malformed):
    """Opened, but not in the form of a Leeward report or file: open it with `age` and look at it by hand."""


class MalformedSignature(Malformed):
    """This is not a signature file of Leeward: fetch the signature again, next to the file it signs."""


class NotForThisIdentity(CryptoError):
    """Sealed for other keys: use the key file of the office it was sent to."""


class WrongPassphrase(NotForThisIdentity):
    """The passphrase does not open this file: type it again, minding capitals and keyboard language."""


class PassphraseNeeded(CryptoError):
    """The key file is protected by a passphrase: give the passphrase too."""


class Tampered(CryptoError):
    """The file was changed or cut after it was sealed: fetch it again, and tell the desk if that does not help."""


class TamperedHeader(Tampered):
    """The list of recipients was changed after sealing: fetch the file again, and tell the desk if it stays so."""


class TamperedPayload(Tampered):
    """The content was changed or cut after sealing: fetch the file again, and tell the desk if it stays so."""


class UnsuitableRecipients(CryptoError):
    """These recipients cannot be sealed to: check the keys of the directory."""


class TooFewRecipients(UnsuitableRecipients):
    """Too few different recipients: name the key of the office and its recovery key."""


class TooManyRecipients(UnsuitableRecipients):
    """Too many recipients for one file: seal several files."""


class ClassicRecipients(UnsuitableRecipients):
    """Only post-quantum recipients (age1pq1…) are sealed to: make a new key with `leeward keygen`."""


class MixedRecipients(ClassicRecipients):
    """A file with post-quantum and classic recipients is only as safe as the weaker: replace the age1… keys."""


class TooLarge(CryptoError):
    """The file is larger than what is accepted: send a smaller one, or several."""


class UnknownRingKey(CryptoError):
    """Encrypted under a key that is not in the key ring: erased for good, or the wrong key file is configured."""


class NotAuthentic(CryptoError):
    """Stored data does not belong here or was changed: restore it from a backup, and look for who changed it."""


class UntrustedSignature(CryptoError):
    """The signature does not count: have the file signed again by the holder of the root key."""


class ForgedSignature(UntrustedSignature):
    """The signature does not fit the file: the file or the signature was changed after signing; sign again."""


class UnknownRoot(UntrustedSignature):
    """Signed by another root key than the one pinned in the settings: sign with the right key, or change the pin."""


class WrongPurpose(UntrustedSignature):
    """Signed for something else: sign this file for its own purpose."""


class SignatureExpired(UntrustedSignature):
    """The signature has expired: have the file checked and signed again."""


class SignatureFromTheFuture(UntrustedSignature):
    """Signed at a time that has not come: check the clock of this machine and of the one that signed."""
