"""Several processes on one database: one of them speaks for each account, and they wake each other.

Who receives for an account, and how fast it may send, is one matter of one process: it holds the account's name in the
database. When that process dies the name is free at once, and another one goes on. Turns are carried out by all.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.waiting import came
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.adapter import Adapter, Intake
    from bot.sender import Sender
    from storage.alone import Held, Processes

LOG: Final = logging.getLogger("leeward")
LOOK_AGAIN_SECONDS: Final = 1.0
EVERY: Final = "*"
"""Stands for all channels."""

TOGETHER_SECONDS: Final = 0.05
"""The process that sends is woken at once, and again for all messages of the next so many seconds."""


class Account:
    """One account of a messenger: set up, received from and sent by while this process holds its name."""

    def __init__(
        self, channel: str, adapter: Adapter, intake: Intake | None, processes: Processes, sender: Callable[[], Sender],
    ) -> None:  # fmt: skip
        """Take the account, who takes what is received (None: every process receives anyway), and what sends."""
        self._channel, self._adapter, self._intake = channel, adapter, intake
        self._processes, self._make_sender = processes, sender
        self._stop = asyncio.Event()
        self.sender: Sender | None = None  # while this process holds the account

    def stop(self) -> None:
        """Begin nothing new; `run` returns when what was begun has come to its end."""
        self._stop.set()

    async def run(self) -> None:
        """Wait for the name, speak while it is held, and wait again when the database let go of it."""
        while not self._stop.is_set():
            held = await self._hold()
            if held is None:
                await self._rest()
                continue
            try:
                await self._speak(held)
            finally:
                await asyncio.to_thread(held.release)

    async def _hold(self) -> Held | None:
        try:
            return await asyncio.to_thread(self._processes.hold, self._channel)
        except StorageError:
            LOG.error("%s waits: the database does not answer", self._channel)
            return None

    async def _speak(self, held: Held) -> None:
        LOG.info("%s is served by this process", self._channel)
        sender = self.sender = self._make_sender()
        with suppress(StorageError):  # then what was leased waits until its lease is over
            await sender.resume()
        async with asyncio.TaskGroup() as group:
            receiving = group.create_task(self._receive())
            group.create_task(sender.run())
            while not self._stop.is_set() and await asyncio.to_thread(held.still):
                await self._rest()
            self.sender = None
            sender.stop()
            receiving.cancel()

    async def _receive(self) -> None:
        await self._adapter.set_up()
        if self._intake is not None:
            await self._adapter.receive(self._intake)

    async def _rest(self) -> None:
        await came(self._stop, LOOK_AGAIN_SECONDS)


class Others:
    """The other processes: told when there is something for them to send, listened to for what is ours to send."""

    def __init__(self, processes: Processes) -> None:
        """Take how processes reach each other."""
        self._processes = processes
        self._to_tell: set[str] = set()
        self._some = asyncio.Event()

    def tell(self, channel: str) -> None:
        """Let whoever sends for the channel know. Who is not reached looks for itself every second."""
        self._to_tell.add(channel)
        self._some.set()

    async def run(self, awake: Callable[[str], object], sends: Callable[[], object]) -> None:
        """Tell for ever, until cancelled, and listen while something sends here: who hears is woken from its sleep."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell())
            group.create_task(self._listen(awake, sends))

    async def _tell(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            channels, self._to_tell = self._to_tell, set()
            await self._try(partial(self._processes.tell, channels))
            await asyncio.sleep(TOGETHER_SECONDS)

    async def _listen(self, awake: Callable[[str], object], sends: Callable[[], object]) -> None:
        while True:
            if not sends():
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                continue
            for channel in await self._try(lambda: self._processes.wait(LOOK_AGAIN_SECONDS)) or ():
                awake(channel)

    async def _try(self, work: Callable[[], Iterable[str] | None]) -> Iterable[str] | None:
        try:
            return await asyncio.to_thread(work)
        except StorageError:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return None
