"""An officer is sure who holds a changed phone: the doubt ends, nothing appears, and the person hears of it when they write."""

from __future__ import annotations

import pytest

from dialogs.conversation import Proposal
from dialogs.effects import CancelWake, DropFiles, Forget, RaiseAlert, Say, SealMessage
from dialogs.limits import TIMER_IDLE, TIMER_KEPT
from dialogs.replace import replace
from tests.dialogs.test_new_phone import ASKED, PHRASE, WRONG, with_words
from tests.playbook import PICTURE, Play, sent

WELCOME = "Thank you. That is you.\n\nWelcome back. Is it safe to write now?\n1 Yes\n2 No"
OTHER = "LW-OTHER"


def forgot(*, draft: bool = False) -> Play:
    """Return somebody with a report, and perhaps another one begun, whose phone changed and who forgot the words."""
    play = with_words(sent())
    if draft:
        play.say("00", "8", "1")
    return play.change_phone().say("hello")


def case_of(play: Play) -> str:
    """Return the newest case."""
    return play.conversation.cards[-1].case


def recognised(*, draft: bool = False) -> Play:
    """Return them after the office of the case was sure who it is."""
    play = forgot(draft=draft)
    return play.recognise(case_of(play))


def with_another_case(play: Play) -> Play:
    """Give them a second case of another office."""
    other = replace(play.conversation.cards[0], case=OTHER, office="OFF-OTHER")
    play.conversation = replace(play.conversation, cards=(*play.conversation.cards, other))
    return play


def test_nothing_is_said_and_what_was_agreed_stays_to_be_asked_again() -> None:
    """The case says since when; the phone shows nothing."""
    play = recognised()
    card = play.conversation.cards[0]
    assert (card.identity_doubt, card.doubt, bool(card.doubted_at)) == (False, "FLG-IMP", True)
    assert not play.did(Say)
    assert (play.say("1").said, play.say("1").node) == (WELCOME, "Q54")
    assert play.conversation.new_phone == ""


def test_the_draft_comes_back_when_they_write_and_they_may_begin_reports() -> None:
    """It is out of reach until then, in case the account changes hands once more."""
    play = forgot(draft=True)
    kept = play.conversation.kept_draft
    play.recognise(case_of(play))
    assert (play.conversation.draft, play.conversation.kept_draft) == (None, kept)
    assert play.say("00").said == WELCOME
    assert (play.conversation.draft, play.conversation.kept_draft) == (kept, None)
    assert CancelWake(TIMER_KEPT) in play.effects


def test_words_written_then_still_go_to_the_officer() -> None:
    """Nothing somebody in danger writes is lost."""
    play = recognised().say("they are outside")
    assert (play.said, play.did(SealMessage)) == (WELCOME, True)


@pytest.mark.parametrize("text", [PHRASE, WRONG])
def test_who_is_known_needs_no_words(text: str) -> None:
    """Right or wrong, the answer is the same."""
    assert recognised().say(text).said == WELCOME


def test_files_and_buttons_are_answered_with_the_welcome() -> None:
    """The file is not kept: it was sent to no question."""
    play = recognised()
    before = play.conversation
    assert (play.send_file(PICTURE).said, play.did(DropFiles)) == (WELCOME, True)
    play.conversation = before
    assert play.press("Q54", 3, "1").said == WELCOME


def test_the_cases_of_other_offices_keep_the_doubt_until_their_own_is_sure() -> None:
    """The officer who is sure can be talked to; no menu opens and no draft comes back."""
    play = with_another_case(with_words(sent())).change_phone().say("hello")
    play.recognise(case_of(with_words(sent())))
    known, other = play.conversation.cards
    assert (known.identity_doubt, other.identity_doubt) == (False, True)
    assert (play.node, play.conversation.active_case, play.said) == ("TALK", known.case, "")
    assert ASKED in play.say("00").said
    assert ASKED in play.say("thank you").said
    assert play.done(SealMessage).document["case"] == known.case
    assert play.recognise(OTHER).said == ""
    assert play.say("00").said == WELCOME


def test_an_office_that_is_sure_is_so_in_all_its_cases() -> None:
    """A closed one does not keep the person out either."""
    play = with_another_case(with_words(sent())).change_phone()
    first = play.conversation.cards[0].case
    play.recognise(OTHER, first)
    assert (play.said, play.conversation.active_case) == ("", OTHER)
    assert play.say("00").said == WELCOME


def test_the_words_still_end_the_doubt_of_all_other_cases() -> None:
    """One office was sure before."""
    play = with_another_case(with_words(sent())).change_phone()
    play.recognise(OTHER).say(PHRASE)
    assert play.said == WELCOME
    assert not any(card.identity_doubt for card in play.conversation.cards)


def test_a_hidden_chat_stays_hidden_and_shows_nothing() -> None:
    """The decoy comes until the words that open it."""
    play = forgot().say("000")
    play.recognise(case_of(play))
    assert (play.node, play.did(Say), play.conversation.cards[0].identity_doubt) == ("HIDDEN", False, False)
    for text in ("hello", "00", "SOS"):
        assert play.say(text).said.startswith("Notices.")
    assert play.gap().said == ""
    assert play.say(PHRASE).said == WELCOME


