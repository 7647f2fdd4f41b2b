"""Seeded strangers whose phones change at any moment: what is set aside is nobody's until the right words come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.engine import advance
from dialogs.events import AccountLost, KeyChanged, Moved, PersonRecognised
from tests.doubt import revealed
from tests.people import Stranger

if TYPE_CHECKING:
    from dialogs.effects import Effect
    from dialogs.events import Event

EVENTS = 12_000


class NewPhones(Stranger):
    """People as in tests/people.py, with one more thing that happens to them."""

    def step(self, kind: int) -> None:
        """Do one thing, or lose the phone."""
        draw = self._draw("phone") % 100
        if 20 <= draw < 23 and self.conversation.cards:
            case = self.conversation.cards[draw % len(self.conversation.cards)].case
            self.happen(PersonRecognised(at=self.now, entropy=self._entropy(), cases=(case,)))
        elif draw == 23 and self.conversation.cards:
            case = self.conversation.cards[self._draw("whose") % len(self.conversation.cards)].case
            self.happen(AccountLost(at=self.now, entropy=self._entropy(), cases=(case,)))
        elif draw < 3 and not (self.conversation.new_phone and draw):
            self.happen(KeyChanged(at=self.now, entropy=self._entropy()))
        elif draw < 20 and self.conversation.new_phone:
            self.happen(self._text(("sos", "1", self._own_words())[draw % 3]))
        else:
            super().step(kind)

    def _own_words(self) -> str:
        kept, cards = self.conversation.kept_draft, self.conversation.cards
        return cards[0].your_words if cards else kept.your_words if kept is not None else "words"

    def happen(self, event: Event) -> tuple[Effect, ...]:
        """Take one event, and look at what somebody in doubt was shown and could do."""
        before = self.conversation
        after, effects = advance(before, event, self.policy)
        assert (wrong := revealed(before, after, effects, event) if not isinstance(event, Moved) else []) == [], wrong
        if isinstance(event, PersonRecognised):
            self.counts["recognised"] += after.new_phone == "recognised" != before.new_phone
        elif isinstance(event, AccountLost):
            self.counts["lost"] += 1
        elif after.new_phone and before.new_phone:
            self.counts["in doubt"] += 1
        elif before.new_phone and not after.new_phone:
            self.counts["begun anew" if after.node == "Q01" else "theirs again"] += 1
        return super().happen(event)


def test_whatever_happens_nobody_in_doubt_is_shown_or_sends_what_is_not_theirs() -> None:
    """Enough of them are in doubt, prove themselves, and begin anew."""
    strangers = NewPhones(seed=3)
    strangers.play(EVENTS)

    assert strangers.counts["in doubt"] > EVENTS / 10, strangers.counts
    assert strangers.counts["theirs again"] > 5, strangers.counts
    assert strangers.counts["recognised"] > 5, strangers.counts
    assert strangers.counts["begun anew"] > 5, strangers.counts
    assert strangers.counts["lost"] > 5, strangers.counts
    assert strangers.nodes >= {"FP1", "FP2", "FP6", "FP6-LINE"}
