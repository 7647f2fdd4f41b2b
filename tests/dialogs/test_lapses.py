"""A yes stops counting by itself when it ran out or what it rested on changed (spec 4.10); then it is asked again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialogs.consents import NO_CONTACT, minute
from dialogs.conversation import CaseCard, ConsentEvent, Conversation, Draft, Proposal
from dialogs.effects import EraseCopy, UpdateCase, WakeAt
from dialogs.engine import advance, begin
from dialogs.events import Moved, TextReceived
from dialogs.gate import Act, Granted, Question, Reason, Refused, lapse, may
from dialogs.lapses import lapsed_events, shares_of, with_lapses
from dialogs.levels import LEVELS
from dialogs.measures import LAPSED
from dialogs.replace import replace
from dialogs.sharing import no_longer_with
from tests.conftest import NOON, practice_policy
from tests.dialogs.test_gate import CARD, MEASURES
from tests.dialogs.test_measures import allowed, proposal_of, with_card
from tests.playbook import Play

QUESTION = Question(Act.MEASURE, "LW-1", recipient="X", name_mode="NM-ANON", content_version="v1", measure="GM-STA-DIP")
GIVEN = ConsentEvent(
    "CR-1", "C-M-STA-DIP", "given", "2026-11-24T09:00Z", "T-MEASURE", "00", "en", "signal", recipient="X", name_mode="NM-ANON",
    content_version="v1", measure="GM-STA-DIP", level="L2",
)  # fmt: skip

CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], Reason, str]] = {
    "the level rose by two": ({"level": "L4"}, {"level": "L2"}, Reason.LEVEL_CHANGED, "superseded"),
    "the level fell by two": ({"level": "L2"}, {"level": "L4"}, Reason.LEVEL_CHANGED, "superseded"),
    "the person turned 18": ({"child": True}, {"child": False}, Reason.TURNED_18, "superseded"),
    "another channel": ({"channel": "telegram"}, {}, Reason.CHANNEL_CHANGED, "superseded"),
    "pressure was noticed": ({}, {"doubt": "FLG-PRESS", "doubted_at": "2026-11-24T09:30Z"}, Reason.DOUBTED, "invalidated"),
    "duress in the same minute": ({}, {"doubt": "FLG-DURESS", "doubted_at": "2026-11-24T09:00Z"}, Reason.DOUBTED, "invalidated"),
    "the days of the measure passed": ({"expires": NOON.isoformat()}, {}, Reason.EXPIRED, "expired"),
}  # fmt: skip
"""What happened, the fields of the yes, those of the card then, the gate's reason, the status in the ledger."""


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_yes_rested_on_changed_and_the_gate_asks_for_it_again(what: str) -> None:
    """From that very moment, without waiting for anything to be written down."""
    of_yes, of_card, reason, status = CHANGES[what]
    yes, card = replace(GIVEN, **of_yes), replace(CARD, **of_card)
    refused = may(QUESTION, card, (yes,), NOON, MEASURES)
    (event,) = lapsed_events(replace(card, consents=(yes,)), NOON, bytes(32))

    assert isinstance(refused, Refused)
    assert refused.reason is reason
    assert (event.status, event.asked_by, event.recipient, event.content_version) == (status, "bot", "X", "v1")
    assert event.record_id != yes.record_id


@pytest.mark.parametrize(("agreed", "now"), [("L1", "L2"), ("L2", "L1"), ("L4", "L3"), ("L2", "L2"), ("", "L1")])
def test_one_level_more_or_less_is_no_reason(agreed: str, now: str) -> None:
    """Nor is a yes from before there was a level."""
    assert isinstance(may(QUESTION, replace(CARD, level=now), (replace(GIVEN, level=agreed),), NOON, MEASURES), Granted)


def test_two_levels_are_a_reason_wherever_they_are() -> None:
    """All pairs."""
    far = {
        (one, other)
        for one in LEVELS
        for other in LEVELS
        if lapse(replace(GIVEN, level=one), replace(CARD, level=other), NOON) is not None
    }
    assert far == {(a, b) for i, a in enumerate(LEVELS) for j, b in enumerate(LEVELS) if abs(i - j) >= 2}


def test_a_level_nobody_knows_is_a_reason_too() -> None:
    """Whatever cannot be compared is asked again."""
    assert lapse(replace(GIVEN, level="L9"), CARD, NOON) is Reason.LEVEL_CHANGED


def test_a_doubt_before_the_yes_is_none_about_it() -> None:
    """Asked again after the doubt, the answer counts."""
    card = replace(CARD, doubt="FLG-PRESS", doubted_at="2026-11-24T08:59Z")
    assert isinstance(may(QUESTION, card, (GIVEN,), NOON, MEASURES), Granted)


@pytest.mark.parametrize("consent", ["C-FWD", "C-EMER", "C-STAT", "C-NAME"])
def test_what_the_intake_asked_does_not_lapse_with_a_level_or_a_doubt(consent: str) -> None:
    """A person's own words must reach their officer also when somebody doubts."""
    card = replace(CARD, level="L4", doubted_at="2026-11-24T10:00Z", channel="telegram")
    assert lapse(replace(GIVEN, id=consent, level="L1"), card, NOON) is None


