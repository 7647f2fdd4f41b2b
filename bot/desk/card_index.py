"""All case cards, decrypted once and kept in memory, so that a queue of thousands is one query and no decryption.

Everything is read again whose number in the database has changed; what was erased there is gone here at once. Which
offices a case exists for is remembered with the card it was decided on, unless a consent of it runs out some day.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from handlers.access import office_sees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Office, Policy
    from handlers.ports import UnitOfWork


class CardIndex:
    """The cards of one database. Safe to use from several threads; to be asked before a transaction changes a card."""

    def __init__(self, policy: Policy) -> None:
        """Take the policy, which says what offices there are."""
        self._policy = policy
        self._cards: Mapping[str, CaseCard] = {}
        self._numbers: Mapping[str, int] = {}
        self._decided: dict[str, dict[str, tuple[CaseCard, bool]]] = {}  # by office and case
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
                for decided in self._decided.values():
                    for case in decided.keys() - numbers.keys():
                        del decided[case]
            return self._cards

    def of_office(self, name: str, cards: Iterable[CaseCard], now: datetime) -> list[CaseCard]:
        """Return those of these cards that exist for an office now."""
        office = self._policy.directory.offices.get(name)
        if office is None:
            return []
        with self._lock:
            decided = self._decided.setdefault(name, {})
            return [card for card in cards if self._exists(office, card, decided, now)]

    def _exists(self, office: Office, card: CaseCard, decided: dict[str, tuple[CaseCard, bool]], now: datetime) -> bool:
        known = decided.get(card.case)
        if known is not None and known[0] is card:
            return known[1]
        seen = office_sees(office, card, self._policy, now)
        # What was erased while somebody still held its card is not remembered again.
        if card.case in self._numbers and all(not event.expires for event in card.consents):
            decided[card.case] = (card, seen)
        return seen
