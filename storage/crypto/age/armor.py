"""ASCII armor: a sealed file as text that can be pasted. Strict (RFC 7468), for files that fit in memory."""

from __future__ import annotations

import base64
import binascii
import re

from storage.crypto.errors import MalformedArmor

BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
END = b"-----END AGE ENCRYPTED FILE-----"
COLUMNS = 64
MAX_WHITESPACE_BYTES = 1024  # around the armor, as `age` accepts
WHITESPACE = b" \t\r\n\v\f"


def encode(data: bytes) -> bytes:
    """Return the armored form, ending in a line feed."""
    written = base64.b64encode(data)
    lines = [written[start : start + COLUMNS] for start in range(0, len(written), COLUMNS)]
    return b"\n".join([BEGIN, *lines, END, b""])


def is_armored(data: bytes) -> bool:
    """Return whether the data begins like armor, after white space."""
    return data.lstrip(WHITESPACE).startswith(b"-----BEGIN")


def decode(text: bytes) -> bytes:
    """Return the sealed file. Raises: MalformedArmor."""
    lines = re.split(rb"\r?\n", _stripped(text))
    if len(lines) < 2 or lines[0] != BEGIN or lines[-1] != END:  # noqa: PLR2004 - a first and a last line
        raise MalformedArmor("its first or last line is missing")
    body = lines[1:-1]  # no line at all is the armor of an empty file
    if any(len(line) != COLUMNS for line in body[:-1]) or any(not 0 < len(line) <= COLUMNS for line in body[-1:]):
        raise MalformedArmor("a line of the wrong length")
    return _decoded(b"".join(body))


def _stripped(text: bytes) -> bytes:
    end = text.rstrip(WHITESPACE)
    core = end.lstrip(WHITESPACE)
    if max(len(text) - len(end), len(end) - len(core)) > MAX_WHITESPACE_BYTES:
        raise MalformedArmor("too much white space around it")
    return core


def _decoded(written: bytes) -> bytes:
    try:
        data = base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise MalformedArmor("a character that does not belong there") from error
    if base64.b64encode(data) != written:
        raise MalformedArmor("not canonical")
    return data
