"""Faults a server is told to make, in the order they were asked for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

CUTS = ("cut before", "cut after")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: an HTTP status, a cut before or after the effect, an answer that is no JSON, or a slow one."""

    kind: str  # status | cut before | cut after | truncated | slow
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Faults:
    """Faults by method, each used once."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self.made: list[tuple[str, str]] = []

    def plan(self, method: str, *faults: Fault) -> None:
        """Make the next calls of this method fail so."""
        self._waiting.setdefault(method, deque()).extend(faults)

    def next(self, method: str) -> Fault | None:
        """Return the fault for this call."""
        waiting = self._waiting.get(method)
        if not waiting:
            return None
        fault = waiting.popleft()
        self.made.append((method, fault.kind))
        return fault

    @property
    def left(self) -> int:
        """Return how many were not used yet."""
        return sum(len(waiting) for waiting in self._waiting.values())


def cut(request: web.Request) -> None:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()


@contextlib.asynccontextmanager
async def serving(app: web.Application, port: int = 0) -> Any:  # noqa: ANN401 - an async generator of the port
    """Serve on 127.0.0.1; yields the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def until(condition: Any, seconds: float = 10.0) -> None:  # noqa: ANN401 - any callable without arguments
    """Wait until something is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.01)
