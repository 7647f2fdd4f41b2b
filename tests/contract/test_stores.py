"""One suite for every store: in memory, SQLite, PostgreSQL. Whatever handlers rely on stands here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import SystemEntropy
from dialogs.conversation import Answer, CaseCard, ConsentEvent, Conversation, Draft
from dialogs.escalation import AlertState
from dialogs.replace import replace
from handlers.message_ports import HELD, SENT, WAITING, Message
from handlers.ports import Store
from handlers.types import CLEAR, Address, Outgoing, SealedBlob, Slice
from storage import schema
from storage.keys import create_keys, load_keys
from storage.memory import MemoryStore
from storage.store import SqlStore, make_engine, sqlite_url
from storage.tables import metadata
from tests.postgres import postgres_url

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


def sql_store(url: str, home: Path) -> SqlStore:
    """Return a migrated store with fresh keys."""
    create_keys(home / "keys", SystemEntropy())
    engine = make_engine(url)
    schema.upgrade(engine)
    return SqlStore(engine, load_keys(home / "keys"), SystemEntropy(), home / "blobs")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each kind of store, empty."""
    if request.param == "memory":
        yield MemoryStore()
        return
    made = sql_store(sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url(), tmp_path)
    yield made
    if request.param == "postgresql":
        with made.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    made.close()


def test_a_message_key_is_new_once_per_channel(store: Store) -> None:
    """Duplicates are dropped; the same key on another channel is another message."""
    with store.transaction() as work:
        seen = [
            work.inbox.is_new("signal", "7", NOW),
            work.inbox.is_new("signal", "7", NOW),
            work.inbox.is_new("x", "7", NOW),
        ]

    assert seen == [True, False, True]


def test_old_message_keys_are_forgotten_by_age(store: Store) -> None:
    """Never by a high-water mark: ids restart."""
    with store.transaction() as work:
        work.inbox.is_new("telegram", "900000000", NOW - timedelta(days=9))
        work.inbox.is_new("telegram", "1000", NOW)
        pruned = work.inbox.prune(NOW - timedelta(days=8))

    with store.transaction() as work:
        assert pruned == 1
        assert not work.inbox.is_new("telegram", "1000", NOW)
        assert work.inbox.is_new("telegram", "900000000", NOW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(hours=st.lists(st.integers(-100, 0), max_size=40), slices=st.integers(1, 70), begin=st.integers(0, 69))
def test_a_round_of_slices_forgets_everything_old_and_nothing_young(
    store: Store, hours: list[int], slices: int, begin: int
) -> None:
    """However many slices there are and wherever it begins: message keys, and what stands in chats."""
    ages = {
        f"{number}-{SystemEntropy().bytes(8).hex()}": NOW + timedelta(hours=hour) for number, hour in enumerate(hours)
    }
    limit = NOW - timedelta(hours=72)
    with store.transaction() as work:
        for name, at in ages.items():
            work.inbox.is_new("signal", name, at)
            work.traces.add(Address("signal", name), name, at)
    gone = [0, 0]
    with store.transaction() as work:
        for number in range(slices):
            part = Slice((begin + number) % slices, slices)
            gone[0] += work.inbox.prune(limit, part)
            gone[1] += work.traces.prune(limit, part)

    old = {name for name, at in ages.items() if at < limit}
    with store.transaction() as work:
        assert gone == [len(old), len(old)]
        assert {name for name in ages if not work.traces.take(Address("signal", name))} == old
        assert {name for name in ages if work.inbox.is_new("signal", name, NOW)} == old
        work.inbox.prune(NOW + timedelta(days=1))


@pytest.mark.parametrize("keys", [1 << 63, 1 << 128])
@given(of=st.integers(1, 100))
def test_slices_lie_beside_each_other_and_leave_nothing_out(keys: int, of: int) -> None:
    """The first begins at zero, each other one behind the one before it, and the last ends with the last key."""
    ends = [Slice(number, of).of_keys(keys) for number in range(of)]

    assert [first for first, _last in ends] == [0, *(last + 1 for _first, last in ends[:-1])]
    assert ends[-1][1] == keys - 1


def test_a_conversation_comes_back_as_it_was_saved(store: Store) -> None:
    """And its revision grows by one."""
    with store.transaction() as work:
        first = work.conversations.save(MINA, TALK)
        second = work.conversations.save(MINA, replace(TALK, node="Q15"), new_key=True)
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)

    assert loaded is not None
    assert (first, second, loaded.revision, loaded.conversation) == (1, 2, 2, replace(TALK, node="Q15"))


