"""Conversations, read aloud: what a person writes and what follows. Saved and loaded at every turn by the playbook."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.effects import (
    CancelAlert,
    ClearChat,
    DropFiles,
    Forget,
    RaiseAlert,
    Say,
    SealMessage,
    SetDisappearing,
    TallyOutOfScope,
    UpdateAlert,
    WakeAt,
)
from tests.playbook import PICTURE, TO_THE_QUESTIONS, VOICE, Play, at_review, sent, started


def test_the_first_message_is_answered_by_the_choice_of_language() -> None:
    """Nothing shows what the bot is, and only complete languages are offered."""
    play = Play().say("hello?")

    assert play.node == "Q01"
    assert play.said == "Hello. Choose a language.\n1 English"


def test_danger_is_asked_before_channel_and_story() -> None:
    """INV-18."""
    assert Play().say("hi", "1", "1").node == "Q03"


def test_somebody_who_is_not_safe_leaves_nothing_behind() -> None:
    """The chat ends with a kind word and the conversation is forgotten."""
    play = Play().say("hi", "1", "3")

    assert play.did(Forget)
    assert "I have kept nothing" in play.said


def test_a_disappearing_timer_is_set_when_the_person_wants_it() -> None:
    """Q06-TIMER: one day."""
    play = Play().say("hi", "1", "1", "3", "1", "1", "2")

    assert play.done(SetDisappearing).seconds == 86400


@pytest.mark.parametrize("text", ["7", "banana", "1 2", "", "\N{RIGHT-TO-LEFT OVERRIDE}4", "٥", "99"])
def test_what_is_not_understood_is_said_once_and_the_question_repeated(text: str) -> None:
    """Free text never moves the conversation, and the error is not said twice."""
    play = Play().say("hi", "1").say(text)

    assert (play.node, "I did not understand" in play.said) == ("Q02", True)
    play.say(text)
    assert (play.node, "I did not understand" in play.said, "is it safe" in play.said) == ("Q02", False, True)


@pytest.mark.parametrize("text", ["1", "١", "۱", "１", "(1)", "1.", "1️⃣", "Yes", " yes ", "YES."])
def test_one_answer_can_be_written_in_many_ways(text: str) -> None:
    """Digits of other scripts, with punctuation, or the label word for word."""
    assert Play().say("hi", "1", text).node == "Q03"


def test_a_message_of_four_mebibytes_is_refused_kindly_and_nothing_moves() -> None:
    """The limit is named; the question stays."""
    play = started().say("x" * 4 * 1024 * 1024)

    assert play.node == "Q08"
    assert "longer than 4000 characters" in play.said


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=60), st.sampled_from([*"0123456789", "00", "000", "sos", "1 3", "stop everything"])),
        max_size=25,
    )
)
def test_nothing_a_person_writes_raises_or_is_shown_as_code(texts: list[str]) -> None:
    """Any sequence of messages: no exception, never more than one message a turn, no unfilled variable."""
    play = Play()
    for text in texts:
        play.say(text)
        said = [effect.text for effect in play.effects if isinstance(effect, Say)]
        assert len(said) <= 1
        assert not any("{" in one for one in said)


def test_back_asks_the_question_before_and_keeps_the_other_answers() -> None:
    """9, twice, then one new answer: the conversation goes on where it was."""
    play = started().say("1", "1", "1", "9")
    assert play.node == "Q10"
    play.say("9")
    assert play.node == "Q09"
    play.say("3")
    assert play.node == "Q12"
    assert play.conversation.draft is not None
    assert [a.keys for a in play.conversation.draft.answers if a.node == "Q09"] == [("3",)]


def test_skipping_is_possible_where_it_is_allowed_and_refused_kindly_where_not() -> None:
    """INV-04: 0 skips; Q08 and Q09 need an answer."""
    play = started().say("0")
    assert (play.node, "needs an answer" in play.said) == ("Q08", True)
    assert play.say("1", "1", "0").node == "Q12"


def test_the_menu_pauses_and_any_message_comes_back_to_the_same_question() -> None:
    """00, 2, then a word: first the safety question, then the question."""
    play = started().say("1", "00", "2")
    assert play.node == "PAUSED"
    play.say("hello")
    assert play.node == "T-RESUME"
    assert play.say("1").node == "Q09"


def test_the_language_can_be_changed_from_the_menu() -> None:
    """And the same question follows."""
    assert started().say("00", "3", "1").node == "Q08"


def test_the_answers_can_be_deleted_from_anywhere_in_two_messages() -> None:
    """00, 6."""
    play = started().say("1", "1", "00", "6")

    assert play.did(Forget)
    assert "deleted everything" in play.said


def test_after_a_long_pause_safety_is_asked_again_and_the_answer_is_kept() -> None:
    """Q02 again after 15 minutes; what was answered counts."""
    play = started().say("1").wait(minutes=16).say("1")

    assert play.node == "T-RESUME"
    assert play.say("1").node == "Q10"


def test_hiding_clears_the_chat_and_only_the_phrase_comes_back() -> None:
    """INV-20: whatever else is written, the decoy answers."""
    play = Play().say("hi", "1", "1", "3", "1", "1", "3")
    words = play.conversation.draft.phrase if play.conversation.draft else ""
    play.say("1", "0", "1", "1", "000")
    assert (play.node, play.did(ClearChat), play.said) == ("HIDDEN", True, "")
    for text in ("hello", "sos", "00", "1", "000", "one two three four"):
        play.say(text)
        assert ("Opening hours" in play.said or text == "000", play.node) == (True, "HIDDEN")
    assert play.say(words.upper()).node == "T-RESUME"
    assert play.say("1").node == "Q09"


def test_five_wrong_phrases_lock_the_way_back_for_a_day() -> None:
    """Even the right words do not help until then."""
    play = Play().say("hi", "1", "1", "3", "1", "1", "3")
    words = play.conversation.draft.phrase if play.conversation.draft else ""
    play.say("1", "0", "1", "000", *["some four wrong words"] * 5)
    assert play.say(words).node == "HIDDEN"
    assert play.wait(hours=25).say(words).node == "T-RESUME"


def test_a_panic_word_hides_and_its_text_is_not_kept() -> None:
    """Only a hash of it is."""
    play = Play().say("hi", "1", "1", "3", "1", "1", "3", "1", "Umbrella")
    assert play.node == "C-START"
    assert "umbrella" not in repr(play.conversation).casefold()
    assert play.say("umbrella!").node == "HIDDEN"


def test_a_panic_word_must_be_a_word() -> None:
    """Two letters, or SOS, would happen by chance."""
    play = Play().say("hi", "1", "1", "3", "1", "1", "3", "1", "ab")
    assert (play.node, "another word" in play.said) == ("Q06-PANIC", True)
    assert play.say("sos").node == "FP1"


def test_silence_before_permission_ends_in_thirty_minutes_without_a_word() -> None:
    """INV-01, and the bot never writes on its own."""
    play = Play().say("hi", "1", "1")
    assert play.done(WakeAt).timer == "idle"
    play.timer("idle", minutes=30)
    assert (play.did(Forget), play.said) == (True, "")


def test_a_draft_ends_after_three_days_without_a_word() -> None:
    """And its files with it."""
    play = started().say("1")
    assert play.done(WakeAt).timer == "draft"
    play.timer("draft", hours=72)
    assert (play.did(Forget), play.said) == (True, "")


def test_out_of_scope_ends_with_a_place_to_go_and_one_tally() -> None:
    """No question follows, nothing is kept, and the chat is cleared, as the answer says."""
    play = started().say("1", "2")
    assert "Ethics Office" in play.said
    play.say("3")
    assert (play.did(TallyOutOfScope), play.did(ClearChat), play.did(Forget)) == (True, True, True)


@pytest.mark.parametrize("texts", [("3",), ("2", "2"), ("1", "3", "3", "2")])
def test_where_it_is_not_safe_to_write_the_chat_is_cleared_at_the_end(texts: tuple[str, ...]) -> None:
    """Q02, its tip, and a phone that others see; one sentence remains."""
    play = Play().say("hi", "1", *texts)
    assert "Come back when it is safe" in play.said
    assert (play.did(ClearChat), play.did(Forget)) == (True, True)


@pytest.mark.parametrize(
    ("words", "node"), [("I need a visa", "T-OOS-AID"), ("there was an accident", "T-OOS-EMG"), ("blabla", "Q08")]
)
def test_words_about_something_else_lead_to_help_that_fits(words: str, node: str) -> None:
    """And one answer leads back."""
    play = started().say(words)
    assert play.node == node
    if node != "Q08":
        assert play.say("1").node == "Q08"


def test_a_body_outside_the_un_is_named_and_referred_to() -> None:
    """T-OOS-OTH, with the way back in."""
    play = started().say("1", "1", "1", "2", "1", "0", "1", "1", "1", "3", "International Criminal Court")

    assert (play.node, "International Criminal Court" in play.said) == ("T-OOS-OTH", True)
    assert play.say("1").node == "Q19"


def test_sos_opens_the_fast_path_and_only_a_yes_alerts() -> None:
    """INV-02: no alert without answer 1 of FP1."""
    play = started().say("1", "SOS")
    assert (play.node, play.did(RaiseAlert)) == ("FP1", False)
    play.say("2")
    assert (play.node, play.did(RaiseAlert), play.consent("C-EMER")) == ("T-FP-NO", False, "refused")
    assert play.say("2").node == "Q09"


def test_the_alert_fires_before_the_next_question_and_its_card_grows() -> None:
    """Answers of FP2 to FP4 and the line reach the desk; the street stays out."""
    play = Play().say("hi", "1", "1", "1", "1")
    alert = play.done(RaiseAlert)
    assert (play.node, alert.granted.question.recipient, alert.card["fp_country"]) == ("FP2", "OFF-EML", "")
    play.say("Dravania", "1")
    assert play.done(UpdateAlert).card["fp_event"] == "FPE-DOOR"
    play.say("2")
    assert (play.node, "words:" in play.said) == ("FP6", True)
    play.say("1", "two cars outside")
    assert (play.node, play.done(UpdateAlert).card["fp_line"]) == ("TALK", "two cars outside")
    play.say("they ring the bell")
    assert play.done(SealMessage).document["text"] == "they ring the bell"
    assert play.say("sos").node == "FP6"


def test_an_alert_can_be_cancelled() -> None:
    """The consent is withdrawn and the desk deletes the card."""
    play = Play().say("hi", "1", "1", "1", "1", "0", "0", "0", "2")

    assert (play.did(CancelAlert), play.consent("C-EMER"), play.conversation.cards) == (True, "withdrawn", ())


def test_silence_at_the_fast_path_is_asked_once_and_alerts_nobody() -> None:
    """Are you there? 1 2 3."""
    play = Play().say("hi", "1", "1", "1").timer("fast-silent", minutes=2)

    assert (play.node, play.did(RaiseAlert), "Are you there?" in play.said) == ("T-ARE-YOU-THERE", False, True)
    assert play.say("1").node == "FP1"


def test_words_on_telegram_bring_the_choice_to_lift_lite_once() -> None:
    """C-TGFULL is offered when words arrive where numbers are asked."""
    play = Play("telegram").say("hi", "1", "1", "3", "1", "2", "2", "0", "1")
    play.say("they came at night")
    assert play.node == "C-TGFULL"
    assert play.say("1").node == "Q08"
    assert play.say("they came at night").node == "Q08"


def test_about_a_child_words_on_telegram_bring_no_choice_to_lift_lite() -> None:
    """INV-21: that consent is not asked then; words and files are refused kindly."""
    play = Play("telegram").say("hi", "1", "1", "3", "1", "2", "1", "0", "1", "1", "1", "1", "1", "1")
    play.say("they came to my school")
    assert (play.node, "one of the numbers" in play.said) == ("Q13", True)

    play.send_file(PICTURE)
    assert (play.node, play.consent("C-TGFULL"), play.did(DropFiles)) == ("Q13", "not_asked", True)


def test_telegram_takes_numbers_only_and_never_asks_for_a_name() -> None:
    """LITE: after Q13 comes Q17."""
    play = Play("telegram").say("hi", "1", "1", "3", "1", "2", "2", "0", "1", "1", "1", "1", "2", "1")

    assert play.node == "Q17"
    play.say("3")
    assert "Which one? Send its number" in play.said
    assert play.say("8").said.startswith("Which one?")
    assert play.say("words").node in ("Q18", "C-TGFULL")


def test_a_watched_phone_gets_numbers_only() -> None:
    """And the person may stop there."""
    assert Play().say("hi", "1", "1", "3", "4").node == "T-DEVICE"
    assert Play().say("hi", "1", "1", "3", "4", "2").did(Forget)


def test_a_third_person_who_cannot_be_asked_gives_a_report_without_words() -> None:
    """Ruling: ASKABLE, UNREACH, UNK get the LITE set without words."""
    play = started().say("1", "1", "2", "4", "1", "2", "1")

    assert play.node == "Q17"


def test_a_third_person_who_said_no_ends_their_story() -> None:
    """INV-12: advice without names is still given."""
    play = started().say("1", "1", "2", "2")
    assert "the person said no" in play.said.casefold()
    assert play.say("2").did(Forget)


def test_a_file_on_telegram_where_numbers_are_asked_brings_the_choice_to_send_more_once() -> None:
    """It is not kept; the person chooses between numbers and the risk, and a second file brings only the question."""
    play = Play("telegram").say("hi", "1", "1", "3", "1", "2", "2", "0", "1")
    play.send_file(None, "T-FILE-NOT-NOW")
    assert (play.node, "cannot take files here" in play.said) == ("C-TGFULL", True)
    assert play.say("1").node == "Q08"
    play.send_file(None, "T-FILE-NOT-NOW")
    assert (play.node, "cannot take files here" in play.said) == ("Q08", True)


@pytest.mark.parametrize("words", [("00", "6"), ("i take it back", "1")])
def test_erasing_everything_clears_the_chat_before_it_says_so(words: tuple[str, ...]) -> None:
    """What stood there goes as far as the platform allows; only the last sentence stays."""
    play = started().say(*words)
    kinds = [type(effect) for effect in play.effects]
    assert kinds.index(ClearChat) < kinds.index(Say)
    assert play.did(Forget)


@pytest.mark.parametrize(
    ("play", "words", "shown", "question"),
    [
        (at_review, "1", "You have answered these.", "Your report is ready."),
        (at_review, "show 1", "Are you, or the person", "Your report is ready."),
        (sent, "2", "Your choices.", "Where your report is:"),
    ],
)
def test_what_is_shown_on_demand_is_a_message_of_its_own_and_the_question_stays(
    play: Callable[[], Play], words: str, shown: str, question: str
) -> None:
    """It goes from the chat by itself; the question that comes after it, with its buttons, does not."""
    first, second = [effect for effect in play().say(words).effects if isinstance(effect, Say)]

    assert (first.brief, first.text.startswith(shown), first.choices) == (True, True, ())
    assert (second.brief, second.text.startswith(question), second.choices != ()) == (False, True, True)


def test_the_timer_goes_with_every_message_until_the_person_switches_it_off() -> None:
    """Off that never was on is no act."""
    play = Play().say(*TO_THE_QUESTIONS[:6])
    assert play.node == "Q06-TIMER"
    assert play.say("1").done(Say).disappear_seconds == 3600
    assert play.say("1").done(Say).disappear_seconds == 3600
    off = Play().say(*TO_THE_QUESTIONS[:6], "3")
    assert (off.did(SetDisappearing), off.done(Say).disappear_seconds) == (False, 0)


def test_files_are_taken_only_after_their_consent_and_up_to_five() -> None:
    """Elsewhere they are dropped with a kind word."""
    play = started().send_file(PICTURE)
    assert (play.done(DropFiles).blobs, play.node) == (("b1",), "Q08")
    play = _at_files()
    for _ in range(5):
        play.send_file(PICTURE)
    assert "Files so far: 5" in play.said
    assert play.send_file(PICTURE).did(DropFiles)
    assert "100 MB" in play.send_file(None, "T-FILE-TOO-LARGE").said
    assert play.say("words").node == "Q45"
    assert play.say("0").node == "Q46"


def _at_files() -> Play:
    play = started().say("1", "1", "1", "2", "1", "Mina", "1", "0", "0", "5", "0", "4", "2", "2", "1", "5")
    play.say(
        "words", "1", "Arlenia", "0", "0", "1", "0", "1", "4", "0", "0", "0", "0", "0", "0", "0", "0", "1", "1", "1"
    )
    assert play.node == "Q45", play.node
    return play


def test_a_voice_note_answers_the_story() -> None:
    """With the warning said before."""
    play = started().say("1", "1", "1", "2", "1", "Mina", "1", "0", "0", "5", "0", "4", "2", "2", "1", "5")
    assert "A voice can be recognized" in play.said
    assert play.send_file(VOICE).node == "Q25"
