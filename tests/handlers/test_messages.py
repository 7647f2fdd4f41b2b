"""What officers write: two words first, nothing that is not exactly permitted, nothing kept once it is handed on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dialogs.conversation import Draft
from dialogs.replace import replace
from handlers.actor import Actor
from handlers.errors import NoSuchCase, NotPermitted, NotYours
from handlers.messages import BadMessage, Written
from storage.crypto.age.keys import parse_identity
from storage.crypto.sealing import open_report
from tests.conftest import NOON, office_identity
from tests.handlers.chat import AGREED, ALERT_CARD, CARD, CASE, CONTACT, OFFICER, PHRASE, Chat, said, sealed


def test_the_two_words_come_alone_and_the_officers_own_only_after_an_answer() -> None:
    """SC-01, step 27."""
    chat = Chat()
    chat.write("Are you well?")
    assert chat.seen() == ["river stone"]
    assert chat.lines == [("held", "words")]
    assert chat.wait(hours=3) == []

    arrived = chat.say("green lamp")
    assert [text.splitlines() for text in arrived if "well" in text] == [["river stone", "Are you well?"]]
    assert chat.lines == [("sent", "")]
    assert chat.kept == 0


def test_the_duty_desk_does_not_write_to_whoever_says_no_while_their_alert_stands() -> None:
    """Also not what it had written before; FP4 had said "in this chat"."""
    chat, duty = Chat(ALERT_CARD), replace(OFFICER, office="OFF-EML")
    chat.write("Are you safe?", duty)
    chat.seen()
    chat.say("do not write to me")

    assert chat.lines == [("refused", "no_contact")]
    with pytest.raises(NotPermitted):
        chat.write("Are you there?", duty)


def test_what_the_person_writes_before_the_two_words_arrived_answers_nothing() -> None:
    """The channel was slow: the words stand in the outbox while the person writes of their own accord."""
    chat = Chat()
    chat.write()
    assert chat.seen("later") == ["river stone"]  # tried, and not arrived
    chat.say_only("are you there?")
    chat.later(seconds=2)
    assert chat.lines == [("held", "words")]
    assert "river stone" in chat.seen()
    assert chat.lines == [("held", "words")]
    assert "river stone\nhello" in chat.say("now I see it")


def test_in_an_open_talk_the_words_go_out_at_once_and_in_order() -> None:
    """Until neither side wrote for an hour; then the two words come first again."""
    chat = Chat()
    chat.write("one")
    chat.seen()
    chat.say("yes")
    chat.write("two")
    chat.write("three")
    assert chat.seen() == ["river stone\ntwo", "river stone\nthree"]

    chat.wait(minutes=61)
    chat.write("four")
    assert chat.seen() == ["river stone"]


def test_who_writes_first_sees_the_two_words_before_anything_else() -> None:
    """An answer that came before the words proves nothing."""
    chat = Chat()
    chat.say("are you there")
    chat.write("yes")

    assert chat.seen() == ["river stone"]


def test_what_the_person_answers_is_sealed_to_the_office() -> None:
    """The bot passes it on; only the office can open it."""
    chat = Chat()
    chat.write()
    chat.seen()
    chat.say("who are you")
    with chat.store.transaction() as work:
        (answer,) = [blob for blob in work.blobs.of(CASE) if blob.purpose == "message"]
        (copy,) = [blob for blob in work.blobs.of(CASE) if blob.purpose == "said"]
    opened = json.loads(open_report(answer.sealed, [parse_identity(office_identity("OFF-HRC"))]))

    assert opened["text"] == "who are you"
    assert (copy.office, copy.sequence) == ("OFF-HRC", 1)


def test_an_alert_is_answered_in_the_chat_where_the_person_said_so() -> None:
    """C-EMER with FP4 "in this chat"; the words come in the middle of the interview, and 00 leads back to it."""
    chat = Chat(ALERT_CARD, node="FP6", draft=Draft(alert_id=CASE))
    chat.write("Is there a back door?", by=replace(OFFICER, office="OFF-EML"))
    assert chat.seen() == ["river stone"]
    assert "river stone\nIs there a back door?" in chat.say("who are you")


def test_taking_back_stops_what_waits_in_the_same_transaction() -> None:
    """Also what already stood in the outbox."""
    chat = Chat()
    chat.write("one")
    chat.seen()
    chat.say("yes")
    chat.write("two")  # handed on, and not sent yet
    with chat.store.transaction() as work:
        assert work.outbox.waiting() == 1
    arrived = chat.say("stop writing to me")
    assert not any("two" in text for text in arrived)
    assert chat.lines == [("sent", ""), ("refused", "no_contact")]


def test_a_frozen_case_holds_words_and_a_change_of_mind_lets_them_go() -> None:
    """Taking back for good drops them."""
    chat = Chat()
    chat.write()
    chat.seen()
    chat.say("i take it back")
    assert chat.lines == [("held", "stopped")]
    chat.say("5")
    assert chat.lines == [("held", "words")]
    chat.say("i take it back", "1")
    assert chat.lines == [("refused", "stopped")]
    assert chat.kept == 0


def test_a_hidden_chat_holds_words_until_the_person_comes_back() -> None:
    """What stood in the outbox goes; what waits, waits; nothing shows that there is anything."""
    chat = Chat()
    chat.write("one")
    chat.seen()
    assert not any("river" in text for text in chat.say("000"))
    assert chat.lines == [("held", "hidden")]
    assert not any("river" in text for text in chat.say("hello?"))
    chat.say(PHRASE)
    assert chat.card.hidden_at == ""
    assert chat.lines == [("waiting", "busy")]  # "Is it safe to write now?" comes first
    chat.say("1")
    assert chat.wait(minutes=3) == ["river stone"]
    assert "river stone\none" in chat.say("it is me")


def test_at_the_menu_digits_answer_it_and_words_go_to_the_officer() -> None:
    """The two words come at once, also to somebody who has just sent their report."""
    chat = Chat(node="Q54")
    chat.say("00")
    chat.write()
    assert chat.seen() == ["river stone"]
    assert "Where your report is" in chat.say("3")[-1]
    assert chat.lines == [("held", "words")]
    assert "river stone\nhello" in chat.say("is that you?")


def test_nobody_is_interrupted_at_a_menu() -> None:
    """A digit meant for a menu must not go to the officer; whoever stays silent there is written to after a while."""
    chat = Chat()
    chat.say("00", "6")
    chat.write()
    assert chat.seen() == []
    assert chat.lines == [("waiting", "busy")]
    assert chat.wait(minutes=3) == ["river stone"]


def test_after_an_identity_change_words_wait_for_the_phrase() -> None:
    """Whoever holds the account now does not even see the two words."""
    chat = Chat()
    chat.reception.identity_changed(chat.person)
    chat.write()
    assert chat.seen() == []
    assert chat.lines == [("held", "identity_doubt")]
    (asked,) = chat.say("hello?")
    assert "send your secret words" in asked
    assert "That is you" in chat.say(PHRASE.upper())[0]
    assert chat.lines == [("waiting", "busy")]  # "Is it safe to write now?" comes first
    chat.say("1")
    assert chat.wait(minutes=3) == ["river stone"]


def test_words_wait_while_nobody_can_be_reached_and_go_on_when_they_write() -> None:
    """A blocked bot is shown to the officer; the person may come back."""
    chat = Chat()
    chat.write()
    chat.seen()
    chat.reception.unreachable(chat.person)
    assert chat.lines == [("held", "unreachable")]
    chat.say("I am back")
    assert not chat.card.unreachable
    assert chat.lines == [("sent", "")]


def test_words_wait_for_a_safe_time_of_the_person() -> None:
    """By their own clock: their evening begins at 15:00 UTC."""
    chat = Chat(replace(CARD, safe_times=("evening",), utc_offset_minutes=120))
    message = chat.write()
    assert (message.state, message.reason) == ("waiting", "safe_time")
    assert message.due_at == NOON.replace(hour=15)
    assert chat.wait(hours=4, minutes=50) == []
    assert chat.wait(minutes=15) == ["river stone"]


def test_on_telegram_only_neutral_sentences_go_out_without_c_tgfull() -> None:
    """A company could read the rest."""
    chat = Chat(replace(CARD, channel="telegram", consents=(AGREED, replace(CONTACT, channel="telegram"))), "telegram")
    chat.write("Is it safe for you to write now?")
    chat.write("They have your name")
    assert chat.seen() == ["river stone"]
    arrived = chat.say("1")
    assert "river stone\n\nIs it safe for you to write now?" in arrived
    assert not any("name" in text for text in arrived)
    assert chat.lines == [("sent", ""), ("refused", "telegram_templates_only")]
    move = next(sentence for text_id, sentence in chat.messaging.templates() if text_id == "T-TPL-MOVE")
    chat.write(move)
    (offer,) = chat.seen()
    assert "MV-" in offer


@pytest.mark.parametrize(
    "for_bot",
    [sealed("words of another case", "LW-2"), sealed("words", schema="other"), sealed("  "), sealed("x" * 4001)],
)
def test_what_was_not_sealed_for_this_case_by_a_page_is_never_said(for_bot: bytes) -> None:
    """Another case, another form, nothing, too much."""
    chat = Chat(replace(CARD, words_at=NOON.isoformat(), talk_until=(NOON + timedelta(hours=1)).isoformat()))
    message = chat.messaging.write(CASE, OFFICER, Written(for_office=sealed("copy"), for_bot=for_bot))
    assert (message.state, message.reason) == ("refused", "unreadable")
    assert chat.seen() == []


@pytest.mark.parametrize(
    "written",
    [
        Written(for_office=b"plain words", for_bot=sealed("x")), Written(for_office=sealed("x"), for_bot=b"plain words"),
        Written(for_office=sealed("x"), for_bot=sealed("x") + b"x" * 50_000),
        Written(for_office=sealed("x"), for_bot=b""),
    ],
)  # fmt: skip
def test_what_is_not_sealed_is_not_even_stored(written: Written) -> None:
    """Plain words never reach the database."""
    chat = Chat()
    with pytest.raises(BadMessage):
        chat.messaging.write(CASE, OFFICER, written)
    assert chat.lines == []


def test_only_the_owner_writes_and_only_about_a_case_that_exists() -> None:
    """One voice at a time."""
    chat = Chat()
    with pytest.raises(NotYours):
        chat.write(by=Actor("p2", "first-respondent", "OFF-HRC"))
    with pytest.raises(NoSuchCase):
        chat.messaging.write("LW-9", OFFICER, said("x"))


def test_a_case_that_nobody_owns_is_written_about_by_nobody() -> None:
    """First somebody takes it; then there is one voice."""
    chat = Chat(replace(CARD, owner=""))

    with pytest.raises(NotYours):
        chat.write()

    assert chat.lines == []


def test_an_office_that_was_shut_out_a_moment_ago_neither_writes_nor_begins() -> None:
    """The office is looked at in the transaction of the act, not only when the request came in."""
    chat = Chat(replace(CARD, owner=OFFICER.who, exclude=(f"EXC-OFF:{OFFICER.office}",)))

    with pytest.raises(NoSuchCase):
        chat.write()
    with pytest.raises(NoSuchCase):
        chat.talking.begin(CASE, actor=OFFICER)

    assert chat.lines == []


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        (("later", "sent"), ("sent", "")), (("unknown",), ("sending", "")), (("unknown", "unknown"), ("sent", "unknown")),
        (("unreachable",), ("refused", "unreachable")), (("refused",), ("refused", "not_delivered")),
    ],
)  # fmt: skip
def test_the_officer_sees_what_became_of_the_words(outcomes: tuple[str, ...], line: tuple[str, str]) -> None:
    """As the outbox learned it; nothing of them stays behind."""
    chat = Chat(replace(CARD, words_at=NOON.isoformat(), talk_until=(NOON + timedelta(hours=1)).isoformat()))
    chat.write()
    for outcome in outcomes:
        chat.seen(outcome)
        chat.clock.at += timedelta(seconds=10)
    assert chat.lines == [line]
    with chat.store.transaction() as work:
        assert work.outbox.dead() == 0


def test_words_that_could_not_go_out_for_two_weeks_are_dropped() -> None:
    """The moment they were for is over."""
    chat = Chat()
    chat.write()
    chat.seen()
    chat.wait(days=14, hours=1)
    assert chat.lines == [("refused", "expired")]
    assert chat.kept == 0


def test_with_two_cases_the_words_tell_which_one_is_meant() -> None:
    """Each message begins with the word pair of its case."""
    chat = Chat()
    other = replace(CARD, case="LW-2", off_words="tall ship", submitted_at="2026-11-24T09:30Z")
    with chat.store.transaction() as work:
        work.cases.open(other, chat.person)
        work.cases.record("LW-2", other.consents)
    chat.write()
    chat.messaging.write("LW-2", OFFICER, Written(for_office=sealed("c"), for_bot=sealed("second", "LW-2")))
    assert sorted(chat.seen()) == ["river stone", "tall ship"]
    assert "tall ship\nsecond" in chat.say("yes")


def test_every_act_of_writing_is_in_the_audit_log() -> None:
    """Who and when; never the words."""
    chat = Chat()
    chat.write("secret words")
    with chat.store.transaction() as work:
        (entry,) = work.audit.of(CASE)
    assert (entry.act, entry.who, entry.role, entry.office) == ("write", "p1", "first-respondent", "OFF-HRC")
    assert "secret" not in repr(entry)
