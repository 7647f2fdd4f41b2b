"""Faults a server is told to make, in the order they were asked for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - a seeded play of chance, no key
from typing import Any

from aiohttp import web

LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: an HTTP status, a cut or a silence before or after the effect, no JSON, or a slow answer."""

    kind: str  # status | close | cut before | cut after | half-open | half-open after | truncated | slow
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Faults:
    """Faults by method, each used once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[str, deque[Fault]] = {}
        self.made: list[tuple[float, str, str]] = []  # when, at which method, which kind

    def plan(self, method: str, *faults: Fault) -> None:
        """Make the next calls of this method fail so."""
        self._waiting.setdefault(method, deque()).extend(faults)

    def forget(self) -> None:
        """Make no fault that was planned and has not happened yet."""
        self._waiting.clear()

    def next(self, method: str) -> Fault | None:
        """Return the fault for this call."""
        waiting = self._waiting.get(method)
        if not waiting:
            return None
        fault = waiting.popleft()
        self.made.append((self._clock(), method, fault.kind))
        return fault

    @property
    def left(self) -> int:
        """Return how many were not used yet."""
        return sum(len(waiting) for waiting in self._waiting.values())


class Restless:
    """Deliveries as a bad day has them: some late, some twice, and so never in the order in which they were sent."""

    def __init__(self, seed: int, *, late: float = 0.2, twice: float = 0.2, seconds: float = 0.3) -> None:
        """Take the seed, the shares of what comes late and of what comes twice, and how late, at most."""
        self.random = Random(seed)  # noqa: S311 - a seeded play of chance, no key
        self._late, self._twice, self._seconds = late, twice, seconds
        self.delayed = self.doubled = 0

    def deliver(self, act: Callable[[], None]) -> None:
        """Do this now or later, once or twice."""
        loop = asyncio.get_running_loop()
        wait = 0.0
        if self.random.random() < self._late:
            self.delayed += 1
            wait = self.random.uniform(0, self._seconds)
        loop.call_later(wait, act)
        if self.random.random() < self._twice:
            self.doubled += 1
            loop.call_later(wait + self.random.uniform(0, 2 * self._seconds), act)


def cut(request: web.Request, *, clean: bool = False) -> None:
    """End the connection without an answer; `clean`: as a server that was told to stop does."""
    if request.transport is not None:
        request.transport.close() if clean else request.transport.abort()


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
        connections = runner.server.connections if runner.server is not None else ()
        transports = [handler.transport for handler in connections if handler.transport is not None]
        await runner.cleanup()
        for transport in transports:
            transport.abort()  # to a peer that was killed nothing can be written any more: closing would wait for ever
        await asyncio.sleep(0)


async def until(condition: Any, seconds: float = 10.0) -> None:  # noqa: ANN401 - any callable without arguments
    """Wait until something is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(LOOK_SECONDS)
