"""Receiving on Signal, against a server of this machine: silence is noticed, gaps are told, nothing stays behind."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.signal.adapter import HEARTBEAT_SECONDS, SWEEP_SECONDS
from handlers.types import IncomingFile
from tests.fakes.faults import Fault, until
from tests.fakes.signal_server import SignalServer
from tests.signal_account import no_time, receiving


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
            server.faults.plan("post /v1/receipts/{number}", Fault("status", 500))
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
