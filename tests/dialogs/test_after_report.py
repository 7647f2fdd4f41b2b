"""After a report was sent: where the person's own words go, clearing the chat, and another report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.consents import minute
from dialogs.conversation import CaseCard
from dialogs.effects import (
    CancelAlert,
    ClearChat,
    DestroyReport,
    EraseCopy,
    EraseFiles,
    Forget,
    SealFeedback,
    SealMessage,
    UpdateCase,
)
from dialogs.limits import MAX_CASES_PER_CONVERSATION
from dialogs.officers import TALK_PAUSE
from dialogs.replace import replace
from tests.handlers.test_use_cases import TO_FILES, TO_SEND
from tests.playbook import TO_FORWARD, Play, sent


def with_cards(*cards: CaseCard, active: str = "") -> Play:
    """Return a conversation in which these cases were sent."""
    play = sent()
    play.conversation = replace(play.conversation, cards=cards, active_case=active)
    return play


def a_card(case: str, **changes: object) -> CaseCard:
    """Return the card of a case that was sent and may receive words."""
    return replace(sent().conversation.cards[0], case=case, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(("active", "goes_to"), [("LW-1", "LW-1"), ("LW-2", "LW-2"), ("", "LW-3"), ("LW-9", "LW-3")])
def test_words_go_to_the_case_that_was_chosen_else_to_the_newest(active: str, goes_to: str) -> None:
    """What is sealed names that case and nothing else of the person."""
    play = with_cards(a_card("LW-1"), a_card("LW-2"), a_card("LW-3"), active=active).say("00", "1")
    assert play.said == play.policy.texts.body("T-TALK", "en", {})
    message = play.say("hello officer").done(SealMessage)

    assert message.granted.question.case == goes_to
    assert message.document == {
        "schema": "leeward-message-1", "case": goes_to, "kind": "talk", "at": minute(play.now), "lang": "en",
        "text": "hello officer",
    }  # fmt: skip


def test_words_keep_an_open_talk_open_and_change_nothing_otherwise() -> None:
    """The clock of a talk starts anew with each answer."""
    quiet = with_cards(a_card("LW-1")).say("00", "1", "hello")
    assert not quiet.did(UpdateCase)
    talking = with_cards(a_card("LW-1", talk_until="2026-11-24T10:30Z")).say("00", "1", "hello")
    assert talking.done(UpdateCase).card.talk_until == (talking.now + TALK_PAUSE).isoformat()


@pytest.mark.parametrize(
    ("changes", "office"),
    [
        ({"talk_until": "2026-11-24T10:30Z"}, "Human Rights Council secretariat"),
        ({}, "Special procedures"),  # nobody answered the officer's words
        ({"talk_until": "2026-11-24T10:30Z", "status": "ST-CLO"}, "Special procedures"),
        ({"talk_until": "2026-11-24T10:30Z", "consents": ()}, "Special procedures"),  # an alert: the duty desk
    ],
)
def test_another_report_goes_first_to_the_office_whose_officer_the_person_talks_with(
    changes: dict[str, object], office: str
) -> None:
    """RT-10; another office can be chosen all the same."""
    card = a_card("LW-1", **{"office": "OFF-HRC", "status": "ST-VER", "owner": "p1", **changes})
    play = with_cards(card).say("00", "8", "1", "3", "1", "1", "3", "1", "0", "2", *TO_FORWARD)

    assert f"I can send your report to {office}" in play.said
    assert "Special procedures" in play.say("3").said


def test_another_report_has_words_of_its_own() -> None:
    """Q48 says by which words the officer of this report begins, whomever the person talked with before."""
    play, old = Play(), sent().conversation.cards[0]
    for text in (*TO_FILES, *TO_SEND):
        if play.say(text).node == "Q44":
            play.conversation = replace(play.conversation, cards=(old,), active_case=old.case)
        if play.node == "Q48":
            break
    draft = play.conversation.draft
    assert draft is not None
    assert f"begin with these words: {draft.off_words}. " in play.said
    assert draft.off_words != old.off_words


def test_sos_again_leads_to_the_duty_desk_also_after_another_officer_wrote() -> None:
    """Its words are said, not those of the other case, and what is written goes there."""
    play = sent()
    old = play.conversation.cards[0]
    alert = play.say("sos", "1", "0", "0", "0").conversation.cards[-1]
    play.officer_begins(old.case).say("sos")
    assert (play.node, f"start with the words: {alert.off_words}." in play.said) == ("FP6", True)
    assert old.off_words not in play.said
    assert play.say("they ring the bell").conversation.active_case == alert.case


def test_a_complaint_goes_to_the_feedback_office_and_names_no_case() -> None:
    """It has an id of its own, drawn for it."""
    play = sent().say("00", "5", "1", "you were slow")
    letter = play.done(SealFeedback)

    assert play.policy.directory.offices[letter.office].role == "feedback"
    assert letter.letter.startswith("FB-")
    assert letter.document == {
        "schema": "leeward-message-1", "kind": "feedback", "at": minute(play.now), "text": "you were slow",
    }  # fmt: skip


def test_clearing_the_chat_forgets_the_person_where_nothing_allows_to_keep_the_address() -> None:
    """And says what cannot be deleted."""
    play = sent().say("00", "6", "1")

    assert (play.node, play.did(ClearChat), play.did(Forget)) == ("END", True, True)
    assert play.said.startswith(play.policy.texts.body("T-DELETE-LIMITS", "en", {}))
    assert "is another device linked, is there a backup?" in play.said


def test_clearing_the_chat_leaves_whoever_may_be_written_to_in_the_talk() -> None:
    """Their case goes on, so their address stays."""
    card = a_card("LW-1")
    contact = replace(card.consents[0], record_id="CR-X", id="C-CONT", status="given")
    play = with_cards(replace(card, consents=(*card.consents, contact))).say("00", "6", "1")

    assert (play.node, play.did(ClearChat), play.did(Forget)) == ("TALK", True, False)
    assert play.said.startswith(play.policy.texts.body("T-DELETE-LIMITS", "en", {}))


def test_another_report_begins_in_the_same_language_up_to_a_cap() -> None:
    """It begins on the newest interview, behind the choice of language; beyond the cap the menu stays."""
    play = with_cards(*(a_card(f"LW-{n}") for n in range(MAX_CASES_PER_CONVERSATION - 1)))
    play.say("00", "8")
    draft = play.conversation.draft
    assert draft is not None
    assert ([(answer.node, answer.keys) for answer in draft.answers], play.node) == ([("Q01", ("1",))], "Q02")
    assert play.conversation.interview == play.policy.interview.version

    full = with_cards(*(a_card(f"LW-{n}") for n in range(MAX_CASES_PER_CONVERSATION))).say("00", "8")
    assert (full.conversation.draft, full.node) == (None, "Q54")
    assert full.policy.texts.body("T-ENOUGH-CASES", "en", {}) in full.said


def test_saying_it_twice_keeps_where_the_case_stood_and_what_was_taken_back_stays_so() -> None:
    """A frozen case is not frozen again, a case taken back is not brought back by changing one's mind."""
    play = with_cards(
        a_card("LW-1", status="ST-TRI", status_at="2026-11-24T08:00Z"),
        a_card("LW-2", status="ST-WDR", held_from="ST-DLV", status_at="2026-11-24T08:00Z"),
    )
    play.say("withdraw")
    frozen = play.conversation.cards[0]
    assert (frozen.status, frozen.held_from, frozen.status_at) == ("ST-HOLD", "ST-TRI", minute(play.now))
    first = minute(play.now)
    play.now += timedelta(minutes=3)
    play.say("withdraw")
    assert play.conversation.cards[0].status_at == first

    play.say("5")
    open_again, back = play.conversation.cards
    assert (open_again.status, open_again.held_from) == ("ST-TRI", "")
    assert open_again.status_at == minute(play.now)
    assert (back.status, back.held_from, back.status_at) == ("ST-WDR", "ST-DLV", "2026-11-24T08:00Z")