def test_to_be_written_to_here_was_agreed_for_the_other_channel() -> None:
    """C-CONT lapses with the channel alone."""
    contact = replace(GIVEN, id="C-CONT", level="", recipient="")
    assert lapse(contact, replace(CARD, channel="telegram"), NOON) is Reason.CHANNEL_CHANGED
    assert lapse(contact, replace(CARD, doubted_at="2026-11-25T00:00Z"), NOON) is None


def test_a_lapse_is_written_once_and_its_proposal_rests() -> None:
    """Whoever looks again finds nothing more to write."""
    play = with_card().say("1", "1")
    card = play.conversation.cards[0]
    later = play.now + timedelta(days=31)
    events = lapsed_events(card, later, bytes(32))
    changed = with_lapses(card, events)

    assert [(event.id, event.status) for event in events] == [("C-M-STA-DIP", "expired")]
    assert changed.measures[0].state == "lapsed"
    assert lapsed_events(changed, later, bytes(32)) == ()
    assert lapsed_events(card, play.now, bytes(32)) == ()


def test_a_yes_given_again_is_renewed_and_counts() -> None:
    """Life cycle of 4.9.1; every showing is in the ledger as requested."""
    play = with_card().say("1", "1")
    play.wait(days=31)
    card = play.conversation.cards[0]
    rested = with_lapses(card, lapsed_events(card, play.now, bytes(32)))
    again = replace(rested, measures=(replace(rested.measures[0], state="proposed"),))
    play.conversation = replace(play.conversation, cards=(again,))
    play.card_arrives()
    assert isinstance(allowed(play), Refused)
    play.say("1", "1")
    events = [event for event in play.conversation.cards[0].consents if event.id == "C-M-STA-DIP"]

    assert [event.status for event in events] == ["requested", "given", "expired", "requested", "renewed"]
    assert [event.level for event in events] == [card.level] * 5
    assert isinstance(allowed(play), Granted)
    assert proposal_of(play).asked == 2


def _with_contact(channel: str) -> tuple[Conversation, CaseCard]:
    contact = replace(GIVEN, id="C-CONT", recipient="", measure="", record_id="CR-2", level="")
    card = replace(CARD, consents=(GIVEN, contact), channel="signal")
    return begin("x", channel, practice_policy(), NOON), card


def test_somebody_who_comes_back_on_another_channel_is_asked_about_contact_there() -> None:
    """The phrase leads to the case; nobody writes there before they agree to it there."""
    conversation, card = _with_contact("telegram")
    play = Play("telegram")
    event = TextReceived(at=NOON, entropy=bytes(32), text="one two three four", known_cases=(card,))
    play.conversation, play.effects = advance(conversation, event, play.policy)
    stored = play.done(UpdateCase).card
    assert [e.status for e in stored.consents] == ["given", "given", "superseded", "superseded"]
    assert stored.channel == "telegram"
    assert play.did(WakeAt)
    assert play.say("1").node == "C-CONT-AGAIN"
    play.say("1")
    again = play.conversation.cards[0]

    assert play.node == "Q54"
    assert (again.consents[-1].id, again.consents[-1].status, again.consents[-1].channel) == (
        "C-CONT",
        "renewed",
        "telegram",
    )
    assert isinstance(may(Question(Act.CONTACT, "LW-1"), again, again.consents, play.now, MEASURES), Granted)


def test_somebody_who_comes_back_on_the_same_channel_is_not_asked_again() -> None:
    """What was agreed stands."""
    conversation, card = _with_contact("signal")
    play = Play()
    event = TextReceived(at=NOON, entropy=bytes(32), text="one two three four", known_cases=(card,))
    play.conversation, play.effects = advance(conversation, event, play.policy)

    assert not play.did(UpdateCase)
    assert play.say("1").node == "Q54"


def test_a_conversation_that_moved_asks_about_contact_for_the_reports_it_has() -> None:
    """A no keeps officers from writing; the person may still write."""
    conversation, card = _with_contact("telegram")
    play = Play("telegram")
    play.conversation = replace(conversation, cards=(card,), draft=None, node="TALK")
    play.conversation, play.effects = advance(play.conversation, Moved(at=NOON, entropy=bytes(32)), play.policy)
    assert play.node == "C-CONT-AGAIN"
    play.say("2")

    assert play.conversation.cards[0].consents[-1].status == "refused"
    assert play.node == "Q54"


def test_somebody_whom_nobody_might_write_to_is_not_asked_about_contact_when_they_come_back_elsewhere() -> None:
    """What else was agreed for the old channel lapses all the same."""
    conversation, card = _with_contact("telegram")
    play = Play("telegram")
    event = TextReceived(
        at=NOON, entropy=bytes(32), text="one two three four", known_cases=(replace(card, consents=(GIVEN,)),)
    )
    play.conversation, play.effects = advance(conversation, event, play.policy)

    assert [e.status for e in play.done(UpdateCase).card.consents] == ["given", "superseded"]
    assert play.say("1").node == "Q54"


