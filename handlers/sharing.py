"""A report goes to another UN office: sealed anew in the officer's page, under the person's consent for that office.

The server cannot open what it stores here. Offices that the person excluded, and those that share leadership with them,
are answered like offices that do not exist (INV-09).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.consents import minute
from dialogs.gate import Granted, Reason, may
from dialogs.keys import usable_recipients
from dialogs.measures import question_of
from dialogs.replace import replace
from dialogs.sharing import HAND, SHARES
from handlers.access import is_shut_out, office_sees
from handlers.errors import NotPermitted, NotYours, Refusal
from handlers.mailing import queue_mail
from handlers.messages import AGE_FILE
from handlers.sink import check
from handlers.types import SealedBlob
from handlers.watching import watch_elsewhere

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard, Proposal
    from dialogs.policy import Office, Policy
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork

MAX_REPORT_BYTES: Final = 2 * 1024 * 1024
"""Of one sealed report: the greatest that the intake makes is padded to less."""

REFERRED: Final = "ST-REF"


class NotASealedReport(Refusal):
    """Only a report that the page sealed to the keys of that office is stored: load the page again."""


def nameable(card: CaseCard, policy: Policy, now: datetime) -> tuple[Office, ...]:
    """Return the offices the person of this case may be asked about: those that can open it and have not got it."""
    return tuple(
        office
        for office in policy.directory.offices.values()
        if office.id != card.office
        and usable_recipients(policy.directory, office.id, now)
        and not is_shut_out(office, card, policy)
        and not office_sees(office, card, policy, now)
    )


def agreed(card: CaseCard, policy: Policy, now: datetime) -> tuple[Proposal, ...]:
    """Return the proposals under which the report may be sealed to another office now."""
    return tuple(p for p in card.measures if p.measure in SHARES and isinstance(_asked(card, p, policy, now), Granted))


def share(  # noqa: PLR0913, PLR0917 - what goes where, by whom and when
    work: UnitOfWork, policy: Policy, card: CaseCard, office: str, sealed: bytes, by: Actor, now: datetime,
    entropy: bytes,
) -> CaseCard:  # fmt: skip
    """Store what the page sealed to this office; from now on it sees the case, while the yes counts.

    A case that is handed over waits there for an owner (ST-REF), and the ladder of that office begins. The case card
    must be locked. Raises: NotYours,
    NotASealedReport, NotPermitted (the same for an office that was never asked about, is excluded or unknown).
    """
    if card.owner != by.who:
        raise NotYours
    if not sealed.startswith(AGE_FILE) or len(sealed) > MAX_REPORT_BYTES:
        raise NotASealedReport
    proposal = next((p for p in reversed(card.measures) if p.measure in SHARES and p.recipient == office), None)
    if proposal is None:
        raise NotPermitted(Reason.NEVER_ASKED)
    granted = _asked(card, proposal, policy, now)
    if not isinstance(granted, Granted):
        raise NotPermitted(granted)
    check(work, granted, now, policy)
    work.blobs.put(SealedBlob(card.case, office, "copy", 1, sealed))
    queue_mail(work, policy, granted, "copy", now)
    changed = _shared(card, proposal, now)
    work.cases.update(changed)
    work.audit.record(by.did("share", now, case=card.case, old=proposal.measure, new=office))
    if proposal.measure == HAND:
        watch_elsewhere(work, policy, changed, now, entropy)
    return changed


def _asked(card: CaseCard, proposal: Proposal, policy: Policy, now: datetime) -> Granted | Reason:
    """Ask the gate; a proposal that was carried out, or whose office was shut out since, is none."""
    office = policy.directory.offices.get(proposal.recipient)
    if office is None or is_shut_out(office, card, policy):
        return Reason.NEVER_ASKED
    answer = may(question_of(card, proposal), card, card.consents, now, policy.measures)
    if not isinstance(answer, Granted):
        return answer.reason
    return answer if proposal.state == "consented" else Reason.USED


def _shared(card: CaseCard, proposal: Proposal, now: datetime) -> CaseCard:
    done = replace(proposal, state="closed", started_at=minute(now), content="")
    measures = tuple(done if other.id == done.id else other for other in card.measures)
    changed = replace(card, measures=measures, shared=(*card.shared, proposal.recipient))
    if proposal.measure != HAND:
        return changed
    return replace(
        changed, status=REFERRED, status_at=minute(now), owner="", handing_to="", handed_to=proposal.recipient
    )
