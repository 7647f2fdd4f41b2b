"""The desk's own line, the pager and the sign of life, each against a server of this machine."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from aiohttp import web

from bot.adapter import Outcome
from bot.duty_lines import DutyLine, duty_adapters, lines
from bot.pager import PagerAdapter, beat
from bot.telegram.adapter import TelegramAdapter
from config.settings import Settings, unfit
from handlers.types import Address, Outgoing
from tests.fakes.faults import serving, until
from tests.fakes.telegram_server import TelegramServer
from tests.telegram_account import TOKEN, Kept

WORDS = "This is the desk. Please open the console."


def test_a_message_at_the_line_of_the_desk_says_where_it_came_in() -> None:
    """And what goes out there reaches the same account of the officer."""

    async def play() -> tuple[Kept, list[str]]:
        server, intake = TelegramServer(), Kept()
        async with serving(server.app()) as port:
            line = DutyLine(TelegramAdapter(TOKEN, api_url=f"http://127.0.0.1:{port}", poll_seconds=1))
            receiving = asyncio.ensure_future(line.receive(intake))  # noqa: TID251 - ended below
            amina = server.person(77)
            amina.say("ack 4711")
            await until(lambda: intake.taken)
            sent = await line.send(Outgoing(Address("duty-telegram", "77"), "Thank you.", "duty", 0))
            receiving.cancel()
            with suppress(asyncio.CancelledError):
                await receiving
            await line.close()
            assert sent.outcome is Outcome.SENT
            return intake, [str(amina.last)]

    intake, shown = asyncio.run(play())
    assert [one.address for one in intake.taken] == [Address("duty-telegram", "77")]
    assert shown == ["Thank you."]


def settings(**values: str) -> Settings:
    """Return settings with these values."""
    return Settings.model_validate(values)


PUBLIC = {"telegram_token": "1:a", "signal_number": "+41790000000", "signal_service": "localhost:8080"}


def test_the_roster_s_channels_lead_to_the_lines_that_are_configured() -> None:
    """The desk's own before the public one; what is not configured is not used."""
    assert lines(settings(**PUBLIC)) == {"signal": "signal", "telegram": "telegram"}
    own = settings(**PUBLIC, duty_signal_number="+41790000001", duty_telegram_token="2:b")
    assert lines(own) == {"signal": "duty-signal", "telegram": "duty-telegram"}
    assert sorted(duty_adapters(own)) == ["duty-signal", "duty-telegram"]
    assert lines(settings(smtp_url="smtp://mail.example.org")) == {"mail": "mail"}


def test_the_line_of_the_desk_is_never_the_public_one() -> None:
    """The same token or number twice is a mistake."""
    both = settings(**PUBLIC, duty_telegram_token="1:a", duty_signal_number="+41790000000")

    assert [name for name, _wrong, _remedy in unfit(both)] == ["duty_telegram_token", "duty_signal_number"]
    assert unfit(settings(duty_signal_number="+41790000000", signal_service="localhost:8080")) == []


class Outside:
    """An address outside: what was posted to it, and what it answers."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.status = 200

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application()
        app.router.add_post("/{name}", self._post)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        self.posted.append(await request.text())
        return web.Response(status=self.status)


@pytest.mark.parametrize(("status", "outcome"), [(204, Outcome.SENT), (403, Outcome.LATER), (500, Outcome.LATER)])
def test_the_pager_gets_the_words_and_nothing_else(status: int, outcome: Outcome) -> None:
    """Whatever it answers, an alert that it did not take is tried again."""

    async def play() -> list[str]:
        outside = Outside()
        outside.status = status
        async with serving(outside.app()) as port:
            pager = PagerAdapter(f"http://127.0.0.1:{port}/page")
            sending = await pager.send(Outgoing(Address("pager", "pager"), WORDS, "duty", 0))
        assert (sending.outcome, pager.healthy) == (outcome, outcome is Outcome.SENT)
        gone = await pager.send(Outgoing(Address("pager", "pager"), WORDS, "duty", 0))
        assert gone.outcome is Outcome.LATER
        return outside.posted

    assert asyncio.run(play()) == [WORDS]


def test_the_sign_of_life_stays_away_when_the_service_is_not_well() -> None:
    """Silence is the alarm; it comes again when the service is well again."""

    async def play() -> list[int]:
        outside, well, counts = Outside(), [True], []
        async with serving(outside.app()) as port:
            beating = asyncio.ensure_future(beat(f"http://127.0.0.1:{port}/alive", lambda: well[0], 0.01))  # noqa: TID251 - ended below
            await until(lambda: len(outside.posted) > 2)
            well[0] = False
            await asyncio.sleep(0.2)
            counts.append(len(outside.posted))
            await asyncio.sleep(0.2)
            counts.append(len(outside.posted))
            well[0] = True
            await until(lambda: len(outside.posted) > counts[1])
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
        assert set(outside.posted) == {"alive"}
        return counts

    counts = asyncio.run(play())
    assert counts[0] == counts[1]