def test_an_exception_undoes_everything(store: Store) -> None:
    """A turn happens or does not."""
    with pytest.raises(RuntimeError), store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.inbox.is_new("signal", "1", NOW)
        work.outbox.add(Outgoing(MINA, "hello", "Q01", 1), NOW)
        raise RuntimeError
    with store.transaction() as work:
        assert work.conversations.load(MINA) is None
        assert work.inbox.is_new("signal", "1", NOW)
        assert work.outbox.waiting() == 0


def test_a_forgotten_conversation_is_gone_and_its_case_stays(store: Store) -> None:
    """The case keeps its card; nothing leads from the person to it any more but the phrase."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.cases.open(CARD, MINA)
        work.timers.set(MINA, "draft", NOW)
        work.conversations.forget(MINA)
    with store.transaction() as work:
        assert work.conversations.load(MINA) is None
        assert work.cases.get("LW-1") == CARD
        assert work.cases.by_phrase("phrase") == CARD
        assert work.cases.by_phrase("other") is None
        assert work.timers.due(NOW, 9) == ()


def test_cards_come_with_the_conversation_of_their_person(store: Store) -> None:
    """Also after they were attached again by the phrase."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.conversations.save(BLUE, TALK)
        work.cases.open(CARD, MINA)
        work.cases.attach("LW-1", BLUE)
        work.cases.update(replace(CARD, status="ST-HOLD"))
    with store.transaction() as work:
        mine, theirs = work.conversations.load(MINA), work.conversations.load(BLUE)

    assert mine is not None
    assert theirs is not None
    assert mine.conversation.cards == ()
    assert [card.status for card in theirs.conversation.cards] == ["ST-HOLD"]


def test_two_who_change_one_card_at_once_lose_neither_change(store: Store) -> None:
    """An officer sets the owner while the person freezes the case: the later of the two sees the earlier change."""
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.conversations.save(MINA, TALK)
    if isinstance(store, MemoryStore):  # it has one writer, and no transactions side by side
        _freeze(store, Barrier(1))
        _own(store, Barrier(1))
    else:
        together = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(_freeze, store, together), pool.submit(_own, store, together)]:
                done.result(timeout=30)
    with store.transaction() as work:
        card = work.cases.get("LW-1")
    assert card is not None
    assert (card.owner, card.status) == ("p1", "ST-HOLD")


def _freeze(store: Store, together: Barrier) -> None:
    together.wait(10)
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)
        assert loaded is not None
        time.sleep(0.2)  # the other has read by now, where nothing holds it back
        work.cases.update(replace(loaded.conversation.cards[0], status="ST-HOLD"))


def _own(store: Store, together: Barrier) -> None:
    together.wait(10)
    with store.transaction() as work:
        card = work.cases.get("LW-1")
        assert card is not None
        time.sleep(0.2)  # as above
        work.cases.update(replace(card, owner="p1"))


def test_consent_events_keep_their_order(store: Store) -> None:
    """They are appended, never changed."""
    withdrawn = replace(GIVEN, record_id="CR-2", status="withdrawn")
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", (GIVEN,))
        work.cases.record("LW-1", (withdrawn,))
    with store.transaction() as work:
        assert work.cases.consents("LW-1") == (GIVEN, withdrawn)
        assert work.cases.consents("unknown") == ()


