"""A suspected leak, read aloud: who shared something in confidence that others then had a copy of (spec 5.5)."""

from __future__ import annotations

import pytest

from tests.playbook import short

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