@pytest.mark.parametrize("said", [("withdraw", "5"), ("00", "4", "5"), ("do not write to me",), ("00", "4", "2")])
def test_no_word_in_the_chat_ends_what_an_officer_stopped(said: tuple[str, ...]) -> None:
    """They may have seen that the person is forced, and whoever forces them holds the phone."""
    yes = replace(a_card("LW-1").consents[0], record_id="CR-1", id="C-CONT", status="given", recipient="")
    held = a_card("LW-1", status="ST-HOLD", held_from="ST-CON", held_by="office", status_at="2026-11-24T08:00Z")
    play = with_cards(replace(held, consents=(*held.consents, yes))).say(*said)
    (card,) = play.conversation.cards

    assert (card.status, card.held_from, card.held_by) == ("ST-HOLD", "ST-CON", "office")
    assert card.status_at == "2026-11-24T08:00Z"


def test_a_case_held_without_a_place_to_go_back_to_stays_held() -> None:
    """It is never left without a status."""
    play = with_cards(a_card("LW-1", status="ST-HOLD", held_from="")).say("withdraw", "5")

    assert (play.conversation.cards[0].status, play.conversation.cards[0].held_from) == ("ST-HOLD", "")


@pytest.mark.parametrize("said", [("00", "6", "3"), ("withdraw", "1"), ("withdraw", "3", "1")])
def test_deleting_the_report_and_taking_back_the_yes_to_send_are_taking_everything_back(said: tuple[str, ...]) -> None:
    """However it is said; every case, each with where it stood."""
    play = with_cards(a_card("LW-1", status="ST-DLV"), a_card("LW-2", status="ST-TRI")).say(*said)

    assert [(card.status, card.held_from) for card in play.conversation.cards] == [
        ("ST-WDR", "ST-DLV"), ("ST-WDR", "ST-TRI"),
    ]  # fmt: skip
    assert all(event.id in {e.id for e in card.consents if e.status == "withdrawn"}
               for card in play.conversation.cards for event in card.consents if event.status == "given")  # fmt: skip
    assert play.node == "TALK"


