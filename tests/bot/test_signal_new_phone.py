"""A new identity key on Signal: the doubt is stored, then the key is trusted, then what was kept back arrives."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapter import Outcome
from bot.signal.adapter import FIRST_WAIT, UNTRUSTED_SECONDS, SignalAdapter
from tests.fakes.faults import Fault, serving, until
from tests.fakes.signal_server import SignalServer
from tests.signal_account import MINA, NUMBER, no_time, receiving, say

TRUST = "put /v1/identities/{number}/trust/{numberToTrust}"


def trusted(server: SignalServer) -> int:
    """Return how often the service was asked to trust a key."""
    return sum(name == TRUST for _at, name in server.calls)


def test_what_was_kept_back_arrives_after_the_doubt_was_stored_and_not_before() -> None:
    """While it cannot be stored nobody is trusted; what is written meanwhile arrives in its order, once."""

    async def play() -> None:
        server = SignalServer()
        mina = server.person("aci-mina")
        async with receiving(server, sleep=no_time) as here:
            here.intake.refuses = 10**9
            mina.change_identity()
            mina.say("one")
            mina.say("two")
            refused = here.intake.refuses
            await until(lambda: here.intake.refuses < refused - 3)
            assert (trusted(server), here.texts, mina.receipts) == (0, [], [])
            here.intake.refuses = 0
            await until(lambda: here.texts == ["one", "two"])
            await until(lambda: len(mina.receipts) == 2)
            assert here.intake.changed == [MINA, MINA]  # signal-cli tells of every message

    asyncio.run(play())


def test_a_key_that_could_not_be_trusted_is_tried_again_with_patience() -> None:
    """Whatever the service answers; nobody else waits meanwhile."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await no_time(seconds)

    async def play() -> None:
        server = SignalServer()
        mina, blue = server.person("aci-mina"), server.person("aci-blue")
        async with receiving(server, sleep=sleep) as here:
            faults = (Fault("status", 500), Fault("status", 400), Fault("cut before"), Fault("cut after"))
            server.faults.plan(TRUST, *faults, *[Fault("status", 500)] * 12)
            mina.change_identity()
            mina.say("one")
            blue.say("hello")
            await until(lambda: sorted(here.texts) == ["hello", "one"])
            await until(lambda: server.faults.left == 0)

    asyncio.run(play())
    patience = [wait for wait in waits if wait != 20.0]  # that of the sweep
    assert patience[:4] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4, FIRST_WAIT * 8]
    assert max(patience) == UNTRUSTED_SECONDS


def test_an_officer_is_not_trusted_by_the_service() -> None:
    """Somebody who knows them looks first: `leeward trust NAME`."""

    async def play() -> None:
        server = SignalServer()
        mina = server.person("aci-mina")
        async with receiving(server, sleep=no_time) as here:
            here.intake.trusts = False
            mina.change_identity()
            mina.say("one")
            await until(lambda: here.intake.changed == [MINA])
            server.person("aci-blue").say("hello")
            await until(lambda: here.texts == ["hello"])
            assert trusted(server) == 0

    asyncio.run(play())


def test_who_was_left_unheard_is_found_at_the_next_connection() -> None:
    """The process ended before the key was trusted, or the frame came while nobody listened."""

    async def play() -> None:
        server = SignalServer()
        mina = server.person("aci-mina")
        mina.change_identity()
        mina.say("one")  # nobody listens
        async with receiving(server, sleep=no_time) as here:
            await until(lambda: here.texts == ["one"])
            assert here.intake.changed == [MINA]

    asyncio.run(play())


@pytest.mark.parametrize("answer", ["it says so", "it refuses"])
def test_a_send_that_met_a_new_key_comes_later_and_goes_out_then(answer: str) -> None:
    """The key is trusted meanwhile, after the doubt was stored."""

    async def play() -> None:
        server = SignalServer()
        mina = server.person("aci-mina")
        async with receiving(server, sleep=no_time) as here:
            mina.change_identity()
            if answer == "it refuses":
                server.faults.plan("post /v2/send", Fault("status", 400, {"error": "Untrusted identity"}))
            assert (await here.adapter.send(say("hello"))).outcome is Outcome.LATER
            await until(lambda: trusted(server) == 1)
            assert here.intake.changed == [MINA]
            assert (await here.adapter.send(say("hello"))).outcome is Outcome.SENT
            assert mina.received == ["hello"]

    asyncio.run(play())


def test_a_send_that_meets_a_new_key_while_nobody_listens_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the next connection it is found."""
    monkeypatch.setattr("bot.signal.adapter.ATTACH_SECONDS", 0.01)

    async def play() -> None:
        server = SignalServer()
        server.person("aci-mina").change_identity()
        async with serving(server.app()) as port:
            adapter = SignalAdapter(NUMBER, f"127.0.0.1:{port}")
            assert (await adapter.send(say("hello"))).outcome is Outcome.LATER
            await adapter.close()
        assert trusted(server) == 0

    asyncio.run(play())