def test_an_erased_case_leaves_a_tombstone(store: Store) -> None:
    """The id stays; card, consents and sealed bytes are gone, and later changes are ignored."""
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", (GIVEN,))
        work.blobs.put(SealedBlob("LW-1", "OFF-HRC", "report", 1, b"sealed"))
        work.cases.erase("LW-1")
        work.cases.erase("unknown")
        work.cases.update(CARD)
        work.cases.record("LW-1", (GIVEN,))
    with store.transaction() as work:
        assert work.cases.ids() == ("LW-1",)
        assert work.cases.get("LW-1") is None
        assert work.cases.consents("LW-1") == ()
        assert work.blobs.of("LW-1") == ()


def test_blobs_are_replaced_and_ordered(store: Store) -> None:
    """A newer alert card takes the place of the older."""
    blobs = [
        SealedBlob("A", "O", "message", 2, b"2"),
        SealedBlob("A", "O", "message", 1, b"1"),
        SealedBlob("A", "O", "alert", 1, b"a"),
    ]
    with store.transaction() as work:
        for blob in [*blobs, replace(blobs[2], sealed=b"b")]:
            work.blobs.put(blob)
    with store.transaction() as work:
        assert [blob.sealed for blob in work.blobs.of("A")] == [b"b", b"1", b"2"]


def test_sealed_files_are_kept_until_dropped(store: Store) -> None:
    """Unknown names are ignored."""
    with store.new_file("f1") as file:
        file.write(b"sealed")
    with store.transaction() as work:
        work.blobs.adopt_file("f1", NOW)
    with store.transaction() as work:
        assert work.blobs.file("f1") == b"sealed"
        work.blobs.drop_files(("f1", "unknown"))
    with store.transaction() as work:
        assert work.blobs.file("f1") is None


def test_messages_go_out_by_priority_and_in_order_of_each_person(store: Store) -> None:
    """Safety first; of one person only the oldest unsent one, until it is sent."""
    with store.transaction() as work:
        for person, text, priority in ((MINA, "1", 1), (MINA, "2", 1), (BLUE, "sos", 0)):
            work.outbox.add(Outgoing(person, text, "Q01", 1, priority=priority), NOW)
        claimed = work.outbox.claim(NOW, 10, 60, "signal")
        assert [item.outgoing.text for item in claimed] == ["sos", "1"]
        assert work.outbox.claim(NOW, 10, 60, "signal") == ()
        for item in claimed:
            work.outbox.sent(item)
    with store.transaction() as work:
        assert [item.outgoing.text for item in work.outbox.claim(NOW, 10, 60, "signal")] == ["2"]


def test_a_message_is_claimed_as_it_was_queued(store: Store) -> None:
    """With all that belongs to it, in the transaction that queued it and, after the lease ran out, in a later one."""
    said = Outgoing(
        MINA,
        "Are you safe?",
        "Q01",
        7,
        (("1", "Yes"), ("2", "No")),
        seconds=60,
        refs=("5",),
        message="MS-1",
        brief=True,
    )
    with store.transaction() as work:
        work.outbox.add(said, NOW)
        work.outbox.add(Outgoing(BLUE, said.text, "Q01", 7), NOW)
        at_once = work.outbox.claim(NOW, 10, 60, "signal")
    with store.transaction() as work:
        later = work.outbox.claim(NOW + timedelta(seconds=61), 10, 60, "signal")

    assert [item.outgoing for item in at_once] == [said, Outgoing(BLUE, said.text, "Q01", 7)]
    assert [item.outgoing for item in later] == [item.outgoing for item in at_once]


