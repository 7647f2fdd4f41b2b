"""The identity box is kept until it is no longer needed; its office looks at that every six months (spec 8.4). Pure.

Whether there is a box only the store of sealed bytes knows: somebody may agree to pass on a name and write none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.consents import is_live, minute
from dialogs.gate import Act
from dialogs.limits import DAYS_OF_A_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.conversation import CaseCard, ConsentEvent, Proposal
    from dialogs.policy import Settings

BY_NAME: Final = "NM-NAMED"
DONE: Final = ("returned", "refused", "withdrawn", "lapsed", "closed")
"""States of a proposal that needs nothing any more."""


def review_due(card: CaseCard, settings: Settings) -> datetime:
    """Return when the office has to look next whether it still needs the box of this case, where there is one."""
    return datetime.fromisoformat(_looked_at(card)) + _months(settings)


def may_be_due(cards: Iterable[CaseCard], office: str, settings: Settings, now: datetime) -> list[str]:
    """Return the cases of which this office has to look at the box now, where there is one: a queue is long."""
    before = minute(now - _months(settings))
    return [
        card.case
        for card in cards
        if card.office == office and _looked_at(card) <= before and is_live(card.consents, Act.NAME)
    ]


def needs_name(proposal: Proposal) -> bool:
    """Tell whether the real name would be said under this proposal, and may still be."""
    return proposal.name_mode == BY_NAME and proposal.state not in DONE


def is_gone(cards: tuple[CaseCard, ...], draft: tuple[ConsentEvent, ...]) -> bool:
    """Tell whether offices have erased every name that this person had passed on; `draft`: what they agree to now."""
    with_name = [card for card in cards if is_live(card.consents, Act.NAME)]
    return bool(with_name) and all(card.box_erased for card in with_name) and not is_live(draft, Act.NAME)


def is_left(card: CaseCard, event: ConsentEvent) -> bool:
    """Tell whether anything is left of what was agreed to: the name that an office has erased it cannot give back."""
    return event.id != Act.NAME or not card.box_erased


def _looked_at(card: CaseCard) -> str:
    return card.box_reviewed or card.submitted_at


def _months(settings: Settings) -> timedelta:
    return timedelta(days=settings.identity_review_months * DAYS_OF_A_MONTH)
