"""The identity box: when its office looks at it again, and what the person is told of it when they ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialogs.consent_record import record_of
from dialogs.conversation import CaseCard, ConsentEvent, Proposal
from dialogs.identity_box import DONE, may_be_due, needs_name, review_due
from dialogs.replace import replace
from tests.conftest import practice_policy
from tests.dialogs.test_gate import CARD
from tests.playbook import sent

NAME = ConsentEvent("CR-N", "C-NAME", "given", "2026-11-24T09:00Z", "C-NAME", "00", "en", "signal")


def test_the_box_is_due_half_a_year_after_it_was_sealed_or_looked_at() -> None:
    """The months are a setting of the installation."""
    settings = practice_policy().settings
    half_a_year = timedelta(days=180)
    sealed = replace(CARD, submitted_at="2026-01-01T09:00Z")
    seen = replace(sealed, box_reviewed="2026-06-20T12:00Z")

    assert review_due(sealed, settings) == datetime(2026, 1, 1, 9, tzinfo=UTC) + half_a_year
    assert review_due(seen, settings) == datetime(2026, 6, 20, 12, tzinfo=UTC) + half_a_year
    assert review_due(seen, replace(settings, identity_review_months=2)) == datetime(2026, 8, 19, 12, tzinfo=UTC)


def test_an_office_looks_only_at_old_names_of_its_own_cases_that_were_not_taken_back() -> None:
    """Whatever else stands in a long queue."""
    settings, now = practice_policy().settings, datetime(2026, 7, 1, 9, tzinfo=UTC)
    old = replace(CARD, submitted_at="2026-01-02T09:00Z", consents=(NAME,))
    others = {
        "elsewhere": {"office": "OFF-ASG"}, "young": {"submitted_at": "2026-01-02T09:01Z"}, "without": {"consents": ()},
        "seen": {"box_reviewed": "2026-06-01T09:00Z"}, "back": {"consents": (NAME, replace(NAME, status="withdrawn"))},
    }  # fmt: skip
    cards = [old, *(replace(old, case=case, **changes) for case, changes in others.items())]  # type: ignore[arg-type]  # by name

    assert may_be_due(cards, "OFF-HRC", settings, now) == ["LW-1"]
    assert review_due(old, settings) == now


@pytest.mark.parametrize("state", ["proposed", "asked", "talk", "consented", "started", "answered", *DONE])
def test_a_proposal_with_the_name_needs_it_until_it_is_done(state: str) -> None:
    """One without the name never does."""
    named = Proposal("MP-1", "GM-STA-DIP", "X", "NM-NAMED", "v", "words", state, "now")

    assert needs_name(named) is (state not in DONE)
    assert not needs_name(replace(named, name_mode="NM-INIT"))


def choices_of(*cards: CaseCard, draft: tuple[ConsentEvent, ...] = ()) -> str:
    """Return what somebody with these cases is told of their choices; `draft`: what another report agrees to."""
    play = sent()
    play.conversation = replace(play.conversation, cards=cards)
    if not draft:
        return play.say("00", "3").said
    play.say("00", "8")
    assert play.conversation.draft is not None
    play.conversation = replace(play.conversation, draft=replace(play.conversation.draft, consents=draft))
    return play.say("00", "4").said


def to_take_back(*cards: CaseCard) -> str:
    """Return which permissions somebody with these cases is offered to take back, one by one."""
    play = sent()
    play.conversation = replace(play.conversation, cards=cards)
    return play.say("withdraw", "3").said


def card(case: str, **more: object) -> CaseCard:
    """Return a case with a name."""
    before = sent().conversation.cards[0]
    return replace(before, case=case, consents=(*before.consents, NAME), **more)  # type: ignore[arg-type]  # by name


def test_whoever_asks_for_their_choices_is_told_that_the_name_was_deleted() -> None:
    """Not while one office still has it, nor when they are passing it on anew."""
    kept, erased = card("LW-1"), card("LW-2", box_erased="2027-06-01T09:00Z")
    gone, stays = "has deleted it", "your name goes into a locked box"

    assert gone in choices_of(erased)
    for said in (choices_of(kept), choices_of(kept, erased), choices_of(erased, draft=(NAME,))):
        assert (gone in said, stays in said) == (False, True)


def test_a_name_that_was_erased_cannot_be_taken_back_and_is_not_offered() -> None:
    """As long as one office has it, it is; and the words for it are still understood."""
    kept, erased = card("LW-1"), card("LW-2", box_erased="2027-06-01T09:00Z")
    offered = {name: "My name is passed on" in to_take_back(*cards) for name, cards in (
        ("kept", (kept,)), ("erased", (erased,)), ("one of two", (kept, erased)),
    )}  # fmt: skip

    assert offered == {"kept": True, "erased": False, "one of two": True}


def test_the_record_of_the_consent_says_after_how_many_months_it_is_looked_at() -> None:
    """Of the name alone: everything else goes with the report."""
    periods = [
        record_of(replace(NAME, id=one), CARD, practice_policy())["retention_period"] for one in ("C-NAME", "C-FILE")
    ]

    assert [period.get("review_months") for period in periods] == [6, None]
