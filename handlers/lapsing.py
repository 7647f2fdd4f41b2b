"""Time passes over consents: what ran out, or lost what it rested on, becomes an event of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.proposing import ENTROPY_BYTES, lapse_now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.ports import Clock, Entropy, Store

BATCH: Final = 100
"""Cases looked at in one transaction: nobody who writes meanwhile waits for more than these."""


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Looks through the cases; the gate refuses what ran out without waiting for this."""

    store: Store
    clock: Clock
    entropy: Entropy

    def batches(self) -> Iterator[tuple[str, ...]]:
        """Yield the ids of all cases, a batch at a time."""
        with self.store.transaction() as work:
            ids = work.cases.ids()
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]

    def look(self, cases: Sequence[str]) -> int:
        """Write down, in one transaction, what does not count any more in these cases; return how many yeses."""
        ended = 0
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            for case in cases:
                card = work.cases.get(case)
                if card is not None:
                    ended += len(lapse_now(work, card, now, chance).consents) - len(card.consents)
        return ended
