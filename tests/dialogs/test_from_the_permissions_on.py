"""Conversations from the permissions on, read aloud: review, sending, taking back, and what may be done after a report."""

from __future__ import annotations

import pytest

from dialogs.effects import (
    ClearChat,
    DestroyReport,
    Forget,
    NewKey,
    SealFeedback,
    SealMessage,
    SealReport,
    UpdateCase,
    WakeAt,
)
from tests.playbook import TO_FORWARD, Play, at_review, sent, short, started


def test_private_answers_are_kept_only_with_their_consent() -> None:
    """C-SENS refused: the topic itself goes, the group of acts stays."""
    play = short().say("1", "1", "1", "2", "1", "3", "0", "0", "0", "0", "5", "3", "0", "0", "0", "0")
    assert play.node == "Q34", play.node
    play.say("1")
    assert play.node == "C-SENS"
    play.say("2")
    assert play.conversation.draft is not None
    kept = {answer.node: answer.keys for answer in play.conversation.draft.answers}
    assert (kept["Q23-5"], kept["Q34"]) == ((), ())


def test_a_refused_forward_asks_none_of_the_others_and_can_be_reconsidered() -> None:
    """One no is enough; the person may come back to it themselves."""
    play = short().say(*TO_FORWARD, "2")
    assert (play.node, play.consent("C-FWD"), play.consent("C-EMER")) == ("Q50", "refused", "not_asked")
    assert "Nothing is sent" in play.said
    assert play.say("3").node == "C-FWD"


def test_another_office_can_be_chosen_and_the_consent_names_it() -> None:
    """C-FWD is for exactly one recipient."""
    play = short().say(*TO_FORWARD[:5], "1 3", "Arlenia", *TO_FORWARD[6:])
    assert play.node == "C-FWD", play.node
    first = play.said
    play.say("3", "2")
    assert (play.node, play.said != first) == ("C-FWD", True)
    play.say("1")
    assert play.conversation.draft is not None
    assert (play.conversation.draft.consents[-1].recipient, play.node) == ("OFF-SPT-UA", "T-CHECK")


def test_a_wrong_idea_of_who_reads_it_is_explained_once() -> None:
    """T-CHECK."""
    play = short().say(*TO_FORWARD, "1", "2")

    assert (play.node, "Not your government" in play.said) == ("T-CHECK-AGAIN", True)
    assert play.say("2").consent("C-FWD") == "refused"


def test_an_edit_of_something_sensitive_voids_what_was_agreed() -> None:
    """C-FWD, C-ASG and C-EMER are asked again, and the person is told why."""
    play = at_review().say("2", "4", "5")
    assert "ask you again" in play.said or play.consent("C-FWD") == "invalidated"
    while play.node != "C-FWD":
        play.say("0")
    assert play.consent("C-FWD") == "invalidated"


def test_sending_seals_the_report_and_erases_the_draft_in_one_turn() -> None:
    """Nothing of the answers stays in the conversation."""
    play = at_review().say("3", "1")
    sealed = play.done(SealReport)

    assert (sealed.card.office, play.did(NewKey), play.conversation.draft) == ("OFF-SPT-UA", True, None)
    assert sealed.document["summary"].startswith("What the person wants")
    assert sealed.document["codes"]["country"] == "XA"
    assert "Arlenia" not in repr(play.conversation)


def test_the_summary_says_what_exactly_happened_and_what_every_bare_answer_is_about() -> None:
    """An officer reads it first: "No" alone could be "no safe place" as well as "no danger"."""
    document = at_review().say("3", "1").done(SealReport).document
    said = dict(line.split(": ", 1) for line in document["summary"].splitlines())

    assert said["What happened"].split("; ")[1] == "Lies in public"
    assert "Still going on: Yes" in said["What happened"].split("; ")
    assert said["Danger and time"].split("; ") == ["In danger now: No", "Others in danger: No"]


def test_the_summary_says_nothing_that_needs_its_question() -> None:
    """A bare "No" would stand for "not under 18", and, among what must not happen, for "no office is kept out"."""
    document = at_review().say("3", "1").done(SealReport).document
    said = dict(line.split(": ", 1) for line in document["summary"].splitlines())
    labels = {answer["node"]: answer["label"] for answer in document["answers"]}
    assert labels["Q12"] == labels["Q43"] == "No"

    assert "Under 18: No" in said["Who it is about"].split("; ")
    assert "No" not in said["Who it is about"].split("; ") + said["What must not happen"].split("; ")


def test_nothing_is_sent_without_the_last_yes() -> None:
    """Q52: not yet."""
    play = at_review().say("3", "2")

    assert (play.node, play.did(SealReport)) == ("Q50", False)


def test_the_phrase_is_asked_again_when_nothing_else_leads_back() -> None:
    """Without these words the report cannot be taken back."""
    play = at_review().say("2", "7")
    assert play.conversation.phrase_hash
    silent = Play().say("hi", "1", "1", "3", "1", "1", "3", "2", "0", "2")
    silent.say(*TO_FORWARD, "1", "1", "2", "2", "3")
    assert (silent.node, "cannot take the report back" in silent.said) == ("Q06-PHRASE-AGAIN", True)


def test_the_review_lists_questions_and_shows_an_answer_only_on_demand() -> None:
    """The chat is itself a risk: no answer is quoted unasked."""
    play = at_review().say("1")
    assert "Arlenia" not in play.said
    number = next(line.split()[0] for line in play.said.splitlines() if "In which country did it happen" in line)
    assert "Arlenia" in play.say(f"show {number}").said


