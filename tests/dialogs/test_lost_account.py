"""Somebody else holds the account, an officer says: nothing goes there any more, and only the words lead back."""

from __future__ import annotations

import pytest

from dialogs.conversation import CaseCard, Proposal
from dialogs.effects import CancelWake, ClearChat, DropFiles, Forget, LoseAddress, Say, UpdateCase
from dialogs.lost_account import may_be_lost
from dialogs.measures import CARD_TIMER
from dialogs.new_phone import may_lead_back
from dialogs.replace import replace
from tests.conftest import NOON, hashed
from tests.dialogs.test_new_phone import ASKED, PHRASE, WRONG, with_words
from tests.dialogs.test_recognised import OTHER, WELCOME, with_another_case
from tests.playbook import PICTURE, Play, sent

CARD = Proposal("P1", "UM-FOC-CHK", "the focal point", "NM-ANON", "v1", "Somebody asks", "asked", "2026-11-24T09:00Z")


def at_work(channel: str = "signal") -> Play:
    """Return somebody with a report, the words to it, and a measure they were asked about."""
    play = with_words(sent())
    cards = (replace(play.conversation.cards[0], measures=(CARD,), words_at="x", talk_until="x", channel=channel),)
    play.conversation = replace(play.conversation, channel=channel, cards=cards)
    return play


def case_of(play: Play) -> str:
    """Return the oldest case."""
    return play.conversation.cards[0].case


def stored(play: Play, case: str) -> CaseCard:
    """Return the card of a case as it was stored last in this turn."""
    return [effect.card for effect in play.effects if isinstance(effect, UpdateCase) and effect.card.case == case][-1]


@pytest.mark.parametrize("channel", ["signal", "telegram"])
def test_the_account_is_forgotten_without_a_word_and_the_next_message_is_a_strangers(channel: str) -> None:
    """Where nothing was in doubt before, nothing is taken from the chat either: it would show that something is."""
    play = at_work(channel)
    case = case_of(play)
    play.lose(case)
    assert {LoseAddress(case), Forget(), CancelWake(f"{CARD_TIMER}{case}")} <= set(play.effects)
    assert (play.did(Say), play.did(ClearChat)) == (False, False)
    assert play.say("hello").node == "Q01"
    assert play.conversation.cards == ()


def test_nothing_agreed_counts_outward_and_what_waits_for_an_answer_is_withdrawn() -> None:
    """What was begun goes on at the office; the officer begins anew when the words have come."""
    play = at_work()
    started = replace(CARD, id="P2", state="started")
    play.conversation = replace(
        play.conversation, cards=(replace(play.conversation.cards[0], measures=(CARD, started)),)
    )
    case = case_of(play)
    card = stored(play.lose(case), case)
    assert (card.identity_doubt, card.doubt, card.doubted_at) == (True, "FLG-IMP", card.lost_at)
    assert [(p.state, p.content) for p in card.measures] == [("withdrawn", ""), ("started", "Somebody asks")]
    assert (card.words_at, card.talk_until) == ("", "")


def test_what_stands_in_a_chat_that_is_in_doubt_goes_as_far_as_the_channel_can() -> None:
    """With the draft that was set aside and its files."""
    play = at_work().say("00", "8", "1")
    draft = play.conversation.draft
    assert draft is not None
    play.conversation = replace(play.conversation, draft=replace(draft, files=(PICTURE,)))
    play.change_phone().lose(case_of(play))
    assert {ClearChat(), DropFiles(("b1",)), Forget()} <= set(play.effects)


def test_a_hidden_chat_stays_hidden_and_its_words_bring_everything_back() -> None:
    """An answer to strangers would show whoever holds the phone what this chat is; the case is in doubt there."""
    play = at_work().say("000")
    case = case_of(play)
    play.lose(case)
    assert not {LoseAddress(case), Forget(), ClearChat()} & set(play.effects)
    assert stored(play, case).lost_at
    assert play.say("hello").said.startswith("Notices.")
    assert play.say(WRONG).said.startswith("Notices.")
    assert "That is you" in play.say(PHRASE).said
    assert (play.conversation.cards[0].identity_doubt, play.conversation.cards[0].lost_at) == (False, "")


def test_another_office_has_to_be_sure_itself_and_its_case_is_in_doubt_now() -> None:
    """The account is asked for the words; they bring back both cases."""
    play = with_another_case(at_work("telegram"))
    first = case_of(play)
    play.lose(first)
    lost = stored(play, first)
    assert [(card.case, card.identity_doubt, card.lost_at) for card in play.conversation.cards] == [(OTHER, True, "")]
    assert not play.did(Forget)
    assert ASKED in play.say("00").said

    play.come_back(PHRASE, lost)
    assert play.said == WELCOME
    known = [(card.case, card.identity_doubt, card.lost_at) for card in play.conversation.cards]
    assert known == [(OTHER, False, ""), (first, False, "")]


def test_an_alert_that_whoever_writes_now_raised_stays_theirs() -> None:
    """Their officer goes on writing to them: they are in danger, whoever they are."""
    play = at_work()
    case = case_of(play)
    play.change_phone().say("SOS", "1").lose(case)
    assert [card.identity_doubt for card in play.conversation.cards] == [False]
    assert not play.did(Forget)


def test_the_words_end_it_from_any_account() -> None:
    """What was agreed stays to be asked again."""
    play = at_work()
    case = case_of(play)
    lost = stored(play.lose(case), case)
    play.come_back(PHRASE, lost)
    card = play.conversation.cards[0]
    assert "Welcome back" in play.said
    assert (card.identity_doubt, card.lost_at, bool(card.doubted_at)) == (False, "", True)
    assert stored(play, case) == card


@pytest.mark.parametrize(
    ("phrase", "status", "may"), [("p", "ST-ACK", True), ("", "ST-ACK", False), ("p", "ST-WDR", False)]
)
def test_a_case_keeps_its_account_where_no_words_lead_back_or_it_is_to_be_erased(
    phrase: str, status: str, *, may: bool
) -> None:
    """Nobody is shut out for good, and what was taken back is destroyed in time."""
    assert may_be_lost(replace(at_work().conversation.cards[0], phrase_hash=phrase, status=status)) is may


def test_only_the_words_of_what_is_in_doubt_lead_back_there() -> None:
    """Nobody ends a doubt with the words of a case of their own; nor while too many wrong ones were tried, nor when hidden."""
    phrase, other = hashed("phrase", PHRASE), hashed("phrase", WRONG)
    play = with_another_case(at_work())
    play.lose(case_of(play)).say("hello")
    here = play.conversation
    assert [may_lead_back(here, words, NOON) for words in (phrase, other)] == [True, False]
    locked = replace(here, resume_locked_until="2026-11-26T00:00:00+00:00")
    assert not may_lead_back(locked, phrase, NOON)
    assert not may_lead_back(replace(here, hidden=True), phrase, NOON)


def test_beside_a_case_any_words_lead_to_another_unless_a_report_is_being_written() -> None:
    """A person may have lost two accounts, and each case has words of its own."""
    here = at_work().conversation
    assert may_lead_back(here, "other", NOON)
    assert not may_lead_back(at_work().say("00", "8", "1").conversation, "other", NOON)


def test_a_case_that_is_not_there_loses_nothing() -> None:
    """It may have been taken back a moment ago."""
    play = at_work()
    before = play.conversation
    assert play.lose("LW-GONE").conversation == before