def test_a_yes_to_contact_here_counts_for_the_reports_it_was_agreed_for_there_and_no_other() -> None:
    """A report for which the person had said no, or was never asked, keeps that."""
    conversation, card = _with_contact("telegram")
    no = replace(GIVEN, id="C-CONT", recipient="", measure="", record_id="CR-3", level="", status="refused")
    others = (replace(card, case="LW-2", consents=(no,)), replace(card, case="LW-3", consents=()))
    play = Play("telegram")
    play.conversation = replace(conversation, cards=(card, *others), draft=None, node="TALK")
    play.conversation, play.effects = advance(play.conversation, Moved(at=NOON, entropy=bytes(32)), play.policy)
    play.say("1")

    assert [tuple(e.status for e in c.consents if e.id == "C-CONT") for c in play.conversation.cards] == [
        ("given", "superseded", "renewed"),
        ("refused",),
        (),
    ]


def test_a_lapse_is_an_event_of_that_minute_by_the_bot_whoever_asked_before() -> None:
    """It is nobody's answer."""
    yes = replace(GIVEN, asked_by="officer", expires=NOON.isoformat())
    (event,) = lapsed_events(replace(CARD, consents=(yes,)), NOON, bytes(32))

    assert (event.at, event.asked_by) == (minute(NOON), "bot")


@pytest.mark.parametrize("status", ["requested", "refused", "deferred", "withdrawn", "expired", "used"])
def test_what_is_no_yes_any_more_does_not_lapse(status: str) -> None:
    """Nothing is written down twice, and a no stays a no."""
    gone = replace(GIVEN, status=status, expires=NOON.isoformat())

    assert lapsed_events(replace(CARD, consents=(gone,)), NOON, bytes(32)) == ()


def test_only_the_proposal_whose_own_yes_lapsed_rests() -> None:
    """Another content, and what was not agreed to yet, stand as they stood; so do the offices of other yeses."""
    mine = Proposal("P1", "GM-STA-DIP", "X", "NM-ANON", "v1", "", "consented", "2026-11-24T09:00Z")
    others = (replace(mine, id="P2", content_version="v2"), replace(mine, id="P3", state="proposed"))
    card = replace(CARD, consents=(GIVEN,), measures=(mine, *others), shared=("X",))
    event = replace(GIVEN, record_id="CR-2", status="expired", scope="report")
    changed = with_lapses(card, (event,))

    assert [proposal.state for proposal in changed.measures] == [LAPSED, "consented", "proposed"]
    assert (changed.consents, changed.shared) == ((GIVEN, event), ("X",))
    assert shares_of((event, replace(event, id="C-SHR", recipient="OFF-Y"))) == ("OFF-Y",)


def test_a_case_that_comes_back_counts_its_days_from_then_on() -> None:
    """Handed over weeks ago, back today: the first office is not late at once, and a stopped one keeps its day."""
    away = replace(CARD, status="ST-REF", status_at="2026-10-01T10:00Z", shared=("OFF-X",), handed_to="OFF-X")

    back = no_longer_with(away, "OFF-X", "2026-11-25T12:00Z")
    stopped = no_longer_with(replace(away, status="ST-WDR"), "OFF-X", "2026-11-25T12:00Z")

    assert (back.status, back.status_at, back.handed_to) == ("ST-TRI", "2026-11-25T12:00Z", "")
    assert (stopped.status, stopped.status_at) == ("ST-WDR", "2026-10-01T10:00Z")


def _moved(card: CaseCard, draft: Draft | None = None) -> Play:
    """Return the play of somebody with this case, perhaps writing another report, who moved to Telegram."""
    play = Play("telegram")
    play.conversation = replace(play.conversation, cards=(card,), draft=draft, node="TALK")
    play.conversation, play.effects = advance(play.conversation, Moved(at=NOON, entropy=bytes(32)), play.policy)
    return play


def test_the_copy_of_an_office_that_joined_goes_when_the_person_moves_to_another_channel() -> None:
    """It was agreed to for the old one; nothing else is erased."""
    _conversation, card = _with_contact("telegram")
    share = replace(GIVEN, id="C-SHR", recipient="OFF-Y", measure="", level="")
    play = _moved(replace(card, consents=(share,), shared=("OFF-Y",)))

    assert play.done(EraseCopy) == EraseCopy("LW-1", "OFF-Y", "copy")
    assert play.conversation.cards[0].shared == ()
    assert not _moved(card).did(EraseCopy)


def test_a_yes_to_contact_here_names_the_red_line_it_goes_beyond_and_no_other() -> None:
    """Whoever had said never to write to them was shown that again."""
    _conversation, card = _with_contact("telegram")
    play = _moved(replace(card, red=(NO_CONTACT, "RED-GOV"))).say("1")

    assert play.conversation.cards[0].consents[-1].collision == (NO_CONTACT,)


def test_whoever_writes_another_report_goes_on_with_it_after_the_question_about_contact() -> None:
    """At the question that stood open."""
    _conversation, card = _with_contact("telegram")
    play = _moved(card, Play("telegram").say("hi").conversation.draft)
    assert play.node == "C-CONT-AGAIN"

    assert play.say("1").node == "Q01"
