"""Measure cards in the chat: what is shown, what each answer does, and what starting needs."""

from __future__ import annotations

import pytest

from dialogs.conversation import Proposal
from dialogs.effects import EraseCopy, Say, SealMessage
from dialogs.gate import Granted, Reason, Refused, may
from dialogs.measures import question_of, question_to_begin
from dialogs.replace import replace
from tests.playbook import Play, sent

CONTENT = "She was followed after she spoke."


def with_card(
    measure: str = "GM-STA-DIP", *, red: tuple[str, ...] = (), name_mode: str = "NM-NAMED", checked: str = "now"
) -> Play:
    """Return a conversation to which an officer proposed a measure."""
    play = sent()
    card = play.conversation.cards[0]
    proposal = Proposal(
        "MP-1", measure, "The office of X", name_mode, "v1", CONTENT, "proposed", "now", checked=checked
    )
    contact = replace(card.consents[0], record_id="CR-X", id="C-CONT", status="given")
    events = (*card.consents, contact)
    changed = replace(card, measures=(proposal,), red=red, safe_times=(), consents=events)
    play.conversation = replace(play.conversation, cards=(changed,))
    return play.card_arrives()


def proposal_of(play: Play) -> Proposal:
    """Return the one proposal."""
    return play.conversation.cards[0].measures[0]


def allowed(play: Play, origin: str = "") -> Granted | Refused:
    """Ask the gate whether the proposal may be carried out; `origin`: where an interpreter is from."""
    card = play.conversation.cards[0]
    return may(question_to_begin(card, proposal_of(play), origin), card, card.consents, play.now, play.policy.measures)


def test_a_card_says_what_who_risk_name_and_until_when() -> None:
    """It begins with the officer's two words, and shows exactly what would be said when asked."""
    play = with_card()
    off_words = play.conversation.cards[0].off_words
    assert play.said.startswith(off_words)
    assert "Who would learn what: Your government" in play.said
    assert "we would use your name" in play.said
    assert "2026-12-24" in play.said
    assert CONTENT in play.say("4").said


def test_a_yes_counts_only_after_it_was_understood_and_only_for_exactly_this() -> None:
    """Another recipient, name mode or content is another question."""
    play = with_card().say("1")
    assert isinstance(allowed(play), Refused)
    play.say("1")
    assert (proposal_of(play).state, play.node) == ("consented", "TALK")
    assert isinstance(allowed(play), Granted)
    card = play.conversation.cards[0]
    for change in ({"recipient": "Y"}, {"name_mode": "NM-ANON"}, {"content_version": "v2"}):
        asked = question_of(card, replace(proposal_of(play), **change))  # type: ignore[arg-type]  # fields of a proposal
        assert isinstance(may(asked, card, card.consents, play.now, play.policy.measures), Refused)
    assert isinstance(allowed(play.wait(days=31)), Refused)


def test_a_yes_ends_on_the_day_that_the_card_named_however_late_it_is_given() -> None:
    """The person agreed to what they read."""
    play = with_card()
    until = proposal_of(play).valid_until
    assert f"good until {until[:10]}" in play.said
    assert f"good until {until[:10]}" in play.wait(days=3).say("4").said
    play.say("1", "1")

    assert proposal_of(play).valid_until == play.conversation.cards[0].consents[-1].expires == until


def test_after_that_day_a_card_is_asked_anew_and_names_another_one() -> None:
    """Once: after that the officer is to talk about it."""
    play = with_card()
    first = proposal_of(play).valid_until[:10]
    play.wait(days=31).say("1")
    second = proposal_of(play).valid_until[:10]
    assert (play.node, first < second) == ("T-MEASURE", True)
    assert f"good until {second}" in play.said
    play.say("1").wait(days=31).say("1")

    assert proposal_of(play).state == "talk"
    assert isinstance(allowed(play), Refused)


def test_a_yes_that_was_not_understood_is_no_yes() -> None:
    """Explained once and asked once more; then the officer talks first."""
    play = with_card().say("1", "2")
    assert "keeps knowing it" in play.said
    assert play.node == "T-MEASURE"
    play.say("1", "3")
    assert (proposal_of(play).state, play.node) == ("talk", "TALK")
    assert isinstance(allowed(play), Refused)


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [("2", "refused", Reason.REFUSED), ("3", "talk", Reason.DEFERRED), ("0", "proposed", Reason.DEFERRED)],
)
def test_no_talk_first_and_later_permit_nothing(answer: str, state: str, reason: Reason) -> None:
    """And nobody asks why."""
    play = with_card().say(answer)
    refused = allowed(play)

    assert proposal_of(play).state == state
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_a_card_is_asked_twice_at_most() -> None:
    """After "later" it comes once more when the person writes; then it waits for the officer."""
    play = with_card().say("0", "hello officer")
    assert play.node == "T-MEASURE"
    assert play.say("0", "hello again").node == "TALK"


