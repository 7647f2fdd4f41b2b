"""Who owns a case, and how urgent it is: every change by a named person, by rule, in the audit log (spec 3.10.1).

These functions work inside the caller's transaction and take the card it has loaded: whether this person may see the
case at all is decided before. They return the changed card, stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.clocks import OVER, Clocks, clocks
from dialogs.consents import minute
from dialogs.contact import may_write
from dialogs.conversation import Lowering
from dialogs.frozen import Frozen
from dialogs.gate import Granted
from dialogs.replace import replace
from handlers.errors import Refusal
from handlers.paging import alerts_of, end_ladder, log
from handlers.reasons import LEVEL, check_reason

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.escalation import AlertState
    from dialogs.policy import Policy
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork

UNOWNED: Final = ("ST-SUB", "ST-DLV", "ST-REF")
OWNING: Final = (
    "duty-officer", "operator", "first-respondent", "focal-point", "on-call", "deputy", "shift-lead", "head",
)  # fmt: skip
"""Roles that own cases (spec 6.1), the one that a person with several is recorded with first."""

LOWERING: Final = ("duty-officer", "first-respondent", "focal-point", "shift-lead")
"""Roles that lower a level. Operators raise."""


class LevelChange(Frozen):
    """What became of a wish to change the level; `pending`: a second person must wish the same."""

    card: CaseCard
    pending: bool = False


class AlreadyOwned(Refusal):
    """Somebody else has taken this case: ask them, or have it handed over."""


class CaseIsOver(Refusal):
    """This case is closed or stopped: nothing about it can be changed now."""


class RoleMayNot(Refusal):
    """Your role may not do this: ask a duty officer, or the shift lead."""


class NoSuchLevel(Refusal):
    """There is no such level: use L1, L2, L3, L4 or L0."""


def own(work: UnitOfWork, policy: Policy, card: CaseCard, by: Actor, now: datetime) -> CaseCard:
    """Make this person the owner: the ladder stops, everybody else who was told hears so.

    Whoever owns it already changes nothing. Raises: AlreadyOwned, CaseIsOver, RoleMayNot.
    """
    acting = by.in_one_of(OWNING)
    if acting is None:
        raise RoleMayNot
    if card.owner == by.who:
        return card
    if card.owner:
        raise AlreadyOwned
    if card.status in OVER:
        raise CaseIsOver
    status = "ST-ACK" if card.status in UNOWNED else card.status
    handed_to = "" if by.office == card.office else card.handed_to
    owned = replace(
        card,
        handed_to=handed_to,
        owner=by.who,
        status=status,
        owned_at=card.owned_at or minute(now),
        status_at=_since(card, status, now),
    )
    work.cases.update(owned)
    for alert in alerts_of(work, card.case):
        end_ladder(work, policy, alert, by.who, now)
    work.audit.record(acting.did("own", now, case=card.case, new=by.who))
    return owned


def change_level(  # noqa: PLR0913, PLR0917 - who changes what to what, why and when
    work: UnitOfWork, policy: Policy, card: CaseCard, level: str, reason: str, by: Actor, now: datetime
) -> LevelChange:
    """Confirm, raise or lower the level.

    Raised or confirmed at once. L2, L3 and L4 are lowered by one person with a reason (RSN-LVL-…); L1 by two different
    people with a reason each: the first wish is recorded, the second of the same level carries it out. Raises:
    CaseIsOver, NoSuchLevel, RoleMayNot, ReasonNeeded.
    """
    order = policy.triage.levels
    if level not in order:
        raise NoSuchLevel
    if card.status in OVER:
        raise CaseIsOver
    lowers = order.index(level) > order.index(card.level)
    acting = by.in_one_of(LOWERING if lowers else (*OWNING, *LOWERING))
    if acting is None:
        raise RoleMayNot
    if lowers or reason:
        check_reason(policy, LEVEL, reason)
    entry = acting.did("level", now, case=card.case, old=card.level, new=level, reason=reason)
    if lowers and card.level == order[0] and not _seconds(card.lowering, level, by):
        wished = replace(card, lowering=Lowering(level, by.who, minute(now), reason))
        work.cases.update(wished)
        work.audit.record(replace(entry, act="level-wish"))
        return LevelChange(wished, pending=True)
    changed = _with_level(card, level, now)
    work.cases.update(changed)
    work.audit.record(entry)
    for alert in alerts_of(work, card.case) if level != card.level else ():
        _new_ladder(work, replace(alert, level=level), now, by)
    return LevelChange(changed)


def _new_ladder(work: UnitOfWork, alert: AlertState, now: datetime, by: Actor) -> None:
    """Climb the ladder of the new level from its first step on, as if the alert had been raised now."""
    at = now.isoformat()
    work.alerts.save(replace(alert, step=0, raised_at=at, next_look=at))
    log(work, alert, "level", now, who=by.who, office=by.office)


def _seconds(wish: Lowering | None, level: str, by: Actor) -> bool:
    return wish is not None and wish.level == level and wish.by != by.who


def _with_level(card: CaseCard, level: str, now: datetime) -> CaseCard:
    at = minute(now)
    status = "ST-TRI" if card.status == "ST-ACK" else card.status
    level_at = card.level_at if level == card.level else at
    return replace(
        card, level=level, status=status, level_at=level_at, reviewed_at=at, lowering=None,
        status_at=_since(card, status, now),
    )  # fmt: skip


def _since(card: CaseCard, status: str, now: datetime) -> str:
    return card.status_at if status == card.status else minute(now)


def clocks_of(card: CaseCard, policy: Policy, now: datetime) -> Clocks:
    """Return what is due in a case, by the hours of the office that has it."""
    contactable = isinstance(may_write(card, policy, now), Granted)
    return clocks(card, policy.directory.offices[card.office], policy.triage, contactable=contactable)
