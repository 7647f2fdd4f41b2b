"""The identity box is kept or erased alike over every store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import FixedClock
from dialogs.conversation import CaseCard, Proposal
from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.actor import Actor
from handlers.identity_box import NameInUse, NoBox, StandsStill, erase_box, keep_box
from handlers.ports import Store, UnitOfWork
from handlers.reasons import ReasonNeeded
from handlers.types import SealedBlob
from tests.dialogs.test_gate import CARD

ANA = Actor("ana", "first-respondent", "OFF-HRC")
ELSEWHERE = Actor("eva", "focal-point", "OFF-ASG")
NAMED = Proposal("MP-1", "GM-STA-DIP", "X", "NM-NAMED", "v1", "words", "consented", "now")


def opened(store: Store) -> CaseCard:
    """Store a case with a report and a name, and return its card."""
    card = replace(CARD, measures=())
    with store.transaction() as work:
        work.cases.open(card, None)
        for purpose in ("report", "identity"):
            work.blobs.put(SealedBlob(card.case, "OFF-HRC", purpose, 1, b"sealed"))
        work.blobs.put(SealedBlob(card.case, "OFF-ASG", "copy", 1, b"sealed"))
    return card


def held(work: UnitOfWork) -> frozenset[str]:
    """Return whether the office still has the name, as the case or nothing."""
    return work.blobs.holding("OFF-HRC", "identity", (CARD.case,))


def log(store: Store) -> list[tuple[str, str, str]]:
    """Return who did what, and why."""
    with store.transaction() as work:
        return [(entry.who, entry.act, entry.reason) for entry in work.audit.of(CARD.case)]


def test_an_office_finds_the_cases_of_which_it_holds_the_box(store: Store) -> None:
    """Among those it asks for, however many; no other office does, and nothing else counts as one."""
    opened(store)
    with store.transaction() as work:
        work.cases.open(replace(CARD, case="LW-2", measures=()), None)
        work.blobs.put(SealedBlob("LW-2", "OFF-HRC", "report", 1, b"sealed"))
        every = ("LW-1", "LW-2", *(f"LW-X{number}" for number in range(1000)))
        assert work.blobs.holding("OFF-HRC", "identity", every) == {"LW-1"}
        assert work.blobs.holding("OFF-HRC", "identity", every[1:]) == frozenset()
        assert work.blobs.holding("OFF-ASG", "identity", every) == frozenset()
        work.cases.erase("LW-1")
        assert work.blobs.holding("OFF-HRC", "identity", every) == frozenset()


def test_a_name_that_is_needed_stays_and_the_log_says_why(store: Store, policy: Policy, clock: FixedClock) -> None:
    """A reason is one of the list; without it nothing is changed."""
    card, now = opened(store), clock.now() + timedelta(days=200)
    with pytest.raises(ReasonNeeded, match="RSN-BOX-DANGER"), store.transaction() as work:
        keep_box(work, policy, card, "her brother", ANA, now)
    with store.transaction() as work:
        keep_box(work, policy, card, "RSN-BOX-DANGER", ANA, now)
    with store.transaction() as work:
        assert work.cases.get(card.case) == replace(card, box_reviewed=f"{now:%Y-%m-%dT%H:%MZ}")
        assert held(work) == {card.case}

    assert log(store) == [("ana", "identity-kept", "RSN-BOX-DANGER")]


def test_a_name_that_nobody_needs_goes_alone(store: Store, clock: FixedClock) -> None:
    """The report and copies of it stay; the box is erased once, and the card says when."""
    card = opened(store)
    with store.transaction() as work:
        erase_box(work, card, ANA, clock.now())
    with store.transaction() as work:
        assert [(b.office, b.purpose) for b in work.blobs.of(card.case)] == [("OFF-ASG", "copy"), ("OFF-HRC", "report")]
        erased = work.cases.get(card.case)
        assert erased == replace(card, box_erased=f"{clock.at:%Y-%m-%dT%H:%MZ}")
    with pytest.raises(NoBox), store.transaction() as work:
        erase_box(work, erased, ANA, clock.now())

    assert log(store) == [("ana", "identity-erased", "")]


def test_another_office_neither_keeps_nor_erases_it(store: Store, policy: Policy, clock: FixedClock) -> None:
    """Not even one that reads a copy of the report."""
    card = opened(store)
    with pytest.raises(NoBox), store.transaction() as work:
        keep_box(work, policy, card, "RSN-BOX-DANGER", ELSEWHERE, clock.now())
    with pytest.raises(NoBox), store.transaction() as work:
        erase_box(work, card, ELSEWHERE, clock.now())
    with store.transaction() as work:
        assert held(work) == {card.case}
        assert work.cases.get(card.case) == card


def test_a_name_is_not_erased_under_a_proposal_that_says_it_nor_in_a_case_that_stands_still(
    store: Store, policy: Policy, clock: FixedClock
) -> None:
    """It can be kept then; once the measure is closed it goes."""
    card = opened(store)
    in_use, frozen = replace(card, measures=(NAMED,)), replace(card, status="ST-HOLD")
    for refused, why in ((in_use, NameInUse), (frozen, StandsStill)):
        with pytest.raises(why), store.transaction() as work:
            erase_box(work, refused, ANA, clock.now())
        with store.transaction() as work:
            assert held(work) == {card.case}
            keep_box(work, policy, refused, "RSN-BOX-MEASURE", ANA, clock.now())
    with store.transaction() as work:
        erase_box(work, replace(in_use, measures=(replace(NAMED, state="closed"),)), ANA, clock.now())
        assert held(work) == frozenset()
