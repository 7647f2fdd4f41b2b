"""The account on Telegram, the files people send to it, and what of both is in no log."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest
from telegram import Bot

from bot.logs import set_up_logs
from bot.telegram.introduction import BotTexts
from handlers.types import IncomingFile
from tests.fakes.faults import Fault, until
from tests.fakes.telegram_server import TelegramServer, too_many
from tests.telegram_account import FAULTS, TOKEN, running, say

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


def test_the_account_is_made_ready_however_long_it_takes_and_nothing_that_waits_is_dropped() -> None:
    """Names are set once; pending updates stay."""
    texts = BotTexts("Opening hours", "Send 1.")

    async def play() -> None:
        async with running(texts=texts) as here:
            here.server.person(7).say("early")
            here.server.webhook = "https://old.example"
            here.server.commands = [{"command": "report", "description": "tells too much"}]
            here.server.faults.plan("getMe", *[FAULTS[name] for name in ("500", "401", "truncated", "no result")])
            here.server.faults.plan("deleteWebhook", too_many(9))
            await here.adapter.set_up()
            assert here.waits == [1.0, 2.0, 4.0, 8.0, 9.0]
            assert here.adapter.healthy
            assert (here.server.webhook, len(here.server.updates)) == ("", 1)
            await here.adapter.introduce()
            assert here.server.commands == []
            assert set(here.server.names.values()) == {"Opening hours", "Send 1."}
            await here.adapter.set_up()
            await here.adapter.introduce()
            names = [method for method, _given in here.server.parameters]
            assert [names.count(f"setMy{name}") for name in here.server.names] == [1, 1, 1]

    asyncio.run(play())


def test_a_name_that_cannot_be_set_keeps_nobody_waiting() -> None:
    """Telegram asks for a day of patience with names; the other texts are set all the same."""

    async def play() -> None:
        async with running() as here:
            here.server.faults.plan("setMyName", too_many(86_400))
            await here.adapter.set_up()
            assert here.waits == []
            assert here.adapter.healthy
            await here.adapter.introduce()
            assert here.server.names["Name"] == ""
            assert here.server.names["Description"] == here.server.names["ShortDescription"] == BotTexts().about

    asyncio.run(play())


def test_a_file_is_read_piece_by_piece_from_the_server_s_own_address() -> None:
    """Nothing of it is kept whole, and nothing is written."""
    content = bytes(range(256)) * 2000

    async def play() -> None:
        async with running() as here:
            here.server.person(7).send_file(content, "a.png")
            async with here.receiving():
                await until(lambda: here.intake.taken)
                incoming = here.intake.taken[0].file
                assert incoming == IncomingFile("a.png", "image/png", len(content), "file0", "telegram")

                def read() -> bytes:
                    with here.adapter.open_file(incoming) as stream:
                        return b"".join(iter(lambda: stream.read(5000), b""))

                assert await asyncio.to_thread(read) == content
                await here.adapter.forget_file(incoming)

    asyncio.run(play())


@pytest.mark.parametrize("how", ["unknown to getFile", "gone from the disk", "not receiving"])
def test_a_file_that_cannot_be_had_is_an_error_without_the_token(how: str) -> None:
    """Not in its message, nor in any error behind it: the address of a file holds the token."""

    async def play() -> None:
        async with running() as here:
            if how == "gone from the disk":
                path = {"file_id": "file0", "file_unique_id": "u", "file_path": "nowhere"}
                here.server.faults.plan("getFile", Fault("status", 200, {"ok": True, "result": path}))
            incoming = IncomingFile("a.png", "image/png", 9, "file0", "telegram")
            if how == "not receiving":
                with pytest.raises(OSError, match="not receiving"):
                    await asyncio.to_thread(here.adapter.open_file, incoming)
                return
            async with here.receiving():
                await until(lambda: here.server.calls)
                with pytest.raises(OSError, match="cannot be fetched") as caught:
                    await asyncio.to_thread(here.adapter.open_file, incoming)
            assert TOKEN not in "".join(traceback.format_exception(caught.value))
            assert caught.value.__cause__ is caught.value.__context__ is None

    asyncio.run(play())


async def talk_and_fail() -> None:
    """Receive and send through every fault, and call once over the library's own requests."""
    server = TelegramServer()
    async with running(server) as here:
        person = server.person(98_765_432)
        for method in ("getUpdates", "sendMessage"):
            names = ("429", "500", "409", "401", "cut before the effect", "truncated")
            server.faults.plan(method, *(FAULTS[name] for name in names))
        async with here.receiving():
            person.say("CanaryWords")
            await until(lambda: server.confirmed)
            for _time in range(7):
                await here.adapter.send(say("CanaryWords", 98_765_432))
        async with Bot(TOKEN, base_url=f"{here.adapter.connection.url.rpartition('/bot')[0]}/bot") as other:
            await other.send_message(98_765_432, "CanaryWords")


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.usefixtures("talkative")
def test_token_chat_and_words_are_in_no_log(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - the control beside what it controls
    """At DEBUG; the control: without our set-up each of them is there."""
    if quiet:
        set_up_logs("text")
    else:
        logging.basicConfig(level=logging.DEBUG, force=True)
    asyncio.run(talk_and_fail())

    logged = capsys.readouterr().err
    for secret in (TOKEN, "98765432", "CanaryWords"):
        assert (secret in logged) is not quiet
