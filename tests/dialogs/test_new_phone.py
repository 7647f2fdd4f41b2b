"""The phone of somebody changed: nobody is shown what was there before the secret words came, and SOS works at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.conversation import Conversation, Draft, Proposal
from dialogs.effects import (
    CancelAlert,
    CancelWake,
    ClearChat,
    DropFiles,
    Forget,
    NewKey,
    OfferMove,
    RaiseAlert,
    SealMessage,
    SealReport,
    WakeAt,
)
from dialogs.limits import TIMER_DRAFT, TIMER_IDLE, TIMER_KEPT, TIMER_SEND, TIMER_SESSION
from dialogs.replace import replace
from tests.conftest import NOON, hashed, practice_policy
from tests.handlers.test_use_cases import TO_FILES, TO_SEND
from tests.playbook import PICTURE, TO_THE_QUESTIONS, Play, sent

ASKED, OFFERED, NEXT_TIME = "send your secret words", "1 Begin again", "You can write here again at any time."
PHRASE = "four words of mine"
WRONG = "four words of somebody"
NO_PHRASE = tuple("2" if place == 7 else text for place, text in enumerate(TO_THE_QUESTIONS))
DISCLOSES = (SealReport, SealMessage, OfferMove, RaiseAlert)
TYPED = (
    "hello", "1", "2", "3", "0", "00", "9", "show 1", "1 2", "where is my report", "who opened my report", "who is a",
    "stop", WRONG, "x" * 5000,
)  # fmt: skip


def with_words(play: Play) -> Play:
    """Give this conversation the phrase that these tests know."""
    cards = tuple(replace(card, phrase_hash=hashed("phrase", PHRASE)) for card in play.conversation.cards)
    play.conversation = replace(play.conversation, phrase_hash=hashed("phrase", PHRASE), cards=cards)
    return play


def at_q14(*, phrase: bool = True) -> Play:
    """Return a full interview that has asked for a name to use: Q14 is answered, Q15 is open."""
    play = Play().say(*(TO_THE_QUESTIONS if phrase else NO_PHRASE), "1", "1", "1", "1", "2", "1", "Mina")
    assert play.node == "Q15"
    return with_words(play) if phrase else play


def doubted(*, phrase: bool = True) -> Play:
    """Return that interview after its phone changed and somebody wrote."""
    return at_q14(phrase=phrase).change_phone().say("hello")


@pytest.mark.parametrize("place", [7, 8], ids=["without a phrase", "with a phrase"])
def test_wherever_the_draft_was_open_a_new_phone_has_one_answer_and_sends_nothing(place: int) -> None:
    """After every message of an interview, whatever is typed: the sentence that says nothing of what is there."""
    texts = ["2" if number == 7 and place == 7 else text for number, text in enumerate([*TO_FILES, *TO_SEND])]
    play, met = Play(), set()
    for text in texts[:-1]:
        play.say(text)
        before, draft = play.conversation, play.conversation.draft
        assert draft is not None
        met.add(play.node)
        known = bool(before.phrase_hash) or any(answer.node == "Q48" for answer in draft.answers)
        for typed in TYPED:
            play.conversation = before
            play.change_phone().say(typed)
            assert play.said.endswith("SOS reaches a person.")
            assert (ASKED in play.said, OFFERED in play.said) == (known, not known), (play.node, typed)
            assert not any(isinstance(effect, DISCLOSES) for effect in play.effects)
            assert play.conversation.kept_draft == (draft if known else Draft(off_words=draft.off_words))
        play.conversation = before
    assert {"Q02", "Q15-NAME", "Q24", "Q26", "C-FWD", "Q50"} <= met


def test_the_words_bring_everything_back_after_asking_whether_it_is_safe() -> None:
    """The same draft, at the question that was open, and its hours begin again."""
    play = at_q14()
    draft = play.conversation.draft
    play.change_phone().say("hello", PHRASE.upper())
    assert play.said == "Thank you. That is you.\n\nWelcome back. Is it safe to write now?\n1 Yes\n2 No"
    assert (play.conversation.draft, play.conversation.kept_draft, play.conversation.new_phone) == (draft, None, "")
    assert CancelWake(TIMER_KEPT) in play.effects
    assert any(isinstance(effect, WakeAt) and effect.timer == TIMER_DRAFT for effect in play.effects)

    assert play.say("1").node == "Q15"


def test_two_words_that_were_shown_count_where_no_phrase_was_wanted() -> None:
    """Q48 shows them; what was only drawn is known to nobody."""
    texts = ["2" if number == 7 else text for number, text in enumerate([*TO_FILES, *TO_SEND])]
    play = Play()
    for text in texts:
        play.say(text)
        if play.node == "Q49":
            break
    draft = play.conversation.draft
    assert draft is not None
    assert ASKED in play.change_phone().say(draft.off_words).said
    assert "That is you" in play.say(draft.your_words).said


def test_wrong_words_may_be_tried_as_often_as_in_a_hidden_chat() -> None:
    """Then the right ones do nothing for a day, and nobody is told."""
    play = doubted()
    for _try in range(5):
        assert ASKED in play.say(WRONG).said
    assert ASKED in play.say(PHRASE).said
    assert "That is you" in play.wait(hours=24).say(PHRASE).said


def test_without_words_what_was_there_goes_at_once_and_one_may_begin_again() -> None:
    """With its files and its key; a fresh interview follows, and the old word for hiding is nobody's."""
    play = at_q14(phrase=False)
    draft = play.conversation.draft
    assert draft is not None
    play.conversation = replace(play.conversation, draft=replace(draft, files=(PICTURE,)), panic_hash="old")
    play.change_phone()
    assert {DropFiles(("b1",)), NewKey()} <= set(play.effects)
    assert play.conversation.kept_draft == Draft(off_words=draft.off_words)
    assert play.change_phone().effects == ()
    assert OFFERED in play.say("1").said  # meant for the question of before
    assert not play.did(NewKey)
    play.say("1")
    assert play.node == "Q01"
    assert {NewKey(), CancelWake(TIMER_KEPT)} <= set(play.effects)
    fresh = play.conversation
    assert (fresh.draft, fresh.kept_draft, fresh.new_phone, fresh.panic_hash) == (Draft(), None, "", "")


