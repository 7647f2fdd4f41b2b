"""The desk's own bot and number, the pager and the sign of life, beside the public channels of a real service."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.faults import Fault, serving, until
from tests.serving import Served, served, talk

pytestmark = pytest.mark.slow

ROSTER = """
people:
  - id: amina
    office: OFF-EML
    roles: [operator]
    channels: [{channel: signal, address: aci-amina}, {channel: telegram, address: "55"}]
shifts:
  - {office: OFF-EML, role: operator, people: [amina]}
ladders:
  L1: {repeat: 5, call: 0, rungs: [{after: 0, role: operator}]}
  L2: {repeat: 30, rungs: [{after: 0, role: operator}]}
next_channel: 2
"""
CHANNELS = ("signal", "telegram", "duty-signal", "duty-telegram")
PUSH = r"Desk: please open the console\. (\d{4})"
CALL = "This is the desk. Please open the console. This is the desk. Please open the console."
LONG = 60.0
"""Seconds within which an alert is out by another channel, whatever else this machine does."""


class Outside:
    """What stands outside: a pager and a watch for the sign of life, and when each was posted to."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.alive: list[float] = []

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application()
        app.router.add_post("/call", self._call)
        app.router.add_post("/alive", self._beat)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        self.called.append(await request.text())
        return web.Response(status=202)

    async def _beat(self, _request: web.Request) -> web.Response:
        self.alive.append(time.monotonic())
        return web.Response(status=204)

    def silent_for(self) -> float:
        """Return for how many seconds nothing was heard."""
        return time.monotonic() - self.alive[-1]


@asynccontextmanager
async def desk(home: Path, *channels: str) -> AsyncIterator[tuple[Served, Outside]]:
    """Serve these channels with the roster above, a pager and a watch."""
    (home / "roster.yaml").write_text(ROSTER)
    outside = Outside()
    async with serving(outside.app()) as port:
        base = f"http://127.0.0.1:{port}"
        settings: dict[str, Any] = {
            "LEEWARD_PAGER_URL": f"{base}/call", "LEEWARD_HEARTBEAT_URL": f"{base}/alive",
            "LEEWARD_HEARTBEAT_SECONDS": "0.5",
        }  # fmt: skip
        async with served(home, *channels, forked=True, **settings) as running:
            yield running, outside


def code_of(text: str) -> str:
    """Return the code in the words of an alert, which are the constant ones."""
    found = re.fullmatch(PUSH, text)
    assert found is not None, text
    return found[1]


async def answer_to(person: Any, text: str) -> str:  # noqa: ANN401 - somebody on either channel
    """Return what is said to a message."""
    await talk(person, (text,))
    return str(person.last)


def test_officers_are_told_and_answer_at_the_line_of_the_desk_alone(tmp_path: Path) -> None:
    """The word counts there and nowhere else; the public accounts never interview an officer; the pager says nothing."""

    async def play() -> None:
        async with desk(tmp_path, *CHANNELS) as (running, outside):
            amina, mina = running.duty_signal.person("aci-amina"), running.telegram.person(77)
            await talk(mina, ("help me", "1"))
            await until(lambda: amina.received, LONG)
            code = code_of(amina.last)
            for public in (running.signal.person("aci-amina"), running.telegram.person(55)):
                for text in (f"ack {code}", "hi", "1"):
                    assert await answer_to(public, text) == (
                        "Please write to the other account of the desk. Nothing has changed."
                    )
            for stranger in (running.duty_telegram.person(88), running.duty_signal.person("aci-stranger")):
                for text in (f"ack {code}", "help me"):
                    assert await answer_to(stranger, text) == "This account takes no messages."
            assert await answer_to(amina, "queue") == "Open now: 1."
            assert "It is yours" in await answer_to(running.duty_telegram.person(55), f"ack {code}")
            assert await answer_to(amina, "queue") == "Open now: 0."
            await until(lambda: outside.called and outside.alive, LONG)
            assert set(outside.called) == {CALL}

    asyncio.run(play())


def test_what_sticks_goes_out_by_the_next_channel_and_a_lost_database_silences_the_sign_of_life(
    tmp_path: Path,
) -> None:
    """The same code arrives by the other line within a minute; silence lasts as long as the database is away."""

    async def play() -> None:
        async with desk(tmp_path, *CHANNELS) as (running, outside):
            running.duty_signal.faults.plan("post /v2/send", *[Fault("status", 503) for _ in range(1000)])
            there, mina = running.duty_telegram.person(55), running.signal.person("aci-mina")
            await talk(mina, ("help me", "1"))
            asked = time.monotonic()
            await until(lambda: there.received, LONG)
            assert time.monotonic() - asked < LONG
            assert running.duty_signal.person("aci-amina").received == []
            assert "It is yours" in await answer_to(there, f"ack {code_of(there.last)}")

            await until(lambda: outside.alive, LONG)
            database, aside = tmp_path / "leeward.db", tmp_path / "aside"
            database.rename(aside)
            before = len(mina.receipts)
            mina.say("Dravania")
            await until(lambda: outside.silent_for() > 10, 90)
            assert len(mina.receipts) == before, "taken by a service that cannot keep it"
            aside.rename(database)
            await until(lambda: outside.silent_for() < 1, LONG)

    asyncio.run(play())
