"""All case cards, decrypted once and kept in memory, so that a queue of thousands is one query and no decryption.

Everything is read again whose number in the database has changed; what was erased there is gone here at once.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.conversation import CaseCard
    from handlers.ports import UnitOfWork


class CardIndex:
    """The cards of one database. Safe to use from several threads."""

    def __init__(self) -> None:
        self._cards: Mapping[str, CaseCard] = {}
        self._numbers: Mapping[str, int] = {}
        self._lock = Lock()

    def cards(self, work: UnitOfWork) -> Mapping[str, CaseCard]:
        """Return every card as of this transaction, by case."""
        with self._lock:
            numbers = work.cases.revisions()
            if numbers != self._numbers:
                changed = [case for case, number in numbers.items() if self._numbers.get(case) != number]
                fresh = work.cases.cards(changed)
                self._cards = {
                    case: card for case in numbers if (card := fresh.get(case) or self._cards.get(case)) is not None
                }
                self._numbers = numbers
            return self._cards
