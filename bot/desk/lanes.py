"""Two ways from requests to the database beside the messages of people: of browsers the desk knows, and of others.

Each lets so few pieces of work at once into the writer that a message of a cooperator never waits for more than those.
What waits is bounded, in all and for each source; beyond that the answer is 503 with the time to try again. Strangers
fill their own lane only: a browser in which somebody has logged in before has the other one, also to log in again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final, TypeVar

from bot.desk.refusals import refused
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.writer import Writer

Result = TypeVar("Result")

AGAIN_AFTER_SECONDS: Final = 2
IPV6_NETWORK_BITS: Final = 64


class Width(Frozen):
    """How much one lane takes."""

    at_once: int  # in the writer
    waiting: int  # in all
    of_source: int  # of these, from one source


STRANGERS: Final = Width(1, 32, 4)
OFFICERS: Final = Width(1, 512, 128)
OFFICERS_OF_SEVERAL: Final = Width(3, 512, 128)
"""On PostgreSQL, where the writer has six threads beside the one of messages: two are left to timers at any time."""


class Lane:
    """One way into the writer: so many at once, so many waiting."""

    def __init__(self, writer: Writer, width: Width) -> None:
        """Take where the work is done, and how much of it is let in."""
        self._writer, self._width = writer, width
        self._places = asyncio.Semaphore(width.at_once)
        self._there: Counter[str] = Counter()  # waiting or being answered, by source

    async def run(self, source: str, work: Callable[[], Result]) -> Result:
        """Carry out work for a source, first come, first served. Raises: Refused (503) when too much waits."""
        if self._there.total() >= self._width.waiting or self._there[source] >= self._width.of_source:
            raise refused("busy", retry_after=AGAIN_AFTER_SECONDS)
        self._there[source] += 1
        try:
            async with self._places:
                return await self._writer.run(work)
        finally:
            self._there[source] -= 1
            if not self._there[source]:
                del self._there[source]


class Lanes:
    """The lanes of one desk."""

    def __init__(self, writer: Writer) -> None:
        """Take where the work of both is done."""
        self.strangers = Lane(writer, STRANGERS)
        self.officers = Lane(writer, OFFICERS_OF_SEVERAL if writer.several else OFFICERS)

    async def run(self, known: str, source: str, work: Callable[[], Result]) -> Result:
        """Carry out work in the lane of whoever asks; `known`: the browser, where it is known. Raises: Refused."""
        return await (self.officers.run(known, work) if known else self.strangers.run(source, work))


def source_of(host: str) -> str:
    """Return whom an address belongs to: with IPv6 everybody has a whole network of them."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> (128 - IPV6_NETWORK_BITS):x}::/{IPV6_NETWORK_BITS}"
