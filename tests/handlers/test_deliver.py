"""What becomes of a message that was on its way when its chat was cleared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.replace import replace
from handlers.deliver import LATER, MOST_CLEARINGS, SENT, Delivered, Delivery
from handlers.types import CLEAR, SAY, Address, Outgoing
from storage.memory import MemoryStore
from tests.conftest import NOON

MINA = Address("telegram", "7")


def test_a_message_that_was_on_its_way_when_the_chat_was_cleared_is_deleted_as_well() -> None:
    """It went out after everything else was taken away: what stands there then goes, too."""
    store = MemoryStore()
    delivery = Delivery(store, FixedClock(NOON), "telegram")
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "a question", "Q1", 1), NOON)
    (item,) = delivery.claim()
    with store.transaction() as work:
        work.outbox.drop_for(MINA)
    delivery.settle([Delivered(item, SENT, ref="41")])
    (clear,) = delivery.claim()
    assert (clear.outgoing.act, clear.outgoing.refs) == ("clear-chat", ("41",))
    delivery.settle([Delivered(clear, SENT)])
    assert delivery.claim() == ()


def test_what_was_settled_by_a_commit_whose_answer_did_not_come_stays_in_the_chat() -> None:
    """It is settled a second time then: the row is gone because the message is out, not because the chat was cleared."""
    store = MemoryStore()
    delivery = Delivery(store, FixedClock(NOON), "telegram")
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "a question", "Q1", 1), NOON)
    (item,) = delivery.claim()
    delivery.settle([Delivered(item, SENT, ref="41")])
    delivery.settle([Delivered(item, SENT, ref="41")])
    assert delivery.claim() == ()
    with store.transaction() as work:
        assert work.traces.take(MINA) == ("41",)


def test_what_a_killed_process_had_claimed_is_sent_at_once_by_the_next() -> None:
    """Not only when its lease is over."""
    store = MemoryStore()
    delivery = Delivery(store, FixedClock(NOON), "telegram")
    with store.transaction() as work:
        work.outbox.add(Outgoing(MINA, "a question", "Q1", 1), NOON)
    assert len(delivery.claim()) == 1
    assert delivery.claim() == ()
    assert delivery.resume() == 1
    assert len(delivery.claim()) == 1


@pytest.mark.parametrize(
    ("act", "tries", "kept"), [(CLEAR, 0, 1), (CLEAR, MOST_CLEARINGS, 0), (SAY, MOST_CLEARINGS, 1)]
)
def test_a_chat_that_can_never_be_cleared_keeps_no_address_for_ever(act: str, tries: int, kept: int) -> None:
    """What is to be said waits for as long as it takes; a clearing ends after days."""
    store = MemoryStore()
    clock = FixedClock(NOON)
    delivery = Delivery(store, clock, "signal")
    with store.transaction() as work:
        work.outbox.add(Outgoing(Address("signal", "aci"), "", "", 0, act=act, refs=("1",)), NOON)
    (item,) = delivery.claim()
    delivery.settle([Delivered(replace(item, attempts=tries), LATER, wait_seconds=15)])
    clock.at += timedelta(seconds=20)
    assert len(delivery.claim()) == kept
