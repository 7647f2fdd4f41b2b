"""Sending: what is due goes out side by side, safety first, then age, as fast as the service allows.

What has ended goes along with the next commit, which leases what is due as well; the outbox is asked apart only where
no commit came for a moment, so that a slow chat holds up nobody but itself. Little more is claimed than can go out at
once: a safety message that comes later waits for LOOK_AHEAD_SECONDS, not for a long queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bot.adapter import NotStored, Outcome, Sending
from bot.waiting import came
from bot.writer import Piece
from handlers.deliver import Delivered
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        self._asking = self._more = False
        self._overdue: asyncio.TimerHandle | None = None  # when what has ended does not wait any longer
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
                await self._settle_and_claim(self._room())
                await self._rest(LOOK_AHEAD_SECONDS if self._more else LOOK_AGAIN_SECONDS)
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
        if room <= 0 and not self._more:  # look sooner than one does when nothing waits
            self._more = True
            self.awake.set()
        if self._stop.is_set() or self._asking or self._ride is not None or (room <= 0 and not self._ended):
            return None
        ended = self._take_ended()
        self._ride = asyncio.get_running_loop().create_future()
        self._ride.add_done_callback(lambda ride: self._rode(ride, ended, room))
        return Piece(lambda: self._delivery.settle_and_claim(ended, room), self._ride, last=True)

    def _rode(self, ride: asyncio.Future[tuple[OutboxItem, ...]], ended: list[Delivered], room: int) -> None:
        self._ride = None
        if ride.cancelled() or ride.exception() is not None:
            self._note(*ended)
        else:
            self._send_all(ride.result(), room)

    def _take_ended(self) -> list[Delivered]:
        ended, self._ended = self._ended, []
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
        return ended

    def _note(self, *ended: Delivered) -> None:
        """Have this written down: with the next commit, or soon."""
        self._ended += ended
        if self._overdue is None and ended:
            self._overdue = asyncio.get_running_loop().call_later(GO_ALONG_SECONDS, self.awake.set)

    async def _settle_and_claim(self, room: int) -> None:
        """Write down what has ended, and lease and send as much as there is room for."""
        ended = self._take_ended()
        self._asking = True
        try:
            claimed = await self._writer.join(lambda: self._delivery.settle_and_claim(ended, room), last=True)
        except StorageError:
            self._note(*ended)
            LOG.error("the outbox cannot be read: the database does not answer")
            await self._patience(TROUBLE_SECONDS)
            return
        finally:
            self._asking = False
        self._send_all(claimed, room)

    def _send_all(self, claimed: Sequence[OutboxItem], room: int) -> None:
        self._more = len(claimed) >= room  # as many as were asked for: others may wait behind them
        for item in claimed:
            self._under_way += 1
            self._sends.create_task(self._one(item))

    async def _rest(self, seconds: float) -> None:
        """Wait until a message came or a send has ended, but not for longer than this."""
        await came(self.awake, seconds)

    async def _one(self, item: OutboxItem) -> None:
        """Send one message when its time has come, and note what became of it."""
        try:
            sending = await self._send(item)
        except Exception as exc:  # noqa: BLE001 - a defect of ours: this message is put aside, and nobody else waits
            LOG.error("a message could not be sent: %s", type(exc).__name__)
            sending = Sending(Outcome.REFUSED)
        self._under_way -= 1
        self.counts[sending.outcome.value] += 1
        self._note(Delivered(item, sending.outcome.value, sending.ref, sending.wait_seconds))

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
            await came(self._stop, seconds)
        return not self._stop.is_set()
