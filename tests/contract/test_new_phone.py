"""Every store: who holds a new phone is answered as in doubt, gets nothing that was meant for others, and leaves nothing."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.clock import FixedClock
from dialogs.conversation import Conversation, Draft
from dialogs.replace import replace
from handlers.deliver import Delivered, Delivery
from handlers.ports import Store
from handlers.receive import Reception
from handlers.types import Inbound
from storage.crypto.sealing import AgeSealer
from tests.conftest import CountingEntropy, practice_policy
from tests.handlers.chat import CARD, CASE, PHRASE
from tests.playbook import TO_THE_QUESTIONS
from tests.stores import MINA, NOW

ASKED, OFFERED = "send your secret words", "1 Begin again"


class Chat:
    """One person on Signal; a store as it is served."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, FixedClock(NOW)
        self.reception = Reception(store, AgeSealer(), practice_policy(), self.clock, CountingEntropy(), b"interview")
        self.delivery = Delivery(store, self.clock, "signal")
        self.count = 0

    def say(self, *texts: str) -> str:
        """Write these messages; return what arrives after the last."""
        arrived: list[str] = []
        for text in texts:
            self.write(text)
            arrived = self.arrives()
        return "\n".join(arrived)

    def write(self, text: str) -> None:
        """Write, and let nothing go out yet."""
        self.count += 1
        self.clock.at += timedelta(seconds=3)
        self.reception.receive(Inbound(MINA, str(self.count), text=text))

    def arrives(self) -> list[str]:
        """Let everything go out."""
        arrived = []
        while items := self.delivery.claim():
            self.delivery.settle([Delivered(item, "sent") for item in items])
            arrived += [item.outgoing.text for item in items]
        return arrived

    @property
    def conversation(self) -> Conversation | None:
        """What is stored of them."""
        with self.store.transaction() as work:
            loaded = work.conversations.load(MINA)
        return loaded.conversation if loaded is not None else None


def test_the_words_lead_back_to_the_draft(store: Store) -> None:
    """What waited to go out is dropped, nothing else is; the same question is asked again."""
    chat = Chat(store)
    shown = chat.say(*TO_THE_QUESTIONS[:7])
    found = re.search("with these words: ([a-z ]+)", shown)
    assert found is not None
    asked = chat.say(*TO_THE_QUESTIONS[7:], "1")
    before = chat.conversation
    chat.write("show 1")
    assert chat.reception.identity_changed(MINA)
    assert chat.arrives() == []
    assert ASKED in chat.say("hello")
    assert "That is you" in chat.say(found[1])
    assert chat.say("1") == asked
    assert before is not None
    assert chat.conversation is not None
    assert chat.conversation.draft == before.draft


def test_without_words_they_begin_again_or_it_goes_in_time(store: Store) -> None:
    """After the hours of the draft nothing is left, and the next message is a stranger's."""
    chat = Chat(store)
    chat.say(*["2" if place == 7 else text for place, text in enumerate(TO_THE_QUESTIONS)], "1")
    assert chat.reception.identity_changed(MINA)
    assert OFFERED in chat.say("hello")
    assert "Choose a language" in chat.say("1")
    chat.say(*TO_THE_QUESTIONS[1:7], "2", "0", "1")
    assert chat.reception.identity_changed(MINA)
    assert OFFERED in chat.say("hello")

    chat.clock.at += timedelta(hours=72)
    assert (chat.reception.time_arrived(), chat.conversation) == (1, None)
    assert "Choose a language" in chat.say("hello")


def test_the_phrase_leads_back_to_every_case_it_was_given_for(store: Store) -> None:
    """Also from another account, where nothing else leads to them; who gives it is in doubt no more."""
    with store.transaction() as work:
        work.cases.open(replace(CARD, identity_doubt=True), None)
        work.cases.open(replace(CARD, case="LW-2", submitted_at="2026-11-24T10:00Z"), None)
        work.cases.open(replace(CARD, case="LW-3", phrase_hash="others"), None)
    chat = Chat(store)
    assert "Welcome back" in chat.say(PHRASE)
    assert chat.conversation is not None
    known = [(card.case, card.identity_doubt) for card in chat.conversation.cards]
    assert (known, chat.conversation.active_case) == ([(CASE, False), ("LW-2", False)], "LW-2")


def test_told_twice_is_told_once(store: Store) -> None:
    """What was asked in the meantime goes out."""
    chat = Chat(store)
    chat.say(*TO_THE_QUESTIONS, "1")
    chat.reception.identity_changed(MINA)
    chat.write("SOS")
    chat.reception.identity_changed(MINA)
    assert "I cannot send police" in "\n".join(chat.arrives())


def test_of_a_stranger_nothing_is_stored(store: Store) -> None:
    """A key may change where nobody ever wrote."""
    chat = Chat(store)
    assert chat.reception.identity_changed(MINA)
    assert chat.conversation is None
    assert "Choose a language" in chat.say("hello")


def test_a_draft_without_words_leaves_nothing_readable_at_once(store: Store) -> None:
    """What is kept of the conversation says only that there was one, under a key of its own."""
    chat = Chat(store)
    chat.say(*["2" if place == 7 else text for place, text in enumerate(TO_THE_QUESTIONS)], "1")
    before = chat.conversation
    assert before is not None
    assert before.draft is not None
    assert before.draft.answers

    chat.reception.identity_changed(MINA)

    assert chat.conversation is not None
    assert (chat.conversation.draft, chat.conversation.kept_draft) == (None, Draft(off_words=before.draft.off_words))
