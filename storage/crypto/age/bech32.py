"""Bech32 (BIP 173) without its limit of length: how keys are written."""

from __future__ import annotations

import base64
import binascii

from storage.crypto.errors import MalformedKey

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CHECKSUM_CHARS = 6
FIRST_HRP_CHAR, LAST_HRP_CHAR = "!", "~"
GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)

_VALUES = {char: value for value, char in enumerate(CHARSET)}
_TO_VALUES = bytes.maketrans(BASE32.encode(), bytes(range(32)))
_TO_CHARSET = bytes.maketrans(bytes(range(32)), CHARSET.encode())
_TO_BASE32 = str.maketrans(CHARSET, BASE32)


def _step(top: int) -> int:
    """Return what the five bits that leave the register add to it."""
    added = 0
    for bit, generator in enumerate(GENERATORS):
        added ^= generator if top >> bit & 1 else 0
    return added


_STEPS = tuple(_step(top) for top in range(32))


def _polymod(values: list[int]) -> int:
    register = 1
    for value in values:
        register = (register & 0x1FFFFFF) << 5 ^ value ^ _STEPS[register >> 25]
    return register


def _expanded(hrp: str) -> list[int]:
    return [ord(char) >> 5 for char in hrp] + [0] + [ord(char) & 31 for char in hrp]


def encode(hrp: str, data: bytes) -> str:
    """Return the data in lower case after `hrp` and "1"; base32 groups bits exactly as Bech32 does."""
    values = base64.b32encode(data).rstrip(b"=").translate(_TO_VALUES)
    register = _polymod([*_expanded(hrp), *values, *[0] * CHECKSUM_CHARS]) ^ 1
    check = bytes(register >> 5 * (5 - index) & 31 for index in range(CHECKSUM_CHARS))
    return f"{hrp}1{(values + check).translate(_TO_CHARSET).decode()}"


def decode(hrp: str, text: str) -> bytes:
    """Return the data of a text that was written for this `hrp`, which is compared with its case.

    Raises: MalformedKey.
    """
    lower = text.lower()
    found, separator, written = lower.rpartition("1")
    if text not in (lower, text.upper()):
        raise MalformedKey("capitals and small letters mixed")
    if not separator or found != hrp.lower() or not text.startswith(hrp):
        raise MalformedKey(f"does not begin with {hrp}1")
    if len(written) < CHECKSUM_CHARS or not set(written) <= set(CHARSET):
        raise MalformedKey("a character that keys never have, or too short")
    if _polymod(_expanded(found) + [_VALUES[char] for char in written]) != 1:
        raise MalformedKey("the check characters at the end do not fit")
    return _bytes(written[:-CHECKSUM_CHARS])


def _bytes(written: str) -> bytes:
    try:
        data = base64.b32decode(written.translate(_TO_BASE32) + "=" * (-len(written) % 8))
    except binascii.Error as error:
        raise MalformedKey("a length that keys never have") from error
    if base64.b32encode(data).decode().rstrip("=") != written.translate(_TO_BASE32):
        raise MalformedKey("bits are left over at the end")
    return data
