"""What tests of stores begin with: people, a conversation, a case, and a store with fresh keys."""

from __future__ import annotations

import atexit
import shutil
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp  # noqa: TID251 - a database with nothing in it, keys that open nothing

from bot.clock import SystemClock, SystemEntropy
from bot.directory_files import DIRECTORY, make_practice_directory
from dialogs.conversation import Answer, CaseCard, ConsentEvent, Conversation, Draft
from handlers.types import Address
from storage import schema
from storage.keys import create_keys, load_keys
from storage.store import DATABASE_FILE, SqlStore, make_engine, sqlite_url

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
MINA, BLUE = Address("signal", "aci-1"), Address("signal", "aci-2")
TALK = Conversation(
    "c1", "signal", "v1", NOW.isoformat(), NOW.isoformat(), draft=Draft(answers=(Answer("Q14", text="Mina"),))
)
GIVEN = ConsentEvent("CR-1", "C-FWD", "given", "2026-11-24T10:00Z", "C-FWD", "00", "en", "signal")
CARD = CaseCard(
    "LW-1", "OFF-HRC", "L2", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "two words", "other words", "hash",
    phrase_hash="phrase", consents=(GIVEN,),
)  # fmt: skip


@cache
def _empty_file() -> bytes:
    with TemporaryDirectory() as folder:
        engine = make_engine(sqlite_url(Path(folder)))
        schema.upgrade(engine)
        engine.dispose()
        return Path(folder, DATABASE_FILE).read_bytes()


def make_empty_file(home: Path) -> None:
    """Put an empty SQLite database of the newest schema in this folder: migrated once, and copied from then on."""
    if not (home / DATABASE_FILE).exists():
        (home / DATABASE_FILE).write_bytes(_empty_file())


@cache
def _practice_files(day: date) -> Path:
    folder = Path(mkdtemp(prefix="leeward-practice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    now = datetime.combine(day, time(), UTC)
    make_practice_directory(folder, folder / "offices", None, SystemEntropy(), now)
    return folder


def make_practice_files(home: Path, now: datetime | None = None) -> None:
    """Put a signed directory and throw-away keys of every office into a folder that has none, and no database.

    They are made once and copied from then on. `now`: a day on which they hold, today if it is not given.
    """
    if not (home / DIRECTORY).exists():
        shutil.copytree(_practice_files((now or SystemClock().now()).date()), home, dirs_exist_ok=True)


def sql_store(url: str, home: Path) -> SqlStore:
    """Return a migrated store with fresh keys."""
    create_keys(home / "keys", SystemEntropy())
    if url == sqlite_url(home):
        make_empty_file(home)
    engine = make_engine(url)
    schema.upgrade(engine)
    return SqlStore(engine, load_keys(home / "keys"), SystemEntropy(), home / "blobs")
