"""The duty book and the alerts that wait, in every store."""

from __future__ import annotations

import pytest

from dialogs.duty_book import DutyBook, Offer, Ping, Stint, Swap
from handlers.ports import Store
from handlers.types import ALERT, Outgoing
from tests.stores import BLUE, MINA, NOW

BOOK = DutyBook(
    on=(Stint("a", NOW.isoformat(), NOW.isoformat()),), stand_ins=(Stint("a", NOW.isoformat(), NOW.isoformat(), "b"),),
    swaps=(Swap("2026-12-24", "a", "b"),), offers=(Offer("a", "b", "1234", NOW.isoformat()),),
    pings=(Ping("a", NOW.isoformat()),), doubted=(("signal", "aci-a"),), done=(("digest", NOW.isoformat()),),
)  # fmt: skip


def test_the_book_comes_back_as_it_was_saved(store: Store) -> None:
    """Empty at first; a second saving replaces the first; undone with its transaction."""
    with store.transaction() as work:
        assert work.duty.load() == DutyBook()
        work.duty.save(DutyBook(doubted=(("signal", "x"),)))
        work.duty.save(BOOK)
    with pytest.raises(RuntimeError), store.transaction() as work:
        work.duty.save(DutyBook())
        raise RuntimeError
    with store.transaction() as work:
        assert work.duty.load() == BOOK


def test_alerts_that_wait_are_found_until_they_are_sent(store: Store) -> None:
    """Before messages to people, also while they are leased or wait to be tried again."""
    with store.transaction() as work:
        work.outbox.add(Outgoing(BLUE, "hello", "Q01", 1, priority=0), NOW)
        work.outbox.add(Outgoing(MINA, "1", "duty", 0, priority=ALERT, since=NOW.isoformat()), NOW)
        work.outbox.add(Outgoing(MINA, "2", "duty", 0, priority=ALERT, since=NOW.isoformat()), NOW)
        first = work.outbox.claim(NOW, 1, 60, "signal")[0]
        assert first.outgoing.text == "1"
        assert [item.outgoing.text for item in work.outbox.stuck(9)] == ["1", "2"]
        assert [item.outgoing.text for item in work.outbox.stuck(1)] == ["1"]
        work.outbox.sent(first)
        assert [item.outgoing for item in work.outbox.stuck(9)] == [
            Outgoing(MINA, "2", "duty", 0, priority=ALERT, since=NOW.isoformat())
        ]