STEPS = {
    "C-ASG", "C-EMER", "C-STAT", "C-INTP", "C-SILENT", "C-ALTC", "C-SHR", "C-VER", "C-REPA", "C-REPN", "C-M-STA-DIP",
}  # fmt: skip
EVERYTHING = (*sorted(STEPS), "C-CHAN", "C-START", "C-FWD", "C-CONT", "C-NAME", "C-FILE", "C-RETN", "C-TPV")


def agreed_to_everything(status: str = "ST-TRI") -> Play:
    """Return a conversation with a case to which every yes was given, each for an office of its own."""
    card = a_card("LW-1", status=status, status_at="2026-11-24T08:00Z")
    yes = next(event for event in card.consents if event.id == "C-FWD")
    events = tuple(
        replace(
            yes, record_id=f"CR-{each}", id=each, scope="report", recipient=card.office if each == "C-FWD" else each
        )
        for each in EVERYTHING
    )
    return with_cards(replace(card, consents=events))


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        (("withdraw", "2"), STEPS),
        (("withdraw", "4"), {"C-CONT", "C-ALTC", "C-SILENT"}),
        (("do not count me",), {"C-STAT"}),
        (("withdraw", "1"), set(EVERYTHING)),
    ],
)
def test_exactly_what_was_meant_is_taken_back(said: tuple[str, ...], gone: set[str]) -> None:
    """By the person, now, in a record of its own, and each yes keeps its other sides."""
    play = agreed_to_everything().say(*said)
    card = play.conversation.cards[0]
    back = card.consents[len(EVERYTHING) :]

    assert {event.id for event in back} == gone
    assert {(event.status, event.asked_by, event.at) for event in back} == {("withdrawn", "person", minute(play.now))}
    assert len({event.record_id for event in card.consents}) == len(card.consents)
    assert all(event.recipient == (card.office if event.id == "C-FWD" else event.id) for event in back)


@pytest.mark.parametrize(
    ("said", "erased"),
    [
        (("withdraw", "2"), {("C-ASG", "copy"), ("C-EMER", "copy"), ("C-SHR", "copy")}),
        (("take my name out",), {("office", "identity")}),
        (("do not count me",), set()),
    ],
)
def test_what_is_still_here_of_what_was_taken_back_is_erased_at_once(
    said: tuple[str, ...], erased: set[tuple[str, str]]
) -> None:
    """The copies at those offices and the box with the name; nothing of what stays agreed to."""
    play = agreed_to_everything().say(*said)
    office = play.conversation.cards[0].office
    found = [effect for effect in play.effects if isinstance(effect, EraseCopy)]

    assert {("office" if each.office == office else each.office, each.purpose) for each in found} == erased
    assert {each.case for each in found} <= {"LW-1"}
    assert not play.did(EraseFiles)
    assert play.conversation.cards[0].status == "ST-TRI"


def test_files_are_erased_when_their_yes_is_taken_back_and_the_case_goes_on() -> None:
    """It stands where it stood, since then."""
    play = agreed_to_everything().say("delete my files")
    card = play.conversation.cards[0]

    assert play.done(EraseFiles).case == "LW-1"
    assert (card.status, card.held_from, card.status_at) == ("ST-TRI", "", "2026-11-24T08:00Z")
    assert not play.did(CancelAlert)