def test_a_refusal_wipes_what_would_have_been_said() -> None:
    """The content is kept only while it may be needed."""
    assert proposal_of(with_card().say("2")).content == ""


def test_words_at_a_card_go_to_the_officer_and_the_card_stays_open() -> None:
    """Nobody has to choose a number to ask something."""
    play = with_card().say("who would that be?")
    assert play.done(SealMessage).document["text"] == "who would that be?"
    assert play.node == "T-MEASURE"


def test_a_card_that_crosses_a_red_line_says_so_without_showing_it_on_a_locked_screen() -> None:
    """INV-07: shown, and answered again; the first eighty characters say nothing."""
    play = with_card(red=("RED-GOV",))
    assert "do not contact my government" in play.said
    assert "government" not in play.said[:80]
    assert isinstance(allowed(play.say("1", "1")), Granted)


def test_a_letter_of_an_expert_asks_for_both_names_apart() -> None:
    """Letter and public copy are two consents; without the name the named letter stays closed."""
    named = with_card("GM-EXP-SP").say("1")
    assert named.node == "T-SP-LETTER"
    named.say("1")
    assert named.node == "T-SP-PUBLIC"
    named.say("2", "1")
    states = {event.id: event.status for event in named.conversation.cards[0].consents}
    assert (states["C-M-EXP-SP"], states["C-M-EXP-SP-PUBLIC"]) == ("given", "refused")
    unnamed = with_card("GM-EXP-SP").say("1", "2", "1")
    assert (proposal_of(unnamed).name_mode, proposal_of(unnamed).state) == ("NM-ANON", "consented")
    assert proposal_of(with_card("GM-EXP-SP").say("1", "3")).state == "refused"


def test_a_line_in_the_annual_report_is_shown_word_for_word() -> None:
    """AR-NAMED offers to leave the name out, which refuses the named line."""
    play = with_card("AR-NAMED")
    assert CONTENT in play.said
    assert play.said.startswith(play.conversation.cards[0].off_words)  # a locked screen shows the first line
    assert "Secretary-General" not in play.said[:80]
    assert proposal_of(play.say("3")).state == "refused"
    assert isinstance(allowed(with_card("AR-ANON", name_mode="NM-ANON").say("1", "1")), Granted)


def test_nobody_is_asked_about_lines_that_no_second_officer_has_checked() -> None:
    """Not when the officer proposes them and not when the person writes; a line with the name needs no such check."""
    unchecked = with_card("AR-ANON", name_mode="NM-ANON", checked="").say("hello")
    assert (proposal_of(unchecked).state, proposal_of(unchecked).asked) == ("proposed", 0)
    assert CONTENT not in unchecked.said
    assert CONTENT in with_card("AR-NAMED", checked="").said


@pytest.mark.parametrize(
    ("code", "consent", "who"),
    [
        ("VF-SOURCE", "C-VER", "Who would learn what: The office of X"),
        ("IN-INTERPRETER", "C-INTP", "The interpreter would be: The office of X."),
    ],
)
def test_a_source_and_an_interpreter_are_asked_about_one_by_one(code: str, consent: str, who: str) -> None:
    """Spec 4.2, 4.3: whom it is about stands in the question, and a yes to one is none to another."""
    play = with_card(code)
    assert who in play.said
    play.say("1", "1")
    card = play.conversation.cards[0]
    assert [(e.id, e.recipient, e.status) for e in card.consents][-1] == (consent, "The office of X", "given")
    assert isinstance(allowed(play), Granted)
    other = question_of(card, replace(proposal_of(play), recipient="Somebody else"))
    assert isinstance(may(other, card, card.consents, play.now, play.policy.measures), Refused)
    assert isinstance(allowed(play.wait(days=31)), Refused)


