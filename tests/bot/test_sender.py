"""Sending: side by side, safety first, paced for the account and for each chat; a slow chat holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from threading import Lock, current_thread, main_thread
from typing import Any

import pytest

from bot.adapter import NotStored, Outcome, Sending
from bot.clock import SystemClock
from bot.pace import Pace
from bot.sender import LOOK_AHEAD_SECONDS, SIDE_BY_SIDE, Sender
from bot.telegram.adapter import TelegramAdapter
from bot.writer import Writer
from handlers.deliver import Delivery
from handlers.types import Address, Inbound, Outgoing
from storage.errors import StorageError
from storage.memory import MemoryStore, MemoryUnitOfWork
from tests.fakes.faults import Fault, serving, until
from tests.fakes.telegram_server import TelegramServer, too_many
from tests.serving import TOKEN

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
PATIENT = 60.0
CLOCK_SECONDS = 0.01
"""A timer of the event loop may be early by the resolution of its clock."""


class Told:
    """bot.adapter.Intake that remembers who is gone; `failing` times it cannot be stored."""

    def __init__(self, failing: int = 0) -> None:
        self.gone: list[Address] = []
        self.failing = failing

    async def take(self, _inbound: Inbound) -> bool:
        return True

    async def gap(self, channel: str) -> None:
        raise AssertionError(channel)

    async def unreachable(self, address: Address) -> None:
        if self.failing:
            self.failing -= 1
            raise NotStored
        self.gone.append(address)

    async def identity_changed(self, _address: Address) -> bool:
        return False


class Shared(MemoryStore):
    """The store in memory for two threads: the writer's and the test's. `trouble`: it fails the writer once."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = Lock()
        self.trouble = False
        self.failed = 0

    @contextmanager
    def transaction(self) -> Iterator[MemoryUnitOfWork]:
        """Open one transaction after the other. Raises: StorageError, when there is trouble."""
        if self.trouble and current_thread() is not main_thread():
            self.trouble = False
            self.failed += 1
            raise StorageError
        with self._turn, super().transaction() as work:
            yield work


class Noting(TelegramAdapter):
    """The adapter, which notes what it is asked to send, and when: two connections may reach a server the other way round."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - those of the parent
        super().__init__(*args, **options)
        self.texts: list[str] = []
        self.asked: list[float] = []
        self.answered: Callable[[], None] = lambda: None

    async def send(self, outgoing: Outgoing) -> Sending:
        self.texts.append(outgoing.text)
        self.asked.append(asyncio.get_running_loop().time())
        sending = await super().send(outgoing)
        self.answered()
        return sending


class Sent:
    """A sender between a store in memory and a Bot API server of this machine."""

    def __init__(self, store: Shared, server: TelegramServer, sender: Sender, adapter: Noting) -> None:
        self.store, self.server, self.sender, self.adapter = store, server, sender, adapter

    def queue(self, chat: int, text: str, priority: int = 1) -> None:
        """Let a prompt wait for somebody."""
        self.server.person(chat)
        outgoing = Outgoing(Address("telegram", str(chat)), text, "Q01", 1, priority=priority)
        with self.store.transaction() as work:
            work.outbox.add(outgoing, SystemClock().now())

    @property
    def texts(self) -> list[str]:
        """Return what the channel was asked to send, in the order it was asked."""
        return self.adapter.texts

    @property
    def waiting(self) -> int:
        """Return how many messages are not sent yet."""
        with self.store.transaction() as work:
            return work.outbox.waiting()


@asynccontextmanager
async def sent(
    *, per_second: float = 0.0, chat_seconds: float = 0.0, intake: Told | None = None, call_seconds: float = PATIENT,
    before: Callable[[Sent], None] | None = None, store: Shared | None = None,
) -> AsyncIterator[Sent]:  # fmt: skip
    server, store, writer = TelegramServer(), store or Shared(), Writer(several=False)
    async with serving(server.app()) as port:
        adapter = Noting(TOKEN, api_url=f"http://127.0.0.1:{port}", call_seconds=call_seconds)
        pace = Pace(per_second, chat_seconds, asyncio.get_running_loop().time)
        delivery = Delivery(store, SystemClock(), "telegram")
        sender = Sender(adapter, delivery, writer, intake or Told(), pace)
        running = Sent(store, server, sender, adapter)
        if before is not None:
            before(running)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(sender.run())
                yield running
                sender.stop()
        finally:
            await adapter.close()
            writer.close()


def test_a_slow_chat_holds_up_nobody_else() -> None:
    """While the answer for one chat does not come, two hundred others get theirs and it is written down."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            running.server.faults.plan("sendMessage", Fault("slow", seconds=PATIENT / 2))
            running.queue(1, "slow")

        async with sent(before=queue) as running:
            await until(lambda: running.texts == ["slow"])
            for chat in range(2, 202):
                running.queue(chat, str(chat))
            running.sender.awake.set()
            await until(lambda: running.waiting == 1, PATIENT / 3)

            assert len(running.server.person(201).received) == 1
            assert running.server.person(1).received == []
            raise EndedEarly

    with pytest.raises(ExceptionGroup) as ended:
        asyncio.run(play())
    assert ended.group_contains(EndedEarly)


