"""Two processes on PostgreSQL: one sends what waited to be sent, while the person pauses through the other one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from bot.clock import FixedClock, SystemEntropy
from dialogs.limits import TIMER_SEND
from handlers.receive import Reception
from handlers.types import Inbound
from storage.crypto.sealing import AgeSealer
from storage.keys import load_keys
from storage.store import SqlStore, make_engine
from tests.conftest import CountingEntropy, practice_policy
from tests.dialogs.test_cannot_send import without_keys
from tests.playbook import at_review
from tests.postgres import own_database
from tests.stores import MINA, sql_store

pytestmark = pytest.mark.postgres

POLICY: Final = practice_policy()
STOPS: Final = {
    "before it holds the person": "PERFORM pg_advisory_lock(1, 1); RETURN pg_catalog.pg_try_advisory_xact_lock(person);",
    "when it holds the person": "held := pg_catalog.pg_try_advisory_xact_lock(person); PERFORM pg_advisory_lock(1, 1); RETURN held;",
}  # fmt: skip
"""Where the process that keeps time stops after it has found the timer: until (1, 1) is free."""


class Both:
    """The process people write to, and the one that keeps time, which stops where the test says."""

    def __init__(self, url: str, home: Path) -> None:
        """Let somebody have said "keep trying", and written again since: they are asked whether it is a safe moment."""
        talks = sql_store(url, home)
        slow = make_url(url).update_query_dict({"options": "-csearch_path=public,pg_catalog"})
        keeps_time = SqlStore(
            make_engine(slow.render_as_string(hide_password=False)), load_keys(home / "keys"), SystemEntropy(), home / "blobs"
        )  # fmt: skip
        stuck = at_review().say("3")
        stuck.policy = without_keys()
        stuck.say("1", "1")
        self.clock = FixedClock(stuck.now + timedelta(hours=2))
        self.talks, self.time = (
            Reception(store, AgeSealer(), POLICY, self.clock, CountingEntropy()) for store in (talks, keeps_time)
        )
        with talks.transaction() as work:
            work.conversations.save(MINA, stuck.conversation)
            work.timers.set(MINA, TIMER_SEND, stuck.now + timedelta(hours=1))
        self.says("hello")

    def says(self, words: str) -> None:
        """Let the person write."""
        self.talks.receive(Inbound(MINA, words, text=words))

    @property
    def left(self) -> tuple[int, int]:
        """How many reports were sent, and how many timers for one are left."""
        with self.talks.store.transaction() as work:
            timers = work.timers.due(self.clock.at + timedelta(days=1), 9)
            return len(work.cases.ids()), sum(timer.timer == TIMER_SEND for timer in timers)

    def close(self) -> None:
        """Close both."""
        for process in (self.talks, self.time):
            process.store.close()  # type: ignore[attr-defined]  # of SqlStore


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database of its own."""
    with own_database("leeward_time_and_pause") as url:
        yield url


@pytest.fixture
def both(database: str, tmp_path: Path) -> Iterator[Both]:
    """Two processes of one installation."""
    made = Both(database, tmp_path)
    yield made
    made.close()


@contextmanager
def stopping(database: str, where: str) -> Iterator[Connection]:
    """Let whoever keeps time stop there; gives the connection that holds it."""
    with create_engine(database, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as holding:
        body = f"DECLARE held boolean; BEGIN {STOPS[where]} END"
        words = (
            f"CREATE FUNCTION pg_try_advisory_xact_lock(person bigint) RETURNS boolean LANGUAGE plpgsql AS $${body}$$"
        )
        holding.execute(text(words))
        holding.execute(text("SELECT pg_advisory_lock(1, 1)"))
        yield holding


def wait(holding: Connection, many: int) -> None:
    """Return when so many processes wait for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                   "WHERE NOT granted AND datname = current_database()")  # fmt: skip
    while holding.execute(waiting).scalar() != many:
        pass


@pytest.mark.parametrize("where", STOPS)
def test_what_was_found_due_is_not_sent_once_the_person_paused(both: Both, database: str, where: str) -> None:
    """Whichever comes first, nothing is sent, and nothing is left that would send it later."""
    with stopping(database, where) as holding:
        time = threading.Thread(target=both.time.time_arrived)
        pause = threading.Thread(target=both.says, args=("2",))
        time.start()
        wait(holding, 1)
        pause.start()
        if where == "when it holds the person":
            wait(holding, 2)
        else:
            pause.join()
        holding.execute(text("SELECT pg_advisory_unlock(1, 1)"))
        time.join()
        pause.join()

    assert both.left == (0, 0)