def test_a_lease_runs_out_and_a_dead_letter_blocks_nobody(store: Store) -> None:
    """A sender that died is replaced; what cannot be sent is put aside."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        work.outbox.add(Outgoing(MINA, "2", "Q01", 1), NOW)
        first = work.outbox.claim(NOW, 10, 60, "signal")[0]
        again = work.outbox.claim(NOW + timedelta(seconds=61), 10, 60, "signal")[0]
        work.outbox.failed(again, retry_at=NOW + timedelta(hours=1))
        assert work.outbox.claim(NOW + timedelta(minutes=30), 10, 60, "signal") == ()
        late = work.outbox.claim(NOW + timedelta(hours=2), 10, 60, "signal")[0]
        work.outbox.failed(late, retry_at=None)
        follower = work.outbox.claim(NOW + timedelta(hours=3), 10, 60, "signal")

    assert (first.id, late.attempts) == (again.id, 1)
    assert [item.outgoing.text for item in follower] == ["2"]


def test_nothing_is_tried_again_before_its_time_not_even_within_the_second(store: Store) -> None:
    """A service said "not before": parts of a second count."""
    at = NOW.replace(microsecond=0) + timedelta(seconds=30, milliseconds=1)
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        item = work.outbox.claim(NOW, 10, 60, "signal")[0]
        work.outbox.failed(item, retry_at=at)
        early = work.outbox.claim(at.replace(microsecond=0), 10, 60, "signal")
        later = work.outbox.claim(at + timedelta(seconds=1), 10, 60, "signal")
        work.outbox.doubted(item, retry_at=at)

        assert (early, [found.id for found in later]) == ((), [item.id])
        assert work.outbox.claim(at.replace(microsecond=0), 10, 60, "signal") == ()


def test_what_waits_for_a_person_can_be_dropped(store: Store) -> None:
    """Hiding a chat takes back what is still queued."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        work.outbox.add(Outgoing(BLUE, "2", "Q01", 1), NOW)
        work.outbox.drop_for(MINA)
        assert work.outbox.waiting() == 1


def test_what_a_process_that_is_gone_had_claimed_is_taken_up_at_once(store: Store) -> None:
    """Only of its channel, and dead letters stay where they are."""
    with store.transaction() as work:
        for person in (MINA, BLUE, Address("telegram", "7")):
            work.outbox.add(Outgoing(person, "hello", "Q01", 1), NOW)
        held = work.outbox.claim(NOW, 10, 60, "signal")
        work.outbox.claim(NOW, 10, 60, "telegram")
        work.outbox.failed(held[0], retry_at=None)
        assert work.outbox.release("signal") == 1
        assert [item.id for item in work.outbox.claim(NOW, 10, 60, "signal")] == [held[1].id]
        assert work.outbox.claim(NOW, 10, 60, "telegram") == ()


def test_what_was_dropped_while_it_was_on_its_way_is_told_when_it_is_settled(store: Store) -> None:
    """Whoever sent it learns that the chat was cleared meanwhile; every other outcome of it is nothing."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        work.outbox.add(Outgoing(BLUE, "2", "Q01", 1), NOW)
        first, second = work.outbox.claim(NOW, 10, 60, "signal")
        work.outbox.drop_for(MINA)
        work.outbox.failed(first, retry_at=NOW)
        work.outbox.doubted(first, retry_at=NOW)
        assert (work.outbox.sent(first), work.outbox.sent(second)) == (False, True)
        assert work.outbox.waiting() == 0


def test_an_id_of_the_outbox_is_never_used_again(store: Store) -> None:
    """A send that was under way when its row was dropped is settled by its id: nobody else's row may have it."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        (first,) = work.outbox.claim(NOW, 10, 60, "signal")
        work.outbox.drop_for(MINA)
        work.outbox.add(Outgoing(MINA, "", "", 0, act="clear-chat", refs=("5",)), NOW)
        assert not work.outbox.sent(first)
        assert [item.outgoing.act for item in work.outbox.claim(NOW, 10, 60, "signal")] == ["clear-chat"]


