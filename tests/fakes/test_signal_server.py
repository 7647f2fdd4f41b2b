"""The Signal server of the tests behaves as the real one: the library's own bot runs against it unchanged."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes import signal_server
from tests.fakes.faults import Fault, Restless, serving, until
from tests.fakes.signal_server import CONTRACT, SignalServer

NUMBER = "+41790000000"
ECHO = """
import sys
from signalbot import DataMessageContext, DataMessageHandler, SendMessage, SignalBot

class Echo(DataMessageHandler):
    async def handle_data_message(self, context: DataMessageContext) -> None:
        await context.send(SendMessage(text=context.message.text))

bot = SignalBot({"signal_service": sys.argv[1], "phone_number": sys.argv[2]})
bot.register(Echo())
bot.start()
"""
"""A bot as the library's own introduction has it."""


def test_an_echo_bot_of_the_library_works_against_it_unchanged() -> None:
    """It starts, listens and answers two people; not one call is against the contract."""

    async def play() -> None:
        server = SignalServer()
        async with serving(server.app()) as port:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", ECHO, f"127.0.0.1:{port}", NUMBER, stderr=asyncio.subprocess.DEVNULL
            )
            try:
                await until(lambda: server.sockets, 60)
                mina, blue = (
                    server.person("0b8a5f6e-0000-4000-8000-000000000001", "+41791111111"),
                    server.person("0b8a5f6e-0000-4000-8000-000000000002", "+41792222222"),
                )
                mina.say("one")
                blue.say("two")
                await until(lambda: server.sent(mina) and server.sent(blue), 60)
                mina.say("three")
                await until(lambda: len(server.sent(mina)) == 2, 60)
            finally:
                process.kill()
                await process.wait()
        assert (server.sent(mina), server.sent(blue)) == (["one", "three"], ["two"])
        assert server.violations == []

    asyncio.run(play())


@asynccontextmanager
async def listening(server: SignalServer) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Serve, and listen as a bot does."""
    async with (
        serving(server.app()) as port,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{port}/v1/receive/{NUMBER}") as socket,
    ):
        await until(lambda: server.sockets)
        yield socket


async def call(server: SignalServer, method: str, path: str, **given: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
    """Make one call."""
    async with (
        serving(server.app()) as port,
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{port}{path}", json=given) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize("keeps", [False, True])
def test_what_arrives_while_nobody_listens_is_lost_unless_the_mode_keeps_it(keeps: bool) -> None:  # noqa: FBT001 - the two modes
    """As json-rpc loses it; manual receive mode leaves it with Signal until somebody asks."""

    async def play() -> None:
        server = SignalServer(keeps=keeps)
        server.person("aci-mina").say("early")
        async with listening(server) as socket:
            server.person("aci-mina").say("late")
            heard = [(await socket.receive_json())["envelope"]["dataMessage"]["message"] for _ in range(1 + keeps)]
        assert heard == ["early", "late"][not keeps :]
        assert server.dropped == (not keeps)

    asyncio.run(play())


def test_a_restless_day_brings_everything_late_or_twice_but_all_of_it() -> None:
    """What is late and what is doubled is counted, and the same seed makes the same day."""

    async def play() -> None:
        server = SignalServer()
        server.restless = Restless(7, late=0.5, twice=0.5, seconds=0.02)
        async with listening(server) as socket:
            stamps = [server.person("aci-mina").say(str(number)) for number in range(20)]
            heard: list[int] = []
            while len(heard) < len(stamps) + server.restless.doubled:
                heard.append((await socket.receive_json())["envelope"]["timestamp"])
        assert set(heard) == set(stamps)
        assert heard != sorted(heard)
        assert min(server.restless.delayed, server.restless.doubled) > 0

    asyncio.run(play())


def test_a_message_carries_the_timer_that_the_service_was_told_and_else_switches_it_off() -> None:
    """As signal-cli does (its issue 2047)."""

    async def play() -> None:
        server, body = SignalServer(), {"number": NUMBER, "recipients": ["aci-mina"], "message": "hello"}
        mina = server.person("aci-mina")
        mina.timer = 60
        await call(server, "POST", "/v2/send", **body)
        assert (mina.timer, mina.sent_with) == (0, [0])
        await call(server, "PUT", f"/v1/contacts/{NUMBER}", recipient="aci-mina", expiration_in_seconds=3600)
        await call(server, "POST", "/v2/send", **body)
        assert (mina.timer, mina.sent_with) == (3600, [0, 3600])

    asyncio.run(play())


@pytest.mark.parametrize(
    ("kind", "received"), [("cut before", 0), ("close", 0), ("cut after", 1), ("half-open after", 1), ("half-open", 0)]
)
def test_a_fault_happens_once_and_before_or_after_the_effect_as_asked(kind: str, received: int) -> None:
    """The next call is as always."""

    async def play() -> None:
        server, mina = SignalServer(), None
        mina = server.person("aci-mina")
        server.faults.plan("post /v2/send", Fault(kind))
        body = {"number": NUMBER, "recipients": ["aci-mina"], "message": "hello"}
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            async with asyncio.timeout(1 if kind.startswith("half-open") else 30):
                await call(server, "POST", "/v2/send", **body)
        assert len(mina.received) == received
        status, answer = await call(server, "POST", "/v2/send", **body)
        assert (status, isinstance(answer, list), len(mina.received)) == (201, True, received + 1)

    asyncio.run(play())


@pytest.mark.parametrize("contract", [CONTRACT, CONTRACT.with_name("not here")])
def test_a_fault_meets_its_call_whether_or_not_the_contract_is_at_hand(
    contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is planned by the name of the call, whoever the call is about."""
    monkeypatch.setattr(signal_server, "CONTRACT", contract)

    async def play() -> None:
        server = SignalServer()
        for method, path, body in (
            ("PUT", f"/v1/contacts/{NUMBER}", {"recipient": "aci-mina", "expiration_in_seconds": 60}),
            ("POST", f"/v1/receipts/{NUMBER}", {"recipient": "aci-mina", "receipt_type": "read", "timestamp": 1}),
            ("DELETE", f"/v1/remote-delete/{NUMBER}", {"recipient": "aci-mina", "timestamp": 1}),
            ("GET", "/v1/attachments/picture", {}),
        ):
            kind = "{attachment}" if method == "GET" else "{number}"
            server.faults.plan(f"{method.lower()} {path.rpartition('/')[0]}/{kind}", Fault("status", 502))
            status, _answer = await call(server, method, path, **body)
            assert (status, server.faults.left) == (502, 0), path

    asyncio.run(play())


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the contract lies beside the project only")
@pytest.mark.parametrize(
    ("method", "path", "given", "said"),
    [
        ("POST", "/v2/send", {"number": NUMBER}, "recipients"),
        ("POST", "/v2/send", {"number": NUMBER, "recipients": "aci", "message": "x"}, "is no array"),
        ("POST", "/v2/sent", {}, "no such call"),
        ("PUT", f"/v1/contacts/{NUMBER}", {"recipient": "aci", "expires": 5}, "no such field"),
    ],
)
def test_a_call_against_the_contract_is_noted(method: str, path: str, given: dict[str, Any], said: str) -> None:
    """By path and field."""
    server = SignalServer()
    server._carry_out = lambda *_args: aiohttp.web.json_response({})  # type: ignore[method-assign]  # only the check
    asyncio.run(call(server, method, path, **given))
    assert any(said in violation for violation in server.violations), server.violations
