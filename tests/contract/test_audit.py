"""The audit log of every store: chains that can be read, erased with their case, and never changed unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from dialogs.replace import replace
from handlers.ports import Store
from handlers.types import AuditEntry
from storage.auditing import problems, read_ledger
from storage.crypto.errors import NotAuthentic
from storage.store import SqlStore, sqlite_url
from tests.stores import CARD, GIVEN, MINA, NOW, sql_store

OWN = AuditEntry(NOW, "amina", "operator", "OFF-EML", "own", "LW-1", "", "amina")
RAISED = AuditEntry(NOW, "amina", "operator", "OFF-EML", "level", "LW-1", "L2", "L1", "She called twice.")
INVITED = AuditEntry(NOW, "boris", "administrator", "OFF-EML", "invite", new="operator")


def test_entries_come_back_by_case_and_by_page(store: Store) -> None:
    """In the order they were made; a page goes on where the last one ended."""
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        for entry in (OWN, INVITED, RAISED):
            work.audit.record(entry)
    with store.transaction() as work:
        first = work.audit.page(0, 2)
        rest = work.audit.page(first[-1].number, 9)
        newest = work.audit.latest(0, 2)
        older = work.audit.latest(newest[-1].number, 9)
        assert work.audit.of("LW-1") == (OWN, RAISED)
        assert work.audit.of("desk") == work.audit.of("unknown") == work.audit.of("") == ()

    assert [one.entry for one in (*first, *rest)] == [OWN, INVITED, RAISED]
    assert [one.entry for one in (*newest, *older)] == [RAISED, INVITED, OWN]


def test_what_was_said_about_a_case_is_erased_with_it(store: Store) -> None:
    """The place stays and says erased; what happens later is kept without old, new and reason."""
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.audit.record(RAISED)
        work.audit.record(INVITED)
        work.cases.erase("LW-1")
        work.audit.record(replace(RAISED, act="read"))
    with store.transaction() as work:
        assert work.audit.of("LW-1") == ()
        kept = replace(RAISED, act="read", old="", new="", reason="")
        assert [one.entry for one in work.audit.page(0, 9)] == [None, INVITED, kept]


def test_an_entry_goes_with_its_transaction(store: Store) -> None:
    """What did not happen is not in the log."""
    with pytest.raises(RuntimeError), store.transaction() as work:
        work.audit.record(INVITED)
        raise RuntimeError
    with store.transaction() as work:
        assert work.audit.page(0, 9) == ()


def test_checkpoints_cover_the_log_too(store: Store) -> None:
    """An entry alone makes a checkpoint necessary."""
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", (GIVEN,))
        work.audit.record(OWN)
        assert work.checkpoints.uncovered() == 2
        work.checkpoints.make(NOW)
        assert work.checkpoints.uncovered() == 0
        work.audit.record(INVITED)
        assert work.checkpoints.uncovered() == 1


@pytest.fixture
def covered(tmp_path: Path) -> SqlStore:
    """A SQLite store with three entries and two checkpoints."""
    made = sql_store(sqlite_url(tmp_path), tmp_path)
    with made.transaction() as work:
        work.cases.open(CARD, MINA)
        work.audit.record(OWN)
        work.checkpoints.make(NOW)
        work.audit.record(INVITED)
        work.audit.record(RAISED)
        work.checkpoints.make(NOW)
    return made


def _problems(made: SqlStore) -> list[str]:
    with made.engine.connect() as connection:
        return problems(read_ledger(connection), made._keys.ledger.fingerprint())


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE chain = 'desk'",
        "UPDATE audit SET commitment = head WHERE number = 2",
        "UPDATE audit SET chain = 'desk', sequence = 2 WHERE number = 3",
        "UPDATE audit SET checkpoint = NULL WHERE number = 3",
    ],
)
def test_whoever_changes_the_log_is_found(covered: SqlStore, tampering: str) -> None:
    """Cut, changed, moved or taken from its checkpoint."""
    assert _problems(covered) == []
    with covered.engine.begin() as connection:
        connection.execute(text(tampering))
    found = _problems(covered)
    covered.close()

    assert found


def test_an_erased_case_leaves_a_log_that_holds(covered: SqlStore) -> None:
    """The chain stays and hides nothing any more."""
    with covered.transaction() as work:
        work.cases.erase("LW-1")
    with covered.engine.connect() as connection:
        entries = read_ledger(connection).entries
    found = _problems(covered)
    covered.close()

    assert found == []
    assert [(entry.case, entry.erased) for entry in entries] == [
        ("audit:LW-1", True), ("audit:LW-1", True), ("audit:desk", False),
    ]  # fmt: skip


def test_an_entry_put_in_the_place_of_another_does_not_open(covered: SqlStore) -> None:
    """Each is bound to its chain and its place."""
    with covered.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET entry = (SELECT entry FROM audit WHERE number = 1) WHERE number = 3"))
    with pytest.raises(NotAuthentic), covered.transaction() as work:
        work.audit.of("LW-1")
    covered.close()


def test_nothing_of_the_log_can_be_read_in_the_file(covered: SqlStore, tmp_path: Path) -> None:
    """Neither who, nor why."""
    covered.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("leeward.db*"))

    assert not [word for word in (b"She called", b"amina", b"boris", b"administrator") if word in stored]