def test_without_words_a_hidden_chat_opens_as_before_and_shows_that_all_is_gone() -> None:
    """By the officer's two words, which say nothing of who it is."""
    play = Play()
    for text in ["2" if number == 7 else text for number, text in enumerate([*TO_FILES, *TO_SEND])]:
        play.say(text)
        if play.node == "Q48":
            break
    draft = play.say("000").conversation.draft
    assert draft is not None
    assert draft.off_words
    assert play.change_phone().conversation.kept_draft == Draft(off_words=draft.off_words)
    assert play.say("hello").said.startswith("Notices.")
    assert OFFERED in play.say(draft.off_words).said


def test_a_draft_whose_last_words_went_with_a_case_goes_when_somebody_is_told() -> None:
    """Only the words of the case led back to it."""
    play = with_words(sent()).say("00", "8", "1").change_phone()
    assert play.conversation.kept_draft != Draft()
    play.conversation = replace(play.conversation, cards=(), phrase_hash="")
    assert OFFERED in play.say("hello").said
    assert (play.did(NewKey), play.conversation.kept_draft) == (True, Draft())


def test_who_leaves_leaves_everything_as_it_is() -> None:
    """Nothing is erased and nothing said; the next message is asked the same."""
    play = doubted(phrase=False)
    kept = play.conversation.kept_draft
    assert play.say("2").said == NEXT_TIME
    assert play.conversation.kept_draft == kept
    assert OFFERED in play.say("hello").said


@pytest.mark.parametrize("hours", [72, 70])
def test_what_was_set_aside_goes_at_the_hour_it_would_have_gone(hours: int) -> None:
    """Whoever writes from the new phone does not keep it alive, and nothing is left of the chat."""
    play = at_q14().wait(hours=72 - hours).change_phone()
    due = [effect.at for effect in play.effects if isinstance(effect, WakeAt) and effect.timer == TIMER_KEPT]
    assert due == [play.now + timedelta(hours=hours) - timedelta(seconds=5)]
    assert {CancelWake(TIMER_DRAFT), CancelWake(TIMER_IDLE), CancelWake(TIMER_SEND)} <= set(play.effects)
    assert not any(isinstance(effect, WakeAt) for effect in play.say("hello").effects)

    play.timer(TIMER_KEPT, hours=hours)
    assert (play.said, play.did(Forget)) == ("", True)


