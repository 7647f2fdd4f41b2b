"""The traps of SQLite and SQLAlchemy, each with a control that shows the trap is real."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.clock import SystemEntropy
from bot.writer import insist
from dialogs.conversation import Answer, Draft
from dialogs.replace import replace
from handlers.types import Address, Inbound, OutboxItem, Outgoing
from storage import schema
from storage.crypto.errors import UnknownRingKey
from storage.errors import (
    CannotConnect,
    CannotOpen,
    CannotWrite,
    Collided,
    InUse,
    KeysBroken,
    KeysMissing,
    KeysReadable,
    NotMigrated,
)
from storage.keys import create_keys, load_keys
from storage.lock import locked
from storage.row_keys import KeyRowMissing
from storage.store import SqlStore, make_engine, sqlite_url
from tests.postgres import postgres_url
from tests.stores import CARD, MINA, NOW, TALK, sql_store

CANARY = "Canary4242"
SECRET = replace(TALK, draft=Draft(answers=(Answer("Q24", text=CANARY),)))


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """A SQLite store."""
    return sql_store(sqlite_url(tmp_path), tmp_path)


def _increments(url: str, *, ours: bool, path: Path) -> int:
    engine = make_engine(url) if ours else create_engine(url, connect_args={"timeout": 30})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS counter (n INTEGER)"))
        connection.execute(text("DELETE FROM counter"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    del path

    def add() -> None:
        for _ in range(20):
            try:
                with engine.begin() as connection:
                    n = connection.execute(text("SELECT n FROM counter")).scalar() or 0
                    time.sleep(0.001)
                    connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
            except Exception:  # noqa: BLE001, S112 - the control is allowed to fail in any way
                continue

    threads = [threading.Thread(target=add) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.begin() as connection:
        total = int(connection.execute(text("SELECT n FROM counter")).scalar() or 0)
    engine.dispose()
    return total


def test_no_update_is_lost_and_the_default_would_lose_some(tmp_path: Path) -> None:
    """BEGIN IMMEDIATE: 100 of 100; SQLAlchemy as it comes: fewer."""
    assert _increments(f"sqlite:///{tmp_path / 'ours.db'}", ours=True, path=tmp_path) == 100
    assert _increments(f"sqlite:///{tmp_path / 'usual.db'}", ours=False, path=tmp_path) < 100


def _files_with(folder: Path, word: bytes) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and word in path.read_bytes())


def test_deleted_text_stays_in_the_wal_until_erasure_is_finished(tmp_path: Path) -> None:
    """secure_delete alone is not enough; the checkpoint is (shown on clear text, which we never write)."""
    engine = make_engine(sqlite_url(tmp_path))
    store = SqlStore(engine, sql_store(sqlite_url(tmp_path), tmp_path)._keys, SystemEntropy(), tmp_path / "b")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE clear (x TEXT)"))
        connection.execute(text("INSERT INTO clear VALUES (:x)"), {"x": CANARY})
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM clear"))

    assert _files_with(tmp_path, CANARY.encode()) != []
    assert store.finish_erasure()
    assert _files_with(tmp_path, CANARY.encode()) == []


def test_an_open_reader_makes_erasure_unfinished_and_it_is_said(store: SqlStore, tmp_path: Path) -> None:
    """busy=1 is reported, not swallowed; later it succeeds."""
    reader = sqlite3.connect(tmp_path / "leeward.db", isolation_level=None)
    with store.transaction() as work:
        work.conversations.save(MINA, SECRET)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM conversations").fetchone()
    with store.transaction() as work:
        work.conversations.forget(MINA)
    store.engine.dispose()
    with store.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA busy_timeout=50")
    busy = store.finish_erasure()
    reader.close()

    assert not busy
    assert store.finish_erasure()


def test_what_is_stored_is_nowhere_in_clear(store: SqlStore, tmp_path: Path) -> None:
    """Answers, addresses and queued messages; the control finds a clear file."""
    with store.transaction() as work:
        work.conversations.save(Address("signal", "+1555" + CANARY), SECRET)
        work.outbox.add(Outgoing(MINA, CANARY, "Q01", 1), NOW)
        work.cases.open(replace(CARD, off_words=CANARY), MINA)
        work.inbox.is_new("signal", CANARY, NOW)
    (tmp_path / "control").write_text(CANARY)

    assert _files_with(tmp_path, CANARY.encode()) == ["control"]


@pytest.mark.parametrize("way", ["new_key", "forget", "erase"])
def test_after_erasure_the_old_ciphertext_has_no_key_any_more(store: SqlStore, way: str) -> None:
    """The wrapped key row is gone; a copy of the encrypted row made before cannot be read with the ring."""
    with store.transaction() as work:
        work.conversations.save(MINA, SECRET)
        work.cases.open(CARD, MINA)
    with store.engine.begin() as connection:
        old = {row.id for row in connection.execute(text("SELECT id, purpose FROM keys"))}
        purpose = "case" if way == "erase" else "conversation"
        mine = connection.execute(text("SELECT id FROM keys WHERE purpose = :p"), {"p": purpose}).scalar()
    with store.transaction() as work:
        if way == "new_key":
            work.conversations.save(MINA, replace(TALK, draft=None), new_key=True)
        elif way == "forget":
            work.conversations.forget(MINA)
        else:
            work.cases.erase(CARD.case)
    with store.engine.begin() as connection:
        left = {row.id for row in connection.execute(text("SELECT id FROM keys"))}

    assert mine in old
    assert mine not in left
    with store.transaction() as work, pytest.raises(KeyRowMissing):
        work.conversations.row_keys.get(str(mine))


def test_keys_of_another_ring_open_nothing(store: SqlStore, tmp_path: Path) -> None:
    """A stolen database without its ring is noise."""
    with store.transaction() as work:
        work.conversations.save(MINA, SECRET)
    create_keys(tmp_path / "other", SystemEntropy())
    other = load_keys(tmp_path / "other")
    mixed = replace(store._keys, ring=other.ring, draft_ring=other.ring)
    thief = SqlStore(store.engine, mixed, SystemEntropy(), tmp_path / "b")

    with pytest.raises(UnknownRingKey), thief.transaction() as work:
        work.conversations.load(MINA)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_migrations_go_up_and_down_and_fit_the_tables(database: str, tmp_path: Path) -> None:
    """On both databases: up, compare, down, up again."""
    engine = make_engine(sqlite_url(tmp_path) if database == "sqlite" else postgres_url())
    schema.upgrade(engine)
    assert (schema.revision(engine), schema.differences(engine)) == (schema.newest(), [])
    schema.downgrade(engine)
    assert schema.revision(engine) is None
    with pytest.raises(NotMigrated):
        schema.check(engine)
    schema.upgrade(engine)
    schema.check(engine)
    engine.dispose()


@pytest.mark.postgres
def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    """It is read from the names of the files, so that a start need not import Alembic; there is one line of them."""
    from alembic.script import ScriptDirectory

    folder = Path(schema.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [schema.newest()]


def test_on_postgresql_turns_of_one_person_follow_each_other(tmp_path: Path) -> None:
    """Two threads, one conversation: no increment is lost; two senders never take the same message."""
    store = sql_store(postgres_url(), tmp_path)
    person = Address("signal", f"pg-{tmp_path.name}")
    with store.transaction() as work:
        work.conversations.save(person, replace(TALK, turn=0))
        for number in range(40):
            work.outbox.add(Outgoing(Address("signal", f"{tmp_path.name}-{number}"), "x", "Q01", 1), NOW)
    taken: list[OutboxItem] = []

    def turn() -> None:
        with store.transaction() as work:
            loaded = work.conversations.load(person)
            assert loaded is not None
            work.conversations.save(person, replace(loaded.conversation, turn=loaded.conversation.turn + 1))

    def claim() -> tuple[OutboxItem, ...]:
        with store.transaction() as work:
            return work.outbox.claim(NOW, 3, 60, "signal")

    def count() -> None:
        for _ in range(50):
            insist(turn)
            taken.extend(insist(claim))

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as work:
        loaded = work.conversations.load(person)
        for item in taken:
            work.outbox.sent(item)
        work.conversations.forget(person)
    store.close()

    assert loaded is not None
    assert loaded.conversation.turn == 100
    assert len(taken) == len({item.id for item in taken}) == 40


@pytest.mark.postgres
@pytest.mark.parametrize("foreseen", [True, False])
def test_a_group_waits_for_nobody_on_postgresql_and_loses_only_who_was_busy(tmp_path: Path, *, foreseen: bool) -> None:
    """Another process has one of three people: that turn has collided at once, the two around it are stored."""
    ours, theirs = sql_store(postgres_url(), tmp_path / "a"), sql_store(postgres_url(), tmp_path / "b")
    theirs._keys = ours._keys
    people = [Address("signal", f"{tmp_path.name}-{number}") for number in range(3)]
    with theirs.transaction() as busy:
        busy.conversations.load(people[1])
        with ours.group([Inbound(person, "1") for person in people] if foreseen else ()):
            for person in people:
                with nullcontext() if person != people[1] else pytest.raises(Collided), ours.transaction() as work:
                    work.conversations.load(person)
                    work.conversations.save(person, TALK)
    with ours.transaction() as work:
        stored = [work.conversations.load(person) is not None for person in people]
        for person in people:
            work.conversations.forget(person)
    ours.close()
    theirs.close()

    assert stored == [True, False, True]


WRITER = """
import sys
from pathlib import Path
from dialogs.replace import replace
from bot.clock import SystemEntropy
from storage.keys import load_keys
from storage.store import SqlStore, make_engine, sqlite_url
from tests.contract.test_stores import MINA, TALK
home = Path(sys.argv[1])
store = SqlStore(make_engine(sqlite_url(home)), load_keys(home / "keys"), SystemEntropy(), home / "b")
turn = 0
while True:
    turn += 1
    with store.transaction() as work:
        work.conversations.save(MINA, replace(TALK, turn=turn))
    print(turn, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_reported(store: SqlStore, tmp_path: Path) -> None:
    """What was printed after the commit is there after kill -9."""
    store.close()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}  # noqa: TID251 - a child's
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    reported = [int(child.stdout.readline()) for _ in range(30)]
    child.send_signal(signal.SIGKILL)
    reported += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)

    assert loaded is not None
    assert loaded.conversation.turn >= reported[-1]


