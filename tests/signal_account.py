"""One Signal number against a server of this machine, with an intake that keeps what it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.adapter import NotStored, Outcome, Sending
from bot.signal.adapter import SignalAdapter
from handlers.types import Address, Inbound, Outgoing
from tests.fakes.faults import Fault, serving, until
from tests.fakes.signal_server import SignalServer

NUMBER = "+41790000000"


LOOKS = "get /v1/identities/{number}"
"""What is asked at every connection: whether somebody has a key that nobody trusts."""
MINA = Address("signal", "aci-mina")


class Kept:
    """bot.adapter.Intake that keeps what it takes in a list."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.gaps: list[str] = []
        self.changed: list[Address] = []
        self.refuses = 0
        self.trusts = True

    async def take(self, inbound: Inbound) -> bool:
        if self.refuses:
            self.refuses -= 1
            raise NotStored
        new = inbound.key not in {one.key for one in self.taken}
        if new:
            self.taken.append(inbound)
        return new

    async def gap(self, channel: str) -> None:
        self.gaps.append(channel)

    async def unreachable(self, address: Address) -> None:
        raise AssertionError(address)

    async def identity_changed(self, address: Address) -> bool:
        if self.refuses:
            self.refuses -= 1
            raise NotStored
        self.changed.append(address)
        return self.trusts


class Running:
    """The server, the adapter and what it took."""

    def __init__(self, port: int, server: SignalServer, **options: Any) -> None:  # noqa: ANN401 - of the adapter
        self.server, self.intake = server, Kept()
        self.adapter = SignalAdapter(NUMBER, f"127.0.0.1:{port}", **options)

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.intake.taken]


@asynccontextmanager
async def receiving(server: SignalServer, **options: Any) -> AsyncIterator[Running]:  # noqa: ANN401 - as above
    async with serving(server.app()) as port:
        here = Running(port, server, **options)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(here.adapter.receive(here.intake))
            await until(lambda: server.sockets and here.intake.gaps and LOOKS in [name for _at, name in server.calls])
            yield here
            task.cancel()
        await here.adapter.close()
    assert server.violations == []


def say(text: str, seconds: int = 0) -> Outgoing:
    return Outgoing(MINA, text, "Q3", 12, seconds=seconds)


async def no_time(_seconds: float) -> None:
    await asyncio.sleep(0.005)


def not_sent(reason: str) -> list[dict[str, Any]]:
    """Return the answer to a send that reached nobody."""
    return [{"timestamp": "5", "errors": {"recipients": [{"uuid": "aci-mina", "reason": reason}]}}]


SENT = [
    (
        Fault("status", 429, {"error": "rate limit", "challenge_tokens": ["t"]}, {"Retry-After": "7"}),
        Sending(Outcome.LATER, wait_seconds=7.0, everybody=True),
    ),
    (Fault("status", 400, {"error": "The user +41791111111 is not registered."}), Sending(Outcome.UNREACHABLE)),
    (Fault("status", 400, {"error": "Failed to send message"}), Sending(Outcome.LATER, wait_seconds=15.0)),
    (
        Fault("status", 400, {"error": "Failed to send message: closed (IOException)"}),
        Sending(Outcome.LATER, wait_seconds=15.0),
    ),
    (Fault("status", 400, {"error": "Couldn't process request - invalid request"}), Sending(Outcome.REFUSED)),
    (Fault("status", 201, not_sent("NETWORK_FAILURE")), Sending(Outcome.LATER, wait_seconds=15.0)),
    (Fault("status", 201, not_sent("INVALID_PRE_KEY_FAILURE")), Sending(Outcome.LATER, wait_seconds=15.0)),
    (Fault("status", 201, not_sent("UNREGISTERED_FAILURE")), Sending(Outcome.UNREACHABLE)),
    (Fault("status", 201, not_sent("IDENTITY_FAILURE")), Sending(Outcome.LATER, wait_seconds=300.0)),
    (Fault("status", 400, {"error": "Invalid argument"}), Sending(Outcome.REFUSED)),
    (Fault("status", 500), Sending(Outcome.LATER, wait_seconds=2.0)),
    (Fault("status", 401), Sending(Outcome.LATER, wait_seconds=2.0)),
    (Fault("truncated"), Sending(Outcome.UNKNOWN)),
    (Fault("cut before"), Sending(Outcome.UNKNOWN)),
]
