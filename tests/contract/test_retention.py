"""Every store: a closed case that nothing leads back to goes when it may not be kept any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import ConsentEvent
from dialogs.replace import replace
from handlers.lapsing import Lapsing
from handlers.ports import Store
from handlers.types import SealedBlob
from tests.conftest import CountingEntropy, practice_policy
from tests.stores import CARD, GIVEN, MINA, NOW, TALK

KEEP = replace(GIVEN, record_id="CR-2", id="C-RETN")


def is_kept(  # the sides of one case
    store: Store, days: int, status: str = "ST-CLO", consents: tuple[ConsentEvent, ...] = (GIVEN,)
) -> bool:
    """Open a case with this status now, let days pass, and tell whether it is there with its report."""
    clock = FixedClock(NOW)
    lapsing = Lapsing(store, practice_policy(), clock, CountingEntropy())
    with store.transaction() as work:
        work.cases.open(replace(CARD, status=status, status_at="2026-11-24T10:00Z", consents=consents), MINA)
        work.blobs.put(SealedBlob("LW-1", "OFF-HRC", "report", 1, b"sealed"))
    clock.at += timedelta(days=days)
    for ids in lapsing.batches():
        lapsing.look(ids)
    with store.transaction() as work:
        card, report = work.cases.get("LW-1"), work.blobs.of("LW-1")
    assert (card is None) == (report == ())
    return card is not None


@pytest.mark.parametrize(
    ("days", "status", "consents", "kept"),
    [
        (29, "ST-CLO", (GIVEN,), True), (30, "ST-CLO", (GIVEN,), False), (31, "ST-FUP", (GIVEN,), True),
        (719, "ST-CLO", (GIVEN, KEEP), True), (720, "ST-CLO", (GIVEN, KEEP), False),
    ],
)  # fmt: skip
def test_a_case_nothing_leads_back_to_goes_in_time(
    store: Store,
    days: int,
    status: str,
    consents: tuple[ConsentEvent, ...],
    kept: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """A month after closing, two years where the person agreed; open cases never."""
    assert is_kept(store, days, status, consents) is kept


def test_a_case_somebody_can_be_asked_about_waits_for_their_own_timer(store: Store) -> None:
    """The answer to C-RETN moves that timer."""
    with store.transaction() as work:
        work.conversations.save(MINA, TALK)
    assert is_kept(store, 31)
