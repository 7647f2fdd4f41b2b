"""Seeded strangers whose phones change at any moment: what is set aside is nobody's until the right words come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.effects import Forget, LoseAddress, OfferMove, Say, SealReport, TellOpened, UpdateCase
from dialogs.engine import advance
from dialogs.events import AccountLost, KeyChanged, Moved, PersonRecognised
from tests.people import Stranger

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, Conversation
    from dialogs.effects import Effect
    from dialogs.events import Event

EVENTS = 12_000
FAST = ("FP1", "FP2", "FP3", "FP4", "FP6", "FP6-LINE", "T-FP-NO", "T-ARE-YOU-THERE")
SAYS = (*FAST, "START", "HIDDEN", "TALK", "T-WITHDRAW-ASK", "T-WITHDRAW")
"""Where somebody may be whom nobody knows yet; the last two after words in a talk about an alert of their own."""


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
        if isinstance(event, PersonRecognised):
            self._is_silent(before, after, effects)
        elif isinstance(event, AccountLost):
            self._is_nobodys(event.cases, before, after, effects)
        elif after.new_phone and before.new_phone and not isinstance(event, Moved):
            self.counts["in doubt"] += 1
            self._judge(before, after, effects)
        elif before.new_phone and not after.new_phone:
            self.counts["begun anew" if after.node == "Q01" else "theirs again"] += 1
        return super().happen(event)

    def _is_silent(self, before: Conversation, after: Conversation, effects: tuple[Effect, ...]) -> None:
        """Whoever is recognised is shown nothing, and gets nothing before they write."""
        assert not [effect for effect in effects if not isinstance(effect, UpdateCase)]
        assert (after.draft, after.kept_draft) == (before.draft, before.kept_draft)
        assert before.node != "HIDDEN" or after.node == "HIDDEN"
        self.counts["recognised"] += after.new_phone == "recognised" != before.new_phone

    def _is_nobodys(
        self, lost: tuple[str, ...], before: Conversation, after: Conversation, effects: tuple[Effect, ...]
    ) -> None:
        """Nothing is said, nothing stays open, and the account has the case no more, unless its chat is hidden."""
        gone = {effect.case for effect in effects if isinstance(effect, LoseAddress)}
        forgotten = any(isinstance(effect, Forget) for effect in effects)
        assert not any(isinstance(effect, Say) for effect in effects)
        assert gone == (set() if before.node == "HIDDEN" else set(lost))
        assert not gone & {card.case for card in after.cards}
        assert forgotten == (not after.cards)
        assert forgotten or (after.new_phone and after.question is None) or before.new_phone
        self.counts["lost"] += 1

    @staticmethod
    def _judge(before: Conversation, after: Conversation, effects: tuple[Effect, ...]) -> None:
        assert after.kept_draft in (before.kept_draft, None)
        assert not [effect for effect in effects if isinstance(effect, SealReport | OfferMove | TellOpened)]
        assert {effect.node for effect in effects if isinstance(effect, Say)} <= set(SAYS)
        kept = {card.case: card for card in after.cards}
        for card in before.cards:
            if card.identity_doubt and card.case in kept:
                _is_untouched(card, kept[card.case])


def _is_untouched(before: CaseCard, after: CaseCard) -> None:
    """Nothing is agreed to; everything can be stopped."""
    assert (after.consents, after.measures, after.identity_doubt) == (before.consents, before.measures, True)
    assert after.status in (before.status, "ST-HOLD")


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