def test_before_permission_it_goes_after_half_an_hour() -> None:
    """As it would have gone."""
    play = Play().say(*TO_THE_QUESTIONS).change_phone()
    due = [effect.at for effect in play.effects if isinstance(effect, WakeAt)]
    assert due == [play.now + timedelta(minutes=30) - timedelta(seconds=5)]


@pytest.mark.parametrize("phrase", [True, False], ids=["with a phrase", "without a phrase"])
def test_sos_works_at_once_from_anybody_and_knows_nothing_of_before(*, phrase: bool) -> None:
    """A new alert with words of its own; what leads out of the fast path leads to the question who it is."""
    play = at_q14(phrase=phrase)
    old = play.change_phone().conversation.kept_draft
    assert play.say("SOS").node == "FP1"
    play.say("1")
    raised = play.done(RaiseAlert)
    assert raised.card["danger_now"] == ""
    assert raised.opens is not None
    assert (raised.opens.phrase_hash, raised.opens.panic_hash) == ("", "")
    assert play.say("Dravania", "1", "1").node == "FP6"
    assert ("Mina" in play.said, ASKED in play.say("00").said or OFFERED in play.said) == (False, True)
    assert play.node == "FP6"
    assert play.say("1", "two cars outside").node == "TALK"
    assert play.say("they ring all bells").did(SealMessage)
    assert play.conversation.kept_draft == old


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("SOS", "2", "2"), ""), (("SOS", "2", "3"), "I have deleted everything"),
        (("SOS", "1", "0", "0", "0", "2"), "I have taken the alert back"),
    ],
)  # fmt: skip
def test_what_leads_out_of_the_fast_path_leads_to_nothing_of_before(texts: tuple[str, ...], said: str) -> None:
    """No, cleared, cancelled."""
    play = doubted(phrase=False)
    kept = play.conversation.kept_draft
    play.say(*texts)
    assert said in play.said
    assert (play.node, play.did(Forget), play.conversation.kept_draft) == ("START", False, kept)
    assert play.did(CancelAlert) is ("alert" in said)
    assert OFFERED in play.say("hello").said


def test_an_alert_from_a_new_phone_outlives_the_silence_of_who_raised_it() -> None:
    """What the fast path was told goes after half an hour; the desk can still write, what was set aside still waits."""
    play = doubted().say("SOS", "1", "0")
    kept = play.conversation.kept_draft
    play.timer(TIMER_IDLE, minutes=30)
    assert (play.node, play.conversation.draft, play.conversation.kept_draft) == ("TALK", None, kept)
    assert play.say("are you there").did(SealMessage)


def test_a_hidden_chat_stays_hidden_and_its_words_show_who_it_is() -> None:
    """The decoy comes first; SOS is not understood there (INV-20)."""
    play = at_q14().say("000").change_phone()
    for text in ("hello", "SOS", "00"):
        assert play.say(text).said.startswith("Notices.")
    assert "That is you" in play.say(PHRASE).said
    assert play.say("1").node == "Q15"


def test_the_officers_two_words_open_a_hidden_chat_and_show_nobody_who_it_is() -> None:
    """They were said in the chat."""
    play = with_words(sent())
    play.conversation = replace(play.conversation, phrase_hash="")
    play.say("000").change_phone()
    assert play.say("hello").said.startswith("Notices.")
    assert ASKED in play.say(play.conversation.cards[0].off_words).said


def test_from_a_new_phone_one_can_hide_at_once() -> None:
    """000 means the same from everybody."""
    play = doubted().say("000")
    assert (play.node, play.did(ClearChat), play.said) == ("HIDDEN", True, "")
    assert play.timer(TIMER_KEPT, hours=72).did(Forget)


def test_with_a_report_no_menu_opens_and_words_go_to_the_officer() -> None:
    """The same sentence as with a draft: nothing says that there is a report; nothing somebody in danger writes is lost."""
    play = with_words(sent()).change_phone()
    card = play.conversation.cards[0]
    assert (card.identity_doubt, card.doubt, bool(card.doubted_at)) == (True, "FLG-IMP", True)
    draft = doubted().said
    for text in ("hello", "1", "00", "where is my report"):
        assert play.say(text).said == draft
        assert play.did(SealMessage) is (text[0].isalpha())
    play.say(PHRASE, "1")
    assert (play.node, play.conversation.cards[0].identity_doubt) == ("Q54", False)


