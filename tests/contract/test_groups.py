"""Group commit, for every store: parts of one transaction, each undone alone, all of them stored or none."""

from __future__ import annotations

import threading
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from bot.clock import SystemEntropy
from dialogs.replace import replace
from handlers.ports import Store
from handlers.types import Address, Inbound, Outgoing
from storage.errors import CannotWrite
from storage.store import JOURNAL_PAGES, sqlite_url
from tests.stores import BLUE, CARD, GIVEN, MINA, NOW, TALK, sql_store


@pytest.mark.parametrize("poison", [{0}, {2}, {4}, {0, 1}, {0, 1, 2, 3, 4}])
def test_what_failed_in_a_group_is_undone_alone(store: Store, poison: set[int]) -> None:
    """The turns before and after it are stored, whichever it is: the first one has no savepoint."""
    with store.group():
        for number in range(5):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                work.inbox.is_new("signal", str(number), NOW)
                work.conversations.save(Address("signal", str(number)), TALK)
                (b"\xff" if number in poison else b"ok").decode()
    with store.transaction() as work:
        loaded = [work.conversations.load(Address("signal", str(number))) for number in range(5)]
        assert {number for number, one in enumerate(loaded) if one is None} == poison
        assert {number for number in range(5) if work.inbox.is_new("signal", str(number), NOW)} == poison


def test_a_part_knows_nothing_of_what_a_part_before_it_made_and_lost(store: Store) -> None:
    """Who was made known in a turn that was taken back is a stranger to the next turn."""
    with store.group():
        for turn in range(2):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                assert work.conversations.load(MINA) is None
                assert work.conversations.save(MINA, TALK) == 1
                (b"\xff" if turn == 0 else b"ok").decode()
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)

    assert loaded is not None
    assert (loaded.conversation, loaded.revision) == (TALK, 1)


def test_an_exception_that_leaves_a_group_undoes_all_of_it(store: Store) -> None:
    """Nothing of a group that was not committed is there."""
    with pytest.raises(RuntimeError), store.group():
        with store.transaction() as work:
            work.conversations.save(MINA, TALK)
        raise RuntimeError
    with store.transaction() as work:
        assert work.conversations.load(MINA) is None


def test_later_parts_of_a_group_see_what_earlier_ones_did(store: Store) -> None:
    """Two messages of one person in one group: the second finds the first."""
    with store.group():
        for turn in range(3):
            with store.transaction() as work:
                loaded = work.conversations.load(MINA)
                assert (loaded.conversation.turn if loaded else -1) == turn - 1
                work.conversations.save(MINA, replace(TALK, turn=turn))
        assert store.finish_erasure()
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)

    assert loaded is not None
    assert (loaded.conversation.turn, loaded.revision) == (2, 3)


@pytest.mark.parametrize("looks", [True, False])
def test_what_a_lost_turn_would_have_queued_is_gone_and_nothing_else(store: Store, *, looks: bool) -> None:
    """Rows may be written late: before a turn that asks for them, or with the commit; a lost turn takes only its own."""
    with store.group():
        for number in range(4):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                mine = Address("signal", str(number))
                work.conversations.save(mine, TALK)
                work.traces.add(mine, f"ref {number}", NOW)
                work.timers.set(mine, "idle", NOW)
                work.outbox.add(Outgoing(mine, f"reply {number}", "Q01", 1), NOW)
                if looks:
                    assert work.outbox.waits_for(mine)
                (b"\xff" if number in (0, 2) else b"ok").decode()
    with store.transaction() as work:
        sent = [item.outgoing.text for item in work.outbox.claim(NOW, 9, 60, "signal")]
        rang = {timer.address.value for timer in work.timers.due(NOW, 9)}
        stand = [work.traces.take(Address("signal", str(number))) for number in range(4)]

    assert (sent, rang, stand) == (["reply 1", "reply 3"], {"1", "3"}, [(), ("ref 1",), (), ("ref 3",)])


