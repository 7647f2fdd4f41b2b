"""The Telegram channel against a Bot API server of this machine: nothing is confirmed early, nothing is lost."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from telegram import Bot

from bot.adapter import NotStored, Outcome, Sending
from bot.logs import set_up_logs
from bot.telegram import adapter as adapter_module
from bot.telegram import connection as connection_module
from bot.telegram.adapter import TelegramAdapter
from bot.telegram.introduction import BotTexts
from bot.telegram.webhook import MAX_BODY_BYTES, SECRET_HEADER, webhook_route
from handlers.types import Address, Inbound, IncomingFile, Outgoing
from tests.fakes.faults import Fault, serving, until
from tests.fakes.telegram_server import TelegramServer, too_many

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

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

    async def identity_changed(self, address: Address) -> None:
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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of an adapter that gives up on an answer after a blink."""
    monkeypatch.setattr(connection_module, "CONNECT_SECONDS", 0.1)
    return {"poll_seconds": 0, "call_seconds": 0.2}


def say(text: str, chat: int = 7, **more: Any) -> Outgoing:  # noqa: ANN401 - the fields of a message
    return Outgoing(Address("telegram", str(chat)), text, "Q3", 12, **more)


# ------------------------------------------------------------------------------------------------------------ receiving


def test_an_update_is_confirmed_only_when_it_is_durable() -> None:
    """While it is being stored nothing is asked for, and nothing is confirmed."""

    async def play() -> None:
        async with running() as here:
            here.intake.gates["slow"] = asyncio.Event()
            first = here.server.person(7).say("slow")
            async with here.receiving():
                await until(lambda: here.intake.asked)
                await asyncio.sleep(0.05)
                polls = [method for _at, method in here.server.calls if method == "getUpdates"]
                assert (here.server.confirmed, len(polls)) == ([], 1)
                here.intake.gates["slow"].set()
                await until(lambda: here.server.confirmed == [first])
            assert here.intake.texts == ["slow"]

    asyncio.run(play())


@pytest.mark.parametrize("trouble", [NotStored(), RuntimeError("a defect")])
def test_what_could_not_be_stored_comes_again_until_it_is(trouble: Exception) -> None:
    """None of the batch is confirmed; waits double; one chat's order stays."""

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            here.intake.troubles = [trouble] * 3
            ids = [person.say(text) for text in ("one", "two", "three")]
            async with here.receiving():
                await until(lambda: here.server.confirmed == ids)
            assert here.intake.texts == ["one", "two", "three"]
            assert here.intake.asked[:4] == ["one"] * 4
            assert here.waits == [1.0, 2.0, 4.0]
            assert here.adapter.healthy
            assert here.adapter.problem == ""

    asyncio.run(play())


def test_ids_that_fall_from_nine_hundred_million_to_a_thousand_all_arrive() -> None:
    """In one batch and across batches: the offset follows the last batch, not the highest id."""

    async def play() -> None:
        async with running(TelegramServer(900_000_000)) as here:
            person = here.server.person(7)
            async with here.receiving():
                high = person.say("high")
                await until(lambda: here.server.confirmed == [high])
                here.server.restart_ids(1000)
                low = person.say("low")
                await until(lambda: here.server.confirmed == [high, low])
            here.server.restart_ids(900_000_500)
            person.say("high again")
            here.server.restart_ids(2000)
            person.say("low again")
            async with here.receiving():
                person.say("last")
                await until(lambda: len(here.server.confirmed) == 5)
            assert here.intake.texts == ["high", "low", "high again", "low again", "last"]

    asyncio.run(play())


def test_one_chat_keeps_its_order_while_others_go_on() -> None:
    """A slow turn holds up its own chat only."""

    async def play() -> None:
        async with running() as here:
            here.intake.gates["a1"] = asyncio.Event()
            for chat, text in ((1, "a1"), (2, "b1"), (1, "a2"), (2, "b2"), (1, "a3")):
                here.server.person(chat).say(text)
            async with here.receiving():
                await until(lambda: here.intake.texts == ["b1", "b2"])
                assert here.server.confirmed == []
                here.intake.gates["a1"].set()
                await until(lambda: len(here.server.confirmed) == 5)
            assert here.intake.texts == ["b1", "b2", "a1", "a2", "a3"]

    asyncio.run(play())


