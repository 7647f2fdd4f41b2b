"""One suite for every store: in memory, SQLite, PostgreSQL. Whatever handlers rely on stands here."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import SystemEntropy
from dialogs.escalation import AlertState
from dialogs.replace import replace
from handlers.message_ports import HELD, SENT, WAITING, Message
from handlers.ports import Store
from handlers.types import Address, Outgoing, SealedBlob, Slice
from storage.memory import MemoryStore
from tests.stores import BLUE, CARD, GIVEN, MINA, NOW, TALK


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
        assert work.cases.by_phrase("phrase") == (CARD,)
        assert work.cases.by_phrase("other") == work.cases.by_phrase("") == ()
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
