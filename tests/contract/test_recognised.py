"""Every store: the owner of a case ends the doubt; what waits goes on, and nobody else can."""

from __future__ import annotations

import pytest

from dialogs.replace import replace
from handlers.actor import Actor
from handlers.errors import NoSuchCase, NotYours
from handlers.message_ports import HELD, WAITING, Message
from handlers.ports import Store
from handlers.reasons import ReasonNeeded
from handlers.talking import NoDoubt, Talking
from storage.crypto.sealing import AgeSealer
from tests.conftest import CountingEntropy, practice_policy
from tests.contract.test_new_phone import ASKED, Chat
from tests.handlers.chat import CARD, OFFICER
from tests.playbook import TO_THE_QUESTIONS
from tests.stores import MINA

CASE, FACTS = CARD.case, "RSN-WHO-FACTS"


class Doubted(Chat):
    """Somebody with a case and a draft whose phone changed, and the officer of the case."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.talking = Talking(store, AgeSealer(), practice_policy(), self.clock, CountingEntropy())
        self.asked = self.say(*TO_THE_QUESTIONS, "1")
        with store.transaction() as work:
            work.cases.open(CARD, MINA)
            work.cases.record(CASE, CARD.consents)
            work.messages.add(Message("m1", CASE, 1, "p1", self.clock.now(), WAITING, due_at=self.clock.now()))
        self.reception.identity_changed(MINA)

    def waits(self) -> tuple[str, str]:
        """Return what the officer's words wait for."""
        with self.store.transaction() as work:
            message = work.messages.get("m1")
        assert message is not None
        return message.state, message.reason

    def log(self) -> list[tuple[str, str, str, str]]:
        """Return who did what, and why."""
        with self.store.transaction() as work:
            return [(entry.who, entry.role, entry.act, entry.reason) for entry in work.audit.of(CASE)]


def test_what_waits_goes_on_and_the_draft_comes_back_when_they_write(store: Store) -> None:
    """The phone shows nothing before that; the log says who was sure, and why."""
    chat = Doubted(store)
    assert ASKED in chat.say("hello")
    assert chat.waits() == (HELD, "identity_doubt")

    chat.talking.recognise(CASE, FACTS, OFFICER)

    assert (chat.arrives(), chat.waits()) == ([], (WAITING, ""))
    assert chat.log() == [("p1", "first-respondent", "recognise", FACTS)]
    assert "That is you" in chat.say("is somebody there")
    assert chat.say("1") == chat.asked


def test_an_office_is_sure_in_all_its_cases_and_no_other_office_with_it(store: Store) -> None:
    """Also in those that a colleague owns or closed; each says so in its own log."""
    chat = Doubted(store)
    doubted = replace(CARD, identity_doubt=True, owner="p2")
    with store.transaction() as work:
        work.cases.open(replace(doubted, case="LW-2", status="ST-CLO"), MINA)
        work.cases.open(replace(doubted, case="LW-3", office="OFF-OHC-GVA"), MINA)

    chat.talking.recognise(CASE, FACTS, OFFICER)

    with store.transaction() as work:
        still = [card.identity_doubt for card in map(work.cases.get, (CASE, "LW-2", "LW-3")) if card is not None]
        logged = [len(work.audit.of(case)) for case in (CASE, "LW-2", "LW-3")]
    assert (still, logged) == ([False, False, True], [1, 1, 0])
    assert ASKED in chat.say("00")


def test_an_owner_of_another_office_answers_for_their_case_alone(store: Store) -> None:
    """The duty desk owns it for the night: the other cases are not its own."""
    chat = Doubted(store)
    desk = Actor("p1", "duty-officer", "OFF-EML")
    yes = replace(
        CARD.consents[0], record_id="CR-3", id="C-EMER", recipient="OFF-EML", scope="report", content_version=""
    )
    with store.transaction() as work:
        work.cases.open(replace(CARD, case="LW-2", identity_doubt=True), MINA)
        lent = replace(CARD, identity_doubt=True, consents=(*CARD.consents, yes))
        work.cases.record(CASE, (yes,))
        work.cases.update(lent)

    chat.talking.recognise(CASE, FACTS, desk)

    with store.transaction() as work:
        still = [card.identity_doubt for card in map(work.cases.get, (CASE, "LW-2")) if card is not None]
    assert still == [False, True]


def test_only_the_owner_ends_a_doubt_there_is_for_a_reason_of_the_list(store: Store) -> None:
    """Nothing is changed and nothing recorded for anybody else."""
    chat = Doubted(store)
    with pytest.raises(NotYours):
        chat.talking.recognise(CASE, FACTS, Actor("p2", "first-respondent", "OFF-HRC"))
    with pytest.raises(NoSuchCase):
        chat.talking.recognise(CASE, FACTS, Actor("p1", "first-respondent", "OFF-OHC-GVA"))
    with pytest.raises(ReasonNeeded, match="RSN-WHO-LIVE"):
        chat.talking.recognise(CASE, "she told me her dog's name", OFFICER)
    assert (chat.log(), chat.waits()[0]) == ([], HELD)
    assert ASKED in chat.say("hello")

    chat.talking.recognise(CASE, FACTS, OFFICER)

    with pytest.raises(NoDoubt):
        chat.talking.recognise(CASE, FACTS, OFFICER)


def test_a_case_to_which_nothing_leads_any_more_is_in_doubt_no_more_either(store: Store) -> None:
    """The person cleared everything, or nobody ever wrote from there: the next one who gives the phrase has it."""
    chat = Doubted(store)
    with store.transaction() as work:
        work.conversations.forget(MINA)
        work.cases.update(replace(CARD, identity_doubt=True))

    chat.talking.recognise(CASE, FACTS, OFFICER)

    with store.transaction() as work:
        assert work.cases.get(CASE) == CARD
    assert chat.waits() == (WAITING, "")
