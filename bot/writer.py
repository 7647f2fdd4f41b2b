"""Synchronous work off the event loop, in group commits: what waits is done together and waits for the disk once.

One thread carries out one group while the next one gathers; a message that comes alone is carried out at once. On
SQLite nothing else writes. PostgreSQL has threads beside it, for work that is to be in nobody's way, and for what met
another process in a group: there it can wait, and nobody waits with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from storage.errors import CannotConnect, CannotWrite, Collided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from handlers.types import Inbound

Result = TypeVar("Result")

POSTGRES_THREADS = 6
"""Beside the one of groups."""
FILE_THREADS = 2
AGAIN_AFTER_SECONDS: Final = (0.01, 0.05, 0.2, 1.0)
PASSING: Final = (CannotConnect, CannotWrite, Collided)
"""Of PostgreSQL: the server went away, also in the middle of a group, or another process was in the way."""
Rider: TypeAlias = "Callable[[], Piece | None]"
"""Is asked when a group begins; what it returns is carried out last, and waits for the same commit."""

MOST_TOGETHER: Final = 64
"""So many pieces of work share one commit at most …"""
LONGEST_SECONDS: Final = 0.02
"""… and what has waited so long in a group is committed before more is begun."""


class Writer:
    """Runs database work in its own thread or threads, and files in others, so that a slow upload delays nobody."""

    def __init__(
        self, *, several: bool, group: Callable[[Sequence[Inbound]], AbstractContextManager[object]] = nullcontext,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:  # fmt: skip
        """Take whether others write, too (PostgreSQL), and what makes transactions of a thread one (Store.group)."""
        self._database = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._beside = ThreadPoolExecutor(POSTGRES_THREADS, thread_name_prefix="beside") if several else None
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="files")
        self.several = several
        self._group, self._longest = group, longest_seconds
        self._waiting: deque[Piece] = deque()
        self._last: list[Piece] = []
        self._riders: list[Rider] = []
        self._busy = self._closed = False
        self._ride = False  # riders are to be asked although nothing waits

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run database work; return its result once it is durable, or raise its error. First come, first served."""
        if self._beside is not None:
            return await asyncio.get_running_loop().run_in_executor(self._beside, partial(insist, work))
        return await self.join(work)

    async def join(
        self, work: Callable[[], Result], *, last: bool = False, about: Inbound | None = None
    ) -> Result:  # fmt: skip
        """Run work as `run` does, in one commit with what else is to join. Work of people and for them: it is short.

        `last`: after all that waits by then, in the same commit. `about`: the message that is taken.
        """
        loop = asyncio.get_running_loop()
        piece = Piece(work, loop.create_future(), last=last, about=about)
        self._wait(piece)
        self._start()
        result: Result = await piece.future
        return result

    def _wait(self, piece: Piece) -> None:
        (self._last if piece.last else self._waiting).append(piece)

    def _start(self) -> None:
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._begin)  # not at once: what arrived in the same moment goes along

    def ride_along(self, rider: Rider) -> Callable[[], None]:
        """Ask this rider at every group for work to go along at its end; return what ends that."""
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
        if self._beside is not None:
            self._beside.shutdown(wait=True)

    def _begin(self) -> None:
        if self._closed or not (self._waiting or self._last or self._ride):
            self._busy = False
            for piece in (*self._waiting, *self._last):
                piece.future.cancel()
            return
        together = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
        together += self._last
        self._last, self._ride = [], False
        together += [going for rider in self._riders if (going := rider()) is not None]
        self._database.submit(self._carry_out, asyncio.get_running_loop(), together)

    def _carry_out(self, loop: asyncio.AbstractEventLoop, together: Sequence[Piece]) -> None:
        """Run in the thread that writes."""
        begun, failed = self._in_one_commit(together)
        if failed is not None and len(begun) > 1 and not isinstance(failed, PASSING):
            for piece in begun:  # one of them has what cannot be stored: it is not to harm the others
                self._in_one_commit([piece])
        loop.call_soon_threadsafe(self._end, begun, together[len(begun) :])

    def _in_one_commit(self, together: Sequence[Piece]) -> tuple[Sequence[Piece], Exception | None]:
        """Carry out what there is time for; return it, and what kept all of it from being stored."""
        until = perf_counter() + self._longest
        begun: list[Piece] = []
        try:
            with self._group([piece.about for piece in together if piece.about is not None]):
                for piece in together:
                    if begun and perf_counter() > until:
                        break
                    begun.append(piece)
                    piece.attempt()
        except Exception as exc:  # noqa: BLE001 - nothing of the group was stored: everybody is told
            begun = begun or [*together]  # the group could not even be begun
            for piece in begun:
                piece.error = exc
            return begun, exc
        return begun, None

    def _end(self, begun: Sequence[Piece], left: Sequence[Piece]) -> None:
        self._waiting.extendleft(piece for piece in reversed(left) if not piece.last)
        self._last += [piece for piece in left if piece.last]
        loop = asyncio.get_running_loop()
        for piece in begun:
            if self._beside is not None and not self._closed and isinstance(piece.error, PASSING):
                self._beside.submit(self._do_again, loop, piece)
            else:
                piece.tell()
        loop.call_soon(self._begin)

    def _do_again(self, loop: asyncio.AbstractEventLoop, piece: Piece) -> None:
        """Run in a thread beside the one of groups."""
        piece.attempt(insist)
        loop.call_soon_threadsafe(self._end_again, piece)

    def _end_again(self, piece: Piece) -> None:
        piece.tell()
        if piece.error is None:  # it had a commit of its own, which nothing rode along with
            self._ride = True
            self._start()


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

    __slots__ = ("about", "error", "future", "last", "result", "work")

    def __init__(
        self, work: Callable[[], Any], future: asyncio.Future[Any], *, last: bool, about: Inbound | None = None
    ) -> None:  # fmt: skip
        """Take what is to be done, what gets its result once that is durable, and `last` and `about` as `join` does."""
        self.last, self.about = last, about
        self.work, self.future = work, future
        self.result: Any = None
        self.error: Exception | None = None

    def attempt(self, how: Callable[[Callable[[], Any]], Any] | None = None) -> None:
        """Carry it out; an error is kept for whoever waits."""
        self.error = None
        try:
            self.result = how(self.work) if how is not None else self.work()
        except Exception as exc:  # noqa: BLE001 - it belongs to whoever asked for this piece, not to the group
            self.error = exc

    def tell(self) -> None:
        """Hand over the result, or the error."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)
