"""Time passes over cases: what ran out, or lost what it rested on, becomes an event of the ledger.

A closed case goes with a timer of its conversation (dialogs/retention.py); one that nothing leads back to goes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.frozen import Frozen
from dialogs.retention import is_over
from handlers.proposing import ENTROPY_BYTES, lapse_now
from handlers.talking import locked_card

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dialogs.policy import Policy
    from handlers.ports import Clock, Entropy, Store, UnitOfWork

BATCH: Final = 100
"""Cases looked at in one transaction: nobody who writes meanwhile waits for more than these."""


class Lapsing(Frozen):
    """Looks through the cases; the gate refuses what ran out without waiting for this."""

    store: Store
    policy: Policy
    clock: Clock
    entropy: Entropy

    def batches(self) -> Iterator[tuple[str, ...]]:
        """Yield the ids of all cases, a batch at a time."""
        with self.store.transaction() as work:
            ids = work.cases.ids()
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]

    def look(self, cases: Sequence[str]) -> int:
        """Write down, in one transaction, what does not count any more in these cases; return how many yeses.

        Closed cases that may not be kept any more, and that no conversation leads to, are erased.
        """
        ended, erased = 0, False
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            for case in cases:
                card = work.cases.get(case)
                if card is None:
                    continue
                if is_over(card, self.policy.settings, now) and _alone(work, case):
                    work.cases.erase(case)
                    erased = True
                    continue
                ended += len(lapse_now(work, card, now, chance).consents) - len(card.consents)
        if erased:
            self.store.finish_erasure()
        return ended


def _alone(work: UnitOfWork, case: str) -> bool:
    """Tell whether nothing leads from a person to this case any more."""
    _card, _address, loaded = locked_card(work, case)
    return loaded is None
