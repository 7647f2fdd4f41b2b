"""The service for Signal: how it is called, what is wrong with it, and what of a person is in no log."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import traceback

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.commands import channel_checks
from bot.logs import set_up_logs
from bot.signal import adapter as adapter_module
from bot.signal.hygiene import left_behind
from bot.signal.service import Refusal, SignalService
from config.settings import Settings
from handlers.types import Address, Outgoing
from tests.fakes.faults import Fault, serving, until
from tests.fakes.signal_server import SignalServer
from tests.signal_account import NUMBER, SENT, Running, no_time, receiving


def test_all_calls_share_one_connection_beside_the_stream_and_the_contract_is_kept() -> None:
    """Sending, receipts, the timer, deletions and attachments: a connection for each would cost a handshake each."""

    async def play() -> None:
        server, ports = SignalServer(), set()
        app = server.app()

        @web.middleware
        async def seen(request: web.Request, handler: Handler) -> web.StreamResponse:
            assert request.transport is not None
            ports.add(request.transport.get_extra_info("peername")[1])
            return await handler(request)

        app.middlewares.append(seen)
        async with serving(app) as port:
            service = SignalService(NUMBER, f"127.0.0.1:{port}", 10.0)
            assert (await service.about()).mode == "json-rpc"
            ref = (await service.send("aci-mina", "hello")).timestamp
            await service.send_receipt("aci-mina", 5)
            await service.set_timer("aci-mina", 60)
            server.attachments |= {"a.bin": b"picture", "b.bin": b"picture"}
            assert await service.stored_files() == {"a.bin", "b.bin"}
            await service.delete_file("a.bin")
            with pytest.raises(Refusal) as refused:
                await service.delete_file("a.bin")
            assert await (await service.open_file("b.bin")).read() == b"picture"
            mina = server.person("aci-mina")
            assert (mina.received, mina.receipts, mina.timer) == (["hello"], [5], 60)
            await service.delete_message("aci-mina", int(ref))
            assert mina.shown == {}
            await service.close()
        assert (refused.value.status, refused.value.body) == (404, {"error": "No such attachment"})
        assert len(ports) == 1
        assert server.violations == []

    asyncio.run(play())


@pytest.mark.parametrize("name", ["a.b?final", "a.#2", "a.100%", "a.b c", "a.%2F", "a.я"])
def test_an_attachment_is_read_and_deleted_however_its_name_ends(name: str) -> None:
    """signal-cli takes the end of its id from the name that a person gave the file: it would stay there in clear."""

    async def play() -> None:
        server = SignalServer()
        server.attachments[name] = b"picture"
        async with serving(server.app()) as port:
            service = SignalService(NUMBER, f"127.0.0.1:{port}", 10.0)
            assert await (await service.open_file(name)).read() == b"picture"
            await service.delete_file(name)
            for other in ("..", "../about", "."):
                with pytest.raises(aiohttp.ClientError):
                    await service.open_file(other)
            await service.close()
        assert server.attachments == {}

    asyncio.run(play())


def test_an_error_of_a_call_names_neither_the_number_nor_the_words() -> None:
    """Signalbot's errors name the address that was called, with our number in it."""

    async def play() -> None:
        server = SignalServer()
        async with serving(server.app()) as port:
            service = SignalService(NUMBER, f"127.0.0.1:{port}", 10.0)
            for call, name in (
                (service.send_receipt("aci-canary", 5), "receipts"),
                (service.send("aci-canary", "x"), ""),
            ):
                path = f"post /v1/{name}/{{number}}" if name else "post /v2/send"
                server.faults.plan(path, Fault("status", 500, {"error": "aci-canary CanaryWords"}))
                with pytest.raises(Refusal) as refused:
                    await call
                said = "".join(traceback.format_exception(refused.value))
                assert "signal-cli-rest-api answered 500" in said
                assert [secret for secret in (NUMBER, "aci-canary", "CanaryWords") if secret in said] == []
            await service.close()

    asyncio.run(play())


def test_signalbot_is_loaded_only_where_signal_is_configured() -> None:
    """It takes longer to load than everything else of `leeward --help`."""
    loaded = "import sys, bot.cli, bot.commands.serve, bot.commands.channel_checks, bot.duty_lines{}; print('signalbot' in sys.modules)"
    for more, found in (("", "False"), (", bot.signal.adapter", "True")):
        said = subprocess.run(
            [sys.executable, "-c", loaded.format(more)], capture_output=True, text=True, check=True, timeout=120
        )
        assert said.stdout.strip() == found