def test_whoever_hides_before_they_write_hides_at_once() -> None:
    """000 says nothing of the welcome, and the words open the chat with it."""
    play = recognised().say("000")
    assert (play.node, play.said) == ("HIDDEN", "")
    assert play.say(PHRASE).said == WELCOME


def test_the_officers_two_words_open_a_hidden_chat_of_somebody_who_is_known() -> None:
    """Without a phrase they are what opens it."""
    play = with_words(sent())
    play.conversation = replace(play.conversation, phrase_hash="")
    play.say("000").change_phone().recognise(case_of(play))
    assert play.say(play.conversation.cards[0].off_words).said == WELCOME


def test_an_answer_to_the_officer_goes_on_as_a_talk() -> None:
    """The officer wrote first; the person is told, and everything is theirs without a question."""
    play = recognised(draft=True)
    kept = play.conversation.kept_draft
    play.officer_begins(case_of(play)).say("yes it is me")
    assert play.did(SealMessage)
    assert play.said.startswith("Thank you. That is you.")
    assert (play.node, play.conversation.draft, play.conversation.new_phone) == ("TALK", kept, "")


def test_whoever_takes_back_is_asked_about_it_first() -> None:
    """Everything stands still at once."""
    play = recognised().say("i take it back")
    assert (play.said, play.conversation.cards[0].status) == (WELCOME, "ST-HOLD")
    assert play.say("1").node == "T-WITHDRAW"


def test_nobody_in_the_fast_path_is_interrupted() -> None:
    """It goes on, also for SOS after it; leaving it leads to the welcome."""
    play = forgot().say("SOS")
    play.recognise(play.conversation.cards[0].case)
    assert (play.node, play.did(Say)) == ("FP1", False)
    assert play.say("1").did(RaiseAlert)
    assert play.say("Dravania", "1", "1").node == "FP6"
    assert play.say("00").said == WELCOME

    sos = recognised().say("SOS")
    assert sos.node == "FP1"
    assert sos.say("1").did(RaiseAlert)


def test_an_alert_of_a_known_person_outlives_their_silence() -> None:
    """The talk stands, and the next words are heard and welcomed."""
    play = recognised().say("SOS", "1", "0").timer(TIMER_IDLE, minutes=30)
    assert (play.node, play.said) == ("TALK", "")
    assert play.say("are you there").said == WELCOME
    assert play.did(SealMessage)


def test_a_phone_that_changes_once_more_is_in_doubt_once_more() -> None:
    """Before they wrote, and after."""
    for play in (recognised(draft=True), recognised(draft=True).say("hello", "1")):
        kept = play.conversation.kept_draft or play.conversation.draft
        play.change_phone()
        assert play.conversation.cards[0].identity_doubt
        assert (play.conversation.draft, play.conversation.kept_draft) == (None, kept)
        assert ASKED in play.say("00").said


def test_what_was_set_aside_still_goes_in_its_time_and_the_words_stay() -> None:
    """The chat, its phrase and the welcome outlive the draft."""
    play = recognised(draft=True)
    phrase = play.conversation.phrase_hash
    play.timer(TIMER_KEPT, hours=72)
    assert (play.did(Forget), play.said, play.conversation.kept_draft) == (False, "", None)
    assert (play.conversation.phrase_hash, play.say("00").said) == (phrase, WELCOME)


def test_no_measure_is_asked_about_before_they_were_welcomed() -> None:
    """A question on a phone that nobody has used since would be an unprompted message with content."""
    play = recognised()
    asked = Proposal(
        "P1", "UM-NET-CSN", "OFF-X", "NM-ANON", "v1", "what would be said", "proposed", "2026-11-24T10:00Z"
    )
    card = replace(play.conversation.cards[0], measures=(asked,))
    play.conversation = replace(play.conversation, cards=(card,))
    assert play.card_arrives().said == ""
    assert play.gap().said == ""


def test_whether_the_office_may_keep_it_is_asked_once_they_were_welcomed() -> None:
    """Closed between two messages of theirs: first whether it is safe to write, then this, and never again."""
    play = recognised()
    assert play.close(case_of(play)).said == ""
    assert play.say("hello").said == WELCOME
    assert "keep your report" in play.say("1").said
    play.say("1")
    assert [event.status for event in play.conversation.cards[0].consents if event.id == "C-RETN"] == ["given"]
    assert "keep your report" not in play.say("thank you").said


def test_who_was_welcomed_before_is_asked_at_the_closing() -> None:
    """As everybody who may be written to."""
    play = recognised().say("hello", "1")
    assert "keep your report" in play.close(case_of(play)).said


def test_beside_a_case_of_another_office_in_doubt_the_talk_goes_on() -> None:
    """The officer who is sure begins, the person answers, and is asked for the words all the same."""
    play = with_another_case(with_words(sent())).change_phone()
    case = play.conversation.cards[0].case
    play.recognise(case).officer_begins(case).say("it is me")
    assert play.done(SealMessage).document["case"] == case
    assert (play.node, ASKED in play.said) == ("TALK", True)


def test_a_case_that_is_in_no_doubt_or_gone_changes_nothing() -> None:
    """Two officers press at once, or the person gave the words meanwhile."""
    play = forgot().say(PHRASE, "1")
    before = play.conversation
    assert play.recognise(case_of(play)).conversation == before
    assert play.recognise("LW-GONE").conversation == before
