"""The end of the fast path: what somebody writes while their alert stands reaches the duty desk."""

from __future__ import annotations

from dialogs.effects import SealMessage, UpdateAlert
from tests.playbook import Play


def test_words_at_the_end_of_the_fast_path_are_the_line_it_offers() -> None:
    """Nobody in danger is asked for a number first; what is written after that goes to the duty desk as it is."""
    play = Play().say("hi", "1", "1", "1", "1", "0", "0", "1", "men at the door")
    assert play.done(UpdateAlert).card["fp_line"] == "men at the door"
    assert (play.node, "did not understand" in play.said) == ("TALK", False)
    assert play.say("they broke it").done(SealMessage).document["text"] == "they broke it"

    again = play.say("sos", "I am in the cellar").done(UpdateAlert)
    assert again.card["fp_line"].splitlines() == ["men at the door", "I am in the cellar"]
    assert "did not understand" in play.say("sos", "7").said


def test_an_answer_to_the_officers_words_is_one_at_the_end_of_the_fast_path_too() -> None:
    """Who called for help again, and then sees them, answers them."""
    play = Play().say("hi", "1", "1", "1", "1", "0", "0", "1", "men at the door")
    play.officer_begins(play.conversation.cards[0].case).say("sos", "yes, I can write")

    assert play.done(SealMessage).document["text"] == "yes, I can write"
    assert play.conversation.cards[0].talk_until