@pytest.mark.parametrize(
    ("mode", "version", "problem"),
    [
        ("json-rpc", "0.101.0", ""), ("json-rpc-native", "0.102.1", ""), ("native", "0.101.0", "must be polled"),
        ("normal", "0.101.0", "must be polled"), ("json-rpc", "0.99.0", "too old"), ("json-rpc", "unset", "too old"),
    ],
)  # fmt: skip
def test_a_service_that_is_not_as_it_should_be_is_named_with_the_remedy(mode: str, version: str, problem: str) -> None:
    """Its mode and its version."""

    async def play() -> str:
        server = SignalServer(mode=mode, version=version)
        async with serving(server.app()) as port:
            here = Running(port, server)
            said = await here.adapter.why_not_ready()
            await here.adapter.close()
            return said

    said = asyncio.run(play())
    assert problem in said
    assert bool(said) == bool(problem)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("none", ""), ("log", "LOG_LEVEL=error"), ("trust", "JSON_RPC_TRUST_NEW_IDENTITIES"), ("file", "1 attachments lie in clear"),
        ("being sealed", ""),
    ],
)  # fmt: skip
def test_what_the_service_leaves_behind_is_named_with_the_remedy(fault: str, said: str) -> None:
    """A log at debug level, keys trusted without a look, attachments in clear; one that is being sealed is none."""

    async def play() -> str:
        server = SignalServer()
        server.log_level = "debug" if fault == "log" else "info"
        server.trust_mode = "always" if fault == "trust" else "on-first-use"
        if fault in ("file", "being sealed"):
            server.attachments["a.bin"] = b"picture"

        async def sealing(_seconds: float) -> None:
            if fault == "being sealed":
                server.attachments.clear()

        async with serving(server.app()) as port:
            found = await left_behind(NUMBER, f"127.0.0.1:{port}", sealing)
        assert server.violations == []
        return found

    found = asyncio.run(play())
    assert said in found
    assert bool(found) == bool(said)


def test_doctor_says_how_many_people_with_a_new_phone_wait_to_be_heard() -> None:
    """signal-cli keeps back what they write; that is advice, for an officer has to be looked at by somebody."""

    async def play() -> tuple[str, str]:
        server = SignalServer()
        async with serving(server.app()) as port:
            settings = Settings.model_validate({"signal_number": NUMBER, "signal_service": f"127.0.0.1:{port}"})
            server.person("aci-mina")
            before = await asyncio.to_thread(channel_checks.unheard, settings)
            server.person("aci-mina").change_identity()
            after = await asyncio.to_thread(channel_checks.unheard, settings)
        assert server.violations == []
        return before, after

    assert asyncio.run(play()) == (
        "", "1 accounts have a new key and are not heard: officers wait for you, others for `leeward serve`",
    )  # fmt: skip


async def talk_and_fail(number: str) -> None:
    """Receive, send and fail in every way; and let the libraries log as they do, at INFO and with tracebacks."""
    server = SignalServer()
    async with receiving(server, sleep=no_time) as here:
        for fault in (fault for fault, _sending in SENT):
            server.faults.plan("post /v2/send", fault)
            await here.adapter.send(Outgoing(Address("signal", "aci-canary"), "CanaryWords", "Q1", 1))
        here.intake.refuses = 2
        server.push('{"broken CanaryWords')
        server.person("aci-canary").say("CanaryWords")
        await until(lambda: here.texts == ["CanaryWords"])
    logging.getLogger("signalbot").debug("[Raw Message] %s aci-canary CanaryWords", number)
    logging.getLogger("aiohttp.client").error("%s aci-canary CanaryWords", number, exc_info=ValueError("CanaryWords"))
    logging.getLogger("asyncio").error("Task exception: CanaryWords aci-canary %s", number)
    logging.getLogger("some.other").critical("CanaryWords aci-canary %s", number)


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.usefixtures("talkative")
def test_number_account_and_words_are_in_no_log(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - the control beside what it controls
    """At DEBUG, with forced errors; the control: without our set-up each of them is there."""
    if quiet:
        set_up_logs("json")
    else:
        logging.basicConfig(level=logging.DEBUG, force=True)
    asyncio.run(talk_and_fail(NUMBER))
    logged = capsys.readouterr().err
    for secret in (NUMBER, "aci-canary", "CanaryWords"):
        assert (secret in logged) is not quiet
    assert not quiet or '"event": "Signal: ' in logged
    assert adapter_module.LOG.name == "leeward"
