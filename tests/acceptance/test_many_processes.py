"""Several processes on one PostgreSQL database: one speaks for each account, all may die, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bot.adapter import NotStored
from bot.app import Service, live_service
from bot.intake import ServiceIntake
from bot.writer import Writer
from config.load import load_settings
from handlers.types import Address, Inbound
from storage.alone import Processes
from storage.errors import CannotConnect
from storage.store import make_engine
from tests.fakes.faults import serving, until
from tests.fakes.signal_server import SignalServer
from tests.fakes.telegram_server import Person, TelegramServer
from tests.forking import fork_command
from tests.postgres import own_database
from tests.serving import TOKEN, Forked, install, talk

pytestmark = pytest.mark.postgres
PATIENT = 60.0
ROSTER = """
people:
  - {id: amina, office: OFF-EML, roles: [operator], channels: [{channel: telegram, address: "4711"}]}
shifts:
  - {office: OFF-EML, role: operator, people: [amina]}
ladders:
  L1: {repeat: 60, rungs: [{after: 0, role: operator}]}
  L2: {repeat: 60, rungs: [{after: 0, role: operator}]}
"""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of its own."""
    with own_database(f"leeward_{abs(hash(request.node.name)) % 10**9}") as url:
        yield url


def speaking(settings: dict[str, str], database: str, port: int) -> dict[str, str]:
    """Return settings with this database and the bot's server at this port."""
    return settings | {
        "LEEWARD_DATABASE_URL": database, "LEEWARD_TELEGRAM_TOKEN": TOKEN,
        "LEEWARD_TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip


async def leeward(settings: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this installation."""
    return await asyncio.to_thread(fork_command, *args, settings=settings, folder=Path(settings["LEEWARD_HOME"]))


async def answering(officer: Person) -> None:
    """Wait until the officer is paged, and answer."""
    await until(lambda: bool(officer.received), PATIENT)
    officer.say("ok")


@pytest.mark.slow
def test_processes_are_killed_one_after_the_other_and_the_interview_goes_on(database: str, tmp_path: Path) -> None:
    """Two that speak for the bot and one that keeps time; whichever speaks is killed while answers arrive."""

    async def play() -> None:
        telegram, signal_server = TelegramServer(), SignalServer()
        async with serving(telegram.app()) as port:
            settings = speaking(install(tmp_path), database, port)
            parts = [Forked(tmp_path, settings, telegram, signal_server) for _ in range(3)]
            for part, only in zip(parts, ("bot", "bot", "worker"), strict=True):
                part.options = ("--only", only)
            try:
                await asyncio.gather(*(part.start() for part in parts))
                person = telegram.person(7)
                for number, answer in enumerate(("hi", "1", "1", "3", "1", "2", "2", "0")):
                    if number not in {2, 4}:
                        await talk(person, (answer,))
                        continue
                    before = len(person.received)
                    person.say(answer)
                    await parts[number // 2 - 1].kill()
                    await parts[number // 2 - 1].start()
                    await until(lambda before=before: len(person.received) > before, PATIENT)
                await until(lambda: len(set(telegram.confirmed)) == 8, PATIENT)
            finally:
                for part in parts:
                    await part.stop()

    asyncio.run(play())
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        taken = connection.execute(text("SELECT count(*) FROM inbox")).scalar()
        revision = connection.execute(text("SELECT revision FROM conversations")).scalar()
    assert (taken, revision) == (8, 8)


@pytest.fixture
def service(database: str, tmp_path: Path) -> Iterator[Service]:
    """An installation on PostgreSQL."""
    settings = load_settings(install(tmp_path) | {"LEEWARD_DATABASE_URL": database})
    with live_service(settings) as made:
        yield made


def test_only_the_first_process_of_a_folder_takes_commands_and_really_pages(database: str, tmp_path: Path) -> None:
    """A second one neither takes its socket away nor removes it when it ends; whoever is on duty gets the drill."""

    async def play() -> None:
        telegram, signal_server = TelegramServer(), SignalServer()
        async with serving(telegram.app()) as port:
            settings = speaking(install(tmp_path), database, port)
            (tmp_path / "roster.yaml").write_text(ROSTER)
            parts = [Forked(tmp_path, settings, telegram, signal_server) for _ in range(2)]
            parts[0].options, parts[1].options = ("--only", "bot"), ("--only", "worker")
            officer = telegram.person(4711)
            try:
                for part in parts:
                    await part.start()
                await parts[1].stop()
                drill, _said = await asyncio.gather(
                    leeward(settings, "drill", "--really-page", "1", "--json"), answering(officer)
                )
            finally:
                await asyncio.gather(*(part.stop() for part in parts))
            assert drill.returncode == 0, drill.stderr
            assert json.loads(drill.stdout)["paged"] == ["amina"]

    asyncio.run(play())


def test_keys_are_changed_only_while_no_process_serves(database: str, tmp_path: Path) -> None:
    """Under one that runs, what it writes next would be lost. People who began before the change go on after it."""

    async def play() -> None:
        telegram, signal_server = TelegramServer(), SignalServer()
        async with serving(telegram.app()) as port:
            settings = speaking(install(tmp_path), database, port)
            service = Forked(tmp_path, settings, telegram, signal_server)
            person = telegram.person(7)
            try:
                await service.start()
                await talk(person, ("hi", "1"))
                refused = await leeward(settings, "rotate-keys")
                doctor = await leeward(settings, "doctor")
                await talk(person, ("1",))
                await service.stop()
                rotated = await leeward(settings, "rotate-keys")
                await service.start()
                await talk(person, ("3",))
            finally:
                await service.stop()
            assert (refused.returncode, refused.stderr.startswith("The service runs on this database")) == (1, True)
            assert "desk: OK\n" in doctor.stdout
            assert (rotated.returncode, person.last.startswith("Can someone else see")) == (0, True)

    asyncio.run(play())


def test_a_server_that_cuts_connections_again_and_again_loses_and_doubles_no_message(
    service: Service, database: str
) -> None:
    """Twelve people write while every connection is cut twenty times a second: each message counts once."""
    over = threading.Event()
    cuts = 0

    def cut() -> None:
        nonlocal cuts
        engine = create_engine(database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        statement = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with engine.connect() as connection:
            while not over.wait(0.05):
                cuts += connection.execute(statement).scalar() or 0

    async def person(intake: ServiceIntake, name: str) -> None:
        for number in range(15):
            message = Inbound(Address("telegram", name), f"{name}-{number}", text="hi")
            for _attempt in range(200):  # as an adapter does: not acknowledged, so it comes again
                try:
                    await intake.take(message)
                    break
                except NotStored:
                    await asyncio.sleep(0.01)
            if number == 10:
                over.set()

    async def play() -> None:
        writer = Writer(several=True, group=service.store.group)
        intake = ServiceIntake(service.reception, service.alerting, writer, lambda _channel: None)
        await asyncio.gather(*(person(intake, str(number)) for number in range(12)))
        await asyncio.to_thread(writer.close)

    cutter = threading.Thread(target=cut)
    cutter.start()
    asyncio.run(play())
    over.set()
    cutter.join()
    with service.store.transaction() as work:
        loaded = [work.conversations.load(Address("telegram", str(number))) for number in range(12)]
    assert [one.revision for one in loaded if one is not None] == [15] * 12
    assert cuts > 0


def test_an_account_is_held_by_one_and_free_when_its_holder_is_gone(service: Service, database: str) -> None:
    """The next one takes over; who lost it without knowing finds out by asking."""
    others = Processes(make_engine(database), service.keys.lookup)
    mine = service.store.processes.hold("signal")
    assert mine is not None
    assert others.hold("signal") is None
    telegram = others.hold("telegram")
    assert telegram is not None
    assert mine.still()
    engine = create_engine(database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
    assert not mine.still()
    mine.release()
    theirs = others.hold("signal")
    assert theirs is not None
    theirs.release()
    telegram.release()
    others.close()


def test_who_waits_for_an_account_asks_over_one_connection_and_over_a_new_one_after_a_cut(
    service: Service, database: str
) -> None:
    """It asks every second for as long as the other process lives."""
    mine = service.store.processes.hold("signal")
    assert mine is not None
    others = Processes(make_engine(database), service.keys.lookup)
    with create_engine(database, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:

        def connected() -> set[int]:
            return set(connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")))

        before = connected()
        assert [others.hold("signal") for _ in range(5)] == [None] * 5
        (new,) = connected() - before
        connection.execute(text("SELECT pg_terminate_backend(:new)"), {"new": new})
    with pytest.raises(CannotConnect):
        others.hold("signal")
    mine.release()
    theirs = others.hold("signal")
    assert theirs is not None
    theirs.release()
    others.close()


def test_processes_wake_each_other_and_find_their_way_back_after_a_cut(service: Service, database: str) -> None:
    """What one tells the other hears, again after the server has cut both."""
    others = Processes(make_engine(database), service.keys.lookup)

    def told(*channels: str) -> frozenset[str]:
        assert others.wait(0.01) == frozenset()
        service.store.processes.tell(channels)
        heard: frozenset[str] = frozenset()
        for _ in range(int(PATIENT)):
            heard |= others.wait(1.0) if len(heard) < len(channels) else heard
        return heard

    assert told("telegram", "signal") == {"telegram", "signal"}
    others.close()
    assert told("mail") == {"mail"}
    others.close()
