"""The outbox of every store: what is claimed in which order, tried again, dropped, and never sent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.replace import replace
from handlers.ports import Store
from handlers.types import CLEAR, Address, Outgoing
from tests.stores import BLUE, CARD, MINA, NOW, TALK


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
        assert [work.traces.remembers(MINA, ref) for ref in ("1", "2", "3")] == [True, True, False]
        assert not work.traces.remembers(BLUE, "1")
        assert work.traces.take(MINA) == ("1", "2")
        assert not work.traces.remembers(MINA, "1")


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


def test_dead_letters_are_counted_for_the_case_of_their_person(store: Store) -> None:
    """What still waits, and what no case leads to, is counted for nobody."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
        work.cases.open(CARD, MINA)
        work.cases.open(replace(CARD, case="LW-2", phrase_hash=""), None)
        for person, text in ((MINA, "1"), (BLUE, "2")):
            work.outbox.add(Outgoing(person, text, "Q01", 1), NOW)
        for item in work.outbox.claim(NOW, 10, 60, "signal"):
            work.outbox.failed(item, retry_at=None)
        work.outbox.add(Outgoing(MINA, "3", "Q01", 1), NOW)

        assert (work.outbox.dead(), work.outbox.dead_by_case()) == (2, {"LW-1": 1})
