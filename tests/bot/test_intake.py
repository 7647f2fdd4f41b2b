"""What cannot be handled of one person is in nobody else's way."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Service, practice_service
from bot.clock import FixedClock
from bot.intake import ServiceIntake
from bot.writer import Writer
from config.load import load_settings
from dialogs.replace import replace
from handlers.types import Address, Inbound
from tests.stores import make_empty_file, make_practice_files

MINA, BLUE = Address("practice", "mina"), Address("practice", "blue")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A practice installation where Mina and Blue have said hello, and Mina's row was damaged on the disk."""
    make_practice_files(tmp_path)
    make_empty_file(tmp_path)
    with practice_service(load_settings(), tmp_path) as made:
        made.reception.receive(Inbound(MINA, "mina-0", text="hi"))
        with closing(sqlite3.connect(tmp_path / "leeward.db")) as database, database:
            database.execute("UPDATE conversations SET body = zeroblob(length(body))")
        made.reception.receive(Inbound(BLUE, "blue-0", text="hi"))
        yield made


def turns(service: Service, address: Address) -> int:
    with service.store.transaction() as work:
        loaded = work.conversations.load(address)
    assert loaded is not None
    return loaded.conversation.turn


DAMAGED: dict[str, Callable[[ServiceIntake], Awaitable[object]]] = {
    "a message": lambda intake: intake.take(Inbound(MINA, "mina-1", text="1")),
    "a block": lambda intake: intake.unreachable(MINA),
    "a changed key": lambda intake: intake.identity_changed(MINA),
    "a gap": lambda intake: intake.gap("practice"),
    "an officer's defect": lambda intake: intake.take(Inbound(Address("duty-practice", "amina"), None)),  # type: ignore[arg-type]  # what no channel can make
}


@pytest.mark.parametrize("event", DAMAGED)
def test_a_damaged_row_ends_no_channel_and_others_are_answered(
    event: str, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """An adapter that raised would be deaf to everybody; the log says the type of the error and nothing else."""

    async def play() -> None:
        writer = Writer(several=False, group=service.store.group)
        intake = ServiceIntake(service.reception, service.alerting, writer, lambda _channel: None)
        await DAMAGED[event](intake)
        await intake.take(Inbound(BLUE, "blue-1", text="1"))
        writer.close()

    before = turns(service, BLUE)
    with caplog.at_level(logging.ERROR, logger="leeward"):
        asyncio.run(play())
    assert turns(service, BLUE) > before
    assert "mina" not in caplog.text


def test_only_somebody_whose_doubt_is_stored_and_no_officer_is_to_be_trusted(service: Service) -> None:
    """A row that was damaged stores nothing; who was never heard of has nothing to be kept from others."""
    accounts = MINA, BLUE, Address("practice", "stranger"), Address("duty-practice", "amina")

    async def play() -> list[bool]:
        writer = Writer(several=False, group=service.store.group)
        intake = ServiceIntake(service.reception, service.alerting, writer, lambda _channel: None)
        found = [await intake.identity_changed(account) for account in accounts]
        writer.close()
        return found

    assert asyncio.run(play()) == [False, True, True, False]
    with service.store.transaction() as work:
        loaded = work.conversations.load(BLUE)
    assert loaded is not None
    assert loaded.conversation.new_phone == "changed"


def test_time_arrives_for_others_when_a_row_is_damaged(service: Service) -> None:
    """Their drafts run out when they should."""
    later = FixedClock(service.reception.clock.now() + timedelta(days=4))
    for _second in range(3):
        replace(service.reception, clock=later).time_arrived()
    with service.store.transaction() as work:
        assert work.conversations.load(BLUE) is None
