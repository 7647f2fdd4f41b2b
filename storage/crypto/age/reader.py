"""Reads a source line by line, then in blocks, with bounded memory."""

from __future__ import annotations

from typing import Protocol

from storage.crypto.errors import MalformedHeader

BLOCK_BYTES = 64 * 1024


class Readable(Protocol):
    """A binary file, socket or pipe."""

    def read(self, count: int, /) -> bytes:
        """Return at most `count` bytes, b"" only at the end."""
        ...


class Writable(Protocol):
    """A binary file, socket or pipe that takes everything it is given."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take all of the data, and be done with it on return: its memory is used again."""
        ...


class Reader:
    """A source and what was read from it too early."""

    __slots__ = ("_held", "_source")

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._held = bytearray()

    def line(self, limit: int) -> bytes:
        """Return the next line with its line feed.

        Raises: MalformedHeader when the source ends first, or the line has more than `limit` bytes.
        """
        while (end := self._held.find(b"\n")) < 0 and len(self._held) <= limit:
            if not (block := self._source.read(BLOCK_BYTES)):
                raise MalformedHeader("it ends within the header")
            self._held += block
        if end < 0 or end >= limit:
            raise MalformedHeader("the header is too long")
        return self._take(end + 1)

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes, fewer only at the end of the source."""
        while len(self._held) < count and (block := self._source.read(count - len(self._held))):
            self._held += block
        return self._take(count)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken
