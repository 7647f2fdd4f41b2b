"""Sending what is due: claimed, sent, marked; a failure is tried again later and blocks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.retry import next_try

if TYPE_CHECKING:
    from handlers.ports import Channel, Clock, Store

LEASE_SECONDS = 60
BATCH = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends the outbox through one channel at a time."""

    store: Store
    clock: Clock
    channel: Channel
    name: str  # which channel it is: signal | telegram | practice

    def send_due(self) -> int:
        """Send one batch of what is due; return how many were claimed."""
        now = self.clock.now()
        with self.store.transaction() as work:
            claimed = work.outbox.claim(now, BATCH, LEASE_SECONDS, self.name)
        for item in claimed:
            sent = self.channel.send(item.outgoing)
            with self.store.transaction() as work:
                if sent:
                    work.outbox.sent(item.id)
                else:
                    work.outbox.failed(item.id, retry_at=next_try(item.attempts, now))
        return len(claimed)