class EndedEarly(Exception):
    """What is under way need not be waited for."""


def test_safety_goes_first_then_age() -> None:
    """Of many that wait, safety messages are asked for before all others, each kind in its order."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            for chat in range(1, 41):
                running.queue(chat, f"{'safety' if chat % 4 == 0 else 'reply'} {chat}", 0 if chat % 4 == 0 else 1)

        async with sent(per_second=20.0, before=queue) as running:
            await until(lambda: len(running.texts) == 40, PATIENT)

            expected = [f"safety {chat}" for chat in range(4, 41, 4)]
            assert running.texts[: len(expected)] == expected
            assert running.texts[len(expected) :] == [f"reply {chat}" for chat in range(1, 41) if chat % 4]

    asyncio.run(play())


def test_a_safety_message_overtakes_a_long_queue() -> None:
    """What comes later and is urgent waits for a part of a second, not for the hundreds before it."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            for chat in range(1, 301):
                running.queue(chat, "rest", 2)

        async with sent(per_second=20.0, before=queue) as running:
            await until(lambda: len(running.texts) > 3, PATIENT)
            running.queue(1000, "safety", 0)
            before = len(running.texts)
            running.sender.awake.set()
            await until(lambda: "safety" in running.texts, PATIENT)

            overtaken_by = running.texts.index("safety") - before
            assert overtaken_by <= 20 * LOOK_AHEAD_SECONDS * 2 + 2

    asyncio.run(play())


def test_the_account_never_sends_faster_than_it_may() -> None:
    """Of prompts at fifty a second each is asked for when its place has come, and none before."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            for chat in range(1, 101):
                running.queue(chat, "x")

        began = asyncio.get_running_loop().time()
        async with sent(per_second=50.0, before=queue) as running:
            await until(lambda: running.waiting == 0, PATIENT)

            times = sorted(running.adapter.asked)
            assert len(times) == 100
            assert all(at >= began + place / 50 - CLOCK_SECONDS for place, at in enumerate(times))

    asyncio.run(play())


def test_one_chat_rests_between_its_messages() -> None:
    """Three messages to one chat are asked for half a second apart at least, in their order."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            for number in range(3):
                running.queue(1, f"busy {number}")

        async with sent(chat_seconds=0.5, before=queue) as running:
            await until(lambda: running.waiting == 0, PATIENT)

            assert running.texts == ["busy 0", "busy 1", "busy 2"]
            assert min(later - before for before, later in pairwise(running.adapter.asked)) >= 0.5 - CLOCK_SECONDS

    asyncio.run(play())


def test_the_others_do_not_wait_for_a_chat_that_rests() -> None:
    """While one chat has to rest for a minute, thirty others get theirs, and what is left for the one stays there."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            for number in range(3):
                running.queue(1, f"busy {number}")
            for chat in range(2, 32):
                running.queue(chat, "x")

        async with sent(chat_seconds=PATIENT * 2, before=queue) as running:
            await until(lambda: running.waiting == 2, PATIENT)

            assert sorted(running.texts) == ["busy 0", *["x"] * 30]

    asyncio.run(play())


def test_a_stop_lets_what_was_begun_end_and_begins_nothing_new() -> None:
    """At the end a send under way is written down; what waits for its time stays in the outbox."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            running.server.faults.plan("sendMessage", Fault("slow", seconds=0.5))
            for chat in range(1, 21):
                running.queue(chat, "x")

        async with sent(per_second=4.0, before=queue) as running:
            await until(lambda: len(running.texts) == 1)
            running.sender.stop()
        received = sum(len(person.received) for person in running.server.people.values())

        assert received == len(running.texts)
        assert running.waiting == 20 - received > 0

    asyncio.run(play())


