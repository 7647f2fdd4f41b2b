"""A Bot API server in a process of its own, so that its work is not counted: `python -m bot.commands.bench.server`.

It prints its port. Beside the calls of the Bot API: POST /queue (a JSON list of updates) lets them arrive, GET /sent
returns [time, chat] of every message since the last time it was asked (the monotonic clock of this machine, which
all processes share), POST /delay (seconds) makes every send take so long, POST /play lets people talk, each writing
the next answer when the last one was answered, and returns how many seconds every answer took.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from itertools import count
from subprocess import PIPE
from sys import executable
from time import monotonic
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from aiohttp import web

from bot.commands.bench.updates import update_bytes
from bot.waiting import came

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

LONGEST_POLL_SECONDS = 20.0
CHAT = re.compile(rb'"?chat_id"?[=:] ?"?(\d+)')
ANSWERS = {
    "getMe": b'{"id":1,"is_bot":true,"first_name":"Notices","username":"notices_bot"}',
    "getMyName": b'{"name":"Notices"}',
    "getMyDescription": b'{"description":""}',
    "getMyShortDescription": b'{"short_description":""}',
    "getMyCommands": b"[]",
}
MESSAGE = b'{"message_id":%d,"date":1790000000,"chat":{"id":%s,"type":"private","first_name":"P"},"text":"a prompt"}'


class Play(msgspec.Struct):
    """Who talks (every chat in turn for each answer), and how many at a time."""

    chats: list[str]
    answers: list[str]
    in_flight: int


class BotApi:
    """The server; `app()` serves it."""

    def __init__(self) -> None:
        """Begin with no update waiting and no message sent."""
        self._updates: list[msgspec.Raw] = []
        self._ids: list[int] = []
        self._sent: list[tuple[float, str]] = []
        self._arrived = asyncio.Event()
        self._numbers = count(1)
        self._delay = 0.0
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._update_ids = count(1)

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/queue", self._queue)
        app.router.add_post("/delay", self._set_delay)
        app.router.add_post("/play", self._play)
        app.router.add_get("/sent", self._take_sent)
        app.router.add_post("/bot{token}/{method}", self._call)
        return app

    async def _queue(self, request: web.Request) -> web.Response:
        for raw in msgspec.json.decode(await request.read(), type=list[msgspec.Raw]):
            self._updates.append(raw)
            self._ids.append(msgspec.json.decode(raw)["update_id"])
        self._arrived.set()
        return web.Response()

    async def _set_delay(self, request: web.Request) -> web.Response:
        self._delay = float(await request.text())
        return web.Response()

    async def _take_sent(self, _request: web.Request) -> web.Response:
        sent, self._sent = self._sent, []
        return web.Response(body=msgspec.json.encode(sent))

    async def _play(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=Play)
        waiting = iter([(chat, text) for text in asked.answers for chat in asked.chats])
        seconds: list[float] = []

        async def one_after_the_other() -> None:
            for chat, text in waiting:
                answered = self._awaited[chat] = asyncio.get_running_loop().create_future()
                began = monotonic()
                self._arrive(next(self._update_ids), chat, text)
                await answered
                seconds.append(monotonic() - began)

        async with asyncio.TaskGroup() as group:
            for _ in range(asked.in_flight):
                group.create_task(one_after_the_other())
        return web.Response(body=msgspec.json.encode(seconds))

    def _arrive(self, number: int, chat: str, text: str) -> None:
        self._updates.append(msgspec.Raw(update_bytes(number, chat, text)))
        self._ids.append(number)
        self._arrived.set()

    async def _call(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"], await request.read()
        if method == "getUpdates":
            return _answer(await self._poll(body))
        if method != "sendMessage":
            return _answer(ANSWERS.get(method, b"true"))
        found = CHAT.search(body)
        chat = found[1] if found is not None else b"0"
        self._sent.append((monotonic(), chat.decode()))
        waiting = self._awaited.pop(chat.decode(), None)
        if waiting is not None:
            waiting.set_result(None)
        if self._delay:
            await asyncio.sleep(self._delay)
        return _answer(MESSAGE % (next(self._numbers), chat))

    async def _poll(self, body: bytes) -> bytes:
        found = re.search(rb'"?offset"?[=:] ?"?(\d+)', body)
        offset = int(found[1]) if found is not None else 0
        done = sum(1 for number in self._ids if number < offset)
        del self._updates[:done], self._ids[:done]
        if not self._updates:
            self._arrived.clear()
            if not await came(self._arrived, LONGEST_POLL_SECONDS):
                return b"[]"
        return msgspec.json.encode(self._updates[:100])


def _answer(result: bytes) -> web.Response:
    return web.Response(body=b'{"ok":true,"result":%s}' % result, content_type="application/json")


class Running:
    """A server that runs in its own process, and what can be asked of it."""

    def __init__(self, port: int, session: aiohttp.ClientSession) -> None:
        """Take where it listens."""
        self.url = f"http://127.0.0.1:{port}"
        self._session = session
        self.update_ids = count(1)

    async def queue(self, updates: Sequence[bytes]) -> None:
        """Let these updates arrive."""
        async with self._session.post(f"{self.url}/queue", data=b"[%s]" % b",".join(updates)) as answer:
            answer.raise_for_status()

    async def play(self, chats: Sequence[str], answers: Sequence[str], in_flight: int) -> list[float]:
        """Let people talk; return how many seconds every answer took."""
        asked = msgspec.json.encode(Play(list(chats), list(answers), in_flight))
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.post(f"{self.url}/play", data=asked, timeout=timeout) as answer:
            return msgspec.json.decode(await answer.read(), type=list[float])

    async def delay(self, seconds: float) -> None:
        """Let every send take so long."""
        async with self._session.post(f"{self.url}/delay", data=str(seconds)) as answer:
            answer.raise_for_status()

    async def sent(self) -> list[tuple[float, str]]:
        """Return (time, chat) of every message since the last time this was asked."""
        async with self._session.get(f"{self.url}/sent") as answer:
            return msgspec.json.decode(await answer.read(), type=list[tuple[float, str]])


@asynccontextmanager
async def server() -> AsyncIterator[Running]:
    """Run the server while the block lasts."""
    process = await asyncio.create_subprocess_exec(executable, "-m", "bot.commands.bench.server", stdout=PIPE)
    try:
        if process.stdout is None:
            raise AssertionError
        port = int(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Running(port, session)
    finally:
        process.terminate()
        await process.wait()


async def _serve() -> None:
    runner = web.AppRunner(BotApi().app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
