"""Operations: purge, a new ring, backup and restore, on SQLite as an installation has it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.clock import SystemEntropy
from dialogs.escalation import AlertState
from handlers.types import AuditEntry, Outgoing, SealedBlob
from storage.errors import StorageError
from storage.keys import load_keys
from storage.operations import BackupBroken, WouldOverwrite, backup, hand_out, purge, restore, rotate_ring
from storage.store import SqlStore, sqlite_url
from storage.tables import attachments
from tests.stores import CARD, GIVEN, MINA, NOW, TALK, sql_store

CANARY = b"Canary4242"


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """A folder with a case, a conversation, a message, a trace, an alert, two audit entries and two files."""
    home = tmp_path / "home"
    home.mkdir()
    store = sql_store(sqlite_url(home), home)
    with store.new_file("mine") as file:
        file.write(b"sealed")
    with store.new_file("nobody") as file:
        file.write(b"sealed")
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", (GIVEN,))
        work.blobs.put(SealedBlob("LW-1", "OFF-HRC", "report", 1, b"sealed report"))
        work.blobs.adopt_file("mine", NOW)
        work.outbox.add(Outgoing(MINA, CANARY.decode(), "Q01", 1), NOW)
        work.traces.add(MINA, "77", NOW)
        work.inbox.is_new("signal", "old", NOW - timedelta(days=5))
        alert = AlertState(
            "AL-1", "LW-1", "OFF-EML", "L1", wide=True, raised_at=NOW.isoformat(), next_look=NOW.isoformat()
        )
        work.alerts.raise_alert(alert)
        work.audit.record(AuditEntry(NOW, "amina", "operator", "OFF-EML", "own", "LW-1", reason=CANARY.decode()))
        work.audit.record(AuditEntry(NOW, "boris", "administrator", "OFF-EML", "invite", reason=CANARY.decode()))
        work.checkpoints.make(NOW)
    return store


def test_purge_forgets_what_is_over_and_nothing_else(store: SqlStore, tmp_path: Path) -> None:
    """A file of nobody goes after an hour; what belongs to a draft or a case stays."""
    blobs = tmp_path / "home" / "blobs"
    for path in blobs.iterdir():
        os.utime(path, (0, 0))
    done = purge(store.engine, blobs, NOW + timedelta(days=3))
    store.close()

    assert (done.orphans, done.message_keys, done.traces) == (1, 1, 1)
    assert [path.name for path in blobs.iterdir()] == ["mine"]


def test_after_rotation_everything_opens_with_the_new_ring_and_nothing_with_the_old(
    store: SqlStore, tmp_path: Path
) -> None:
    """Keys, messages, traces, alerts and the audit log."""
    folder = tmp_path / "home" / "keys"
    old = load_keys(folder)
    count = rotate_ring(store.engine, folder, SystemEntropy())
    new = load_keys(folder)
    assert (count, new.ring.newest != old.ring.newest, len(new.ring.key_ids)) == (6, True, 1)
    fresh = SqlStore(store.engine, new, SystemEntropy(), tmp_path / "home" / "blobs")
    with fresh.transaction() as work:
        assert work.conversations.load(MINA) is not None
        assert work.cases.get("LW-1") == CARD
        assert work.outbox.claim(NOW, 9, 9, "signal")[0].outgoing.text == CANARY.decode()
        assert work.traces.take(MINA) == ("77",)
        assert work.alerts.get("AL-1") is not None
        assert [one.entry.act for one in work.audit.page(0, 9) if one.entry is not None] == ["own", "invite"]
    stale = SqlStore(store.engine, old, SystemEntropy(), tmp_path / "home" / "blobs")
    with pytest.raises(Exception, match="ring"), stale.transaction() as work:
        work.cases.get("LW-1")
    store.close()


def test_a_backup_holds_what_offices_open_and_nothing_of_people(store: SqlStore, tmp_path: Path) -> None:
    """No key, no conversation, no address; it comes back where nothing is, and is refused elsewhere."""
    home, copy, new = tmp_path / "home", tmp_path / "copy", tmp_path / "new"
    store.close()
    assert backup(home, copy, "pin") > 0
    with pytest.raises(WouldOverwrite):
        backup(home, copy, "pin")
    connection = sqlite3.connect(copy / "leeward.db")
    tables = ("keys", "conversations", "outbox", "blobs", "ledger", "audit")
    counts = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}  # noqa: S608 - our own
    connection.close()
    assert counts == {"keys": 0, "conversations": 0, "outbox": 0, "blobs": 1, "ledger": 1, "audit": 2}
    assert not (copy / "keys").exists()
    assert CANARY not in (copy / "leeward.db").read_bytes()
    assert (copy / "blobs" / "mine").read_bytes() == b"sealed"
    restore(copy, new)
    assert (new / "blobs" / "mine").is_file()
    with pytest.raises(WouldOverwrite):
        restore(copy, new)


def test_what_was_sealed_is_handed_out_by_office_with_its_attachments(store: SqlStore, tmp_path: Path) -> None:
    """A report, and beside it the files that belong to its case; names that would leave the folder are refused."""
    home, out = tmp_path / "home", tmp_path / "out"
    with store.engine.begin() as connection:
        connection.execute(update(attachments).values(case="LW-1"))
    store.close()

    assert hand_out(home, out) == 2
    office = next(out.iterdir())
    assert sorted(path.name for path in office.iterdir()) == ["LW-1.age", "mine.age"]
    assert (office / "mine.age").read_bytes() == b"sealed"

    with closing(sqlite3.connect(home / "leeward.db")) as connection:
        connection.execute("UPDATE blobs SET office = '../elsewhere'")
        connection.commit()
    with pytest.raises(BackupBroken):
        hand_out(home, tmp_path / "other")
    assert not (tmp_path / "elsewhere").exists()


def test_something_that_is_no_backup_is_refused(store: SqlStore, tmp_path: Path) -> None:
    """Also a database with keys in it: that is no backup of ours."""
    store.close()
    with pytest.raises(BackupBroken):
        restore(tmp_path / "home", tmp_path / "new")
    with pytest.raises(StorageError):
        restore(tmp_path / "nowhere", tmp_path / "new")