def test_who_is_gone_is_told_even_when_the_database_has_trouble_first() -> None:
    """A person who blocked the bot is noted at the second try, and nobody else notices."""

    async def play() -> None:
        told = Told(failing=1)

        def queue(running: Sent) -> None:
            running.queue(1, "x")
            running.server.person(1).blocked = True
            running.queue(2, "y")

        async with sent(intake=told, before=queue) as running:
            await until(lambda: bool(told.gone), PATIENT)

            assert told.gone == [Address("telegram", "1")]
            assert [message["text"] for message in running.server.person(2).received] == ["y"]

    asyncio.run(play())


def test_when_telegram_asks_the_account_to_wait_nothing_is_sent_and_nothing_lost() -> None:
    """A long 429 closes the account; what waited goes back into the outbox."""

    async def play() -> None:
        def queue(running: Sent) -> None:
            running.server.faults.plan("sendMessage", too_many(300))
            for chat in range(1, 31):
                running.queue(chat, "x")

        async with sent(per_second=10.0, before=queue) as running:
            await until(lambda: len(running.texts) > 0)
            await until(lambda: running.sender._under_way == 0, PATIENT)
            asked = len(running.texts)
            running.sender.awake.set()
            await asyncio.sleep(LOOK_AHEAD_SECONDS * 2)

            assert len(running.texts) == asked
            assert running.waiting == 30 - (asked - 1)  # those asked for before the answer came went out

    asyncio.run(play())


def test_a_database_in_trouble_loses_no_result() -> None:
    """What was sent while the database did not answer is written down later and not sent again."""

    async def play() -> None:
        store = Shared()

        def queue(running: Sent) -> None:
            running.adapter.answered = lambda: setattr(store, "trouble", True)
            running.queue(1, "x")

        async with sent(before=queue, store=store) as running:
            await until(lambda: running.waiting == 0, PATIENT)

            assert store.failed == 1
            assert running.texts == ["x"]

    asyncio.run(play())


def test_a_defect_in_one_send_is_put_aside() -> None:
    """A message that makes an adapter raise becomes a dead letter; the next one goes out."""

    class Raising(TelegramAdapter):
        async def send(self, outgoing: Outgoing) -> Sending:
            if outgoing.text == "bad":
                raise ZeroDivisionError
            return Sending(Outcome.SENT)

    async def play() -> None:
        store, writer = Shared(), Writer(several=False)
        with store.transaction() as work:
            for chat, text in ((1, "bad"), (2, "good")):
                work.outbox.add(Outgoing(Address("telegram", str(chat)), text, "Q01", 1), SystemClock().now())
        sender = Sender(
            Raising(TOKEN), Delivery(store, SystemClock(), "telegram"), writer, Told(),
            Pace(0, 0, asyncio.get_running_loop().time),
        )  # fmt: skip

        def left() -> int:
            with store.transaction() as work:
                return work.outbox.waiting()

        async with asyncio.TaskGroup() as group:
            group.create_task(sender.run())
            await until(lambda: left() == 0)
            sender.stop()
        writer.close()
        with store.transaction() as work:
            assert work.outbox.dead() == 1

    asyncio.run(play())


@pytest.mark.parametrize(("per_second", "places"), [(0.0, SIDE_BY_SIDE), (30.0, 8), (4.0, 2)])
def test_the_account_says_how_many_places_are_near(per_second: float, places: int) -> None:
    """Within a quarter of a second at thirty a second: eight, the first at once."""
    assert Pace(per_second, 0, lambda: 100.0).places(0.25, SIDE_BY_SIDE) == places


def test_places_are_a_gap_apart_and_a_closed_account_has_none() -> None:
    """Whoever asks gets the next place; after a close it is the end of the close."""
    pace = Pace(10, 5, lambda: 100.0)
    mina, blue = Address("telegram", "1"), Address("telegram", "2")

    assert [round(pace.take_place(mina), 3), round(pace.take_place(blue), 3)] == [0, 0.1]
    assert [round(pace.chat_wait(mina), 3), round(pace.chat_wait(blue), 3)] == [5, 5.1]
    pace.close(60)
    assert (pace.places(59, 9), pace.closed(), pace.take_place(mina)) == (0, 60, 60)
