"""Seeded officers and people, their acts in any order: whatever goes out is permitted at the moment it goes out."""

from __future__ import annotations

from random import Random  # noqa: TID251 - a test that can be repeated

from dialogs.contact import may_write
from dialogs.gate import Granted
from dialogs.replace import replace
from handlers.deliver import Delivered, Delivery
from handlers.errors import HandlerError
from tests.handlers.chat import CARD, PHRASE, Chat

SEEDS, STEPS = 20, 40
SAYS = (
    "hello", "yes", "0", "1", "2", "3", "4", "5", "6", "00", "000", PHRASE, "green lamp", "stop writing to me",
    "i take it back", "take it back please", "who opened my report", "status", "sos", "river stone",
)  # fmt: skip
OUTCOMES = ("sent", "sent", "sent", "sent", "later", "unknown", "unreachable", "refused")


class Story:
    """One officer and one person, drawn from a seed; checks everything that is sent."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - no secret depends on it
        self.chat = Chat(replace(CARD, red=self.draw.choice(((), ("RED-PUB",)))))
        self.written = 0
        self.sent: list[str] = []
        self.shown_words = self.answered = False

    def play(self, steps: int = STEPS) -> int:
        """Do so many things; return how many of the officer's words arrived."""
        for _ in range(steps):
            self.draw.choice((self._says, self._says, self._writes, self._writes, self._waits, self._happens))()
            self._sends()
        return len(self.sent)

    def _says(self) -> None:
        text = self.draw.choice(SAYS)
        with self.chat.store.transaction() as work:
            before = len([blob for blob in work.blobs.of(CARD.case) if blob.purpose == "message"])
        self.chat.say_only(text)
        with self.chat.store.transaction() as work:
            after = len([blob for blob in work.blobs.of(CARD.case) if blob.purpose == "message"])
        self.answered = self.answered or (self.shown_words and after > before)

    def _writes(self) -> None:
        self.written += 1
        try:
            self.chat.write(f"words {self.written}")
        except HandlerError:
            assert not self._permitted() or not self.chat.exists

    def _waits(self) -> None:
        self.chat.later(seconds=self.draw.choice((1, 30, 200, 4000, 90_000)))

    def _happens(self) -> None:
        happens = self.draw.choice((self.chat.reception.identity_changed, self.chat.reception.unreachable))
        if self.draw.random() < 0.3:
            happens(self.chat.person)

    def _sends(self) -> None:
        self.chat.messaging.deliver_due()
        self.chat.reception.time_arrived()
        delivery = Delivery(self.chat.store, self.chat.clock, "signal")
        for _ in range(9):
            items = delivery.claim()
            for item in items:
                outcome = self.draw.choice(OUTCOMES)
                if item.outgoing.message:
                    self._goes_out(item.outgoing.text, outcome)
                delivery.settle([Delivered(item, outcome, wait_seconds=1)])

    def _goes_out(self, text: str, outcome: str) -> None:
        assert self._permitted(), text
        if text == CARD.off_words:
            self.answered = False
            self.shown_words = outcome in ("sent", "unknown")
            return
        assert self.answered, f"{text!r} before the person answered the two words"
        self.sent.append(text)

    def _permitted(self) -> bool:
        if not self.chat.exists:
            return False
        card = self.chat.card
        granted = may_write(card, self.chat.policy, self.chat.clock.at)
        return isinstance(granted, Granted) and not (card.hidden_at or card.identity_doubt or card.unreachable)


def test_whatever_goes_out_is_permitted_at_that_moment() -> None:
    """Twenty stories; among them enough in which words do arrive. `make proof` plays more."""
    arrived = [Story(seed).play() for seed in range(SEEDS)]
    assert sum(arrived) > SEEDS / 4