def test_a_message_of_a_lost_turn_is_new_again_and_one_that_was_taken_is_not(store: Store) -> None:
    """Within the group already: messages are tried again, and services deliver the same one twice."""
    new = []
    with store.group():
        for turn in range(4):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                new.append(work.inbox.is_new("signal", "7", NOW))
                (b"\xff" if turn < 2 else b"ok").decode()

    assert new == [True, True, True, False]


def test_whatever_a_lost_turn_wrote_is_undone(store: Store) -> None:
    """Also by parts of the store that a turn before it had asked for in the same group."""
    with store.group():
        for month, lost in (("2026-10", False), ("2026-11", True), ("2026-12", False)):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                work.tallies.add(month)
                work.versions.keep(month, b"")
                (b"\xff" if lost else b"ok").decode()
    with store.transaction() as work:
        assert work.tallies.all() == {"2026-10": 1, "2026-12": 1}
        assert set(work.versions.all()) == {"2026-10", "2026-12"}


def test_what_a_lost_turn_changed_is_as_it_was(store: Store) -> None:
    """A message that was taken out to be sent, the chat it stands in, the consents of a case: nothing half changed stays."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.cases.open(CARD, MINA)
        work.cases.record(CARD.case, (GIVEN,))
        work.traces.add(MINA, "first", NOW)
        work.outbox.add(Outgoing(MINA, "reply", "Q01", 1), NOW)
    with suppress(UnicodeDecodeError), store.transaction() as work:
        (item,) = work.outbox.claim(NOW, 9, 60, "signal")
        work.outbox.failed(item, retry_at=None)
        work.cases.record(CARD.case, (replace(GIVEN, record_id="CR-2"),))
        work.traces.add(MINA, "second", NOW)
        b"\xff".decode()
    with store.transaction() as work:
        assert [item.attempts for item in work.outbox.claim(NOW, 9, 60, "signal")] == [0]
        assert (work.cases.consents(CARD.case), work.traces.take(MINA)) == ((GIVEN,), ("first",))


def test_a_turn_sees_what_it_queued_itself(store: Store) -> None:
    """Whatever asks for messages, timers and what stands in a chat finds those of the same transaction."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        for _ in range(2):
            work.timers.set(MINA, "idle", NOW)
        work.timers.set(MINA, "draft", NOW)
        work.timers.cancel(MINA, "draft")
        rang = [timer.timer for timer in work.timers.due(NOW, 9)]
        work.outbox.add(Outgoing(MINA, "reply", "Q01", 1), NOW)
        work.traces.add(MINA, "ref", NOW, until=NOW)
        claimed = [item.outgoing.text for item in work.outbox.claim(NOW, 9, 60, "signal")]

        assert (rang, claimed, work.traces.due(NOW, 9)) == (["idle"], ["reply"], ((MINA, "ref"),))


@pytest.mark.parametrize("poison", [set[int](), {0}, {3}, {1, 4}])
def test_messages_that_were_expected_are_taken_as_if_they_were_not(store: Store, poison: set[int]) -> None:
    """Somebody known, a stranger, two messages of one person; one was taken before; any of them may fail."""
    people = [MINA, BLUE, MINA, MINA, Address("signal", "aci-3")]
    expected = [Inbound(person, str(number)) for number, person in enumerate(people)]
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        assert work.inbox.is_new("signal", "2", NOW)
    new = []
    with store.group(expected):
        for number, inbound in enumerate(expected):
            with suppress(UnicodeDecodeError), store.transaction() as work:
                new.append(work.inbox.is_new("signal", inbound.key, NOW))
                if not new[-1]:
                    continue
                loaded = work.conversations.load(inbound.address)
                work.conversations.save(inbound.address, replace(TALK, turn=loaded.revision if loaded else 0))
                (b"\xff" if number in poison else b"ok").decode()
    with store.transaction() as work:
        stored = [work.conversations.load(person) for person in (MINA, BLUE, people[4])]
        again = [work.inbox.is_new("signal", str(number), NOW) for number in range(5)]

    assert new == [True, True, False, True, True]
    assert again == [number in poison for number in range(5)]
    revisions = [3 - len(poison & {0, 3}), 1 - len(poison & {1}), 1 - len(poison & {4})]
    assert [one.revision if one else 0 for one in stored] == revisions
    assert [one.conversation.turn if one else -1 for one in stored] == [number - 1 for number in revisions]


