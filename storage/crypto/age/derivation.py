"""The keys of an age file and how each is derived (c2sp.org/age); every derivation names its purpose."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.crypto.errors import TamperedHeader

KEY_BYTES = 32
FILE_KEY_BYTES = 16
WRAPPED_FILE_KEY_BYTES = FILE_KEY_BYTES + 16
PAYLOAD_NONCE_BYTES = 16
ZERO_NONCE = bytes(12)  # every wrapping key is used once


def derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256."""
    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret)


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """Return the key of the payload."""
    return derive(file_key, nonce, b"payload")


def header_mac(file_key: bytes, authenticated: bytes) -> bytes:
    """Return the MAC of the header."""
    return _mac(file_key, authenticated).finalize()


def check_header_mac(file_key: bytes, authenticated: bytes, mac: bytes) -> None:
    """Return if the MAC fits, in constant time. Raises: TamperedHeader."""
    try:
        _mac(file_key, authenticated).verify(mac)
    except InvalidSignature as error:
        raise TamperedHeader from error


def _mac(file_key: bytes, authenticated: bytes) -> HMAC:
    mac = HMAC(derive(file_key, b"", b"header"), SHA256())
    mac.update(authenticated)
    return mac


def wrap(key: bytes, file_key: bytes) -> bytes:
    """Return the file key under a wrapping key that is never used again."""
    return ChaCha20Poly1305(key).encrypt(ZERO_NONCE, file_key, None)


def unwrap(key: bytes, wrapped: bytes) -> bytes | None:
    """Return the file key, or None when it was wrapped under another key."""
    try:
        return ChaCha20Poly1305(key).decrypt(ZERO_NONCE, wrapped, None)
    except InvalidTag:
        return None
