"""The textual header of an age file: who can open it. Parses strictly, writes the one canonical form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.frozen import Frozen
from storage.crypto.age import raw_base64
from storage.crypto.errors import MalformedHeader, UnsupportedVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.crypto.age.reader import Reader

VERSION_LINE = b"age-encryption.org/v1\n"
ANY_VERSION = re.compile(rb"age-encryption\.org/[!-~]+\n")
ARGUMENT_LINE = re.compile(rb"->((?: [!-~]+)+)\n")  # argument = 1*VCHAR
BODY_LINE = re.compile(rb"[A-Za-z0-9+/]{0,64}\n")
MAC_LINE = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
BODY_COLUMNS = 64
MAX_HEADER_BYTES = 256 * 1024  # about 160 post-quantum recipients; the specification sets no limit


class Stanza(Frozen):
    """The file key, wrapped for one recipient. `arguments` begins with the kind of recipient."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def kind(self) -> str:
        """Return the first argument, which tells who can understand the others."""
        return self.arguments[0]


class Header(Frozen):
    """A parsed header. `authenticated` is what the MAC covers: everything up to and including `---`."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    authenticated: bytes


def write_stanzas(stanzas: Iterable[Stanza]) -> bytes:
    """Return the part of the header that the MAC covers."""
    return VERSION_LINE + b"".join(_written(stanza) for stanza in stanzas) + b"---"


def write_mac(mac: bytes) -> bytes:
    """Return the end of the header, which follows `write_stanzas` directly."""
    return f" {raw_base64.encode(mac)}\n".encode()


def _written(stanza: Stanza) -> bytes:
    body = raw_base64.encode(stanza.body)
    # One more line than full ones: "the body MUST end with a line shorter than 64 characters, which MAY be empty".
    lines = [body[start : start + BODY_COLUMNS] for start in range(0, len(body) + 1, BODY_COLUMNS)]
    return "".join(f"{line}\n" for line in (f"-> {' '.join(stanza.arguments)}", *lines)).encode()


def parse_header(reader: Reader) -> Header:
    """Read the header and leave the reader at the first byte of the payload.

    Raises: MalformedHeader, UnsupportedVersion.
    """
    lines = _Lines(reader)
    _check_version(lines.next())
    stanzas: list[Stanza] = []
    while (line := lines.next()).startswith(b"->"):
        stanzas.append(_parse_stanza(line, lines))
    found = MAC_LINE.fullmatch(line)
    mac = raw_base64.decode(found[1]) if found else None
    if mac is None or not stanzas:
        raise MalformedHeader("its last line is damaged")
    return Header(tuple(stanzas), mac, bytes(lines.seen[: -len(line)] + b"---"))


class _Lines:
    """The lines of one header, remembered, up to MAX_HEADER_BYTES in all."""

    __slots__ = ("_reader", "seen")

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.seen = bytearray()

    def next(self) -> bytes:
        line = self._reader.line(MAX_HEADER_BYTES - len(self.seen))
        self.seen += line
        return line


def _check_version(line: bytes) -> None:
    if line == VERSION_LINE:
        return
    raise UnsupportedVersion if ANY_VERSION.fullmatch(line) else MalformedHeader


def _parse_stanza(line: bytes, lines: _Lines) -> Stanza:
    found = ARGUMENT_LINE.fullmatch(line)
    if found is None:
        raise MalformedHeader("a recipient line is damaged")
    return Stanza(tuple(found[1].decode().split(" ")[1:]), _parse_body(lines))


def _parse_body(lines: _Lines) -> bytes:
    written = bytearray()
    while BODY_LINE.fullmatch(line := lines.next()):
        written += line[:-1]
        if len(line) <= BODY_COLUMNS:
            break
    else:
        raise MalformedHeader("the body of a recipient is damaged")
    body = raw_base64.decode(bytes(written))
    if body is None:
        raise MalformedHeader("the body of a recipient is not canonical")
    return body
