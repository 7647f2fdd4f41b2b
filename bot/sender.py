"""Sending: what is due goes out side by side, paced for the bot and for each chat, safety messages first."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from bot.adapter import Outcome
from handlers.deliver import BATCH, Delivered
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.adapter import Adapter, Intake, Sending
    from bot.writer import Writer
    from handlers.deliver import Delivery
    from handlers.types import Address, OutboxItem

LOG: Final = logging.getLogger("leeward")
LOOK_AGAIN_SECONDS: Final = 1.0
TROUBLE_SECONDS: Final = 2.0
SIDE_BY_SIDE: Final = 32
MOST_CHATS: Final = 10_000


class Pace:
    """How fast a service lets us send: so many a second for the account, one chat again after so many seconds."""

    def __init__(self, per_second: float, per_chat_seconds: float, now: Callable[[], float]) -> None:
        """Take the limits; 0 means none."""
        self._gap = 1 / per_second if per_second else 0.0
        self._chat_gap = per_chat_seconds
        self._now = now
        self._next = 0.0
        self._chats: dict[Address, float] = {}
        self.closed_until = 0.0

    def wait(self, address: Address) -> float:
        """Return for how many seconds to wait before sending to this chat, and count it as sent then."""
        now = self._now()
        at = max(now, self._next, self._chats.get(address, 0.0), self.closed_until)
        self._next = max(self._next, now) + self._gap if at <= self._next else at + self._gap
        if self._chat_gap:
            if len(self._chats) > MOST_CHATS:
                self._chats = {chat: until for chat, until in self._chats.items() if until > now}
            self._chats[address] = at + self._chat_gap
        return at - now

    def close(self, seconds: float) -> None:
        """Send nothing at all for so many seconds."""
        self.closed_until = max(self.closed_until, self._now() + seconds)


class Sender:
    """Empties the outbox of one channel for ever."""

    def __init__(self, adapter: Adapter, delivery: Delivery, writer: Writer, intake: Intake, pace: Pace) -> None:
        """Take what sends, what is due, where it is written down, whom to tell who is gone, and how fast."""
        self._adapter, self._delivery, self._writer, self._intake = adapter, delivery, writer, intake
        self._pace = pace
        self.awake = asyncio.Event()

    async def run(self) -> None:
        """Send for ever, until cancelled."""
        while True:
            self.awake.clear()
            try:
                sent = await self._batch()
            except StorageError:
                LOG.error("the outbox cannot be read: the database does not answer")
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            if not sent:
                try:
                    await asyncio.wait_for(self.awake.wait(), LOOK_AGAIN_SECONDS)
                except TimeoutError:
                    continue

    async def _batch(self) -> int:
        closed = self._pace.closed_until - asyncio.get_running_loop().time()
        if closed > 0:
            await asyncio.sleep(min(closed, LOOK_AGAIN_SECONDS))
            return 1
        items = await self._writer.run(lambda: self._delivery.claim(min(BATCH, SIDE_BY_SIDE)))
        if items:
            results = await asyncio.gather(*(self._send(item) for item in items))
            await self._writer.run(lambda: self._delivery.settle(results))
        return len(items)

    async def _send(self, item: OutboxItem) -> Delivered:
        address = item.outgoing.address
        wait = self._pace.wait(address)
        if wait > 0:
            await asyncio.sleep(wait)
        sending = await self._adapter.send(item.outgoing)
        await self._note(address, sending)
        return Delivered(item, sending.outcome.value, sending.ref, sending.wait_seconds)

    async def _note(self, address: Address, sending: Sending) -> None:
        if sending.outcome is Outcome.UNREACHABLE:
            await self._intake.unreachable(address)
        elif sending.everybody:
            self._pace.close(sending.wait_seconds)
