"""The Signal channel against a server of this machine: silence is noticed, gaps are told, nothing stays behind."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.adapter import NotStored, Outcome, Sending
from bot.logs import set_up_logs
from bot.signal import adapter as adapter_module
from bot.signal.adapter import HEARTBEAT_SECONDS, SWEEP_SECONDS, SignalAdapter
from bot.signal.hygiene import left_behind
from bot.signal.service import Refusal, SignalService
from handlers.types import Address, Inbound, IncomingFile, Outgoing
from tests.fakes.faults import Fault, serving, until
from tests.fakes.signal_server import SignalServer

NUMBER = "+41790000000"
MINA = Address("signal", "aci-mina")


class Kept:
    """bot.adapter.Intake that keeps what it takes in a list."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.gaps: list[str] = []
        self.changed: list[Address] = []
        self.refuses = 0

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

    async def identity_changed(self, address: Address) -> None:
        self.changed.append(address)


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
            await until(lambda: server.sockets and here.intake.gaps)
            yield here
            task.cancel()
        await here.adapter.close()
    assert server.violations == []


def say(text: str, seconds: int = 0) -> Outgoing:
    return Outgoing(MINA, text, "Q3", 12, seconds=seconds)


async def no_time(_seconds: float) -> None:
    await asyncio.sleep(0.005)


def test_a_half_open_connection_is_noticed_and_left() -> None:
    """Frames and pings go nowhere and nobody is told: after a heartbeat and a half a new connection is there."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server, heartbeat_seconds=0.4) as here:
            server.person("aci-mina").say("one")
            await until(lambda: here.texts == ["one"])
            server.go_deaf()
            server.person("aci-mina").say("lost")
            begun = time.monotonic()
            await until(lambda: not here.adapter.healthy, 20)
            assert time.monotonic() - begun < 10
            server.hear_again()
            await until(lambda: server.sockets and len(here.intake.gaps) == 2, 20)
            server.person("aci-mina").say("two")
            await until(lambda: here.texts == ["one", "two"])

    asyncio.run(play())


def test_silence_is_noticed_within_45_seconds() -> None:
    """The pause between two pings, and half of it for the answer."""
    assert HEARTBEAT_SECONDS * 1.5 + 1 <= 45


def test_every_connection_tells_of_a_gap_the_first_one_too() -> None:
    """A message may have come while no process was there; clean closes and cuts are gaps as well."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            for count, code in enumerate((1000, 1001, 1011), start=2):
                await server.close_sockets(code)
                await until(lambda count=count: len(here.intake.gaps) == count)
            await until(lambda: server.sockets)
            server.cut_sockets()
            await until(lambda: len(here.intake.gaps) == 5)
            assert here.intake.gaps == ["signal"] * 5

    asyncio.run(play())


def test_the_receipt_comes_after_the_commit_and_is_tried_again() -> None:
    """While a message cannot be stored nothing is acknowledged; a receipt that fails comes later."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server, sleep=no_time) as here:
            here.intake.refuses = 3
            server.faults.plan(
                "post /v1/receipts/{number}" if server._contract else f"post /v1/receipts/{NUMBER}",
                Fault("status", 500),
            )
            stamp = server.person("aci-mina").say("hello")
            await until(lambda: server.person("aci-mina").receipts == [stamp])
            assert here.texts == ["hello"]

    asyncio.run(play())


def test_one_person_keeps_their_order_and_floods_in_nobody_s_way() -> None:
    """Messages of one person are taken one after the other; what is too much gets no receipt."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            for number in range(30):
                server.person("aci-mina").say(str(number))
                server.person("aci-blue").say(str(number))
            await until(lambda: len(here.texts) == 60)
            for aci in ("aci-mina", "aci-blue"):
                assert [one.text for one in here.intake.taken if one.address.value == aci] == [
                    str(n) for n in range(30)
                ]

    asyncio.run(play())


def test_the_timer_is_set_before_a_message_that_wants_it_and_again_after_the_app_changed_it() -> None:
    """Also by somebody else's hand, and by a message that shows another one; and only when it is needed."""

    async def play() -> None:
        server = SignalServer()
        mina = server.person("aci-mina")
        async with receiving(server) as here:
            assert (await here.adapter.send(say("one", 3600))).outcome is Outcome.SENT
            assert (await here.adapter.send(say("two", 3600))).outcome is Outcome.SENT
            mina.change_timer(0)
            mina.say("hello")
            await until(lambda: here.texts == ["hello"])
            assert (await here.adapter.send(say("three", 3600))).outcome is Outcome.SENT
            assert mina.sent_with == [3600, 3600, 3600]
            assert sum("contacts" in name for _at, name in server.calls) == 2
            assert (await here.adapter.send(say("four"))).outcome is Outcome.SENT
            assert mina.timer == 3600

    asyncio.run(play())