def test_key_files_that_are_missing_open_to_others_or_broken_are_refused(tmp_path: Path) -> None:
    """Each with its remedy; keys are never overwritten."""
    with pytest.raises(KeysMissing):
        load_keys(tmp_path)
    create_keys(tmp_path / "k", SystemEntropy())
    with pytest.raises(CannotWrite):
        create_keys(tmp_path / "k", SystemEntropy())
    (tmp_path / "k" / "lookup.key").chmod(0o644)
    with pytest.raises(KeysReadable):
        load_keys(tmp_path / "k")
    (tmp_path / "k" / "lookup.key").chmod(0o600)
    for content in ("AAAA", "!", "\xff"):
        (tmp_path / "k" / "lookup.key").write_text(content)
        with pytest.raises(KeysBroken):
            load_keys(tmp_path / "k")


def test_a_folder_is_for_one_process_at_a_time(tmp_path: Path) -> None:
    """And free again afterwards."""
    with locked(tmp_path), pytest.raises(InUse), locked(tmp_path):
        pass
    with locked(tmp_path):
        assert (tmp_path / "leeward.lock").exists()


def test_a_file_that_is_no_database_is_said_to_need_a_backup(tmp_path: Path) -> None:
    """At a start, too, and not that the disk may be full; its bytes are left as they are."""
    broken = tmp_path / "leeward.db"
    broken.write_bytes(b"no database" * 1000)
    engine = make_engine(sqlite_url(tmp_path))
    with pytest.raises(CannotOpen, match="restore a backup"):
        schema.upgrade(engine)
    assert broken.read_bytes() == b"no database" * 1000