def test_an_interpreter_is_asked_for_in_words_of_its_own_and_may_be_kept_out_of_the_own_country() -> None:
    """Spec 4.4: the first line shows nothing, the last answer counts, and the ledger says what was agreed to."""
    play = with_card("IN-INTERPRETER")
    assert (play.node, "May a UN interpreter help?" in play.said) == ("C-INTP", True)
    assert play.said.startswith(play.conversation.cards[0].off_words)
    assert "interpreter" not in play.said[:80]
    abroad = play.say("2", "1")
    assert (proposal_of(abroad).state, proposal_of(abroad).abroad) == ("consented", True)
    assert [(e.id, e.status, e.scope) for e in abroad.conversation.cards[0].consents][-1] == (
        "C-INTP",
        "given",
        "abroad",
    )
    assert isinstance(allowed(abroad, "abroad"), Granted)
    assert isinstance(allowed(abroad, "theirs"), Refused)
    anybody = with_card("IN-INTERPRETER").say("2", "2", "1", "1")  # not understood: asked once more, answered otherwise
    assert (proposal_of(anybody).abroad, anybody.conversation.cards[0].consents[-1].scope) == (False, "")
    assert proposal_of(with_card("IN-INTERPRETER").say("3")).state == "refused"
    assert isinstance(allowed(anybody, "theirs"), Granted)
    assert isinstance(allowed(abroad.say("no interpreter"), "abroad"), Refused)


def test_a_conversation_on_an_older_interview_gets_the_plain_card() -> None:
    """It began before the question was there."""
    play = sent()
    nodes = {name: node for name, node in play.policy.interview.nodes.items() if name != "C-INTP"}
    play.policy = replace(play.policy, interview=replace(play.policy.interview, nodes=nodes))
    card = play.conversation.cards[0]
    proposal = Proposal("MP-1", "IN-INTERPRETER", "X", "NM-ANON", "v1", CONTENT, "proposed", "now")
    play.conversation = replace(play.conversation, cards=(replace(card, measures=(proposal,), safe_times=()),))
    assert play.say("hello").node == "T-MEASURE"


def test_cards_wait_while_the_chat_is_hidden_or_contact_was_not_agreed() -> None:
    """Hidden: silence. No C-CONT: the person sees it when they write."""
    hidden = sent().say("000")
    card = hidden.conversation.cards[0]
    waiting = Proposal("MP-1", "GM-STA-DIP", "X", "NM-NAMED", "v1", CONTENT, "proposed", "now")
    hidden.conversation = replace(hidden.conversation, cards=(replace(card, measures=(waiting,)),))
    assert hidden.card_arrives().said == ""
    silent = sent()
    card = silent.conversation.cards[0]
    events = tuple(e for e in card.consents if e.id != "C-CONT")
    silent.conversation = replace(silent.conversation, cards=(replace(card, consents=events, measures=(waiting,)),))
    assert silent.card_arrives().said == ""
    assert "What: A UN official" in silent.say("00", "1", "hello").said


def test_taking_everything_back_stops_the_measure_too() -> None:
    """One message, the same turn."""
    play = with_card().say("1", "1", "i take it back")
    refused = allowed(play)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.STOPPED
    play.say("1")
    assert proposal_of(play).state == "withdrawn"
    assert {e.status for e in play.conversation.cards[0].consents if e.id == "C-M-STA-DIP"} == {
        "requested",
        "given",
        "withdrawn",
    }


@pytest.mark.parametrize(
    ("words", "consent"),
    [
        ("do not write to me", "C-CONT"),
        ("do not contact me", "C-ALTC"),
        ("do not contact me", "C-SILENT"),
        ("Do not count me!", "C-STAT"),
        ("not the senior team", "C-ASG"),
    ],
)
def test_one_permission_is_taken_back_by_one_message(words: str, consent: str) -> None:
    """In plain words, at once, and the rest stays."""
    play = sent()
    card = play.conversation.cards[0]
    given = replace(card.consents[0], id=consent, status="given", recipient="OFF-ASG" if consent == "C-ASG" else "")
    play.conversation = replace(play.conversation, cards=(replace(card, consents=(*card.consents, given)),))
    play.say(words)
    events = play.conversation.cards[0].consents

    assert [event.status for event in events if event.id == consent][-1] == "withdrawn"
    assert [event.status for event in events if event.id == "C-FWD"][-1] == "given"
    assert play.did(EraseCopy) == (consent == "C-ASG")


def test_a_phrase_inside_a_longer_message_asks_what_is_meant() -> None:
    """The message is passed on; a yes freezes everything, a no goes on."""
    play = sent().say("00", "1", "maybe we should stop everything, what do you think?")
    assert play.node == "T-WITHDRAW-ASK"
    assert play.say("1").conversation.cards[0].status == "ST-HOLD"
    other = sent().say("00", "1", "i changed my mind about the time", "2")
    assert other.conversation.cards[0].status == "ST-SUB"


def test_a_withdrawal_phrase_counts_where_free_words_are_asked_too() -> None:
    """Whole messages mean the same everywhere."""
    play = sent().say("00", "2")
    assert play.node == "T-SUPPLEMENT"
    assert play.say("stop everything").node == "T-WITHDRAW"


