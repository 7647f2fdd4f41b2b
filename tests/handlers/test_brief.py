"""What is shown on demand goes from the chat by itself, and nothing else waits for that (INV-16, Q50)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import Conversation
from handlers.deliver import BRIEF_TIME, LATER, REFUSED, SENT, UNKNOWN, UNREACHABLE, Delivered, Delivery, clear_brief
from handlers.types import CLEAR, Address, OutboxItem, Outgoing
from storage.memory import MemoryStore
from tests.conftest import NOON

MINA = Address("telegram", "7")


@dataclass(slots=True)
class Chat:
    """One person's chat, with a clock that stands still until it is told."""

    address: Address = MINA
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))

    def __post_init__(self) -> None:
        with self.store.transaction() as work:
            at = NOON.isoformat()
            work.conversations.save(self.address, Conversation("c1", self.address.channel, "v1", at, at))

    @property
    def delivery(self) -> Delivery:
        """Return what sends on this channel."""
        return Delivery(self.store, self.clock, self.address.channel)

    def claimed(self) -> tuple[OutboxItem, ...]:
        """Return what would be sent now."""
        return self.delivery.claim()

    def say(self, text: str, ref: str, *, brief: bool = False) -> None:
        """Send a message that stands in the chat as `ref` then."""
        with self.store.transaction() as work:
            work.outbox.add(Outgoing(self.address, text, "Q50", 1, brief=brief), self.clock.now())
        (item,) = self.claimed()
        self.delivery.settle([Delivered(item, SENT, ref=ref)])

    def wait(self, wait: timedelta) -> int:
        """Let time pass; return in how many chats something is to be deleted."""
        self.clock = FixedClock(self.clock.now() + wait)
        with self.store.transaction() as work:
            return clear_brief(work, self.clock.now())


def test_what_was_shown_on_demand_is_deleted_ten_minutes_after_it_went_out_and_the_rest_stays() -> None:
    """Not a second before, and once."""
    chat = Chat()
    chat.say("a question", "41")
    chat.say("my choices", "42", brief=True)
    chat.say("a summary", "43", brief=True)
    assert chat.wait(BRIEF_TIME - timedelta(seconds=1)) == 0
    assert chat.wait(timedelta(seconds=1)) == 1
    (clear,) = chat.claimed()
    assert (clear.outgoing.act, clear.outgoing.refs) == (CLEAR, ("42", "43"))
    chat.delivery.settle([Delivered(clear, SENT)])
    assert (chat.wait(BRIEF_TIME), chat.claimed()) == (0, ())
    with chat.store.transaction() as work:
        assert work.traces.take(MINA) == ("41",)


def test_where_deleting_leaves_a_mark_nothing_is_deleted_by_itself() -> None:
    """On Signal the disappearing timer does it, without a word about a message that was there."""
    chat = Chat(Address("signal", "aci-1"))
    chat.say("my choices", "42", brief=True)
    assert chat.wait(BRIEF_TIME) == 0
    with chat.store.transaction() as work:
        assert work.traces.take(chat.address) == ("42",)


@pytest.mark.parametrize("outcome", [LATER, UNKNOWN])
def test_deleting_that_does_not_work_now_is_done_later_and_no_message_waits_for_it(outcome: str) -> None:
    """The service is asked again after the time it names; meanwhile the next question goes out."""
    chat = Chat()
    chat.say("my choices", "42", brief=True)
    chat.wait(BRIEF_TIME)
    (clear,) = chat.claimed()
    chat.delivery.settle([Delivered(clear, outcome, wait_seconds=30)])
    chat.say("the next question", "43")
    assert (chat.wait(timedelta(seconds=29)), chat.wait(timedelta(seconds=1))) == (0, 1)
    assert [item.outgoing.refs for item in chat.claimed()] == [("42",)]


def test_a_chat_that_cannot_be_reached_any_more_is_not_cleared_and_leaves_no_dead_letter() -> None:
    """Whoever blocked the bot and erases what they wrote: there is nothing left to clear, and nothing to look after."""
    chat = Chat()
    with chat.store.transaction() as work:
        work.outbox.add(Outgoing(chat.address, "", "", 0, act=CLEAR, refs=("41",)), chat.clock.now())
    (clear,) = chat.claimed()
    chat.delivery.settle([Delivered(clear, UNREACHABLE)])
    assert chat.claimed() == ()
    with chat.store.transaction() as work:
        assert (work.outbox.dead(), work.outbox.waiting()) == (0, 0)


@pytest.mark.parametrize("outcome", [REFUSED, UNREACHABLE])
def test_deleting_that_can_never_work_is_given_up_and_leaves_no_dead_letter(outcome: str) -> None:
    """Nobody can reach this chat any more."""
    chat = Chat()
    chat.say("my choices", "42", brief=True)
    chat.wait(BRIEF_TIME)
    (clear,) = chat.claimed()
    chat.delivery.settle([Delivered(clear, outcome)])
    assert (chat.wait(BRIEF_TIME), chat.claimed()) == (0, ())
    with chat.store.transaction() as work:
        assert work.outbox.dead() == 0
