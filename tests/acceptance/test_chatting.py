"""The chat at the terminal: killed, fed with anything, and silent about what was typed."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from threading import Timer

import pytest

from bot.app import practice_service
from config.load import load_settings
from handlers.types import Address, Inbound
from tests.command_line import CANARY, LEEWARD, QUESTION, TO_REVIEW, chat, environment_of
from tests.forking import fork_command


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice folder with its keys, where nobody has written yet."""
    home = tmp_path_factory.mktemp("practised") / "home"
    chat(home)
    return home


@pytest.fixture
def home(practised: Path, tmp_path: Path) -> Path:
    """A copy of it: making the keys of every office takes longer than most chats."""
    return Path(shutil.copytree(practised, tmp_path / "home"))


def test_a_killed_chat_goes_on_at_the_same_question(home: Path) -> None:
    """Killed after any answer, at any moment: start again, and the question is there."""
    environment = environment_of(home)
    command = [*LEEWARD, "chat"]
    steps = {
        "hi": "Choose a language",
        "1": "is it safe",
        " 1": "in danger right now",
        "3": "Can someone else see",
        "1 ": "Please read this",
    }
    for answer, followed_by in steps.items():
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=home.parent
        )
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{answer}\n")
        child.stdin.flush()
        _read_until(child, followed_by)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdin.close()
        child.stdout.close()

    said = chat(home)
    assert "Please read this first. Signal locks" in said
    assert "Please read this first. Signal locks" not in chat(home, "1")[-400:]


def test_what_a_killed_chat_was_about_to_print_is_printed_by_the_next_one(home: Path) -> None:
    """At once, even where the next one has nothing to read: its question had been leased by a process that is gone."""
    chat(home, "hi")
    with practice_service(load_settings(environment_of(home)), home / "practice") as service:
        service.reception.receive(Inbound(Address("practice", "terminal"), "k", text="1"))
        with service.store.transaction() as work:
            assert work.outbox.claim(service.reception.clock.now(), 9, 60, "practice")

    assert "is it safe for you to write here now?" in chat(home)


def _read_until(child: subprocess.Popen[str], said: str) -> None:
    """Read until this was said: the answer before it was taken then."""
    text = ""
    assert child.stdout is not None
    too_long = Timer(60, child.kill)
    too_long.start()
    while said not in text:
        read = child.stdout.read(1)
        assert read, f"it ended before it said: {said}"
        text += read
    too_long.cancel()


@pytest.mark.parametrize("questions", range(2, 12))
def test_a_kill_in_the_middle_of_writing_loses_nothing_acknowledged(home: Path, questions: int) -> None:
    """In one of the turns after so many questions: the database opens, and what a question had followed is there."""
    chat(home, "hi", "1")
    killed = fork_command(
        "chat", settings=environment_of(home), folder=home.parent, text="00\n1\n" * 200,
        until=lambda said: said.count(QUESTION) >= questions,
    )  # fmt: skip

    assert killed.returncode == -signal.SIGKILL
    said, deadline = "", time.monotonic() + 60
    while QUESTION not in said and time.monotonic() < deadline:  # what it was about to send is its own for a second
        said = chat(home, "00", "1")  # whether it was killed at the question or in the menu over it
    assert QUESTION in said


def _on_disk(folder: Path, word: str) -> list[str]:
    wanted = word.encode()
    return [str(path) for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()]


def test_what_was_typed_is_nowhere_on_disk_and_unreadable_with_every_key(home: Path, tmp_path: Path) -> None:
    """A canary in every text field, before and after sending; the scan would find it (positive control)."""
    said = chat(home, *TO_REVIEW)
    assert "Your report is ready" in said, said[-600:]
    assert _on_disk(tmp_path, CANARY) == []
    assert "Sent." in chat(home, "3", "1")
    database = home / "practice" / "leeward.db"
    control = sqlite3.connect(tmp_path / "control.db")
    control.execute("CREATE TABLE t (x)")
    control.execute("INSERT INTO t VALUES (?)", (CANARY,))
    control.commit()
    control.close()

    assert _on_disk(tmp_path, CANARY) == [str(tmp_path / "control.db")]
    assert database.stat().st_size > 0
    assert _opened_by_the_server(home) == []


def _opened_by_the_server(home: Path) -> list[str]:
    """Decrypt everything the server's keys open, and look for the canary."""
    from sqlalchemy import select

    from bot.clock import SystemEntropy
    from storage.crypto.drafts import decrypt_body
    from storage.keys import load_keys
    from storage.packing import unpack
    from storage.row_keys import RowKeys
    from storage.statements import Session
    from storage.store import make_engine, sqlite_url
    from storage.tables import cases, conversations

    keys = load_keys(home / "practice" / "keys")
    engine = make_engine(sqlite_url(home / "practice"))
    found = []
    with engine.begin() as connection:
        row_keys = RowKeys(
            Session(engine, connection.connection, connection), keys.ring, keys.draft_ring, SystemEntropy()
        )
        rows = [
            ("conversations", str(r.row), r.key, r.revision, r.body) for r in connection.execute(select(conversations))
        ]
        rows += [("cases", r.id, r.key, r.revision, r.card) for r in connection.execute(select(cases)) if r.key]
        for table, row, key, revision, body in rows:
            plain = decrypt_body(row_keys.get(key), body, table, row, revision)
            found.extend([table] if CANARY.encode() in (unpack(plain) if table == "conversations" else plain) else [])
    engine.dispose()
    assert rows, "nothing was opened, so this proves nothing"
    return found


def test_saying_no_to_everything_leaves_nothing_behind(home: Path) -> None:
    """No row of a conversation, a case, a key, a message or a timer."""
    chat(home, "hi", "1", "1", "3", "1", "1", "3", "2", "0", "3")
    connection = sqlite3.connect(home / "practice" / "leeward.db")
    tables = (
        "conversations",
        "cases",
        "keys",
        "outbox",
        "timers",
        "blobs",
        "ledger",
        "checkpoints",
        "attachments",
        "traces",
        "alerts",
        "tallies",
    )
    left = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608 - own names
    connection.close()

    assert left == dict.fromkeys(tables, 0)


@pytest.mark.parametrize(
    "message",
    [
        "x" * 4 * 1024 * 1024,
        "nul\0inside",
        "\udcff\udcfe",
        "a" + "\u0301" * 10_000,
        "9" * 500,
        "\u202eabc",
        "/file /nowhere",
        "{ $LIMIT }",
    ],
    ids=["4MiB", "NUL", "surrogates", "marks", "digits", "rtl", "no file", "braces"],
)
def test_bad_input_gets_a_kind_answer_and_nothing_is_lost(home: Path, message: str) -> None:
    """The question stands, the program too."""
    said = chat(home, "hi", "1", message)

    assert said.rstrip().endswith("Send 000 at any time and I will go quiet.")
    assert "is it safe for you" in chat(home)