def test_after_everything_was_taken_back_no_words_are_passed_on() -> None:
    """And the person is told."""
    play = sent().say("withdraw", "1", "hello?")
    assert not play.did(SealMessage)
    assert "Nobody reads here any more" in play.said


def test_a_no_to_an_alert_after_the_report_leads_back_to_the_menu_not_into_a_new_interview() -> None:
    """SOS, no, go on: what they can do with their report."""
    play = sent().say("sos", "2", "2")
    assert play.node == "Q54"
    assert play.conversation.draft is None


def test_my_choices_shows_recipients_as_letters() -> None:
    """INV-16: the same letter for the same recipient, and no office is named."""
    play = with_card().say("1", "1", "00", "3")
    directory = play.policy.directory.offices
    office = directory[play.conversation.cards[0].office]

    assert "You agreed that one office reads your report. (A)" in play.said
    assert "You said yes to this: A UN official speaks quietly with your government about what happened. (" in play.said
    assert not any(name in play.said for name in ("The office of X", office.name, office.id))


def test_whom_a_letter_stands_for_is_said_when_asked_once_and_briefly() -> None:
    """INV-16: the name is a message of its own that goes from the chat again; the question stays."""
    play = with_card().say("1", "1", "00", "3").say("Who is a?")
    card, node = play.conversation.cards[0], play.node
    office = play.policy.directory.offices[card.office]

    shown = [effect for effect in play.effects if isinstance(effect, Say) and effect.brief]
    assert [effect.text for effect in shown] == [f"A: {office.name}"]
    assert sum(office.name in effect.text for effect in play.effects if isinstance(effect, Say)) == 1
    assert play.say("who is C").said.startswith("C: The office of X")
    assert play.node == node
    assert "Senior" not in play.say("who is B").said, "a recipient that was refused has no letter in what is shown"


def test_a_letter_that_stands_for_nobody_names_nobody() -> None:
    """Words like these are then an answer like any other, and without a case there is nothing to ask for."""
    play = sent().say("2").say("who is Z")
    assert not any(isinstance(effect, Say) and effect.brief for effect in play.effects)
    fresh = Play().say("hi", "1", "who is A")
    assert not any(isinstance(effect, Say) and effect.brief for effect in fresh.effects)


def test_my_choices_shows_the_office_agreed_to_and_not_the_one_refused_before() -> None:
    """One line for sending, whatever was answered about other offices."""
    play = sent()
    card = play.conversation.cards[0]
    yes = next(event for event in card.consents if event.id == "C-FWD")
    refused = replace(yes, record_id="CR-9", recipient="OFF-UPR", status="refused")
    play.conversation = replace(play.conversation, cards=(replace(card, consents=(refused, *card.consents)),))
    play.say("2")

    assert "You agreed that one office reads your report. (B)" in play.said
    assert "Nobody may read" not in play.said


def in_danger(reach: str = "1") -> Play:
    """Return the talk of somebody with an alert, for which the duty desk proposed a measure; `reach`: of FP4."""
    play = Play().say("hi", "1", "1", "1", "1", "Dravania", "1", reach, "1", "they ring the bell")
    if reach == "1":
        play.officer_begins(play.conversation.cards[0].case).say("who are you")
    proposal = Proposal("MP-1", "UM-NET-CSN", "A network", "NM-ANON", "v1", CONTENT, "proposed", "now")
    card = replace(play.conversation.cards[0], measures=(proposal,))
    play.conversation = replace(play.conversation, cards=(card,))
    return play


def test_somebody_in_danger_is_asked_in_the_talk_although_no_report_was_written() -> None:
    """SC-05: what is urgent does not wait for a report; afterwards words go to the officer again, 9 leads nowhere."""
    play = in_danger().card_arrives()
    assert (play.node, "We have an idea" in play.said) == ("T-MEASURE", True)
    assert "did not understand" in play.say("9").said
    play.say("1", "1")
    assert (proposal_of(play).state, play.node) == ("consented", "TALK")
    assert isinstance(allowed(play), Granted)
    assert play.say("they left").did(SealMessage)


def test_whoever_asked_not_to_be_written_to_is_shown_the_card_when_they_write() -> None:
    """FP4: do not write, just be ready."""
    play = in_danger("2").card_arrives()
    assert (play.node, play.did(Say)) == ("TALK", False)
    assert play.say("they left").node == "T-MEASURE"


def test_a_card_waits_while_the_questions_of_a_report_are_open() -> None:
    """Back among the questions there is one open question at a time."""
    play = in_danger().say("00", "1")
    assert play.node == "Q04"
    assert play.card_arrives().node == "Q04"
