"""The running service: channels, senders, timers, the control socket, and a clean end.

Everything runs in one TaskGroup. A signal to stop lets every turn that was begun be stored and every send that was
begun come to its end; what waits stays in the database.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.app import cover_ledger
from bot.control import MOST_BYTES, SOCKET_FILE, answer
from bot.intake import ServiceIntake
from bot.pace import Pace
from bot.sender import Sender
from bot.writer import Writer
from handlers.deliver import Delivery
from handlers.errors import HandlerError
from storage.crypto.errors import CryptoError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from bot.adapter import Adapter
    from bot.app import Service

LOG: Final = logging.getLogger("leeward")
TICK_SECONDS: Final = 1.0
LONGEST_SILENCE: Final = 30.0
"""Seconds without a tick after which the service is not well any more."""

CALENDAR_EVERY: Final = 60
CHECKPOINT_EVERY: Final = 600
PRUNE_EVERY: Final = 3600
SENDS_END_SECONDS: Final = 5.0
KEYS_REMEMBERED: Final = timedelta(days=3)
TRACES_REMEMBERED: Final = timedelta(hours=48)
REFUSALS: Final = (HandlerError, StorageError, CryptoError)


class Runtime:
    """One process that serves."""

    def __init__(
        self, service: Service, adapters: Mapping[str, Adapter], paces: Mapping[str, tuple[float, float]], *,
        several: bool, seconds: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        """Take the service, its channels and how fast each may send.

        `several`: the database takes many writers. `seconds`: the clock of the pace; by default that of the loop.
        """
        self.service, self.adapters = service, adapters
        self.writer = Writer(several=several, group=service.store.group)
        self._several, self._seconds = several, seconds
        self.intake = ServiceIntake(service.reception, service.alerting, self.writer, self._awake)
        self.intake.adapters = adapters
        self._paces = paces
        self._senders: dict[str, Sender] = {}
        self._stop = asyncio.Event()
        self._last_tick = -LONGEST_SILENCE
        self._loop: asyncio.AbstractEventLoop | None = None
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []  # what else runs until the end, as the desk

    def wake_all(self) -> None:
        """Look at once for what is to be sent. Safe to call from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._awake_all)

    def _awake_all(self) -> None:
        for sender in self._senders.values():
            sender.awake.set()

    def _awake(self, channel: str) -> None:
        """Wake a sender, where its work has not gone along with the commit anyway."""
        if channel in self._senders and self.writer.several:
            self._senders[channel].awake.set()

    def is_well(self) -> bool:
        """Tell whether time arrived a moment ago: the database answers, and alerts are looked at."""
        return time.monotonic() - self._last_tick < LONGEST_SILENCE

    def stop(self) -> None:
        """End the service: nothing new is begun."""
        self._stop.set()

    async def run(self, ready: Callable[[], None], commands: Mapping[str, Callable[..., Any]] | None = None) -> None:
        """Serve until `stop` or a signal to end."""
        loop = self._loop = asyncio.get_running_loop()
        self.service.store.shorten_journal_apart()
        gc.collect()
        gc.freeze()  # policy and sentences stay for good: the collector need not walk through them again and again
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.stop)
        for channel, adapter in self.adapters.items():
            delivery = Delivery(self.service.store, self.service.reception.clock, channel)
            pace = Pace(*self._paces.get(channel, (0.0, 0.0)), self._seconds or loop.time)
            self._senders[channel] = Sender(adapter, delivery, self.writer, self.intake, pace)
            if not self._several:
                await self.writer.run(delivery.resume)
        control = await self._control(commands) if commands is not None else None
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._channel(adapter)) for adapter in self.adapters.values()]
                tasks.append(group.create_task(self._clockwork()))
                tasks += [group.create_task(work()) for work in self.beside]
                sending = [group.create_task(sender.run()) for sender in self._senders.values()]
                ready()
                await self._stop.wait()
                for sender in self._senders.values():
                    sender.stop()
                for task in tasks:
                    task.cancel()
                if sending:
                    _ended, late = await asyncio.wait(sending, timeout=SENDS_END_SECONDS)
                    for task in late:
                        task.cancel()
        finally:
            await self._end(control)

    async def _channel(self, adapter: Adapter) -> None:
        await adapter.set_up()
        await adapter.receive(self.intake)

    async def _end(self, control: asyncio.Server | None) -> None:
        if control is not None:
            control.close()
            with suppress(FileNotFoundError):
                self._socket().unlink()
        await asyncio.to_thread(self.writer.close)
        for adapter in self.adapters.values():
            await adapter.close()

    async def _clockwork(self) -> None:
        """Let time arrive every second; cover the ledger and forget what is old from time to time."""
        seconds = 0
        while True:
            try:
                told = await self.writer.run(self.service.alerting.tick)
                if seconds % CALENDAR_EVERY == 0:
                    told += await self.writer.run(self.service.alerting.calendar.tick)
                if await self.writer.run(self.service.reception.time_arrived) or told:
                    self._awake_all()
                for channel in await self.writer.run(self.service.messaging.deliver_due):
                    self._awake(channel)
                self._last_tick = time.monotonic()
                if seconds % CHECKPOINT_EVERY == 0:
                    await self._lapse()
                    await self.writer.run(lambda: cover_ledger(self.service.store, self.service.reception.clock))
                if seconds % PRUNE_EVERY == 0:
                    await self.writer.run(self._prune)
                await self._look_after_the_journal()
            except StorageError:
                LOG.error("time could not be handled: the database does not answer")
            except Exception as exc:  # noqa: BLE001 - one bad timer must not stop all others
                LOG.error("a timer could not be handled: %s", type(exc).__name__)
            await asyncio.sleep(TICK_SECONDS)
            seconds += 1

    async def _look_after_the_journal(self) -> None:
        """Keep it short, beside the commits; an erasure that a reader held up is tried again until it is done."""
        store = self.service.store
        if await self.writer.run_file(store.shorten_journal) or store.unfinished_erasure:
            await self.writer.run(store.finish_erasure)
        if store.unfinished_erasure:
            LOG.error("erased text may still be in the journal of the database: something keeps it open")

    async def _lapse(self) -> None:
        """Write down what ran out, so that the checkpoint that follows covers it; others may write between batches."""
        for cases in await self.writer.run(lambda: tuple(self.service.lapsing.batches())):
            await self.writer.run(partial(self.service.lapsing.look, cases))

    def _prune(self) -> None:
        now = self.service.reception.clock.now()
        with self.service.store.transaction() as work:
            work.inbox.prune(now - KEYS_REMEMBERED)
            work.traces.prune(now - TRACES_REMEMBERED)

    def sent_counts(self) -> dict[str, Mapping[str, int]]:
        """Return what became of the sends of this process: by channel, by outcome."""
        return {channel: sender.counts for channel, sender in self._senders.items()}

    def outbox_counts(self) -> tuple[int, int]:
        """Return how many messages wait and how many are dead letters. Raises StorageError."""
        with self.service.store.transaction() as work:
            return work.outbox.waiting(), work.outbox.dead()

    def _socket(self) -> Path:
        return self.service.home / SOCKET_FILE

    async def _control(self, commands: Mapping[str, Callable[..., Any]]) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.readline()
            said = await self.writer.run(lambda: answer(line, commands, REFUSALS))
            self._awake_all()
            writer.write(said)
            await writer.drain()
            writer.close()

        with suppress(FileNotFoundError):
            self._socket().unlink()
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(serve, str(self._socket()), limit=MOST_BYTES)
        finally:
            os.umask(before)
