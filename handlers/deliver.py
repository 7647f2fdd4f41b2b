"""Sending what is due: claimed under a lease, sent by a channel, settled by what became of it. Nothing blocks others.

A row leaves the outbox only when its message went out. A message that may have gone out is repeated once and never
again; one that cannot go out now waits without counting against it; one the service refuses is a dead letter, which
stays encrypted until somebody looks at it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.frozen import Frozen
from handlers import contact
from handlers.contact import NOT_DELIVERED, settle_dropped, settle_sent
from handlers.mailing import MAIL_ACT, delivered
from handlers.types import ALERT, CLEAR, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from handlers.ports import Clock, Store, UnitOfWork
    from handlers.types import Address, OutboxItem

LEASE_SECONDS: Final = 120
BATCH: Final = 100
DOUBT_SECONDS: Final = 5
ALERT_SECONDS: Final = 10.0
"""An alert that did not go out is tried again after so many seconds, at the latest."""

BRIEF_TIME: Final = timedelta(minutes=10)
"""What is shown on demand stands in the chat for so long (INV-16, Q50)."""
MOST_CLEARINGS: Final = 86_400
"""A chat that could not be cleared so often stays as it is, and its address goes. Tried every two seconds these are the
48 hours in which Telegram deletes; on Signal, which does not say that somebody is gone for good, 15 days."""

REST: Final = 2
LEAVES_NO_MARK: Final = frozenset({"telegram"})
"""Channels where what is deleted is gone. Signal shows that something was: there the disappearing timer does it."""

SENT, LATER, UNKNOWN, UNREACHABLE, REFUSED = "sent", "later", "unknown", "unreachable", "refused"
"""What may become of a message; the words of bot.adapter.Outcome."""


class Delivered(Frozen):
    """What became of one claimed message."""

    item: OutboxItem
    outcome: str
    ref: str = ""
    wait_seconds: float = 0.0


class Delivery(Frozen):
    """The outbox of one channel."""

    store: Store
    clock: Clock
    channel: str

    def claim(self, limit: int = BATCH) -> tuple[OutboxItem, ...]:
        """Lease what is due: safety first, then age; of one person only the oldest unsent message."""
        return self.settle_and_claim((), limit)

    def resume(self) -> int:
        """Take up at once what a process that is gone had claimed; for a channel nobody else sends for now."""
        with self.store.transaction() as work:
            return work.outbox.release(self.channel)

    def settle(self, results: Iterable[Delivered]) -> None:
        """Write down what became of claimed messages."""
        self.settle_and_claim(results, 0)

    def settle_and_claim(self, results: Iterable[Delivered], limit: int) -> tuple[OutboxItem, ...]:
        """Write down what became of claimed messages and lease the next, in one transaction."""
        now = self.clock.now()
        with self.store.transaction() as work:
            for result in results:
                _settle(work, result, now)
            return work.outbox.claim(now, limit, LEASE_SECONDS, self.channel) if limit > 0 else ()


def _settle(work: UnitOfWork, result: Delivered, now: datetime) -> None:
    item = result.item
    if item.outgoing.message:
        _tell_fate(work, item, result.outcome)
    if item.outgoing.act == MAIL_ACT and result.outcome in (SENT, REFUSED):
        delivered(work, item.outgoing.refs[0], accepted=result.outcome == SENT)
    if item.outgoing.priority == ALERT:
        _settle_alert(work, result, now)
    elif item.outgoing.act == CLEAR and _is_vain(result):
        work.outbox.sent(item)
    elif item.outgoing.brief and item.outgoing.act == CLEAR:
        _settle_brief(work, result, now)
    elif result.outcome == SENT:
        kept = work.outbox.sent(item)
        if result.ref and kept:
            work.traces.add(item.outgoing.address, result.ref, now, until=_until(item.outgoing, now), row=item.row)
        elif result.ref and not work.traces.remembers(item.outgoing.address, result.ref):
            # The chat was cleared while this was on its way: it goes, too. One that is remembered was settled before,
            # by a commit whose answer did not come.
            work.outbox.add(Outgoing(item.outgoing.address, "", "", 0, act=CLEAR, refs=(result.ref,)), now)
    elif result.outcome == LATER:
        work.outbox.failed(item, retry_at=_after(result, now))
    elif result.outcome == UNKNOWN and not item.doubtful:
        work.outbox.doubted(item, retry_at=now + timedelta(seconds=DOUBT_SECONDS))
    elif result.outcome == UNKNOWN or item.outgoing.message:
        work.outbox.sent(item)  # tried twice, and twice no answer came: a third time would only annoy
    else:
        work.outbox.failed(item, retry_at=None)


def _is_vain(result: Delivered) -> bool:
    """Return whether clearing has no use: who blocked the bot sees nothing any more, or it was tried for days."""
    return result.outcome == UNREACHABLE or (result.outcome == LATER and result.item.attempts >= MOST_CLEARINGS)


def _after(result: Delivered, now: datetime) -> datetime:
    return now + timedelta(seconds=max(result.wait_seconds, 1.0))


def _until(outgoing: Outgoing, now: datetime) -> datetime | None:
    return now + BRIEF_TIME if outgoing.brief and outgoing.address.channel in LEAVES_NO_MARK else None


def _settle_brief(work: UnitOfWork, result: Delivered, now: datetime) -> None:
    """Deleting that did not work is tried again later, but nothing else that goes to this chat waits for it."""
    work.outbox.sent(result.item)
    if result.outcome in (LATER, UNKNOWN):
        for ref in result.item.outgoing.refs:
            work.traces.add(result.item.outgoing.address, ref, now, until=_after(result, now))


def clear_brief(work: UnitOfWork, now: datetime) -> int:
    """Have deleted, chat by chat, what was shown on demand and whose time is over; return in how many chats."""
    over: dict[Address, list[str]] = {}
    for address, ref in work.traces.due(now, BATCH):
        over.setdefault(address, []).append(ref)
    for address, refs in over.items():
        work.outbox.add(Outgoing(address, "", "", 0, act=CLEAR, refs=tuple(refs), priority=REST, brief=True), now)
    return len(over)


def _tell_fate(work: UnitOfWork, item: OutboxItem, outcome: str) -> None:
    """Show the officer what became of their words; those that failed are not kept as a dead letter."""
    message = item.outgoing.message
    if outcome == SENT or (outcome == UNKNOWN and item.doubtful):
        settle_sent(work, message, known=outcome == SENT)
    elif outcome in (UNREACHABLE, REFUSED):
        settle_dropped(work, (message,), contact.UNREACHABLE if outcome == UNREACHABLE else NOT_DELIVERED)


def _settle_alert(work: UnitOfWork, result: Delivered, now: datetime) -> None:
    """An alert is tried until it is out for certain; where that takes long it is moved to another channel meanwhile."""
    if result.outcome == SENT:
        work.outbox.sent(result.item)
        return
    wait = result.wait_seconds if result.outcome == LATER else ALERT_SECONDS
    work.outbox.failed(result.item, retry_at=now + timedelta(seconds=min(max(wait, 1.0), ALERT_SECONDS)))
