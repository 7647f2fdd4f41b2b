"""Receiving on Telegram, against a Bot API server of this machine: nothing is confirmed early, nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.adapter import NotStored
from bot.telegram import adapter as adapter_module
from handlers.types import Address
from tests.fakes.faults import Fault, until
from tests.fakes.telegram_server import TelegramServer, too_many
from tests.telegram_account import FAULTS, TOKEN, running, say

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


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
