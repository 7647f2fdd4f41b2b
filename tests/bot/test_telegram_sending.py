"""Sending on Telegram: what went out is known, what is in doubt is said to be so, and what can go is cleared."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.adapter import Outcome, Sending
from handlers.types import Address, Outgoing
from tests.fakes.faults import Fault
from tests.fakes.telegram_server import too_many
from tests.telegram_account import FAULTS, running, say

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


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