def test_an_alert_that_is_taken_back_ends_and_its_case_with_it() -> None:
    """Of an alert without a report nothing is left; a case beside it stays."""
    alone = a_card("LW-1")
    yes = replace(
        alone.consents[0], record_id="CR-1", id="C-EMER", scope="card", recipient=alone.office, status="given"
    )
    other = a_card("LW-2")
    play = with_cards(replace(alone, consents=(yes,)), other).say("cancel the alert")

    assert play.done(CancelAlert).alert_id == "LW-1"
    assert [card.case for card in play.conversation.cards] == ["LW-2"]
    assert not play.did(EraseCopy)


def test_only_unopened_reports_of_the_own_words_are_destroyed() -> None:
    """Another case with other words, an opened one and one that was not taken back stay."""
    words = a_card("LW-1").your_words_hash
    mine = a_card("LW-1", status="ST-WDR", held_from="ST-DLV")
    opened = a_card("LW-2", status="ST-WDR", held_from="ST-TRI")
    standing = a_card("LW-3", status="ST-SUB")
    others = a_card("LW-4", status="ST-WDR", held_from="ST-SUB", your_words_hash="another")
    assert words != "another"
    play = with_cards(mine, opened, standing, others).say(mine.your_words)

    assert [effect.case for effect in play.effects if isinstance(effect, DestroyReport)] == ["LW-1"]
    assert [card.case for card in play.conversation.cards] == ["LW-2", "LW-3", "LW-4"]


@pytest.mark.parametrize("said", [("withdraw", "1"), ("cancel the alert",)])
def test_a_report_that_followed_an_alert_is_taken_back_like_every_other(said: tuple[str, ...]) -> None:
    """Its consents name the alert too; only the alert's own card goes with the alert."""
    report = a_card("LW-1")
    alarm = replace(
        report.consents[0], record_id="CR-1", id="C-EMER", scope="card", recipient="OFF-EML", status="given"
    )
    alert = a_card("AL-1", consents=(alarm,), office="OFF-EML")
    play = with_cards(alert, replace(report, consents=(alarm, *report.consents))).say(*said)
    (card,) = play.conversation.cards

    assert play.done(CancelAlert).alert_id == "AL-1"
    assert card.case == "LW-1"
    assert card.status == ("ST-WDR" if said[0] == "withdraw" else "ST-SUB")
    assert [event.status for event in card.consents if event.id == "C-EMER"] == ["given", "withdrawn"]
    assert not play.did(EraseCopy)
    if said[0] == "withdraw":
        assert play.say(card.your_words).done(DestroyReport).case == "LW-1"


def test_of_several_cases_each_is_told_by_how_far_it_had_come() -> None:
    """Once each, and where there is no case that there is nothing."""
    two = with_cards(a_card("LW-1", status="ST-DLV"), a_card("LW-2", status="ST-TRI"), a_card("LW-3", status="ST-TRI"))
    unread, read, nothing = (
        two.policy.texts.body(f"WD-CANNOT-{what}", "en", {}) for what in ("UNOPENED", "OPENED", "NOTHING")
    )
    said = two.say("withdraw", "1").said
    assert f"{unread}; {read}" in said
    assert said.count(read) == 1
    unopened = agreed_to_everything("ST-SUB").say("do not count me").said
    assert (unread in unopened, read in unopened) == (True, False)

    play = sent().say("00", "8")
    yes, draft = play.conversation.cards[0].consents[0], play.conversation.draft
    assert draft is not None
    stat = replace(yes, record_id="CR-1", id="C-STAT", status="given")
    play.conversation = replace(play.conversation, draft=replace(draft, consents=(stat,)))
    assert nothing in play.say("do not count me").said


@pytest.mark.parametrize(
    ("case", "gone"),
    [("LW-1", True), ("LW-2", False), ("LW-3", False), ("LW-4", False), ("LW-9", False)],
    ids=["taken back unopened", "opened", "not taken back", "held", "unknown"],
)
def test_time_destroys_only_what_was_taken_back_unopened(case: str, *, gone: bool) -> None:
    """Whatever else lies there stays, and so does a report whose timer came for nothing."""
    play = with_cards(
        a_card("LW-1", status="ST-WDR", held_from="ST-SUB"), a_card("LW-2", status="ST-WDR", held_from="ST-TRI"),
        a_card("LW-3", status="ST-SUB"), a_card("LW-4", status="ST-HOLD", held_from="ST-SUB"),
    )  # fmt: skip
    play.timer(f"destroy {case}", hours=72)

    assert [effect.case for effect in play.effects if isinstance(effect, DestroyReport)] == ([case] if gone else [])
    assert len(play.conversation.cards) == (3 if gone else 4)
