"""Taking everything back: what can be undone is undone, and what cannot is told honestly (spec 4.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogs.cases import DESTROY_TIMER
from dialogs.conversation import Proposal
from dialogs.effects import DestroyReport, WakeAt
from tests.dialogs.test_conversations import sent
from tests.playbook import Play

TOLD = (
    "nobody had read it yet", "whoever read something already, knows it", "those who were told keep knowing it",
    "what was said to a state or an expert cannot be unsaid", "what is public stays public",
    "numbers that were printed already stay", "help that keeps you safe goes on",
)  # fmt: skip
UNREAD, READ, QUIET, STATE, PUBLIC, COUNTED, PROTECTION = TOLD


def measure(code: str, *, started: bool = True) -> Proposal:
    """Return a measure that was agreed to, and perhaps begun."""
    at = "2026-11-24T10:00Z"
    return Proposal("P1", code, "X", "NM-ANON", "v1", "", "consented", at, started_at=at if started else "")


def taken_back(status: str, *measures: Proposal, counted: bool = False) -> Play:
    """Return a conversation whose report stood there and was taken back with everything."""
    play = sent()
    card = play.conversation.cards[0]
    consents = tuple(replace(e, status="given") if counted and e.id == "C-STAT" else e for e in card.consents)
    changed = replace(card, status=status, measures=measures, consents=consents)
    play.conversation = replace(play.conversation, cards=(changed,))
    return play.say("withdraw", "1")


@pytest.mark.parametrize(
    ("status", "measures", "counted", "told"),
    [
        ("ST-SUB", (), False, {UNREAD}),
        ("ST-DLV", (), True, {UNREAD}),
        ("ST-TRI", (), False, {READ}),
        ("ST-TRI", (), True, {READ, COUNTED}),
        ("ST-TRI", (measure("GM-LEA-ASG"),), False, {READ, QUIET}),
        ("ST-TRI", (measure("UM-DIP-INT"),), False, {READ, STATE}),
        ("ST-TRI", (measure("UM-PUB-STA"),), False, {READ, PUBLIC}),
        ("ST-TRI", (measure("UM-NET-REL"),), False, {READ, PROTECTION}),
        ("ST-TRI", (measure("UM-PUB-STA"), measure("GM-EXP-SP")), False, {READ, STATE, PUBLIC}),
        ("ST-TRI", (measure("UM-PUB-STA", started=False),), False, {READ}),
    ],
)
def test_what_cannot_be_taken_back_is_told_by_how_far_the_case_had_come(
    status: str, measures: tuple[Proposal, ...], told: set[str], *, counted: bool
) -> None:
    """All of it, and nothing that is not so."""
    said = taken_back(status, *measures, counted=counted).said

    assert {words for words in TOLD if words in said} == told


@pytest.mark.parametrize("status", ["ST-SUB", "ST-DLV", "ST-TRI"])
def test_only_what_nobody_opened_is_destroyed_and_only_then_the_two_words_are_asked_for(status: str) -> None:
    """What an office has read cannot be destroyed by a machine, and the chat does not pretend so."""
    play, unread = taken_back(status), status != "ST-TRI"
    due = [e.at for e in play.effects if isinstance(e, WakeAt) and e.timer.startswith(DESTROY_TIMER)]

    assert due == ([play.now + timedelta(hours=72)] if unread else [])
    assert ("your own two words" in play.said) is unread
    assert ("You can change your mind" in play.said) is not unread


def test_words_that_are_not_ones_own_destroy_nothing() -> None:
    """The report stays locked until its time is over."""
    play = taken_back("ST-SUB").say("other words")

    assert (play.did(DestroyReport), play.conversation.cards[0].status) == (False, "ST-WDR")


def test_ones_own_words_destroy_it_at_once_and_nothing_else_is_said() -> None:
    """The conversation ends there."""
    play = taken_back("ST-SUB")
    play.say(play.conversation.cards[0].your_words)

    assert (play.did(DestroyReport), play.conversation.cards) == (True, ())
    assert play.said == play.policy.texts.body("T-CLEARED", "en", {})
