"""One Telegram account against a Bot API server of this machine, with an intake that keeps what it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.telegram.adapter import TelegramAdapter
from handlers.types import Address, Inbound, Outgoing
from tests.fakes.faults import Fault, serving
from tests.fakes.telegram_server import TelegramServer, too_many

TOKEN = "123456:CanaryTokenAAAAAAAAAAAAAAAAAAAAAAAA"


FAULTS = {
    "429": too_many(3),
    "500": Fault("status", 500),
    "502": Fault("status", 502),
    "504 of a proxy": Fault("status", 504, ["no object"]),
    "409": Fault("status", 409),
    "401": Fault("status", 401),
    "cut before the effect": Fault("cut before"),
    "cut after the effect": Fault("cut after"),
    "truncated": Fault("truncated"),
    "another shape": Fault("status", 200, {"ok": True, "result": 5}),
    "no result": Fault("status", 200, {"ok": True}),
    "half-open": Fault("half-open"),
    "slow": Fault("slow", seconds=0.05),
}


class Kept:
    """bot.adapter.Intake that keeps what it takes in a list, can be slow, and can have no room."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.asked: list[str] = []
        self.gone: list[Address] = []
        self.troubles: list[Exception] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def take(self, inbound: Inbound) -> bool:
        self.asked.append(inbound.text)
        if inbound.text in self.gates:
            await self.gates[inbound.text].wait()
        if self.troubles:
            raise self.troubles.pop()
        new = inbound.key not in {one.key for one in self.taken}
        if new:
            self.taken.append(inbound)
        return new

    async def gap(self, channel: str) -> None:
        raise AssertionError(f"{channel} keeps what waits")

    async def unreachable(self, address: Address) -> None:
        self.gone.append(address)

    async def identity_changed(self, address: Address) -> bool:
        raise AssertionError(address.channel)

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.taken]


class Running:
    """The server, the adapter, what it took and how long it meant to wait."""

    def __init__(self, port: int, server: TelegramServer, **options: Any) -> None:  # noqa: ANN401 - of the adapter
        self.server, self.intake = server, Kept()
        self.waits: list[float] = []
        self.problems: list[str] = []
        options = {"poll_seconds": 5, "sleep": self._sleep, "api_url": f"http://127.0.0.1:{port}", **options}
        self.adapter = TelegramAdapter(TOKEN, **options)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.problems.append(self.adapter.problem)
        assert not self.adapter.healthy
        await asyncio.sleep(0.001)

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self.adapter.receive(self.intake))
            yield
            task.cancel()


@asynccontextmanager
async def running(server: TelegramServer | None = None, **options: Any) -> AsyncIterator[Running]:  # noqa: ANN401 - as above
    server = server or TelegramServer()
    async with serving(server.app()) as port:
        here = Running(port, server, **options)
        try:
            yield here
        finally:
            await here.adapter.close()
        assert server.violations == []


def say(text: str, chat: int = 7, **more: Any) -> Outgoing:  # noqa: ANN401 - the fields of a message
    return Outgoing(Address("telegram", str(chat)), text, "Q3", 12, **more)
