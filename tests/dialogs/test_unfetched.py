"""A report that nobody fetches for a week: the person is told once, where and when they may be written to."""

from __future__ import annotations

import pytest

from dialogs.effects import WakeAt
from dialogs.replace import replace
from dialogs.unfetched import UNFETCHED_TIMER
from tests.playbook import TO_FORWARD, Play, short


def _sent(times: str = "6", contact: tuple[str, ...] = ("1", "1")) -> Play:
    """Return a conversation after its report was sent; it is two o'clock where the person is."""
    reach = (*contact, times, "14:00", "1", "1") if contact == ("1", "1") else contact
    play = short().say(*TO_FORWARD[:-3], *reach, "1", "1", "1", "1", "2", "2")
    assert play.node == "Q50", play.node
    play.say("3", "1")
    play = play.say("1") if play.node == "Q52" else play
    assert play.node == "Q53", play.node
    return play


def _a_week_later(play: Play, **later: float) -> Play:
    return play.timer(f"{UNFETCHED_TIMER}{play.conversation.active_case}", **(later or {"days": 7}))


def test_who_may_be_written_to_is_told_under_the_two_words() -> None:
    """Spec 8.4: a phone shows the beginning of a message to everybody; the open question stays."""
    play = _a_week_later(_sent())

    assert play.said.splitlines()[0] == play.conversation.cards[0].off_words
    assert "Nobody has fetched what you sent a week ago." in play.said
    assert (play.node, play.did(WakeAt)) == ("Q53", False)


def test_nobody_is_told_who_did_not_agree_to_be_written_to() -> None:
    """C-CONT was refused."""
    play = _a_week_later(_sent(contact=("1", "2")))

    assert (play.said, play.did(WakeAt)) == ("", False)


@pytest.mark.parametrize("status", ["ST-DLV", "ST-ACK", "ST-HOLD", "ST-WDR"])
def test_a_report_that_was_fetched_or_stopped_brings_no_word(status: str) -> None:
    """Only a report that still waits does."""
    play = _sent()
    card = replace(play.conversation.cards[0], status=status)
    play.conversation = replace(play.conversation, cards=(card,))

    assert _a_week_later(play).said == ""


def test_the_word_waits_for_a_safe_time_and_for_a_moment_without_another_question() -> None:
    """Evenings only; and nothing wakes a hidden chat."""
    play = _a_week_later(_sent(times="3"))
    assert play.said == ""
    assert play.done(WakeAt).at.hour == play.now.hour + 3  # from two o'clock to five, by the person's clock

    hidden = _a_week_later(_sent().say("000"))
    assert (hidden.said, hidden.done(WakeAt).at) == ("", hidden.now.replace(day=hidden.now.day + 1))
