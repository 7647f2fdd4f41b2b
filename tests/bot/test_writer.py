"""The thread that writes: group commit, with each message alone in what it does and together in what it waits for."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.adapter import NotStored, Sending
from bot.app import Service, practice_service
from bot.commands.bench.loopback import OfficersAdapter
from bot.intake import ServiceIntake
from bot.pace import Pace
from bot.sender import LOOK_AHEAD_SECONDS, Sender
from bot.writer import MOST_TOGETHER, Writer
from config.load import load_settings
from handlers.deliver import Delivery
from handlers.types import Address, Inbound, Outgoing
from storage.errors import CannotConnect, CannotWrite, Collided, InUse, StorageError
from storage.tables import timers
from tests.stores import make_empty_file, make_practice_files

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PATIENT = 60.0
ROOT = Path(__file__).parents[2]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A practice installation."""
    make_practice_files(tmp_path)
    make_empty_file(tmp_path)
    with practice_service(load_settings(), tmp_path) as made:
        yield made


def _said(person: int, number: int, text: str = "1") -> Inbound:
    return Inbound(Address("practice", f"p{person}"), f"{person}-{number}", text=text)


@contextmanager
def _intake(service: Service, writer: Writer) -> Iterator[ServiceIntake]:
    yield ServiceIntake(service.reception, service.alerting, writer, lambda _channel: None)
    writer.close()


class CountedGroups:
    """Store.group, counted; `fails` makes the next commits fail after everything in them was done."""

    def __init__(self, service: Service) -> None:
        self.service, self.count, self.fails = service, 0, 0

    @contextmanager
    def __call__(self, expected: Sequence[Inbound]) -> Iterator[None]:
        with self.service.store.group(expected):
            yield
            self.count += 1
            if self.fails:
                self.fails -= 1
                raise CannotWrite


def _turn_of(service: Service, person: int) -> int:
    with service.store.transaction() as work:
        loaded = work.conversations.load(Address("practice", f"p{person}"))
    return loaded.conversation.turn if loaded is not None else 0


def test_what_arrives_together_is_stored_together(service: Service) -> None:
    """Forty people at once: one commit, and everybody has a turn."""

    async def play() -> None:
        with _intake(service, Writer(several=False, group=groups, longest_seconds=60)) as intake:
            assert all(await asyncio.gather(*(intake.take(_said(person, 0, "hi")) for person in range(40))))

    groups = CountedGroups(service)
    asyncio.run(play())
    assert groups.count == 1
    assert [_turn_of(service, person) for person in range(40)] == [1] * 40


def test_a_crowd_is_stored_in_bounded_groups_in_its_order(service: Service) -> None:
    """Nobody waits for everybody: a group takes so many, and the first come first."""
    order: list[int] = []

    async def play() -> None:
        writer = Writer(several=False, group=groups, longest_seconds=60)
        await asyncio.gather(*(writer.run(partial(order.append, n)) for n in range(3 * MOST_TOGETHER)))
        writer.close()

    groups = CountedGroups(service)
    asyncio.run(play())
    assert order == list(range(3 * MOST_TOGETHER))
    assert groups.count >= 3


def test_a_message_that_cannot_be_carried_out_harms_nobody_in_its_group(service: Service) -> None:
    """Its turn is undone and the person is told; the messages around it are stored as if it were not there."""

    async def play() -> None:
        with _intake(service, Writer(several=False, group=groups, longest_seconds=60)) as intake:
            await asyncio.gather(*(intake.take(_said(person, 0, "hi")) for person in range(3)))
            broken = Inbound(Address("practice", "p1"), "1-1", text=None)  # type: ignore[arg-type]  # what no channel can make
            await asyncio.gather(intake.take(_said(0, 1)), intake.take(broken), intake.take(_said(2, 1)))
            assert intake.counts["trouble"] == 1

    groups = CountedGroups(service)
    asyncio.run(play())
    assert [_turn_of(service, person) for person in range(3)] == [2, 2, 2]


def test_a_row_that_cannot_be_written_at_the_end_of_a_group_harms_nobody_else(service: Service) -> None:
    """Rows are written for all of a group at once: where that is refused, each part is stored with a commit of its own."""
    half_a_character = "\ud800"  # SQLite takes no such text

    def timer(person: int, name: str) -> str:
        with service.store.transaction() as work:
            work.timers.set(Address("practice", f"p{person}"), name, NOON)
        return name

    async def play() -> list[object]:
        names = ("one", half_a_character, "three")
        parts = [writer.join(partial(timer, person, name)) for person, name in enumerate(names)]
        return list(await asyncio.gather(*parts, return_exceptions=True))

    writer = Writer(several=False, group=service.store.group, longest_seconds=60)
    first, refused, third = asyncio.run(play())
    writer.close()
    assert (first, third) == ("one", "three")
    assert isinstance(refused, UnicodeEncodeError)
    with service.store.engine.connect() as connection:
        stored = connection.scalars(select(timers.c.name).order_by(timers.c.name)).all()
    assert stored == ["one", "three"]