def test_updates_that_come_twice_or_the_other_way_round_all_arrive() -> None:
    """The key of an update is its id, by which the intake knows it again."""

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            ids = [person.say(text) for text in ("one", "two", "three")]
            here.server.duplicate(ids[0])
            here.server.reorder()
            async with here.receiving():
                await until(lambda: len(here.server.confirmed) == 4)
            assert sorted(one.key for one in here.intake.taken) == [str(number) for number in ids]

    asyncio.run(play())


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_receiving_ends_it_or_loses_an_update(fault: str, impatient: dict[str, Any]) -> None:
    """Three times in a row; it waits longer each time, says what is wrong, and is well again afterwards."""

    async def play() -> None:
        async with running(**impatient) as here:
            person = here.server.person(7)
            ids = [person.say("before")]
            here.server.faults.plan("getUpdates", *[FAULTS[fault]] * 3)
            async with here.receiving():
                await until(lambda: here.server.confirmed == ids)
                ids.append(person.say("after"))
                await until(lambda: here.server.confirmed == ids)
                await until(lambda: here.adapter.healthy)
            assert here.intake.texts == ["before", "after"]
            expected = {"slow": [], "429": [3.0, 3.0, 3.0]}.get(fault, [1.0, 2.0, 4.0])
            assert here.waits == expected
            assert all(problem and TOKEN not in problem for problem in here.problems)

    asyncio.run(play())


def test_waiting_has_an_end_and_begins_anew_after_a_success() -> None:
    """Whoever writes after a long outage is heard within seconds."""

    async def play() -> None:
        async with running() as here:
            here.server.faults.plan("getUpdates", *[Fault("status", 500)] * 8)
            async with here.receiving():
                await until(lambda: here.adapter.healthy or len(here.waits) == 8)
                number = here.server.person(7).say("hello")
                await until(lambda: number in here.server.confirmed)
                here.server.faults.plan("getUpdates", Fault("status", 500))
                here.server.person(7).say("again")
                await until(lambda: len(here.waits) == 9)
            assert here.waits[:3] == [1.0, 2.0, 4.0]
            assert max(here.waits) <= 30
            assert here.waits[8] == 1.0

    asyncio.run(play())


