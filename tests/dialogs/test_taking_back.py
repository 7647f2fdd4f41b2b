"""Taking everything back: what can be undone is undone, and what cannot is told honestly (spec 4.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.cases import DESTROY_TIMER
from dialogs.consents import is_live, minute
from dialogs.contact import may_write
from dialogs.conversation import Answer, Proposal
from dialogs.effects import CancelAlert, ClearChat, DestroyReport, DropFiles, UpdateAlert, WakeAt
from dialogs.gate import Granted
from dialogs.replace import replace
from tests.dialogs.test_measures import with_card
from tests.playbook import PICTURE, VOICE, Play, sent

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


def second_report(*consents: str) -> Play:
    """Return a conversation with a report that was sent and another that is being written, with name and files."""
    play = sent().say("00", "8")
    draft, yes = play.conversation.draft, play.conversation.cards[0].consents[0]
    assert draft is not None
    events = tuple(replace(yes, record_id=f"CR-{each}", id=each, status="given") for each in consents)
    answers = (*draft.answers, Answer("Q15-NAME", text="Mina"), Answer("Q24", text="They came at night."))
    changed = replace(draft, consents=events, answers=answers, files=(PICTURE, VOICE))
    play.conversation = replace(play.conversation, draft=changed)
    return play


def test_taking_everything_back_drops_the_files_of_a_report_that_is_being_written() -> None:
    """And that report with them."""
    play = second_report().say("withdraw", "1")

    assert play.done(DropFiles).blobs == (PICTURE.blob, VOICE.blob)
    assert (play.conversation.draft, play.conversation.came_from) == (None, ())


def test_without_files_nothing_is_dropped() -> None:
    """There is nothing to take out of the store."""
    assert not sent().say("00", "8").say("withdraw", "1").did(DropFiles)
    assert not sent().say("withdraw", "1").did(DropFiles)
    writing = second_report("C-FILE")
    assert writing.conversation.draft is not None
    without = replace(writing.conversation.draft, files=())
    writing.conversation = replace(writing.conversation, draft=without)
    assert not writing.say("delete my files").did(DropFiles)


@pytest.mark.parametrize(
    ("said", "consent", "name_stays", "files_stay"),
    [
        ("take my name out", "C-NAME", False, True),
        ("delete my files", "C-FILE", True, False),
        ("do not count me", "C-STAT", True, True),
    ],
)
def test_what_is_taken_back_while_a_second_report_is_being_written_goes_out_of_it(
    said: str, consent: str, *, name_stays: bool, files_stay: bool
) -> None:
    """Only that: the other yeses, answers and files of it stay."""
    play = second_report("C-NAME", "C-FILE", "C-STAT").say(said)
    draft = play.conversation.draft
    assert draft is not None

    status = {event.id: event.status for event in draft.consents}
    assert status == {each: "withdrawn" if each == consent else "given" for each in ("C-NAME", "C-FILE", "C-STAT")}
    back = [event for event in draft.consents if event.status == "withdrawn"]
    assert [event.asked_by for event in back] == ["person"]
    assert back[0].record_id != f"CR-{consent}"
    written = {answer.node for answer in draft.answers}
    assert ("Q15-NAME" in written, "Q24" in written, "Q01" in written) == (name_stays, True, True)
    assert draft.files == ((PICTURE, VOICE) if files_stay else ())
    assert play.did(DropFiles) is not files_stay


def test_steps_taken_back_end_in_the_second_report_too() -> None:
    """What is not a step stays agreed to."""
    play = second_report("C-NAME", "C-STAT", "C-ASG").say("withdraw", "2")
    draft = play.conversation.draft
    assert draft is not None

    status = {event.id: event.status for event in draft.consents}
    assert status == {"C-NAME": "given", "C-STAT": "withdrawn", "C-ASG": "withdrawn"}


def test_whoever_changes_their_mind_goes_on_where_they_were() -> None:
    """In the second report to its question, after a report to rest; the case stands where it stood."""
    writing = second_report()
    node = writing.node
    writing.say("withdraw", "5")
    assert (writing.node, writing.conversation.cards[0].status) == (node, "ST-SUB")

    resting = sent().say("withdraw", "5")
    card = resting.conversation.cards[0]
    assert (resting.node, card.status, card.held_from) == ("Q54", "ST-SUB", "")


def test_the_menu_is_the_help_of_the_interview_while_another_report_is_being_written() -> None:
    """And that of a report otherwise."""
    assert second_report().say("00").node == "T-HELP"
    assert sent().say("00").node == "Q54"
    assert Play().say("hi", "1", "00").node == "T-HELP"


def test_after_one_permission_is_taken_back_in_a_first_report_its_question_stands_open_again() -> None:
    """Nothing was sent yet, so there is nobody to talk to."""
    play = sent().say("00", "8")
    play.conversation = replace(play.conversation, cards=())
    draft, node = play.conversation.draft, play.node
    assert draft is not None
    yes = sent().conversation.cards[0].consents[0]
    stat = replace(yes, record_id="CR-1", id="C-STAT", status="given")
    play.conversation = replace(play.conversation, draft=replace(draft, consents=(stat,)))
    play.say("do not count me")

    assert play.node == node
    assert "Before we start" in play.said


def with_card_of(**changes: object) -> Play:
    """Return a conversation whose one case was changed like this."""
    play = sent()
    card = replace(play.conversation.cards[0], **changes)  # type: ignore[arg-type]  # fields by name
    play.conversation = replace(play.conversation, cards=(card,))
    return play


def agreed(play: Play, *consents: str, **sides: str) -> Play:
    """Return the play after these yeses were written into its one case as well."""
    card = play.conversation.cards[0]
    events = tuple(
        replace(card.consents[0], record_id=f"CR-{each}", id=each, status="given", **sides)  # type: ignore[arg-type]  # fields by name
        for each in consents
    )
    changed = replace(card, consents=(*card.consents, *events))
    play.conversation = replace(play.conversation, cards=(changed,))
    return play


@pytest.mark.parametrize("consents", [(), ("C-STAT",)], ids=["nothing to take back", "something to take back"])
def test_taking_the_steps_back_lets_a_case_go_on_that_stood_still_for_it(consents: tuple[str, ...]) -> None:
    """To where it was before the freeze, since now."""
    play = agreed(with_card_of(status="ST-HOLD", held_from="ST-TRI", status_at="2026-11-24T08:00Z"), *consents)
    card = play.say("withdraw", "2").conversation.cards[0]

    assert (card.status, card.held_from, card.status_at) == ("ST-TRI", "", minute(play.now))


@pytest.mark.parametrize(("status", "held_from"), [("ST-WDR", "ST-DLV"), ("ST-HOLD", "")])
def test_taking_the_steps_back_never_brings_a_case_back(status: str, held_from: str) -> None:
    """Neither one that was taken back already, nor one that has no place to go back to."""
    play = with_card_of(status=status, held_from=held_from, status_at="2026-11-24T08:00Z").say("withdraw", "2")
    card = play.conversation.cards[0]

    assert (card.status, card.held_from, card.status_at) == (status, held_from, "2026-11-24T08:00Z")


def test_proposals_that_nobody_answered_yet_end_with_everything_and_only_then() -> None:
    """Their words are wiped; taking back one permission leaves them alone."""
    proposal = replace(measure("GM-STA-DIP", started=False), state="proposed", content="what would be said")
    one = agreed(with_card_of(measures=(proposal,)), "C-STAT").say("do not count me")
    everything = with_card_of(measures=(proposal,)).say("withdraw", "1")

    assert one.conversation.cards[0].measures == (proposal,)
    (ended,) = everything.conversation.cards[0].measures
    assert (ended.state, ended.content) == ("withdrawn", "")


@pytest.mark.parametrize(("said", "with_whom"), [("withdraw", ()), ("do not count me", ("OFF-CO-XA",))])
def test_an_office_that_joined_is_out_again_when_sharing_ends(said: str, with_whom: tuple[str, ...]) -> None:
    """And it stays when another yes for the same office ends."""
    shared = agreed(with_card_of(status="ST-TRI", shared=("OFF-CO-XA",)), "C-SHR", "C-STAT", recipient="OFF-CO-XA")
    play = shared.say(*((said, "2") if said == "withdraw" else (said,)))

    assert play.conversation.cards[0].shared == with_whom


def alert_alone(*consents: str) -> Play:
    """Return a conversation with the alert of a person who sent no report."""
    play = sent()
    card = play.conversation.cards[0]
    alarm = replace(
        card.consents[0], record_id="CR-1", id="C-EMER", scope="card", recipient=card.office, status="given"
    )
    play.conversation = replace(play.conversation, cards=(replace(card, consents=(alarm,)),))
    return agreed(play, *consents, scope="")


def test_an_alert_stands_when_another_permission_of_its_person_ends() -> None:
    """Not to be written to any more calls no help off."""
    play = alert_alone("C-CONT").say("withdraw", "4")

    assert not play.did(CancelAlert)
    assert [(e.id, e.status) for e in play.conversation.cards[0].consents][-1] == ("C-CONT", "withdrawn")


@pytest.mark.parametrize("said", [("cancel the alert",), ("withdraw", "1")])
def test_after_an_alert_is_called_off_the_person_is_told_and_the_menu_is_the_help_again(said: tuple[str, ...]) -> None:
    """There is no case left to speak of."""
    play = alert_alone().say(*said)

    assert play.conversation.cards == ()
    assert play.policy.texts.body("WD-CANNOT-UNOPENED", "en", {}) in play.said
    assert play.say("00").node == "T-HELP"


def test_a_card_that_lay_open_is_closed_when_something_is_taken_back() -> None:
    """An answer after it is none to the card."""
    play = agreed(with_card(), "C-STAT")
    assert play.conversation.open_card == "MP-1"

    assert play.say("do not count me").conversation.open_card == ""


def test_ones_own_words_end_nothing_while_the_report_stands() -> None:
    """They prove who writes, and the conversation goes on."""
    play = sent()
    play.say(play.conversation.cards[0].your_words)

    assert play.policy.texts.body("T-CLEARED", "en", {}) not in play.said
    assert play.node != "END"
    assert not play.did(DestroyReport)
    assert play.conversation.cards[0].status == "ST-SUB"


def test_who_goes_back_to_numbers_only_has_the_chat_cleared_as_far_as_it_can_be() -> None:
    """C-TGFULL taken back (spec 4.2): Telegram could read what was written."""
    play = Play("telegram").say(
        "hi", "1", "1", "3", "1", "2", "1", "0", "1", "1", "1", "1", "2", "1", "my name is Mina", "2"
    )
    assert play.consent("C-TGFULL") == "given"
    play.say("i take it back", "3", "1")

    assert (play.consent("C-TGFULL"), play.did(ClearChat), play.node) == ("withdrawn", True, "Q17")


@pytest.mark.parametrize("said", [("do not write to me",), ("withdraw", "4")])
def test_in_an_alert_too_nobody_writes_any_more_when_they_say_so(said: tuple[str, ...]) -> None:
    """It stands, as if FP4 had been answered with "just be ready", and nothing said later opens the chat again."""
    play = Play().say("hi", "1", "1", "1", "1", "0", "0", "1")
    assert isinstance(may_write(play.conversation.cards[0], play.policy, play.now), Granted)
    play.say(*said)
    assert play.done(UpdateAlert).card["fp_reach"] == "ready"
    assert "contact with you" in play.said

    (card,) = play.say("sos", "they ring all bells").conversation.cards
    assert not isinstance(may_write(card, play.policy, play.now), Granted)
    assert (card.status, is_live(card.consents, "C-EMER")) == ("ST-SUB", True)


def test_whoever_takes_back_what_they_never_gave_is_not_told_that_nothing_had_left() -> None:
    """Their report had."""
    said = sent().say("00", "4", "4").said

    assert UNREAD in said
    assert "nothing had left" not in said
