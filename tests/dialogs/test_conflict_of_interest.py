"""Conflict of interest, read aloud: a suspected leak (spec 5.5), and offices that were excluded (INV-09)."""

from __future__ import annotations

import pytest

from dialogs.effects import RaiseAlert, SealReport
from dialogs.replace import replace
from tests.playbook import Play, short

FROM_AN_OFFICE = ("1", "1", "1", "2", "1", "1", "Arlenia")
"""From Q08 to Q19 by the short way: a contact with the UN office in Arlenia."""

WHAT_HAPPENED = ("2", "1", "3", "Arlenia", "1", "1", "1", "0")
"""From Q23 to what follows Q42: followed last month, in Arlenia."""

TO_THE_FORWARDING = ("4", "1", "1")
"""From Q46 to C-FWD."""


@pytest.mark.parametrize("excluded", ["1", "0", "2"])
def test_a_suspected_leak_leads_to_a_separate_office_whatever_is_excluded(excluded: str) -> None:
    """T-COI promised it, so it holds for whoever names no office too."""
    play = short().say(*FROM_AN_OFFICE, "1", "0", "3")
    assert (play.node, "It will go to a separate office" in play.said) == ("Q43", True)

    play.say(excluded, *WHAT_HAPPENED, *TO_THE_FORWARDING)
    assert play.node == "C-FWD", play.node
    assert "to Senior focal point desk (ASG). Why there: it is a separate office." in play.said


def test_a_copy_of_what_was_said_in_public_is_no_leak() -> None:
    """T-COI is not shown, and the office of the contact stays the first respondent."""
    play = short().say(*FROM_AN_OFFICE, "4", "0", "3")
    assert play.node == "Q23"

    play.say(*WHAT_HAPPENED, "1", *TO_THE_FORWARDING)
    assert play.node == "C-FWD", play.node
    assert "to Human rights country office, Arlenia." in play.said


DUTY_DESK, SENIOR_TEAM = ("4", "3"), ("4", "1")
"""Q43 and the number of the office in the list that follows."""


def _death_threat(*excluded: str) -> Play:
    """Return a conversation at C-FWD with a level of L2: the duty desk is asked about, unless it was excluded."""
    return short().say(
        *FROM_AN_OFFICE, "4", "0", "2", "1", "1", "2", "Arlenia", "1", "1", "4", "1", "0", *excluded, *TO_THE_FORWARDING
    )


def test_an_excluded_duty_desk_is_not_asked_about_and_gets_nothing() -> None:
    """INV-09: the person said that it must not see the report."""
    assert _death_threat("1").say("1", "1").node == "C-EMER"

    assert _death_threat(*DUTY_DESK).say("1", "1").node == "C-ASG"


@pytest.mark.parametrize(("excluded", "consent", "office"), [
    (DUTY_DESK, "C-EMER", "OFF-EML"),
    (SENIOR_TEAM, "C-ASG", "OFF-ASG"),
])  # fmt: skip
def test_an_excluded_office_gets_no_copy_even_with_a_yes(excluded: tuple[str, ...], consent: str, office: str) -> None:
    """An interview of one's own that asks all the same, and a person who agrees."""
    play = _death_threat(*excluded).say("1", "1")
    while play.node != "Q50":
        play.say("2")
    draft = play.conversation.draft
    assert draft is not None
    forward = next(event for event in draft.consents if event.id == "C-FWD" and event.status == "given")
    agreed = replace(forward, id=consent, recipient=office, record_id="CR-more")
    play.conversation = replace(play.conversation, draft=replace(draft, consents=(*draft.consents, agreed)))
    play.say("3")
    play.say("1")

    sealed = play.done(SealReport)
    assert (sealed.copies, play.did(RaiseAlert)) == ((), False)