def test_a_database_that_cannot_be_reached_or_written_is_a_clear_error(tmp_path: Path) -> None:
    """No driver's traceback, no values."""
    with pytest.raises(CannotConnect):
        make_engine("nonsense://x")
    nowhere = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(CannotConnect):
        schema.revision(nowhere)
    with pytest.raises(CannotWrite):
        schema.upgrade(nowhere)
    store = SqlStore(nowhere, sql_store(sqlite_url(tmp_path), tmp_path)._keys, SystemEntropy(), tmp_path)
    with pytest.raises(CannotWrite), store.transaction():
        pass
    with pytest.raises(CannotConnect):
        store.ping()


@pytest.mark.parametrize("way", ["deleted", "another one in its place"])
def test_nothing_is_taken_into_a_file_that_is_not_there_any_more(store: SqlStore, tmp_path: Path, way: str) -> None:
    """SQLite goes on writing to a deleted file without a word; here it is an error, until the file is back."""
    with store.transaction() as work:
        work.inbox.is_new("signal", "1", NOW)
    file = tmp_path / "leeward.db"
    file.rename(tmp_path / "aside")
    if way != "deleted":
        file.write_bytes((tmp_path / "aside").read_bytes())
    with pytest.raises(CannotWrite), store.transaction():
        pass
    with pytest.raises(CannotConnect):
        store.ping()
    (tmp_path / "aside").replace(file)
    with store.transaction() as work:
        assert not work.inbox.is_new("signal", "1", NOW)


def test_times_are_kept_to_the_second_in_utc(store: SqlStore) -> None:
    """A timer comes back as it was set."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.timers.set(MINA, "idle", NOW)
        due = work.timers.due(NOW, 1)

    assert due[0].due_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    store.ping()
