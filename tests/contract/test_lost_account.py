"""Every store: a case loses its account, nothing goes there any more, and the words lead back from any account."""

from __future__ import annotations

import pytest

from dialogs.conversation import CaseCard
from dialogs.replace import replace
from handlers.actor import Actor
from handlers.errors import NoSuchCase, NotYours
from handlers.message_ports import REFUSED
from handlers.ports import Store
from handlers.reasons import ReasonNeeded
from handlers.talking import CannotReach, NoWordsLeadBack, SomebodyElses
from handlers.triage_state import CaseIsOver
from handlers.types import Address, Inbound
from tests.contract.test_new_phone import ASKED
from tests.contract.test_recognised import Doubted
from tests.handlers.chat import CARD, OFFICER, PHRASE
from tests.stores import MINA

CASE, TAKEN = CARD.case, "RSN-ELS-TAKEN"
ELSEWHERE = Address("telegram", "77")


class Lost(Doubted):
    """Somebody with a case whose phone was taken, and the officer of the case."""

    def card(self, case: str = CASE) -> CaseCard:
        """Return a card as it is stored."""
        with self.store.transaction() as work:
            card = work.cases.get(case)
        assert card is not None
        return card

    def place(self, case: str = CASE) -> Address | None:
        """Return where the person of a case can be reached."""
        with self.store.transaction() as work:
            return work.conversations.of_case(case)


def test_what_waits_is_dropped_and_the_account_is_a_strangers(store: Store) -> None:
    """The log says who said so, and why."""
    chat = Lost(store)
    chat.write("hello")
    chat.talking.lose_account(CASE, TAKEN, OFFICER)

    assert chat.arrives() in ([], [""])  # at most the order to clear the chat
    assert (chat.waits(), chat.place(), chat.conversation) == ((REFUSED, "account_lost"), None, None)
    assert chat.log() == [("p1", "first-respondent", "lose-account", TAKEN)]
    assert "Choose a language" in chat.say("hello")


def test_the_words_lead_back_from_any_account(store: Store) -> None:
    """From there everything goes on, beyond doubt."""
    chat = Lost(store)
    chat.talking.lose_account(CASE, TAKEN, OFFICER)
    chat.reception.receive(Inbound(ELSEWHERE, "1", text=PHRASE))

    assert (chat.place(), chat.card().lost_at, chat.card().identity_doubt) == (ELSEWHERE, "", False)


def test_on_telegram_no_key_tells_of_it_but_an_officer_may(store: Store) -> None:
    """Whoever writes next from there is asked what everybody is asked first."""
    chat = Lost(store)
    chat.reception.receive(Inbound(ELSEWHERE, "1", text="hello"))
    with store.transaction() as work:
        work.cases.update(replace(CARD, channel="telegram"))
        work.cases.attach(CASE, ELSEWHERE)

    chat.talking.lose_account(CASE, TAKEN, OFFICER)
    done = chat.reception.receive(Inbound(ELSEWHERE, "2", text="00"))

    assert done is not None
    assert (chat.place(), done.after.node, done.after.cards) == (None, "Q01", ())


def test_the_words_lead_back_from_the_same_account_too(store: Store) -> None:
    """The officer was mistaken, or the phone is back."""
    chat = Lost(store)
    chat.talking.lose_account(CASE, TAKEN, OFFICER)
    assert "Welcome back" in chat.say(PHRASE)
    assert (chat.place(), chat.card().lost_at) == (MINA, "")