def test_what_cannot_be_read_is_counted_and_in_nobody_s_way(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of it is in the log, and what came with it is taken."""

    async def play() -> None:
        async with running() as here:
            here.server.update({"message": {"text": "CANARY", "message_id": "x"}})
            here.server.update({"callback_query": ["CANARY"]})
            here.server.person(7).say("hello")
            last = here.server.update({"message": {"text": "CANARY"}})
            async with here.receiving():
                await until(lambda: last in here.server.confirmed)
            assert here.intake.texts == ["hello"]
            assert here.adapter.unreadable == 3

    asyncio.run(play())
    assert [r.getMessage() for r in caplog.records if r.name == "leeward"] == [
        "3 updates of Telegram could not be read and were left out"
    ]


def test_who_blocks_the_bot_is_told_to_the_intake_and_a_group_is_left() -> None:
    """And nothing of the group is taken."""

    async def play() -> None:
        async with running() as here:
            here.server.person(7).block()
            group = {"id": -100, "type": "group", "title": "A group"}
            here.server.update({"message": {**here.server.person(8).message(text="hello"), "chat": group}})
            async with here.receiving():
                await until(lambda: here.server.left == [-100])
                await until(lambda: len(here.server.confirmed) == 2)
            assert here.intake.gone == [Address("telegram", "7")]
            assert here.intake.taken == []

    asyncio.run(play())


def test_a_button_is_answered_when_its_turn_is_durable_and_not_before() -> None:
    """The answer is what ends the spinning on the phone."""

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            await here.adapter.send(say("?", choices=(("1", "Yes"),)))
            here.intake.gates[""] = asyncio.Event()
            async with here.receiving():
                person.press("1 Yes")
                await until(lambda: here.intake.asked)
                assert not here.server.answered
                here.intake.gates[""].set()
                await until(lambda: here.server.answered == here.server.queries)
            assert [one.button for one in here.intake.taken] == [("Q3", 12, "1")]

    asyncio.run(play())


@pytest.mark.parametrize("fault", [Fault("half-open"), Fault("status", 400), Fault("cut before"), too_many(900)])
def test_an_answer_to_a_button_that_fails_holds_nobody_up(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one that never ends."""
    monkeypatch.setattr(adapter_module, "COURTESY_SECONDS", 0.1)

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            await here.adapter.send(say("?", choices=(("1", "Yes"),)))
            here.server.faults.plan("answerCallbackQuery", fault)
            async with here.receiving():
                person.press("1")
                person.say("hello")
                await until(lambda: len(here.server.confirmed) == 2, 2)
            assert here.intake.texts == ["", "hello"]
            assert here.waits == []

    asyncio.run(play())


# -------------------------------------------------------------------------------------------------------------- sending


def test_a_message_goes_out_protected_without_preview_and_with_its_buttons() -> None:
    """One button a row; the ref is the id of the message."""

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            sending = await here.adapter.send(say("Which?", choices=(("1", "Yes"), ("2", "No"))))
            assert sending == Sending(Outcome.SENT, ref=str(person.received[0]["message_id"]))
            _method, given = here.server.parameters[-1]
            assert given["protect_content"] is True
            assert given["link_preview_options"] == {"is_disabled": True}
            rows = given["reply_markup"]["inline_keyboard"]
            assert [[button["callback_data"] for button in row] for row in rows] == [["Q3|12|1"], ["Q3|12|2"]]

    asyncio.run(play())


SENT = {
    "429": (Sending(Outcome.LATER, wait_seconds=3.0, everybody=True), 0),
    "500": (Sending(Outcome.LATER, wait_seconds=2.0), 0),
    "502": (Sending(Outcome.LATER, wait_seconds=2.0), 0),
    "504 of a proxy": (Sending(Outcome.LATER, wait_seconds=2.0), 0),
    "409": (Sending(Outcome.LATER, wait_seconds=30.0, everybody=True), 0),
    "401": (Sending(Outcome.LATER, wait_seconds=30.0, everybody=True), 0),
    "cut before the effect": (Sending(Outcome.UNKNOWN), 0),
    "cut after the effect": (Sending(Outcome.UNKNOWN), 1),
    "truncated": (Sending(Outcome.UNKNOWN), 1),
    "another shape": (Sending(Outcome.UNKNOWN), 0),
    "no result": (Sending(Outcome.UNKNOWN), 0),
    "half-open": (Sending(Outcome.UNKNOWN), 0),
    "slow": (Sending(Outcome.SENT, ref="1"), 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_sending_has_its_meaning(fault: str, impatient: dict[str, Any]) -> None:
    """What surely did not go out is tried later; what may have gone out is said to be in doubt."""

    async def play() -> None:
        async with running(**impatient) as here:
            person = here.server.person(7)
            here.server.faults.plan("sendMessage", FAULTS[fault])
            assert (await here.adapter.send(say("hello")), len(person.received)) == SENT[fault]
            assert (await here.adapter.send(say("again"))).outcome is Outcome.SENT

    asyncio.run(play())


def refusal(status: int, description: str, **parameters: int) -> Fault:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Fault("status", status, body)


@pytest.mark.parametrize(
    ("fault", "sending"),
    [
        (too_many(61), Sending(Outcome.LATER, wait_seconds=61.0, everybody=True)),
        (refusal(403, "Forbidden: user is deactivated"), Sending(Outcome.UNREACHABLE)),
        (refusal(400, "Bad Request: chat not found"), Sending(Outcome.UNREACHABLE)),
        (refusal(400, "Bad Request: can't parse entities"), Sending(Outcome.REFUSED)),
        (refusal(400, "Bad Request: upgraded", migrate_to_chat_id=-5), Sending(Outcome.REFUSED)),
    ],
)
@pytest.mark.parametrize("as_timedelta", ["", "1"])
def test_what_telegram_says_is_understood(
    fault: Fault, sending: Sending, as_timedelta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait concerns the whole account; the library gives it as a number, and as a timedelta in its next version."""
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)

    async def play() -> None:
        async with running() as here:
            here.server.person(7)
            here.server.faults.plan("sendMessage", fault)
            assert await here.adapter.send(say("hello")) == sending

    asyncio.run(play())


def test_who_blocked_the_bot_or_never_wrote_cannot_be_reached_and_a_strange_address_is_refused() -> None:
    """Only the last one is an error of ours."""

    async def play() -> None:
        async with running() as here:
            here.server.person(7).block()
            assert await here.adapter.send(say("hello")) == Sending(Outcome.UNREACHABLE)
            assert await here.adapter.send(say("hello", 8)) == Sending(Outcome.UNREACHABLE)
            strange = Outgoing(Address("telegram", "@mina"), "hello", "Q3", 1)
            assert await here.adapter.send(strange) == Sending(Outcome.REFUSED)

    asyncio.run(play())


def test_without_a_connection_nothing_went_out() -> None:
    """So that it is tried again, for as long as it takes."""

    async def play() -> None:
        async with running() as here:
            pass
        assert await here.adapter.send(say("hello")) == Sending(Outcome.LATER, wait_seconds=2.0)
        await here.adapter.close()

    asyncio.run(play())


def test_a_long_text_goes_out_in_pieces_and_after_a_fault_goes_on_where_it_stopped() -> None:
    """No piece twice; the buttons are under the last; all of them can be deleted by the one ref."""
    text = "\n".join("x" * 99 for _line in range(100))

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            here.server.faults.plan("sendMessage", Fault("slow"), too_many(1))
            message = say(text, choices=(("1", "Yes"),))
            assert (await here.adapter.send(message)).outcome is Outcome.LATER
            assert len(person.received) == 1
            sending = await here.adapter.send(message)
            assert sending.outcome is Outcome.SENT
            assert "\n".join(str(one["text"]) for one in person.received) == text
            assert ["reply_markup" in one for one in person.received] == [False, False, True]
            await here.adapter.send(say("", act="clear-chat", refs=(sending.ref,)))
            assert person.messages == []

    asyncio.run(play())


def test_clearing_deletes_both_sides_a_hundred_at_once_and_leaves_only_what_is_too_old() -> None:
    """One message that cannot be deleted any more does not save the others."""

    async def play() -> None:
        async with running() as here:
            person = here.server.person(7)
            old = person.message(text="too old")["message_id"]
            here.server.now += 49 * 3600
            refs = [str(old), "gone", "999999"]
            for number in range(130):
                refs.append(str(person.message(text=f"mine {number}")["message_id"]))
                refs.append((await here.adapter.send(say(f"yours {number}"))).ref)
            cleared = await here.adapter.send(say("", act="clear-chat", refs=tuple(refs)))
            assert cleared == Sending(Outcome.SENT)
            assert [one["text"] for one in person.messages] == ["too old"]
            deleted = [given["message_ids"] for name, given in here.server.parameters if name == "deleteMessages"]
            assert max(map(len, deleted)) == 100

    asyncio.run(play())


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault("cut after"), Outcome.LATER),
        (too_many(5), Outcome.LATER),
        (refusal(403, "Forbidden"), Outcome.UNREACHABLE),
    ],
)
def test_clearing_that_fails_is_done_again_because_twice_does_no_harm(fault: Fault, outcome: Outcome) -> None:
    """Whether or not it was done the first time."""

    async def play() -> None:
        async with running() as here:
            number = here.server.person(7).message(text="mine")["message_id"]
            here.server.faults.plan("deleteMessages", fault)
            clear = say("", act="clear-chat", refs=(str(number),))
            assert (await here.adapter.send(clear)).outcome is outcome
            assert await here.adapter.send(clear) == Sending(Outcome.SENT)
            assert here.server.person(7).messages == []

    asyncio.run(play())


def test_what_telegram_has_no_act_for_counts_as_done() -> None:
    """Disappearing messages are the person's own setting there; nothing is called."""

    async def play() -> None:
        async with running() as here:
            assert await here.adapter.send(say("", act="set-disappearing", seconds=60)) == Sending(Outcome.SENT)
            assert here.server.calls == []

    asyncio.run(play())


# ------------------------------------------------------------------------------------------------------ account, files


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


# ----------------------------------------------------------------------------------------------------------------- logs


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


# -------------------------------------------------------------------------------------------------------------- webhook


async def post(route: Any, body: bytes, secret: str | None, *, pieces: int = 1) -> int:  # noqa: ANN401 - a route of starlette
    """Post to the route as a web server would; return the status."""
    headers = [] if secret is None else [(SECRET_HEADER.lower().encode(), secret.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/hook",
        "headers": headers,
        "query_string": b"",
        "root_path": "",
    }
    size = -(-len(body) // pieces)
    parts = [body[start : start + size] for start in range(0, len(body), size)] if body else [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:  # noqa: ANN401 - of the protocol
        sent.append(message)

    await Starlette(routes=[route])(scope, receive, send)
    return int(sent[0]["status"])


def update(text: str, number: int = 50) -> bytes:
    person = TelegramServer().person(7)
    return json.dumps({"update_id": number, "message": person.message(text=text)}).encode()


@pytest.mark.parametrize(
    ("secret", "shown", "body", "status"),
    [
        ("s3cret", "s3cret", update("hello"), 200),
        ("s3cret", "wrong", update("hello"), 403),
        ("s3cret", "", update("hello"), 403),
        ("s3cret", None, update("hello"), 403),
        ("s3cret", "s3cret\xe9", update("hello"), 403),
        ("", "", update("hello"), 403),
        ("", None, update("hello"), 403),
        ("s3cret", "s3cret", b"{", 400),
        ("s3cret", "s3cret", b"", 400),
        ("s3cret", "s3cret", b"[]", 400),
        ("s3cret", "s3cret", b"[" * 100_000, 400),
        ("s3cret", "s3cret", b"\xff\xfe", 400),
        ("s3cret", "s3cret", b" " * (MAX_BODY_BYTES + 1), 413),
        ("s3cret", "s3cret", b'{"update_id": 50, "message": {"text": "x"}}', 200),
    ],
)
def test_the_webhook_takes_only_what_telegram_sends(secret: str, shown: str | None, body: bytes, status: int) -> None:
    """And answers what cannot be read with 200, or it would come for ever."""

    async def play() -> None:
        async with running() as here:
            route = webhook_route("/hook", secret, here.adapter, here.intake)
            assert await post(route, body, shown, pieces=3) == status
            assert here.intake.texts == (["hello"] if status == 200 and b"hello" in body else [])

    asyncio.run(play())


@pytest.mark.parametrize("trouble", [NotStored(), RuntimeError("a defect")])
def test_the_webhook_says_503_for_what_could_not_be_stored(trouble: Exception) -> None:
    """Telegram brings it again, and then it is taken."""

    async def play() -> None:
        async with running() as here:
            here.intake.troubles = [trouble]
            route = webhook_route("/hook", "s3cret", here.adapter, here.intake)
            assert await post(route, update("hello"), "s3cret") == 503
            assert await post(route, update("hello"), "s3cret") == 200
            assert here.intake.texts == ["hello"]

    asyncio.run(play())


def test_the_webhook_answers_when_it_is_durable_and_keeps_the_order_of_a_chat() -> None:
    """A second message of the same person waits for the first, another person does not."""

    async def play() -> None:
        async with running(webhook_url="https://bot.example/hook", webhook_secret="s3cret") as here:
            await here.adapter.set_up()
            assert (here.server.webhook, here.server.secret) == ("https://bot.example/hook", "s3cret")
            route = webhook_route("/hook", "s3cret", here.adapter, here.intake)
            here.intake.gates["one"] = asyncio.Event()
            other = TelegramServer().person(8).message(text="other")
            async with here.receiving(), asyncio.TaskGroup() as group:
                first = group.create_task(post(route, update("one", 1), "s3cret"))
                second = group.create_task(post(route, update("two", 2), "s3cret"))
                await until(lambda: here.intake.asked == ["one"])
                third = json.dumps({"update_id": 3, "message": other}).encode()
                assert await post(route, third, "s3cret") == 200
                await asyncio.sleep(0.02)
                assert (first.done(), second.done()) == (False, False)
                here.intake.gates["one"].set()
                assert (await first, await second) == (200, 200)
            assert here.intake.texts == ["other", "one", "two"]

    asyncio.run(play())
