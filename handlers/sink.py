"""Where disclosures meet the database: the gate is asked again, in the transaction that carries the act out.

Between the yes of the gate and the act another message may have taken the consent back. The ledger of this very
transaction decides; a permission that did not come from the gate opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.gate import Granted, may
from handlers.errors import NotPermitted

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.policy import Policy
    from handlers.ports import UnitOfWork


def check(work: UnitOfWork, granted: Granted, now: datetime, policy: Policy) -> None:
    """Return when the ledger permits exactly this now. Raises: NotPermitted; the transaction must be undone then."""
    if type(granted) is not Granted:
        raise NotPermitted
    case = granted.question.case
    again = may(granted.question, work.cases.get(case), work.cases.consents(case), now, policy.measures)
    if not isinstance(again, Granted) or again.record_id != granted.record_id:
        raise NotPermitted
