"""The running service: channels, senders, timers, the control socket, and a clean end.

Everything runs in one TaskGroup. A signal to stop lets every turn that was begun be stored and every send that was
begun come to its end; what waits stays in the database.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from bot.accounts import EVERY, Account, Others
from bot.app import cover_ledger
from bot.control import Control, answer
from bot.intake import ServiceIntake
from bot.pace import Pace
from bot.sender import Sender
from bot.writer import Writer
from handlers.deliver import Delivery
from handlers.errors import HandlerError
from handlers.types import Slice
from storage.crypto.errors import CryptoError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Mapping

    from bot.adapter import Adapter
    from bot.app import Service

LOG: Final = logging.getLogger("leeward")
TICK_SECONDS: Final = 1.0
LONGEST_SILENCE: Final = 30.0
"""Seconds without a tick after which the service is not well any more."""

CALENDAR_EVERY: Final = 60
CHECKPOINT_EVERY: Final = 600
LET_GO_EVERY: Final = 60
"""What was said stays in memory in circles of objects until they are looked for: at most for so many seconds."""

PRUNE_EVERY: Final = 60
PRUNED_IN: Final = 60
"""So many slices, one after the other: a round takes an hour, and none of them keeps anybody waiting."""
SENDS_END_SECONDS: Final = 5.0
KEYS_REMEMBERED: Final = timedelta(days=3)
TRACES_REMEMBERED: Final = timedelta(hours=48)
REFUSALS: Final = (HandlerError, StorageError, CryptoError)


class Runtime:
    """One process that serves."""

    def __init__(  # noqa: PLR0913 - what differs between the processes of one service, each named
        self, service: Service, adapters: Mapping[str, Adapter], paces: Mapping[str, tuple[float, float]], *,
        several: bool, keeps_time: bool = True, open_to_all: Collection[str] = (),
        seconds: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        """Take the service, its channels and how fast each may send.

        `several`: the database takes many writers and other processes. `keeps_time`: timers, alerts and the ledger are
        looked after here. `open_to_all`: channels that are received by every process (webhooks). `seconds`: the clock
        of the pace; by default that of the loop.
        """
        self.service, self.adapters = service, adapters
        self.writer = Writer(several=several, group=service.store.group)
        self._several, self._keeps_time, self._open_to_all = several, keeps_time, open_to_all
        self._seconds = seconds
        self._accounts: dict[str, Account] = {}
        self._others = Others(service.store.processes)
        self.intake = ServiceIntake(service.reception, service.alerting, self.writer, self._tell)
        self.intake.adapters = adapters
        self._paces = paces
        self._senders: dict[str, Sender] = {}
        self._stop = asyncio.Event()
        self._last_tick = -LONGEST_SILENCE
        begin = service.reception.clock.now().minute  # not always the same ones, where a service is often begun anew
        self._slices = cycle((begin + number) % PRUNED_IN for number in range(PRUNED_IN))
        self._loop: asyncio.AbstractEventLoop | None = None
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []  # what else runs until the end, as the desk

    def wake_all(self) -> None:
        """Look at once for what is to be sent. Safe to call from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._awake_all)

    def _awake_all(self) -> None:
        for sender in self._senders.values():
            sender.awake.set()
        if self._several:
            self._wake_here(EVERY)
            self._others.tell(EVERY)

    def _awake(self, channel: str) -> None:
        """Wake whoever sends for the channel."""
        if not self._wake_here(channel):
            self._tell(channel)

    def _tell(self, channel: str) -> None:
        """Tell whoever sends for the channel; what sends here has gone along with the commit."""
        if self._several and not self._sends(channel):
            self._others.tell(channel)

    def _wake_here(self, channel: str) -> bool:
        """Wake what sends in this process for a channel, or for every; False when nothing does."""
        senders = self._sends(channel)
        for sender in senders:
            sender.awake.set()
        return bool(senders)

    def _sends(self, channel: str) -> list[Sender]:
        """Return what sends in this process for a channel, or for every."""
        accounts = self._accounts.values() if channel == EVERY else [a] if (a := self._accounts.get(channel)) else []
        return [account.sender for account in accounts if account.sender is not None]

    def is_well(self) -> bool:
        """Tell whether time arrived a moment ago: the database answers, and alerts are looked at."""
        return time.monotonic() - self._last_tick < LONGEST_SILENCE

    def stop(self) -> None:
        """End the service: nothing new is begun."""
        self._stop.set()

    async def run(self, ready: Callable[[], None], commands: Mapping[str, Callable[..., Any]] | None = None) -> None:
        """Serve until `stop` or a signal to end."""
        loop = self._loop = asyncio.get_running_loop()
        gc.collect()
        gc.freeze()  # policy and sentences stay for good: the collector need not walk through them again and again
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.stop)
        for channel in self.adapters if not self._several else ():
            self._senders[channel] = self._sender(channel)
            await self._senders[channel].resume()
        control = Control(self.service.home, partial(self._carry_out, commands)) if commands is not None else None
        try:
            if control is not None:
                await control.take()
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in self._receiving()]
                tasks.append(group.create_task(self._clockwork()))
                tasks += [group.create_task(work()) for work in self.beside]
                if control is not None:
                    tasks.append(group.create_task(control.keep()))
                parts: list[Sender | Account] = [*self._senders.values(), *self._accounts.values()]
                sending = [group.create_task(part.run()) for part in parts]
                ready()
                await self._stop.wait()
                for part in parts:
                    part.stop()
                for task in tasks:
                    task.cancel()
                if sending:
                    _ended, late = await asyncio.wait(sending, timeout=SENDS_END_SECONDS)
                    for task in late:
                        task.cancel()
        finally:
            await self._end(control)

    def _sender(self, channel: str) -> Sender:
        seconds = self._seconds or asyncio.get_running_loop().time
        delivery = Delivery(self.service.store, self.service.reception.clock, channel)
        pace = Pace(*self._paces.get(channel, (0.0, 0.0)), seconds)
        return Sender(self.adapters[channel], delivery, self.writer, self.intake, pace)

    def _receiving(self) -> list[Coroutine[Any, Any, None]]:
        """Return what receives in this process, whoever sends: all channels on SQLite, webhooks on PostgreSQL."""
        if not self._several:
            return [self._channel(adapter) for adapter in self.adapters.values()]
        everywhere = [self.adapters[channel] for channel in self._open_to_all if channel in self.adapters]
        for channel, adapter in self.adapters.items():
            intake = None if adapter in everywhere else self.intake
            self._accounts[channel] = Account(
                channel, adapter, intake, self.service.store.processes, partial(self._sender, channel)
            )
        return [
            self._others.run(self._wake_here, partial(self._sends, EVERY)),
            *(adapter.receive(self.intake) for adapter in everywhere),
        ]

    async def _channel(self, adapter: Adapter) -> None:
        await adapter.set_up()
        await adapter.receive(self.intake)

    async def _carry_out(self, commands: Mapping[str, Callable[..., Any]], line: bytes) -> bytes:
        said = await self.writer.run(lambda: answer(line, commands, REFUSALS))
        self._awake_all()
        return said

    async def _end(self, control: Control | None) -> None:
        if control is not None:
            control.close()
        await asyncio.to_thread(self.writer.close)
        for adapter in self.adapters.values():
            await adapter.close()

    async def _clockwork(self) -> None:
        """Let time arrive every second, where this process keeps it; elsewhere ask whether the database answers."""
        seconds = 0
        while True:
            due = [chore for every, chore in self._chores() if seconds % every == 0]
            if all([await self._carried_out(chore) for chore in due]):
                self._last_tick = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)
            seconds += 1

    def _chores(self) -> tuple[tuple[int, Callable[[], Coroutine[Any, Any, None]]], ...]:
        """Return what is done again after so many seconds, alerts first."""
        if not self._keeps_time:
            return ((1, self._ping), (LET_GO_EVERY, self._let_go))
        return (
            (1, self._alert), (CALENDAR_EVERY, self._look_at_the_calendar), (1, self._let_time_arrive),
            (1, self._hand_on_words), (CHECKPOINT_EVERY, self._cover), (PRUNE_EVERY, self._forget_what_is_old),
            (1, self._finish_erasure), (LET_GO_EVERY, self._let_go),
        )  # fmt: skip

    async def _carried_out(self, chore: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Carry out one chore; one that fails is said by its type and keeps none of the others."""
        try:
            await chore()
        except StorageError:
            LOG.error("time could not be handled: the database does not answer")
            return False
        except Exception as exc:  # noqa: BLE001 - one bad timer must not stop all others
            LOG.error("a timer could not be handled: %s", type(exc).__name__)
            return False
        return True

    async def _let_go(self) -> None:
        gc.collect()

    async def _ping(self) -> None:
        await self.writer.run(self.service.store.ping)

    async def _alert(self) -> None:
        if await self.writer.run(self.service.alerting.tick):
            self._awake_all()

    async def _look_at_the_calendar(self) -> None:
        if await self.writer.run(self.service.alerting.calendar.tick):
            self._awake_all()

    async def _let_time_arrive(self) -> None:
        if await self.writer.run(self.service.reception.time_arrived):
            self._awake_all()

    async def _hand_on_words(self) -> None:
        for channel in await self.writer.run(self.service.messaging.deliver_due):
            self._awake(channel)

    async def _cover(self) -> None:
        await self._lapse()
        await self.writer.run(lambda: cover_ledger(self.service.store, self.service.reception.clock))

    async def _forget_what_is_old(self) -> None:
        await self.writer.run(self._prune)

    async def _finish_erasure(self) -> None:
        """Try an erasure that a reader held up again, until it is done."""
        store = self.service.store
        if store.unfinished_erasure:
            await self.writer.run(store.finish_erasure)
        if store.unfinished_erasure:
            LOG.error("erased text may still be in the journal of the database: something keeps it open")

    async def _lapse(self) -> None:
        """Write down what ran out, so that the checkpoint that follows covers it; others may write between batches."""
        for cases in await self.writer.run(lambda: tuple(self.service.lapsing.batches())):
            await self.writer.run(partial(self.service.lapsing.look, cases))

    def _prune(self) -> None:
        now, part = self.service.reception.clock.now(), Slice(next(self._slices), PRUNED_IN)
        with self.service.store.transaction() as work:
            work.inbox.prune(now - KEYS_REMEMBERED, part)
            work.traces.prune(now - TRACES_REMEMBERED, part)

    def sent_counts(self) -> dict[str, Mapping[str, int]]:
        """Return what became of the sends of this process: by channel, by outcome."""
        return {channel: sender.counts for channel, sender in self._senders.items()}

    def outbox_counts(self) -> tuple[int, int]:
        """Return how many messages wait and how many are dead letters. Raises StorageError."""
        with self.service.store.transaction() as work:
            return work.outbox.waiting(), work.outbox.dead()