def test_a_request_to_wait_met_while_the_timer_is_set_concerns_everybody() -> None:
    """The outbox counts in whole seconds: alone it would call again up to a second too early."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            name = "put /v1/contacts/{number}" if server._contract else f"put /v1/contacts/{NUMBER}"
            for outgoing in (say("one", 3600), Outgoing(MINA, "", "", 0, act="set-disappearing", seconds=3600)):
                server.faults.plan(name, Fault("status", 429, {"error": "rate limit"}, {"Retry-After": "7"}))
                asked = await here.adapter.send(outgoing)
                assert asked == Sending(Outcome.LATER, wait_seconds=7.0, everybody=True)

    asyncio.run(play())


def test_nothing_goes_out_while_the_timer_cannot_be_set() -> None:
    """A message that would stay waits."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            server.faults.plan(
                "put /v1/contacts/{number}" if server._contract else f"put /v1/contacts/{NUMBER}", Fault("status", 500)
            )
            assert await here.adapter.send(say("one", 3600)) == Sending(Outcome.LATER, wait_seconds=2.0)
            assert server.person("aci-mina").received == []

    asyncio.run(play())


def test_attachments_that_nobody_takes_are_deleted_within_a_minute() -> None:
    """Those of a message that was lost, or from before a crash, go at the second look; one that is being taken stays."""

    async def play() -> None:
        server = SignalServer()
        server.attachments["old.bin"] = b"from before a crash"
        async with receiving(server, sleep=no_time) as here:
            here.intake.refuses = 10**9
            server.person("aci-mina").send_file(b"picture")
            await until(lambda: "old.bin" not in server.attachments)
            await asyncio.sleep(0.1)
            assert list(server.attachments.values()) == [b"picture"]
            here.intake.refuses = 0
            await until(lambda: here.intake.taken)
            (file,) = [one.file for one in here.intake.taken]
            assert file is not None
            await here.adapter.forget_file(file)
            assert server.attachments == {}

    asyncio.run(play())
    assert SWEEP_SECONDS * 2 + 10 <= 60


def test_an_attachment_is_read_piece_by_piece_and_a_missing_one_is_an_error() -> None:
    """From a worker thread, as the seal does it."""

    async def play() -> None:
        server = SignalServer()
        server.attachments["a.bin"] = b"x" * 300_000
        async with receiving(server) as here:

            def whole(name: str) -> bytes:
                with here.adapter.open_file(IncomingFile("a", "image/png", 9, name, "signal")) as stream:
                    return b"".join(iter(lambda: stream.read(65536), b""))

            assert await asyncio.to_thread(whole, "a.bin") == b"x" * 300_000
            with pytest.raises(OSError, match="cannot be fetched"):
                await asyncio.to_thread(whole, "gone.bin")

    asyncio.run(play())


def test_a_changed_identity_is_told_by_a_frame_and_by_a_refused_send() -> None:
    """What was to be said waits."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            server.person("aci-mina").change_identity()
            await until(lambda: here.intake.changed == [MINA])
            body = [
                {"timestamp": "5", "errors": {"recipients": [{"uuid": "aci-mina", "reason": "Untrusted identity"}]}}
            ]
            server.faults.plan("post /v2/send", Fault("status", 201, body))
            assert (await here.adapter.send(say("hello"))).outcome is Outcome.LATER
            assert here.intake.changed == [MINA, MINA]

    asyncio.run(play())


SENT = [
    (
        Fault("status", 429, {"error": "rate limit", "challenge_tokens": ["t"]}, {"Retry-After": "7"}),
        Sending(Outcome.LATER, wait_seconds=7.0, everybody=True),
    ),
    (Fault("status", 400, {"error": "Unregistered user"}), Sending(Outcome.UNREACHABLE)),
    (Fault("status", 400, {"error": "Invalid argument"}), Sending(Outcome.REFUSED)),
    (Fault("status", 500), Sending(Outcome.LATER, wait_seconds=2.0)),
    (Fault("status", 401), Sending(Outcome.LATER, wait_seconds=2.0)),
    (Fault("truncated"), Sending(Outcome.UNKNOWN)),
    (Fault("cut before"), Sending(Outcome.UNKNOWN)),
]


@pytest.mark.parametrize(("fault", "sending"), SENT)
def test_what_the_service_says_of_a_send_is_understood(fault: Fault, sending: Sending) -> None:
    """What surely did not go out is tried later; what may have gone out is said to be in doubt."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            server.faults.plan("post /v2/send", fault)
            assert await here.adapter.send(say("hello")) == sending
            assert (await here.adapter.send(say("again"))).outcome is Outcome.SENT

    asyncio.run(play())


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
                path = f"post /v1/{name}/{'{number}' if server._contract else NUMBER}" if name else "post /v2/send"
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


def test_clearing_deletes_our_messages_and_a_call_that_fails_is_made_again() -> None:
    """Signal lets nobody delete the messages of others."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            refs = [(await here.adapter.send(say(text))).ref for text in ("one", "two")]
            clear = Outgoing(MINA, "", "", 0, act="clear-chat", refs=tuple(refs))
            name = "/v1/remote-delete/{number}" if server._contract else f"/v1/remote-delete/{NUMBER}"
            server.faults.plan(f"delete {name}", Fault("status", 500))
            assert (await here.adapter.send(clear)).outcome is Outcome.LATER
            assert await here.adapter.send(clear) == Sending(Outcome.SENT)
            assert server.person("aci-mina").shown == {}

    asyncio.run(play())


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


# ---------------------------------------------------------------------------------------------------------------- frames


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
