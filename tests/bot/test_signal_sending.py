"""Sending on Signal: what the service says of a send is understood, and nothing goes out that would stay."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapter import Outcome, Sending
from handlers.types import Outgoing
from tests.fakes.faults import Fault, until
from tests.fakes.signal_server import SignalServer
from tests.signal_account import MINA, SENT, receiving, say


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
            name = "put /v1/contacts/{number}"
            for outgoing in (say("one", 3600), Outgoing(MINA, "", "", 0, act="set-disappearing", seconds=3600)):
                server.faults.plan(name, Fault("status", 429, {"error": "rate limit"}, {"Retry-After": "7"}))
                asked = await here.adapter.send(outgoing)
                assert asked == Sending(Outcome.LATER, wait_seconds=7.0, everybody=True)

    asyncio.run(play())


OUT_OF_REACH = Fault("status", 400, {"error": "Update contact error: Failed to send message"})


@pytest.mark.parametrize(("fault", "wait"), [(Fault("status", 500), 2.0), (OUT_OF_REACH, 15.0)])
def test_nothing_goes_out_while_the_timer_cannot_be_set(fault: Fault, wait: float) -> None:
    """A message that would stay waits."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            server.faults.plan("put /v1/contacts/{number}", fault)
            assert await here.adapter.send(say("one", 3600)) == Sending(Outcome.LATER, wait_seconds=wait)
            assert server.person("aci-mina").received == []

    asyncio.run(play())


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


def test_clearing_deletes_our_messages_and_a_call_that_fails_is_made_again() -> None:
    """Signal lets nobody delete the messages of others."""

    async def play() -> None:
        server = SignalServer()
        async with receiving(server) as here:
            refs = [(await here.adapter.send(say(text))).ref for text in ("one", "two")]
            clear = Outgoing(MINA, "", "", 0, act="clear-chat", refs=tuple(refs))
            for fault in (Fault("status", 500), OUT_OF_REACH):
                server.faults.plan("delete /v1/remote-delete/{number}", fault)
                assert (await here.adapter.send(clear)).outcome is Outcome.LATER
            assert await here.adapter.send(clear) == Sending(Outcome.SENT)
            assert server.person("aci-mina").shown == {}

    asyncio.run(play())
