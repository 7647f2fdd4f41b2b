"""What is said when a ledger does not hold: one plain sentence for each thing, with its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from dialogs.replace import replace
from handlers.types import AuditEntry
from storage.auditing import problems
from storage.crypto.errors import NotAuthentic
from storage.store import SqlStore
from tests.storage.test_ledger import KEY, copy_of, made, store
from tests.stores import NOW

__all__ = ["store"]


def found_in(**changes: object) -> list[str]:
    """Return what is found after the second of four checkpoints was changed like this."""
    ledger = made(160, every=40)
    first, second, *others = ledger.checkpoints
    point = replace(second, **changes)  # type: ignore[arg-type]  # fields by name
    return problems(replace(ledger, checkpoints=(first, point, *others)), KEY.fingerprint())


def test_what_is_wrong_with_a_checkpoint_is_said_in_plain_words() -> None:
    """One sentence for each thing, with its number; whoever verifies needs nothing else."""
    ledger = made(160, every=40)
    first, _second, *others = ledger.checkpoints
    unsigned = "its signature does not hold, or is by a key nobody pinned"
    uncovered = "does not match the events it covers (one was cut off, added or moved)"

    assert problems(replace(ledger, checkpoints=(first, *others)), KEY.fingerprint()) == [
        "checkpoint 3: one before it is missing, or it is there twice", "checkpoint 2: is missing, although events name it",
        f"checkpoint 3: {uncovered}",
    ]  # fmt: skip
    assert found_in(signature="{}") == [f"checkpoint 2: {unsigned}"]
    assert found_in(previous="00" * 32) == [
        "checkpoint 2: does not follow from the one before it", f"checkpoint 2: {unsigned}",
        "checkpoint 3: does not follow from the one before it",
    ]  # fmt: skip


def test_what_is_wrong_with_an_event_is_said_in_plain_words() -> None:
    """One that was changed does not follow, and the next one does not follow from it."""
    ledger = made(160, every=40)
    changed = replace(ledger.entries[0], commitment="00" * 32)
    (found,) = problems(replace(ledger, entries=(changed, *ledger.entries[1:])), KEY.fingerprint())

    assert found == ("LW-0000, event 1: was changed, or put in from elsewhere (it does not follow from the one before)")


def test_a_signature_that_is_not_even_text_is_found(store: SqlStore) -> None:
    """Whatever somebody put in its place: verifying goes on to its end."""
    pin = store._keys.ledger.fingerprint()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE checkpoints SET signature = X'FFFE'"))
    found = problems(copy_of(store), pin)
    store.close()

    assert found == ["checkpoint 1: its signature does not hold, or is by a key nobody pinned"]


def test_an_erased_event_does_not_open(store: SqlStore) -> None:
    """It is no empty event: there is nothing to read, and no traceback of something else."""
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE ledger SET event = NULL"))
    with pytest.raises(NotAuthentic), store.transaction() as work:
        work.cases.consents("LW-1")
    store.close()


def test_a_checkpoint_says_its_minute_and_covers_the_log_as_well(store: SqlStore) -> None:
    """Minutes since 1970: finer would tell when somebody wrote."""
    before = copy_of(store)
    with store.transaction() as work:
        work.audit.record(AuditEntry(NOW, "amina", "operator", "OFF-EML", "own", "LW-1", "", "amina"))
        assert work.checkpoints.uncovered() == 1
        work.checkpoints.make(NOW + timedelta(minutes=3))
        assert work.checkpoints.uncovered() == 0
        assert work.checkpoints.make(NOW + timedelta(minutes=4)) == 3
    after = copy_of(store)
    pin = store._keys.ledger.fingerprint()
    store.close()

    assert [point.minute - NOW.timestamp() // 60 for point in after.checkpoints] == [0, 3, 4]
    assert [entry.case for entry in after.entries if entry not in before.entries] == ["audit:LW-1"]
    assert problems(after, pin) == []