def test_what_is_to_be_deleted_from_a_chat_stays_queued_when_the_rest_is_dropped(store: Store) -> None:
    """Its messages are in no trace any more: nobody else would delete them."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "", "", 0, act=CLEAR, refs=("5",)), NOW)
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        assert work.outbox.drop_for(MINA) == ()
        assert [item.outgoing.refs for item in work.outbox.claim(NOW, 10, 60, "signal")] == [("5",)]
        assert work.outbox.waiting() == 1


def test_messages_whose_time_in_the_chat_is_over_are_taken_once_and_the_others_stay(store: Store) -> None:
    """Each with its chat, the longest due first; what has no time goes with the rest of the chat."""
    later = NOW + timedelta(minutes=10)
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.conversations.save(BLUE, TALK)
        for address, ref, until in (
            (MINA, "1", None), (MINA, "2", later), (BLUE, "3", later - timedelta(minutes=1)), (MINA, "4", later),
            (MINA, "5", later + timedelta(seconds=1)),
        ):  # fmt: skip
            work.traces.add(address, ref, NOW, until=until)
        assert work.traces.due(NOW, 10) == ()
        assert work.traces.due(later, 2) == ((BLUE, "3"), (MINA, "2"))
        assert work.traces.due(later, 2) == ((MINA, "4"),)
        assert work.traces.due(later, 2) == ()
        assert work.traces.take(MINA) == ("1", "5")


def test_what_was_sent_is_found_with_the_rest_of_the_chat_whether_or_not_its_row_was_named(store: Store) -> None:
    """A claimed message says where its person is kept; what it left in the chat goes there."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.outbox.add(Outgoing(MINA, "hello", "Q01", 1), NOW)
        (item,) = work.outbox.claim(NOW, 10, 60, "signal")
        work.traces.add(MINA, "1", NOW)
        work.traces.add(MINA, "2", NOW, row=item.row)
        assert work.traces.take(MINA) == ("1", "2")


def test_a_chat_that_was_cleared_or_forgotten_has_nothing_left_whose_time_could_be_over(store: Store) -> None:
    """It went with the rest of the chat, or with the conversation."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.conversations.save(BLUE, TALK)
        work.traces.add(MINA, "1", NOW, until=NOW)
        work.traces.add(BLUE, "2", NOW, until=NOW)
        assert work.traces.take(MINA) == ("1",)
        work.conversations.forget(BLUE)
        assert work.traces.due(NOW, 10) == ()


def test_whether_something_waits_for_a_person(store: Store) -> None:
    """A dead letter does not wait, and what waits for another person does not count."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        assert (work.outbox.waits_for(MINA), work.outbox.waits_for(BLUE)) == (True, False)
        work.outbox.failed(work.outbox.claim(NOW, 10, 60, "signal")[0], retry_at=None)
        assert not work.outbox.waits_for(MINA)


@pytest.mark.parametrize(
    "queued",
    [
        Outgoing(MINA, "", "", 0, act=CLEAR, refs=("7",)),
        Outgoing(MINA, "", "Q01", 1, act="set-disappearing", seconds=60),
        Outgoing(MINA, "see you", "TALK", 1, message="M-1"),
        Outgoing(MINA, "your choices", "Q01", 1, brief=True),
    ],
    ids=["deletion", "timer", "officer", "brief"],
)
def test_what_is_no_reply_does_not_count_as_a_question_on_its_way(store: Store, queued: Outgoing) -> None:
    """After a gap the open question is said again, whatever else is still queued."""
    with store.transaction() as work:
        work.outbox.add(queued, NOW)
        assert not work.outbox.waits_for(MINA)
        work.outbox.add(Outgoing(MINA, "1", "Q01", 1), NOW)
        assert work.outbox.waits_for(MINA)


