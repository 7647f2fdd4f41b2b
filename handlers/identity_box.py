"""The office of a case looks whether it still needs the real name: the identity box is kept, or erased (spec 8.4).

These functions work inside the caller's transaction and take the card it has locked; nothing is opened for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.consents import minute
from dialogs.gate import STOPPED_STATES
from dialogs.identity_box import needs_name
from dialogs.replace import replace
from handlers.access import REAL_NAME
from handlers.errors import Refusal
from handlers.reasons import KEEP, check_reason

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork


class NoBox(Refusal):
    """Your office holds no real name of this case: there was none, the person took it back, or it was erased."""


class NameInUse(Refusal):
    """A proposal says the real name: record what came of it first, or say why the name is still needed."""


class StandsStill(Refusal):
    """The case stands still, so nothing of it is erased: wait until it goes on, or say why the name is still needed."""


def keep_box(work: UnitOfWork, policy: Policy, card: CaseCard, reason: str, by: Actor, now: datetime) -> None:
    """Write down why the name is still needed (RSN-BOX-…); it is looked at again in time. Raises: NoBox, ReasonNeeded.

    A case worker of the office that holds the box does this, whoever owns the case: that may be another office by now.
    """
    _check_held(work, card, by)
    check_reason(policy, KEEP, reason)
    work.cases.update(replace(card, box_reviewed=minute(now)))
    work.audit.record(by.did("identity-kept", now, case=card.case, old=card.box_reviewed, reason=reason))


def erase_box(work: UnitOfWork, card: CaseCard, by: Actor, now: datetime) -> None:
    """Erase the box, as no longer needed; the report stays. Raises: NoBox, NameInUse, StandsStill.

    The caller finishes the erasure after the commit. What the person agreed to stays in the ledger as they said it.
    """
    _check_held(work, card, by)
    if card.status in STOPPED_STATES:
        raise StandsStill
    if any(needs_name(proposal) for proposal in card.measures):
        raise NameInUse
    work.blobs.erase(card.case, by.office, REAL_NAME)
    work.cases.update(replace(card, box_erased=minute(now)))
    work.audit.record(by.did("identity-erased", now, case=card.case))


def _check_held(work: UnitOfWork, card: CaseCard, by: Actor) -> None:
    if all(line.purpose != REAL_NAME for line in work.blobs.lines(card.case, by.office)):
        raise NoBox