def test_taking_back_stops_everything_at_once_and_the_person_is_asked_about_it_first() -> None:
    """Weak identity can only stop (spec 4.8)."""
    play = with_words(sent()).change_phone().say("i take it back")
    assert (ASKED in play.said, play.conversation.cards[0].status) == (True, "ST-HOLD")
    assert play.say(PHRASE, "1").node == "T-WITHDRAW"
    play.say("5")
    assert (play.node, play.conversation.cards[0].status) == ("Q54", "ST-SUB")


def test_a_draft_beside_a_report_goes_alone() -> None:
    """The report still waits for the words."""
    play = with_words(sent()).say("00", "8", "1").change_phone().timer(TIMER_KEPT, hours=72)
    assert (play.did(Forget), play.conversation.kept_draft) == (False, None)
    assert ASKED in play.say("hello").said
    assert "That is you" in play.say(PHRASE).said


def test_a_change_that_is_told_twice_interrupts_nobody() -> None:
    """Every message that was kept back tells of it; a real second change doubts whoever used the fast path."""
    play = doubted().say("SOS")
    before = play.conversation
    assert play.change_phone().conversation == before
    play.say("1", "0").change_phone()
    assert (play.conversation.draft, play.conversation.cards[0].identity_doubt) == (None, True)
    assert ASKED in play.say("1").said


def test_somebody_else_s_case_by_its_phrase_takes_the_place_of_what_was_set_aside() -> None:
    """Who gives the phrase of a case that nothing led to is that person, and no other."""
    card = replace(sent().conversation.cards[0], phrase_hash=hashed("phrase", WRONG))
    play = doubted()
    play.come_back(WRONG, card)
    assert (play.node, play.conversation.kept_draft, play.conversation.new_phone) == ("T-RESUME", None, "")
    assert {NewKey(), CancelWake(TIMER_KEPT)} <= set(play.effects)


def test_the_phrase_of_a_case_erases_a_draft_with_its_files() -> None:
    """What was begun before it goes under a key that is gone, and nothing of it stays in the store."""
    play = at_q14()
    draft = play.conversation.draft
    assert draft is not None
    play.conversation = replace(play.conversation, draft=replace(draft, files=(PICTURE,)))
    play.come_back(WRONG, sent().conversation.cards[0])
    assert {DropFiles(("b1",)), NewKey(), CancelWake(TIMER_DRAFT)} <= set(play.effects)
    assert (play.node, play.conversation.draft) == ("T-RESUME", None)


def test_no_measure_is_asked_about_while_nobody_knows_who_it_is() -> None:
    """Not about an alert of their own either: a yes needs somebody who is known."""
    play = doubted().say("SOS", "1").timer(TIMER_IDLE, minutes=30)
    asked = Proposal(
        "P1", "UM-NET-CSN", "OFF-X", "NM-ANON", "v1", "what would be said", "proposed", "2026-11-24T10:00Z"
    )
    alert = replace(play.conversation.cards[0], measures=(asked,))
    play.conversation = replace(play.conversation, cards=(alert,))
    assert (play.card_arrives().said, play.say("hello").node) == ("", "TALK")


def test_nothing_was_there_and_nothing_is_asked() -> None:
    """A stranger with a number somebody had before."""
    now = NOON.isoformat()
    play = Play()
    play.conversation = Conversation("c", "signal", practice_policy().interview.version, now, now)
    assert play.change_phone().say("hello").node == "Q01"


def test_files_buttons_and_edits_from_a_new_phone_have_the_same_answer() -> None:
    """A file is not kept."""
    play = doubted()
    asked = play.said
    assert (play.send_file(PICTURE).said, play.did(DropFiles)) == (asked, True)
    assert play.press("Q15", 16, "1").said == asked
    assert play.edit().said == asked


def test_the_session_of_a_sent_report_does_not_take_a_draft_with_it() -> None:
    """Whoever began another report has its hours."""
    play = with_words(sent()).say("00", "8", "1").change_phone().timer(TIMER_SESSION, minutes=30)
    assert not play.did(Forget)