def test_when_the_commit_fails_nothing_is_acknowledged_and_everything_can_come_again(service: Service) -> None:
    """Every message of the group is NotStored, none was taken, and the second attempt stores each once."""

    async def play() -> None:
        with _intake(service, Writer(several=False, group=groups, longest_seconds=60)) as intake:
            messages = [_said(person, 0, "hi") for person in range(5)]
            groups.fails = 1
            first = await asyncio.gather(*map(intake.take, messages), return_exceptions=True)
            assert all(isinstance(one, NotStored) for one in first)
            assert [_turn_of(service, person) for person in range(5)] == [0] * 5
            assert await asyncio.gather(*map(intake.take, messages)) == [True] * 5
            assert await asyncio.gather(*map(intake.take, messages)) == [False] * 5

    groups = CountedGroups(service)
    asyncio.run(play())
    assert [_turn_of(service, person) for person in range(5)] == [1] * 5


class Noting(OfficersAdapter):
    """Tells at once what it was asked to send."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.said: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, outgoing: Outgoing) -> Sending:
        self.said.put_nowait(outgoing.text)
        return await super().send(outgoing)


def test_a_reply_and_what_became_of_the_one_before_go_along_with_the_commit_of_a_turn(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty messages, each after the reply to the last: one commit each, and four for every second that passes."""
    monkeypatch.setattr("bot.sender.GO_ALONG_SECONDS", PATIENT)

    async def play() -> float:
        clock = asyncio.get_running_loop().time
        writer = Writer(several=False, group=groups)
        with _intake(service, writer) as intake:
            adapter = Noting("practice")
            delivery = Delivery(service.store, service.reception.clock, "practice")
            sender = Sender(adapter, delivery, writer, intake, Pace(0, 0, clock))
            began = clock()
            async with asyncio.TaskGroup() as group:
                group.create_task(sender.run())
                for number in range(20):
                    await intake.take(_said(1, number, "hi"))
                    await adapter.said.get()
                sender.stop()
            return clock() - began

    groups = CountedGroups(service)
    seconds = asyncio.run(play())
    assert groups.count <= 20 + 2 + seconds / LOOK_AHEAD_SECONDS


def test_a_database_that_does_not_open_is_an_error_for_everybody_who_waits() -> None:
    """And not a reason to try for ever."""

    def shut(_expected: Sequence[Inbound]) -> AbstractContextManager[None]:
        raise CannotWrite

    async def play() -> None:
        writer = Writer(several=False, group=shut)
        answers = await asyncio.gather(*(writer.run(lambda: 1) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(one, CannotWrite) for one in answers)
        writer.close()

    asyncio.run(play())


@pytest.mark.parametrize("passing", [CannotConnect, CannotWrite, Collided])
@pytest.mark.parametrize("whole", [True, False])
def test_where_others_write_too_what_met_them_in_a_group_is_done_again_beside_it(
    passing: type[StorageError], *, whole: bool
) -> None:
    """Whether a piece or the whole group was in their way: everybody has their result, and riders their turn."""
    failed = False

    def fail_once() -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise passing

    @contextmanager
    def group(_expected: Sequence[Inbound]) -> Iterator[None]:
        yield
        if whole:
            fail_once()

    def work(number: int) -> int:
        if not whole and number == 1:
            fail_once()
        return number

    async def play() -> list[int]:
        writer, asked = Writer(several=True, group=group), asyncio.Event()

        def rider() -> None:
            if failed:
                asked.set()

        writer.ride_along(rider)
        async with asyncio.timeout(PATIENT):
            results = await asyncio.gather(*(writer.join(partial(work, number)) for number in range(3)))
            await asked.wait()  # nothing waits, but what was done beside the group rode with nobody
        writer.close()
        return results

    assert asyncio.run(play()) == [0, 1, 2]
    assert failed


def test_commands_keep_out_while_the_service_writes(service: Service, tmp_path: Path) -> None:
    """One process for a folder: a command is refused, and says so."""
    del service
    with pytest.raises(InUse), practice_service(load_settings(), tmp_path):
        pass


SERVING = """
import asyncio, sys
from pathlib import Path
from bot.app import practice_service
from bot.intake import ServiceIntake
from bot.writer import Writer
from config.load import load_settings
from handlers.types import Address, Inbound

async def person(intake, name):
    for number in range(10_000):
        await intake.take(Inbound(Address("practice", name), f"{name}-{number}", text="hi"))
        print(name, number, flush=True)

async def play(service):
    writer = Writer(several=False, group=service.store.group)
    intake = ServiceIntake(service.reception, service.alerting, writer, lambda _channel: None)
    await asyncio.gather(*(person(intake, f"p{n}") for n in range(16)))

with practice_service(load_settings(), Path(sys.argv[1])) as service:
    asyncio.run(play(service))
"""


def test_nothing_acknowledged_is_lost_when_the_process_is_killed_in_the_middle_of_groups(tmp_path: Path) -> None:
    """Killed (-9) while sixteen people write: what was acknowledged is known, and was counted once."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # noqa: TID251 - a child's
    command = [sys.executable, "-c", SERVING, str(tmp_path)]
    make_practice_files(tmp_path)
    make_empty_file(tmp_path)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(400)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().splitlines(keepends=True)
    acknowledged: dict[str, int] = {}
    for line in lines:
        if line.endswith("\n"):
            name, number = line.split()
            acknowledged[name] = int(number)
    with practice_service(load_settings(), tmp_path) as service:
        for name, last in acknowledged.items():
            address = Address("practice", name)
            again = Inbound(address, f"{name}-{last}", text="hi")
            assert service.reception.receive(again) is None, "an acknowledged message was not known"
            with service.store.transaction() as work:
                loaded = work.conversations.load(address)
            assert loaded is not None
            assert loaded.revision - 1 in {last, last + 1}  # the next one may have been stored, and not said
    assert len(acknowledged) == 16
