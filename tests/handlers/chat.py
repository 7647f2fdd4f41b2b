"""A person with a case and an officer who writes to them: real engine, real seal, memory store."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from hashlib import sha256

from bot.clock import FixedClock
from dialogs.conversation import CaseCard, ConsentEvent, Conversation
from dialogs.replace import replace
from handlers.actor import Actor
from handlers.deliver import Delivered, Delivery
from handlers.message_ports import Message
from handlers.messages import Messaging, Written
from handlers.receive import Reception
from handlers.talking import Talking
from handlers.types import Address, Inbound
from storage.crypto.age.keys import generate_identity
from storage.crypto.sealing import AgeSealer
from storage.crypto.talk import TalkIdentities, seal_words
from storage.memory import MemoryStore
from tests.conftest import NOON, CountingEntropy, hashed, practice_policy

CASE = "LW-1"
OFFICER = Actor("p1", "first-respondent", "OFF-HRC")
KEY = TalkIdentities([generate_identity(sha256(b"talk").digest())])
PHRASE = "four words of mine"
AGREED = ConsentEvent(
    "CR-1", "C-FWD", "given", "2026-11-24T09:00Z", "C-FWD", "00", "en", "signal", recipient="OFF-HRC",
    content_version="v1",
)  # fmt: skip
CONTACT = replace(AGREED, record_id="CR-2", id="C-CONT", recipient="", content_version="")
CARD = CaseCard(
    CASE, "OFF-HRC", "L2", "ST-ACK", "2026-11-24T09:00Z", "en", "signal", "river stone", "green lamp",
    hashed("pair", "green lamp"), phrase_hash=hashed("phrase", PHRASE), owner="p1", consents=(AGREED, CONTACT),
)  # fmt: skip
ALERT = replace(AGREED, id="C-EMER", recipient="OFF-EML", scope="card", content_version="")
ALERT_CARD = replace(CARD, office="OFF-EML", level="L1", consents=(ALERT,), fp_reach="chat")


@cache
def sealed(text: str, case: str = CASE, schema: str = "leeward-words-1") -> bytes:
    """Return what a page seals to the bot."""
    document = json.dumps({"schema": schema, "case": case, "text": text}).encode()
    return seal_words(document, KEY.recipient)


def said(text: str) -> Written:
    """Return what a page sends; the office's copy is of no interest here."""
    return Written(for_office=sealed("copy"), for_bot=sealed(text))


class Chat:
    """One person, one case, one officer."""

    def __init__(self, card: CaseCard = CARD, channel: str = "signal", node: str = "TALK", **more: object) -> None:
        self.policy, self.clock, self.store = practice_policy(), FixedClock(NOON), MemoryStore()
        self.person = Address(channel, "someone")
        parts = (self.store, AgeSealer(), self.policy, self.clock, CountingEntropy())
        self.reception, self.talking = Reception(*parts), Talking(*parts)
        self.messaging = Messaging(*parts, KEY)
        now = NOON.isoformat()
        conversation = Conversation(
            "c1", channel, self.policy.interview.version, now, now, node=node, phrase_hash=card.phrase_hash,
            active_case=card.case,
        )  # fmt: skip
        with self.store.transaction() as work:
            work.conversations.save(self.person, replace(conversation, **more))  # type: ignore[arg-type]  # fields of a conversation
            work.cases.open(card, self.person)
            work.cases.record(card.case, card.consents)
        self._count = 0

    def write(self, text: str = "hello", by: Actor = OFFICER) -> Message:
        """The officer writes."""
        return self.messaging.write(CASE, by, said(text))

    def say(self, *texts: str) -> list[str]:
        """The person writes; return what they then see."""
        for text in texts:
            self.say_only(text)
        return self.seen()

    def say_only(self, text: str) -> None:
        """The person writes, and nothing else happens yet."""
        self._count += 1
        self.later(seconds=2)
        self.reception.receive(Inbound(self.person, str(self._count), text=text))

    def later(self, **later: float) -> None:
        """Let time pass, and nothing else happens yet."""
        self.clock.at += timedelta(**later)

    def seen(self, outcome: str = "sent") -> list[str]:
        """Let a second pass and everything go out; return what arrives."""
        self.clock.at += timedelta(seconds=1)
        self.messaging.deliver_due()
        delivery, arrived = Delivery(self.store, self.clock, self.person.channel), []
        while items := delivery.claim():
            delivery.settle([Delivered(item, outcome) for item in items])
            arrived += [item.outgoing.text for item in items]
        return arrived

    def wait(self, **later: float) -> list[str]:
        """Let time pass; return what arrives."""
        self.clock.at += timedelta(**later)
        return self.seen()

    def change(self, **fields: object) -> None:
        """Change the card behind everybody's back."""
        with self.store.transaction() as work:
            card = work.cases.get(CASE)
            assert card is not None
            work.cases.update(replace(card, **fields))  # type: ignore[arg-type]  # fields of a card

    @property
    def exists(self) -> bool:
        """Whether the case is still there."""
        with self.store.transaction() as work:
            return work.cases.get(CASE) is not None

    @property
    def card(self) -> CaseCard:
        """The card as it is."""
        with self.store.transaction() as work:
            card = work.cases.get(CASE)
        assert card is not None
        return card

    @property
    def lines(self) -> list[tuple[str, str]]:
        """State and reason of every message of an officer, as they see them."""
        with self.store.transaction() as work:
            return [(message.state, message.reason) for message in work.messages.of(CASE) if message.by]

    @property
    def kept(self) -> int:
        """How many messages the server could still open."""
        with self.store.transaction() as work:
            return sum(1 for message in work.messages.of(CASE) if message.for_bot)
