"""The clocks of a case: what is due when, from its card and the targets of its level. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec.structs import astuple

from dialogs.consents import minute
from dialogs.frozen import Frozen
from dialogs.targets import due

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.policy import Office, Span, TriagePolicy

OVER: Final = frozenset({"ST-HOLD", "ST-WDR", "ST-OOS", "ST-CLO", "ST-ERA"})
"""No clock runs in these states."""

PLANNED: Final = frozenset({"ST-VER", "ST-CON", "ST-MEA", "ST-FUP", "ST-REF"})
"""States that are reached only with a plan."""


class Clocks(Frozen):
    """When each is due, ISO 8601 UTC to the minute; "" when it is done, or nothing is asked."""

    owned_due: str = ""
    contact_due: str = ""
    plan_due: str = ""
    review_due: str = ""

    def late(self, now: datetime) -> bool:
        """Tell whether something is overdue."""
        return any(moment and datetime.fromisoformat(moment) < now for moment in astuple(self))


def clocks(card: CaseCard, office: Office, policy: TriagePolicy, *, contactable: bool) -> Clocks:
    """Return what is due. `contactable`: the person agreed that an officer writes to them.

    Owning, first contact and plan count from the time of sending, or from the change to the present level; the review
    counts from the last one.
    """
    targets = policy.targets.get(card.level)
    if targets is None or card.status in OVER:
        return Clocks()
    start = max(card.submitted_at, card.level_at)
    looked = card.reviewed_at or card.owned_at

    def until(span: Span | None, since: str, *, done: bool) -> str:
        return "" if done or span is None or not since else minute(due(office, span, datetime.fromisoformat(since)))

    return Clocks(
        until(targets.own, start, done=bool(card.owner)),
        until(targets.contact, start, done=bool(card.contacted_at) or not contactable),
        until(targets.plan, start, done=card.status in PLANNED),
        until(targets.review, looked, done=False),
    )
