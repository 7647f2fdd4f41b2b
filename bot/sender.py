"""Sending: what is due goes out side by side, safety first, then age, as fast as the service allows.

The outbox is asked again whenever a send has ended, so that a slow chat holds up nobody but itself. Little more is
claimed than can go out at once: a safety message that comes later waits for LOOK_AHEAD_SECONDS, not for a long queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bot.adapter import NotStored, Outcome, Sending
from bot.writer import Piece
from handlers.deliver import Delivered
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.adapter import Adapter, Intake
    from bot.pace import Pace
    from bot.writer import Writer
    from handlers.deliver import Delivery
    from handlers.types import OutboxItem

LOG: Final = logging.getLogger("leeward")
LOOK_AGAIN_SECONDS: Final = 1.0
LOOK_AHEAD_SECONDS: Final = 0.25
GO_ALONG_SECONDS: Final = 0.02
"""What has ended waits so long for a commit it can go along with."""
TROUBLE_SECONDS: Final = 2.0
SIDE_BY_SIDE: Final = 64
"""More than an account sends in the second a chat must rest: resting chats alone never fill it. One connection each."""


class Sender:
    """Empties the outbox of one channel until it is told to stop."""

    def __init__(self, adapter: Adapter, delivery: Delivery, writer: Writer, intake: Intake, pace: Pace) -> None:
        """Take what sends, what is due, where it is written down, whom to tell who is gone, and how fast."""
        self._adapter, self._delivery, self._writer, self._intake = adapter, delivery, writer, intake
        self._pace = pace
        self._under_way = 0
        self._ended: list[Delivered] = []
        self._sends = asyncio.TaskGroup()
        self._ride: asyncio.Future[tuple[OutboxItem, ...]] | None = None
        self._asking = False
        self._stop = asyncio.Event()
        self.awake = asyncio.Event()
        self.counts: Counter[str] = Counter()  # of what became of sends, by outcome

    def stop(self) -> None:
        """Begin nothing new; `run` returns when every send that was begun has come to its end and is written down."""
        self._stop.set()
        self.awake.set()

    async def resume(self) -> None:
        """Take back what somebody who sent for this channel before had leased: nobody else does now."""
        await self._writer.run(self._delivery.resume)

    async def run(self) -> None:
        """Send until `stop`."""
        leave = self._writer.ride_along(self._go_along)
        async with self._sends:
            while not self._stop.is_set():
                self.awake.clear()
                room = self._room()
                claimed = await self._settle_and_claim(room)
                await self._rest(LOOK_AGAIN_SECONDS if claimed < room else LOOK_AHEAD_SECONDS)
                if self._ended:
                    await self._patience(GO_ALONG_SECONDS)
            leave()
            if self._ride is not None:
                await asyncio.wait((self._ride,))
        if self._ended:
            with suppress(StorageError):  # what could not be written down is claimed again when its lease is over
                await self._writer.run(lambda: self._delivery.settle(self._ended))

    def _room(self) -> int:
        return self._pace.places(LOOK_AHEAD_SECONDS, SIDE_BY_SIDE - self._under_way)

    def _go_along(self) -> Piece | None:
        """With the commit of a turn, write down what has ended and lease what is due: one commit for all of it."""
        room = self._room()
        if room <= 0:
            self.awake.set()
        if self._stop.is_set() or self._asking or self._ride is not None or (room <= 0 and not self._ended):
            return None
        ended, self._ended = self._ended, []
        self._ride = asyncio.get_running_loop().create_future()
        self._ride.add_done_callback(lambda ride: self._rode(ride, ended))
        return Piece(lambda: self._delivery.settle_and_claim(ended, room), self._ride, last=True)

    def _rode(self, ride: asyncio.Future[tuple[OutboxItem, ...]], ended: list[Delivered]) -> None:
        self._ride = None
        if ride.cancelled() or ride.exception() is not None:
            self._ended += ended
        else:
            self._send_all(ride.result())

    async def _settle_and_claim(self, room: int) -> int:
        """Write down what has ended, and lease and send as much as there is room for; return how many."""
        ended, self._ended = self._ended, []
        self._asking = True
        try:
            claimed = await self._writer.run(lambda: self._delivery.settle_and_claim(ended, room), last=True)
        except StorageError:
            self._ended += ended
            LOG.error("the outbox cannot be read: the database does not answer")
            await self._patience(TROUBLE_SECONDS)
            return 0
        finally:
            self._asking = False
        self._send_all(claimed)
        return len(claimed)

    def _send_all(self, claimed: Iterable[OutboxItem]) -> None:
        for item in claimed:
            self._under_way += 1
            self._sends.create_task(self._one(item))

    async def _rest(self, seconds: float) -> None:
        """Wait until a message came or a send has ended, but not for longer than this."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.awake.wait(), seconds)

    async def _one(self, item: OutboxItem) -> None:
        """Send one message when its time has come, and note what became of it."""
        try:
            sending = await self._send(item)
        except Exception as exc:  # noqa: BLE001 - a defect of ours: this message is put aside, and nobody else waits
            LOG.error("a message could not be sent: %s", type(exc).__name__)
            sending = Sending(Outcome.REFUSED)
        self._under_way -= 1
        self.counts[sending.outcome.value] += 1
        self._ended.append(Delivered(item, sending.outcome.value, sending.ref, sending.wait_seconds))
        self.awake.set()

    async def _send(self, item: OutboxItem) -> Sending:
        address = item.outgoing.address
        if not await self._patience(self._pace.chat_wait(address)):
            return Sending(Outcome.LATER)
        if not await self._patience(self._pace.take_place(address)):
            return Sending(Outcome.LATER)
        if (closed := self._pace.closed()) > 0:  # by an answer to another message, while this one waited
            return Sending(Outcome.LATER, wait_seconds=closed)
        sending = await self._adapter.send(item.outgoing)
        if sending.outcome is Outcome.UNREACHABLE:
            try:
                await self._intake.unreachable(address)
            except NotStored:
                return Sending(Outcome.LATER, wait_seconds=TROUBLE_SECONDS)
        elif sending.everybody:
            self._pace.close(sending.wait_seconds)
        return sending

    async def _patience(self, seconds: float) -> bool:
        """Wait; False when the service is to end before that."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), seconds)
        return not self._stop.is_set()