def test_cases_of_other_offices_stay_in_doubt_until_the_words_bring_back_all(store: Store) -> None:
    """And cases of the own office that no words lead back to; each that is lost says so in its own log."""
    chat, doubted = Lost(store), replace(CARD, identity_doubt=True)
    with store.transaction() as work:
        work.cases.open(replace(doubted, case="LW-2", owner="p2"), MINA)
        work.cases.open(replace(doubted, case="LW-3", office="OFF-OHC-GVA"), MINA)
        work.cases.open(replace(doubted, case="LW-4", phrase_hash=""), MINA)

    chat.talking.lose_account(CASE, TAKEN, OFFICER)

    cases = (CASE, "LW-2", "LW-3", "LW-4")
    assert [chat.place(case) for case in cases] == [None, None, MINA, MINA]
    with store.transaction() as work:
        assert [len(work.audit.of(case)) for case in cases] == [1, 1, 0, 0]
    assert ASKED in chat.say("00")
    assert "That is you" in chat.say(PHRASE)
    assert [chat.place(case) for case in cases] == [MINA] * 4
    assert not any(chat.card(case).lost_at for case in cases)


def test_only_the_owner_says_so_for_a_reason_of_the_list(store: Store) -> None:
    """Nothing is changed and nothing recorded for anybody else."""
    chat = Lost(store)
    with pytest.raises(NotYours):
        chat.talking.lose_account(CASE, TAKEN, Actor("p2", "first-respondent", "OFF-HRC"))
    with pytest.raises(NoSuchCase):
        chat.talking.lose_account(CASE, TAKEN, Actor("p1", "first-respondent", "OFF-OHC-GVA"))
    with pytest.raises(ReasonNeeded, match="RSN-ELS-TAKEN"):
        chat.talking.lose_account(CASE, "RSN-WHO-LIVE", OFFICER)
    assert (chat.log(), chat.place()) == ([], MINA)


@pytest.mark.parametrize(
    ("changes", "refusal"), [({"phrase_hash": ""}, NoWordsLeadBack), ({"status": "ST-WDR"}, CaseIsOver)]
)
def test_nobody_is_shut_out_for_good_and_nothing_escapes_erasure(
    store: Store, changes: dict[str, str], refusal: type[Exception]
) -> None:
    """Where no words lead back, or what was taken back waits to be destroyed, the case keeps its account."""
    chat = Lost(store)
    with store.transaction() as work:
        work.cases.update(replace(CARD, **changes))  # type: ignore[arg-type]  # fields of a card
    with pytest.raises(refusal):
        chat.talking.lose_account(CASE, TAKEN, OFFICER)
    assert (chat.log(), chat.place()) == ([], MINA)


def test_no_officer_takes_it_back(store: Store) -> None:
    """Neither by being sure of the opposite, nor by saying it twice."""
    chat = Lost(store)
    chat.talking.lose_account(CASE, TAKEN, OFFICER)
    with pytest.raises(SomebodyElses):
        chat.talking.recognise(CASE, "RSN-WHO-LIVE", OFFICER)
    with pytest.raises(SomebodyElses):
        chat.talking.lose_account(CASE, TAKEN, OFFICER)


def test_a_case_without_an_account_has_none_to_lose(store: Store) -> None:
    """The person cleared everything: the words are all there is already."""
    chat = Lost(store)
    with store.transaction() as work:
        work.conversations.forget(MINA)
    with pytest.raises(CannotReach):
        chat.talking.lose_account(CASE, TAKEN, OFFICER)


def test_in_a_hidden_chat_the_case_stays_in_doubt_and_nothing_goes_there(store: Store) -> None:
    """Whoever holds the phone sees the decoy, as before."""
    chat = Lost(store)
    with store.transaction() as work:
        loaded = work.conversations.load(MINA)
        assert loaded is not None
        hidden = replace(loaded.conversation, node="HIDDEN", hidden=True, phrase_hash=CARD.phrase_hash)
        work.conversations.save(MINA, hidden)

    chat.talking.lose_account(CASE, TAKEN, OFFICER)

    assert (chat.arrives(), chat.waits(), chat.place()) == ([], (REFUSED, "account_lost"), MINA)
    assert "Notices" in chat.say("hello")
    assert "That is you" in chat.say(PHRASE)
    assert chat.card().lost_at == ""
