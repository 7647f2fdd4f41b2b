"""The office cannot be sealed to: nothing is sent, and the person has three choices (T-FAIL)."""

from __future__ import annotations

import pytest

from dialogs.effects import CancelWake, DropFiles, Forget, NewKey, Say, SealReport, WakeAt
from dialogs.limits import TIMER_SEND
from dialogs.policy import Policy
from dialogs.replace import replace
from tests.conftest import practice_policy
from tests.playbook import PICTURE, Play, at_review, sent
from tests.serving import TO_FILES, TO_SEND

POLICY = practice_policy()


def without_keys() -> Policy:
    """Return the policy with no office that can be sealed to."""
    offices = {name: replace(office, keys=()) for name, office in POLICY.directory.offices.items()}
    return replace(POLICY, directory=replace(POLICY.directory, offices=offices))


def without(office: str, use: str) -> Policy:
    """Return the policy in which this office has no key of this use."""
    record = POLICY.directory.offices[office]
    bare = replace(record, keys=tuple(key for key in record.keys if key.use != use))
    offices = {**POLICY.directory.offices, office: bare}
    return replace(POLICY, directory=replace(POLICY.directory, offices=offices))


@pytest.fixture
def stuck() -> Play:
    """Somebody who pressed send while no office had keys."""
    play = at_review().say("3")
    play.policy = without_keys()
    return play.say("1")


def test_the_person_is_told_and_chooses(stuck: Play) -> None:
    """Nobody has read it; until when it is tried; keep trying, another office, delete."""
    assert stuck.node == "T-FAIL"
    assert "could not be delivered yet. Nobody has read it. I will try again until 2026-11-27." in stuck.said
    assert not stuck.did(SealReport)


def test_it_is_sent_without_a_word_as_soon_as_it_can_be(stuck: Play) -> None:
    """A message at a moment nobody chose could harm; whoever writes then sees that it was sent."""
    stuck.say("1")
    assert TIMER_SEND in [effect.timer for effect in stuck.effects if isinstance(effect, WakeAt)]
    stuck.timer(TIMER_SEND, hours=1)
    assert not stuck.did(SealReport)
    assert stuck.done(WakeAt).timer == TIMER_SEND
    stuck.policy = POLICY
    stuck.timer(TIMER_SEND, hours=1)
    assert stuck.did(SealReport)
    assert not stuck.did(Say)
    assert "Sent." in stuck.say("hello").said


def test_who_writes_meanwhile_is_asked_and_sends_by_hand(stuck: Play) -> None:
    """The timer waits for a quiet moment."""
    stuck.say("1", "hello")
    stuck.policy = POLICY
    stuck.timer(TIMER_SEND, hours=1)
    assert not stuck.did(SealReport)
    assert stuck.say("1").node == "Q52"
    assert stuck.say("1").did(SealReport)


@pytest.mark.parametrize("words", [("1", "2", "4"), ("2",)])
def test_who_comes_back_and_pauses_is_not_sent(stuck: Play, words: tuple[str, ...]) -> None:
    """After "keep trying" comes "not yet" and "keep it for later", or no safe moment: what they are told last holds."""
    stuck.say("1", "hello", *words)
    assert "I keep your answers, locked" in stuck.said

    assert stuck.done(CancelWake).timer == TIMER_SEND


def test_another_office_can_be_chosen(stuck: Play) -> None:
    """And is agreed to anew."""
    assert stuck.say("2").node == "C-FWD-OFFICE"


def test_it_can_be_deleted(stuck: Play) -> None:
    """At once."""
    stuck.say("3")
    assert stuck.did(Forget) or stuck.did(NewKey)


def test_of_somebody_with_a_report_only_the_new_one_is_deleted_and_its_files_with_it(stuck: Play) -> None:
    """And they are told that the other one is still there."""
    draft = stuck.conversation.draft
    assert draft is not None
    stuck.conversation = replace(
        stuck.conversation, draft=replace(draft, files=(PICTURE,)), cards=sent().conversation.cards
    )
    stuck.say("3")

    assert stuck.done(DropFiles).blobs == (PICTURE.blob,)
    assert stuck.conversation.draft is None
    assert "What you sent is still with the office." in stuck.said


@pytest.mark.parametrize("said", [("00", "6"), ("00", "8", "00", "6")])
def test_whoever_deletes_their_answers_is_not_told_that_their_report_is_gone(said: tuple[str, ...]) -> None:
    """Neither from the menu after the report nor from the one of another report."""
    play = sent().say(*said)
    play = play.say("2") if play.node == "T-DELETE" else play

    assert "I have deleted everything" not in play.said
    assert "What you sent is still with the office." in play.said


def test_a_timer_of_a_report_that_is_gone_does_nothing(stuck: Play) -> None:
    """Deleted meanwhile, or taken back."""
    stuck.say("1", "00", "6")
    stuck.policy = POLICY
    stuck.timer(TIMER_SEND, hours=1)
    assert not stuck.did(SealReport)


@pytest.mark.parametrize(("office", "use"), [("OFF-HRC", "identity"), ("OFF-EML", "report")])
def test_a_real_name_or_a_copy_that_cannot_be_sealed_is_told_like_the_report(office: str, use: str) -> None:
    """The real name has keys of its own, and the duty desk, which this person agreed to, too: all of it goes or nothing."""
    play = Play().say(*TO_FILES, *TO_SEND[:11], "1", "2", "2", "3")
    play.policy = without(office, use)
    play.say("1")
    assert (play.node, play.did(SealReport)) == ("T-FAIL", False)

    play.say("1").timer(TIMER_SEND, hours=1)
    assert not play.did(SealReport)
    play.policy = POLICY
    play.timer(TIMER_SEND, hours=1)

    sealed = play.done(SealReport)
    assert (sealed.identity is not None, len(sealed.copies)) == (True, 1)
