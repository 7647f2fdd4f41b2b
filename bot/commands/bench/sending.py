"""bench send, alert: messages on their way out, against bare aiohttp requests with the same bytes."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

import aiohttp
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.clock import SystemClock
from bot.commands.bench.figures import MICROSECONDS, Figures, Watch
from bot.commands.bench.installation import TOKEN, chat_of, installed
from bot.commands.bench.server import server
from bot.pace import Pace
from bot.sender import Sender
from bot.telegram.adapter import TelegramAdapter
from bot.writer import Writer
from handlers.deliver import Delivery
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options
    from bot.commands.bench.server import Running
    from handlers.types import Inbound

TEXT = "Did they say what would happen if you went on?\n" * 3
CHOICES = (("1", "Yes"), ("2", "No"), ("3", "I am not sure"), ("0", "Skip"))
IN_FLIGHT = 16
ROUND_TRIP_SECONDS = 0.04
"""Of a service far away; the wait that sends side by side share."""

LONGEST_SECONDS = 300.0


class Nobody:
    """bot.adapter.Intake of a benchmark that only sends."""

    async def take(self, _inbound: Inbound) -> bool:
        """Take nothing."""
        return False

    async def gap(self, _channel: str) -> None:
        """Do nothing."""

    async def unreachable(self, _address: Address) -> None:
        """Do nothing."""

    async def identity_changed(self, _address: Address) -> bool:
        """Do nothing."""
        return False


def outgoing_to(number: int, *, priority: int = 1, text: str = TEXT) -> Outgoing:
    """Return a prompt for the person with this number."""
    return Outgoing(Address("telegram", chat_of(number)), text, "Q23-4", 7, CHOICES, priority)


def payload_to(number: int) -> dict[str, Any]:
    """Return the same prompt as the parameters of a bare request."""
    buttons = [[{"text": f"{key} {label}", "callback_data": f"Q23-4|7|{key}"}] for key, label in CHOICES]
    return {
        "chat_id": int(chat_of(number)), "text": TEXT, "protect_content": True,
        "link_preview_options": {"is_disabled": True}, "reply_markup": {"inline_keyboard": buttons},
    }  # fmt: skip


def send(options: Options, folder: Path) -> Figures:
    """One send, at 1 and 16 in flight: our adapter, bare aiohttp, python-telegram-bot with its own client (httpx).

    Then a whole outbox: as many prompts as `people`, some of them for safety, with no limit by the service.
    """
    return asyncio.run(_send(options, folder))


async def _send(options: Options, folder: Path) -> Figures:
    figures = Figures("send")
    async with server() as running:
        for _ in range(options.rounds):
            await _one_by_one(figures, running, min(options.people, 1_000))
        with installed(folder) as service:
            for _ in range(options.rounds):
                await _outbox(figures, running, service, options.people)
    return figures


async def _one_by_one(figures: Figures, running: Running, count: int) -> None:
    adapter = TelegramAdapter(TOKEN, api_url=running.url)
    bot = Bot(TOKEN, base_url=f"{running.url}/bot", request=HTTPXRequest(connection_pool_size=IN_FLIGHT))
    session = aiohttp.ClientSession()

    async def bare(number: int) -> None:
        async with session.post(f"{running.url}/bot{TOKEN}/sendMessage", json=payload_to(number)) as answer:
            await answer.json()

    async def library(number: int) -> None:
        await bot.send_message(**payload_to(number))

    async def ours(number: int) -> None:
        await adapter.send(outgoing_to(number))

    contestants = (("ours", ours), ("bare aiohttp", bare), ("PTB with httpx", library))
    for in_flight in (1, IN_FLIGHT):
        for name, call in contestants:
            await side_by_side(call, range(IN_FLIGHT), in_flight)  # connections are made
            with Watch() as watch:
                await side_by_side(call, range(count), in_flight)
            figures.add(f"{name}, {in_flight} in flight CPU us", watch.cpu / count * MICROSECONDS)
            figures.add(f"{name}, {in_flight} in flight us", watch.wall / count * MICROSECONDS)
        of = f"{in_flight} in flight CPU us"
        figures.ratio(f"ratio CPU bare / ours, {in_flight} in flight", f"bare aiohttp, {of}", f"ours, {of}")
        figures.ratio(f"CPU httpx / ours, {in_flight} in flight", f"PTB with httpx, {of}", f"ours, {of}")
    await session.close()
    await bot.request.shutdown()
    await adapter.close()


async def side_by_side(call: Callable[[int], Awaitable[None]], numbers: range, in_flight: int) -> None:
    """Make these calls, so many at a time."""
    waiting = iter(numbers)

    async def one_after_the_other() -> None:
        for number in waiting:
            await call(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(one_after_the_other())


async def _outbox(figures: Figures, running: Running, service: Service, count: int) -> None:
    _queue(service, count)
    await running.sent()
    with Watch() as watch:
        sent = await drained(service, running, count)
    figures.add("outbox, messages a second", count / watch.wall)
    figures.add("outbox, CPU us a message", watch.cpu / count * MICROSECONDS)
    urgent = {chat_of(number) for number in range(0, count, 10)}
    last = max(index for index, (_at, chat) in enumerate(sent) if chat in urgent)
    figures.add("outbox, others that went before the last safety message", last + 1 - len(urgent))


def _queue(service: Service, count: int) -> None:
    """Let prompts wait, every tenth for safety."""
    with service.store.transaction() as work:
        now = SystemClock().now()
        for number in range(count):
            work.outbox.add(outgoing_to(number, priority=1 if number % 10 else 0), now)


async def drained(service: Service, running: Running, count: int) -> list[tuple[float, str]]:
    """Send all that waits; return (time, chat) of each message in the order they came to the server."""
    adapter, writer = TelegramAdapter(TOKEN, api_url=running.url), Writer(several=False)
    pace = Pace(0, 0, asyncio.get_running_loop().time)
    sender = Sender(adapter, Delivery(service.store, SystemClock(), "telegram"), writer, Nobody(), pace)
    sent: list[tuple[float, str]] = []
    async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(sender.run())
        while len(sent) < count:
            await asyncio.sleep(0.02)
            sent += await running.sent()
        sender.stop()
    await adapter.close()
    writer.close()
    return sent


def alert(options: Options, folder: Path) -> Figures:
    """As many alerts as `people` (a thousand at most) to a service 40 ms away: first and last, against bare aiohttp."""
    return asyncio.run(_alert(options, folder))


async def _alert(options: Options, folder: Path) -> Figures:
    figures = Figures("alert")
    count = min(options.people, 1_000)
    async with server() as running:
        with installed(folder) as service:
            await running.delay(ROUND_TRIP_SECONDS)
            for _ in range(options.rounds):
                await _alerts(figures, running, service, count)
    figures.notes["alerts"] = f"{count}, round trip {ROUND_TRIP_SECONDS * 1000:.0f} ms, no limit by the service"
    return figures


async def _alerts(figures: Figures, running: Running, service: Service, count: int) -> None:
    with service.store.transaction() as work:
        for number in range(count):
            work.outbox.add(outgoing_to(number, priority=0), SystemClock().now())
    began = monotonic()
    await running.sent()
    sent = await drained(service, running, count)
    figures.add("alerts, first at the service ms", (sent[0][0] - began) * 1000)
    figures.add("alerts, last at the service ms", (sent[-1][0] - began) * 1000)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:

        async def bare(number: int) -> None:
            async with session.post(f"{running.url}/bot{TOKEN}/sendMessage", json=payload_to(number)) as answer:
                await answer.read()

        await running.sent()
        began = monotonic()
        await side_by_side(bare, range(count), 64)
        sent = await running.sent()
    figures.add("bare aiohttp, last at the service ms", (sent[-1][0] - began) * 1000)
    figures.ratio("ratio (bare / ours), last", "bare aiohttp, last at the service ms", "alerts, last at the service ms")