def test_officers_words_waiting_to_go_out_can_be_dropped_alone(store: Store) -> None:
    """Taking back stops what an officer wrote; what the bot itself has to say still goes out."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.outbox.add(Outgoing(MINA, "done", "TALK", 1), NOW)
        work.outbox.add(Outgoing(MINA, "words", "TALK", 1, message="m1"), NOW)
        work.outbox.add(Outgoing(BLUE, "others", "TALK", 1, message="m2"), NOW)
        assert work.outbox.drop_for(MINA, officers_only=True) == ("m1",)
        assert work.outbox.waiting() == 2
        assert work.outbox.drop_for(BLUE) == ("m2",)
        assert [item.outgoing.text for item in work.outbox.claim(NOW, 9, 60, "signal")] == ["done"]


def test_an_officers_message_comes_back_as_it_was_saved(store: Store) -> None:
    """In the order of its case; what is due, held or over is told apart by its time."""
    first = Message("m1", "LW-1", 1, "p1", NOW, WAITING, due_at=NOW, for_bot=b"sealed")
    second = Message("m2", "LW-1", 2, "p1", NOW, HELD, due_at=NOW + timedelta(hours=1), reason="hidden")
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.messages.add(second)
        work.messages.add(first)
        assert work.messages.of("LW-1") == (first, second)
        assert (work.messages.last("LW-1"), work.messages.last("LW-2")) == (2, 0)
    over = replace(first, state=SENT, due_at=None, for_bot=b"")
    with store.transaction() as work:
        assert work.messages.due(NOW, 9) == ("LW-1",)
        assert work.messages.due(NOW - timedelta(seconds=1), 9) == ()
        work.messages.save(over)
        assert work.messages.get("m1") == over
        assert work.messages.due(NOW, 9) == ()
        assert work.messages.due(NOW + timedelta(hours=1), 9) == ("LW-1",)
        assert work.messages.get("m3") is None


def test_officers_messages_go_with_their_case(store: Store) -> None:
    """An erased case holds none, and takes none."""
    message = Message("m1", "LW-1", 1, "p1", NOW, WAITING, due_at=NOW, for_bot=b"sealed")
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.messages.add(message)
        work.cases.erase("LW-1")
        work.messages.add(replace(message, id="m2", sequence=2))
        work.messages.save(message)
    with store.transaction() as work:
        assert work.messages.of("LW-1") == ()
        assert work.messages.get("m1") is None
        assert work.messages.due(NOW, 9) == ()


def test_timers_are_replaced_cancelled_and_taken_once(store: Store) -> None:
    """One of each name per conversation."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.timers.set(MINA, "idle", NOW)
        work.timers.set(MINA, "idle", NOW + timedelta(hours=1))
        work.timers.set(MINA, "draft", NOW)
        work.timers.cancel(MINA, "draft")
        work.timers.cancel(MINA, "unknown")
        assert work.timers.due(NOW, 9) == ()
        taken = work.timers.due(NOW + timedelta(hours=1), 9)
        assert [(timer.address, timer.timer) for timer in taken] == [(MINA, "idle")]
        assert work.timers.due(NOW + timedelta(hours=2), 9) == ()


def test_alerts_tallies_and_versions_are_kept(store: Store) -> None:
    """The small tables."""
    with store.transaction() as work:
        first = AlertState(
            "AL-1", "LW-1", "OFF-EML", "L1", wide=True, raised_at=NOW.isoformat(), next_look=NOW.isoformat()
        )
        work.alerts.raise_alert(first)
        work.alerts.raise_alert(replace(first, id="AL-2"))
        work.alerts.cancel("AL-2")
        assert work.alerts.due(NOW, 9) == (first,)
        work.alerts.save(replace(first, state="owned", next_look=""))
        assert (work.alerts.due(NOW, 9), work.alerts.open_ones(), work.alerts.get("AL-2")) == ((), (), None)
        work.alerts.save(first)
        work.tallies.add("2026-11")
        work.tallies.add("2026-11")
        work.versions.keep("v1", b"one")
        work.versions.keep("v1", b"two")
    with store.transaction() as work:
        assert [work.alerts.state(alert) for alert in ("AL-1", "AL-2", "AL-3")] == ["open", "cancelled", None]
        assert work.alerts.count() == 2
        assert work.tallies.all() == {"2026-11": 2}
        assert work.versions.all() == {"v1": b"one"}
    assert store.finish_erasure()