def test_under_pressure_the_review_shows_neither_questions_nor_answers() -> None:
    """T-FREE was answered with yes: somebody may be reading along."""
    play = short().say(*TO_FORWARD[:-2], "2", "4", "1", "2")
    assert play.node == "Q50", play.node
    assert "I do not show that here." in play.say("1").said
    assert "In which country" not in play.said
    assert "danger" not in play.say("show 1").said


def test_a_report_for_an_open_office_is_said_to_wait_for_an_answer_not_for_its_next_opening() -> None:
    """INV-19: at noon somebody is there, and "until tomorrow morning" would press the person for a yes."""
    play = short().say(
        "1",
        "1",
        "1",
        "2",
        "1",
        "5",
        "0",
        "4",
        "2",
        "0",
        "1",
        "1",
        "2",
        "Arlenia",
        "1",
        "1",
        "4",
        "1",
        "0",
        "1",
        "4",
        "1",
        "1",
        "1",
        "1",
    )
    assert play.node == "C-EMER", play.node

    assert "your report waits until somebody there answers, within about 4 hours." in play.said


def test_a_withdrawal_phrase_freezes_everything_at_once() -> None:
    """Then it asks what to do; changing one's mind restores the case."""
    play = sent().say("I take it back!")
    assert (play.node, play.done(UpdateCase).card.status) == ("T-WITHDRAW", "ST-HOLD")
    assert play.say("5").conversation.cards[0].status == "ST-SUB"


def test_taking_everything_back_destroys_an_unopened_report() -> None:
    """At once with the person's own words, otherwise after 72 hours."""
    play = sent()
    own = play.conversation.cards[0].your_words
    play.say("withdraw", "1")
    assert play.conversation.cards[0].status == "ST-WDR"
    assert {e.status for e in play.conversation.cards[0].consents if e.id == "C-FWD"} == {"given", "withdrawn"}
    assert "cannot be called back" in play.said
    assert play.say(own).did(DestroyReport)
    later = sent().say("withdraw", "1")
    wake = later.done(WakeAt)
    assert later.timer(wake.timer, hours=72).did(DestroyReport)


@pytest.mark.parametrize(("answer", "gone"), [("2", "C-STAT"), ("4", "C-CONT")])
def test_steps_or_contact_can_be_taken_back_alone(answer: str, gone: str) -> None:
    """The report itself stays."""
    play = sent().say("withdraw", answer)

    states = {event.id: event.status for event in play.conversation.cards[0].consents}
    assert states["C-FWD"] == "given"
    assert states.get(gone, "withdrawn") != "given"


def test_one_permission_can_be_taken_back_from_a_list() -> None:
    """By its number; the one to send means everything."""
    play = sent().say("withdraw", "3")
    assert "One office reads my report" in play.said
    play.say("1")
    assert play.conversation.cards[0].status == "ST-WDR"


def test_the_menu_after_a_report_offers_what_can_be_done() -> None:
    """Write, add, choices, feedback, delete, another report."""
    play = sent().say("00", "3")
    assert "Your choices" in play.said
    play.say("2", "one more thing")
    assert play.done(SealMessage).kind == "supplement"
    play.say("5", "1", "you were slow")
    assert (play.done(SealFeedback).document["kind"], play.node) == ("feedback", "Q54")
    play.say("1", "hello officer")
    assert play.done(SealMessage).kind == "talk"
    play.say("00", "8")
    assert play.node == "Q02"


def test_clearing_the_chat_forgets_the_address_when_nothing_needs_it() -> None:
    """No live C-CONT or C-EMER: only the phrase leads back."""
    play = sent().say("1")

    assert (play.did(ClearChat), play.did(Forget)) == (True, True)


def test_the_session_ends_after_half_an_hour_without_contact() -> None:
    """The address is destroyed then."""
    assert sent().timer("session", minutes=30).did(Forget)


def test_a_stale_button_is_harmless_and_the_question_is_repeated() -> None:
    """A button counts only for the question and the turn it was made for."""
    play = started()
    turn = play.conversation.turn
    play.say("1").press("Q08", turn, "5")
    assert (play.node, "older question" in play.said) == ("Q09", True)
    assert play.press("Q09", play.conversation.turn, "1").node == "Q10"


def test_after_a_restart_the_open_question_is_repeated_but_not_while_hidden() -> None:
    """Nothing wakes a hidden chat."""
    assert "paid job" in started().say("1").gap().said
    assert started().say("000").gap().said == ""


def test_the_word_of_the_day_proves_the_bot() -> None:
    """CHECK, in any state."""
    assert "The word for today is" in started().say("check").said


def test_a_conversation_finishes_on_the_interview_it_began_with() -> None:
    """A new policy does not move the questions under somebody's feet."""
    from dialogs.replace import replace

    play = started()
    newer = replace(play.policy.interview, version="newer", nodes={}, line=())
    play.policy = replace(
        play.policy, interview=newer, older_interviews={play.policy.interview.version: play.policy.interview}
    )
    assert play.say("1").node == "Q09"


def test_back_means_nothing_while_talking_and_a_finished_chat_begins_anew() -> None:
    """Found by random conversations: 9 at TALK, and a message after the end."""
    play = Play().say("sos", "1", "0", "0", "0", "1", "two cars", "9")
    assert play.node == "TALK"
    ended = Play().say("hi", "00", "6")
    assert ended.say("hello").node == "Q01"
