"""The whole program with Telegram's side taken by this process: update bytes in, reply bytes out, no network."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from bot.adapter import Outcome, Sending, SendsOnly
from bot.commands.bench.installation import TOKEN
from bot.commands.bench.updates import update_bytes
from bot.runtime import Runtime
from bot.telegram.adapter import TelegramAdapter
from bot.telegram.connection import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    import aiohttp

    from bot.app import Service
    from handlers.types import Outgoing

CHAT = re.compile(rb'"chat_id": ?"?(\d+)')
LONGEST_CALL_SECONDS = 1.0
LONGEST_SECONDS = 3600.0
"""A program whose replies do not come is ended after so many seconds."""

NEVER_CALLED = "https://localhost/webhook"
ANSWER = (
    b'{"ok":true,"result":{"message_id":5,"date":1790000000,"chat":{"id":7,"type":"private","first_name":"P"},'
    b'"text":"a prompt of the bot"}}'
)


class Taken(Connection):
    """Telegram's side of a send: the bytes of a call are taken and answered at once."""

    def __init__(self, said: Callable[[bytes], None]) -> None:
        """Take whom to tell which chat was written to."""
        super().__init__(NEVER_CALLED, LONGEST_CALL_SECONDS)
        self._said = said

    async def exchange(
        self, method: str, url: str, body: aiohttp.FormData | bytes | None, headers: Mapping[str, str],
        seconds: float | None = None,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Take the bytes, say which chat they are for."""
        del method, url, headers, seconds
        found = CHAT.search(body) if isinstance(body, bytes) else None
        if found is not None:
            self._said(found[1])
        return 200, ANSWER


class LoopbackAdapter(TelegramAdapter):
    """The adapter of Telegram without Telegram: a webhook that nobody calls, and sends that are taken at once."""

    def __init__(self, said: Callable[[bytes], None]) -> None:
        """Take whom to tell which chat was written to."""
        super().__init__(TOKEN, webhook_url=NEVER_CALLED)
        self.connection = Taken(said)

    async def set_up(self) -> None:
        """Do nothing: there is no account."""


class OfficersAdapter(SendsOnly):
    """A channel of duty officers that takes every message and remembers how many came."""

    def __init__(self, channel: str) -> None:
        """Take the name of the channel it stands for."""
        self.channel = channel
        self.taken = 0

    async def send(self, outgoing: Outgoing) -> Sending:
        """Take it."""
        del outgoing
        self.taken += 1
        return Sending(Outcome.SENT)


class Program:
    """The running service: turns of people go through all of it."""

    def __init__(self, service: Service, *, several: bool) -> None:
        """Take the service; `several`: its database takes many writers."""
        self._awaited: dict[bytes, asyncio.Future[None]] = {}
        self.adapter = LoopbackAdapter(self._said)
        self.runtime = Runtime(service, {"telegram": self.adapter}, {}, several=several)
        self.updates = 0

    def _said(self, chat: bytes) -> None:
        waiting = self._awaited.pop(chat, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def begin_at(self, update_id: int) -> None:
        """Number the next update so: none of the same database may have had it."""
        self.updates = update_id - 1

    def update(self, chat: str, text: str) -> bytes:
        """Return the bytes of an update, as Telegram sends them."""
        self.updates += 1
        return update_bytes(self.updates, chat, text)

    def updates_of(self, people: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, list[bytes]]]:
        """Return the bytes of what these people (chat, answers) send."""
        return [(chat, [self.update(chat, text) for text in answers]) for chat, answers in people]

    async def turn(self, chat: str, update: bytes) -> float:
        """Take one update; return the seconds until it was acknowledged (durable) and its reply had gone out."""
        started = perf_counter()
        replied = asyncio.get_running_loop().create_future()
        self._awaited[chat.encode()] = replied
        await self.adapter.take_raw(update, self.runtime.intake)
        await replied
        return perf_counter() - started

    async def take(self, chat: str, update: bytes) -> float:
        """Take one update; return the seconds until it was acknowledged."""
        del chat
        started = perf_counter()
        await self.adapter.take_raw(update, self.runtime.intake)
        return perf_counter() - started

    async def play(
        self, people: Iterable[tuple[str, Sequence[bytes]]], in_flight: int, *, replied: bool = True
    ) -> list[float]:
        """Let these people (chat, updates) play their turns, so many of them at a time; return the seconds of each.

        Without `replied` only the acknowledgement is waited for: the reply may go out through another process.
        """
        waiting = iter(people)
        seconds: list[float] = []
        turn = self.turn if replied else self.take

        async def one_after_the_other() -> None:
            for chat, updates in waiting:
                seconds.extend([await turn(chat, update) for update in updates])

        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(one_after_the_other())
        return seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Program]:
        """Serve while the block lasts."""
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runtime.run(ready.set))
            await ready.wait()
            await self.adapter.library()  # is loaded half a second after a start, which has a benchmark of its own
            async with asyncio.timeout(LONGEST_SECONDS):
                yield self
            self.runtime.stop()