def test_a_message_that_comes_twice_in_one_group_counts_once(store: Store) -> None:
    """Its key is looked up for both before either is taken."""
    twice = [Inbound(MINA, "7"), Inbound(MINA, "7")]
    with store.group(twice):
        taken = []
        for inbound in twice:
            with store.transaction() as work:
                taken.append(work.inbox.is_new("signal", inbound.key, NOW))

    assert taken == [True, False]


def test_a_group_is_of_one_thread(tmp_path: Path) -> None:
    """What another thread does meanwhile waits for the group, and is no part of it."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    found = []

    def look() -> None:
        with store.transaction() as work:
            found.append(work.conversations.load(MINA))

    other = threading.Thread(target=look)
    with store.group():
        other.start()
        with store.transaction() as work:
            work.conversations.save(MINA, TALK)
        assert found == []
    other.join(20)
    store.close()

    assert [loaded.conversation for loaded in found if loaded is not None] == [TALK]


def test_files_of_what_a_group_erased_go_when_it_has_committed(tmp_path: Path) -> None:
    """Not before: the commit may fail, and then the case still needs them."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    with store.new_file("f1") as file:
        file.write(b"sealed")
    with store.transaction() as work:
        work.blobs.adopt_file("f1", NOW)
    with store.group():
        with store.transaction() as work:
            work.blobs.drop_files(("f1",))
        assert (tmp_path / "blobs" / "f1").exists()
    store.close()

    assert not (tmp_path / "blobs" / "f1").exists()


def test_files_of_an_erasure_that_was_taken_back_stay(tmp_path: Path) -> None:
    """The turn failed after it had erased: what it would have erased is still needed."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    for name in ("f1", "f2"):
        with store.new_file(name) as file:
            file.write(b"sealed")
    with store.group():
        with suppress(UnicodeDecodeError), store.transaction() as work:
            work.blobs.drop_files(("f1",))
            b"\xff".decode()
        with store.transaction() as work:
            work.blobs.drop_files(("f2",))
    store.close()

    assert [path.name for path in (tmp_path / "blobs").iterdir()] == ["f1"]


@pytest.mark.parametrize("grouped", [True, False])
def test_nothing_counts_as_stored_that_the_database_has_taken_back_by_itself(tmp_path: Path, *, grouped: bool) -> None:
    """SQLite ends a transaction when the disk is full; a commit after that would succeed and store nothing."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    with pytest.raises(CannotWrite), store.group() if grouped else nullcontext(), store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.conversations.session.cursor.execute("ROLLBACK")
    with store.transaction() as work:
        assert work.conversations.load(MINA) is None
    store.close()


def test_when_the_database_took_back_the_whole_transaction_nothing_of_the_group_counts(tmp_path: Path) -> None:
    """A full disk ends the transaction of SQLite: later parts must not be stored as if they stood alone."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    with pytest.raises(CannotWrite), store.group():
        with store.transaction() as work:
            work.conversations.save(MINA, TALK)
        with pytest.raises(RuntimeError), store.transaction() as work:
            work.inbox.is_new("signal", "1", NOW)
            work.conversations.session.cursor.execute("ROLLBACK")
            raise RuntimeError
        with pytest.raises(CannotWrite), store.transaction() as work:
            work.conversations.save(Address("signal", "late"), TALK)
    with store.transaction() as work:
        assert work.conversations.load(MINA) is None
        assert work.conversations.load(Address("signal", "late")) is None
    store.close()


def test_the_journal_stays_short_and_is_emptied_by_an_erasure(tmp_path: Path) -> None:
    """The commit that fills a megabyte moves it to its place; nothing is lost by that."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    journal = tmp_path / "leeward.db-wal"
    for turn in range(400):
        with store.transaction() as work:
            work.conversations.save(MINA, replace(TALK, turn=turn, panic_hash=SystemEntropy().bytes(9000).hex()))
    assert 0 < journal.stat().st_size < 2 * JOURNAL_PAGES * 4096
    assert store.finish_erasure()
    assert journal.stat().st_size == 0
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)
    store.close()

    assert loaded is not None
