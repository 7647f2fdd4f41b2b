"""An asynchronous body read from a worker thread, piece by piece: nothing of it is kept whole."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from _typeshed import WriteableBuffer

READ_SECONDS = 60.0


class LoopStream(io.RawIOBase):
    """A readable binary stream over `read(count) -> bytes` of an event loop that runs in another thread.

    An empty result is the end. Errors of the network come out as OSError, also after READ_SECONDS of silence.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        read: Callable[[int], Coroutine[Any, Any, bytes]],
        close: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        """Take the loop that owns the body, how to read from it and how to let it go."""
        super().__init__()
        self._loop, self._read, self._close = loop, read, close

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read at most as many bytes as the buffer holds. Raises: OSError."""
        view = memoryview(buffer)
        future = asyncio.run_coroutine_threadsafe(self._read(len(view)), self._loop)
        try:
            piece = future.result(READ_SECONDS)
        except TimeoutError as exc:
            future.cancel()
            raise OSError("the attachment stopped coming") from exc
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Let the body go; a second call does nothing."""
        if not self.closed:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(READ_SECONDS)
        super().close()
