"""Synchronous work off the event loop, in group commits: what waits is done together and waits for the disk once.

SQLite has one thread that writes. While it carries out one group the next one gathers, and a message that comes alone
is carried out at once. PostgreSQL has a few threads, and joins commits itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from storage.errors import CannotConnect, Collided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

Result = TypeVar("Result")

POSTGRES_THREADS = 6
FILE_THREADS = 2
AGAIN_AFTER_SECONDS: Final = (0.01, 0.05, 0.2, 1.0)
Rider: TypeAlias = "Callable[[], Piece | None]"
"""Is asked when a group begins; what it returns is carried out last, and waits for the same commit."""

MOST_TOGETHER: Final = 64
"""So many pieces of work share one commit at most …"""
LONGEST_SECONDS: Final = 0.02
"""… and what has waited so long in a group is committed before more is begun."""


class Writer:
    """Runs database work in its own thread or threads, and files in others, so that a slow upload delays nobody."""

    def __init__(
        self, *, several: bool, group: Callable[[], AbstractContextManager[None]] = nullcontext,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:  # fmt: skip
        """Take several threads (PostgreSQL), or one (SQLite), and in it what makes transactions one (Store.group)."""
        self._database = ThreadPoolExecutor(POSTGRES_THREADS if several else 1, thread_name_prefix="writer")
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="files")
        self.several = several
        self._group, self._longest = group, longest_seconds
        self._waiting: deque[Piece] = deque()
        self._last: list[Piece] = []
        self._riders: list[Rider] = []
        self._busy = self._closed = False

    async def run(self, work: Callable[[], Result], *, last: bool = False) -> Result:
        """Run database work; return its result once it is durable, or raise its error. First come, first served.

        `last`: after all that waits by then, in the same commit.
        """
        loop = asyncio.get_running_loop()
        if self.several:
            return await loop.run_in_executor(self._database, partial(insist, work))
        piece = Piece(work, loop.create_future(), last=last)
        self._wait(piece)
        if not self._busy:
            self._busy = True
            loop.call_soon(self._begin)  # not at once: what arrived in the same moment goes along
        result: Result = await piece.future
        return result

    def _wait(self, *pieces: Piece) -> None:
        for piece in pieces:
            (self._last if piece.last else self._waiting).append(piece)

    def ride_along(self, rider: Rider) -> Callable[[], None]:
        """Ask this rider at every group for work to go along at its end; return what ends that. Not on PostgreSQL."""
        if not self.several:
            self._riders.append(rider)
        return lambda: self._riders.remove(rider) if rider in self._riders else None

    async def run_file(self, work: Callable[[], Result]) -> Result:
        """Run work on a file."""
        return await asyncio.get_running_loop().run_in_executor(self._files, work)

    def close(self) -> None:
        """Finish what was begun and end the threads; what only waited is not carried out."""
        self._closed = True
        self._files.shutdown(wait=True)
        self._database.shutdown(wait=True)

    def _begin(self) -> None:
        if self._closed or not (self._waiting or self._last):
            self._busy = False
            for piece in (*self._waiting, *self._last):
                piece.future.cancel()
            return
        together = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
        together += self._last
        self._last = []
        together += [going for rider in self._riders if (going := rider()) is not None]
        self._database.submit(self._carry_out, asyncio.get_running_loop(), together)

    def _carry_out(self, loop: asyncio.AbstractEventLoop, together: Sequence[Piece]) -> None:
        """Run in the thread that writes."""
        until = perf_counter() + self._longest
        begun: list[Piece] = []
        failed: Exception | None = None
        try:
            with self._group():
                for piece in together:
                    if begun and perf_counter() > until:
                        break
                    begun.append(piece)
                    piece.attempt()
        except Exception as exc:  # noqa: BLE001 - nothing of the group was stored: everybody is told
            failed = exc
            begun = begun or [*together]  # the group could not even be begun
        loop.call_soon_threadsafe(self._end, begun, together[len(begun) :], failed)

    def _end(self, begun: Sequence[Piece], left: Sequence[Piece], failed: Exception | None) -> None:
        self._waiting.extendleft(piece for piece in reversed(left) if not piece.last)
        self._last += [piece for piece in left if piece.last]
        for piece in begun:
            piece.tell(failed)
        asyncio.get_running_loop().call_soon(self._begin)


def insist(work: Callable[[], Result]) -> Result:
    """Do it again when another process was in the way, or the server went away and came back.

    What had been stored, although the server could not say so, is found stored: by the key of the message, by the id
    of what was sent. Raises as `work` does when that does not help.
    """
    for seconds in AGAIN_AFTER_SECONDS:
        try:
            return work()
        except (CannotConnect, Collided):
            sleep(seconds)
    return work()


class Piece:
    """One piece of work, and who waits for it."""

    __slots__ = ("error", "future", "last", "result", "work")

    def __init__(self, work: Callable[[], Any], future: asyncio.Future[Any], *, last: bool) -> None:
        """Take what is to be done, what gets its result once that is durable, and whether it goes after all others."""
        self.last = last
        self.work, self.future = work, future
        self.result: Any = None
        self.error: Exception | None = None

    def attempt(self) -> None:
        """Carry it out; an error is kept for whoever waits."""
        try:
            self.result = self.work()
        except Exception as exc:  # noqa: BLE001 - it belongs to whoever asked for this piece, not to the group
            self.error = exc

    def tell(self, failed: Exception | None) -> None:
        """Hand over the result. `failed`: why the whole group was not stored."""
        if self.future.done():
            return
        error = failed or self.error
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result)
