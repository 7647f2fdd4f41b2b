"""Sealed reports by mail: queued with the report, read when they are sent, held when the person stops everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.gate import STOPPED_STATES
from dialogs.replace import replace
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.gate import Granted
    from dialogs.policy import Policy
    from handlers.ports import Store, UnitOfWork

MAIL_ACT: Final = "sealed"
CHANNEL: Final = "mail"
SEPARATOR: Final = "|"


def queue_mail(work: UnitOfWork, policy: Policy, granted: Granted, purpose: str, now: datetime) -> None:
    """Queue the sealed bytes for the mailbox of the office the gate named; the words are the same for every case."""
    office = policy.directory.offices[granted.question.recipient]
    if not policy.mails or not office.mailbox:
        return
    ref = SEPARATOR.join((granted.question.case, office.id, purpose))
    text = policy.texts.body("MAIL-BODY", "en", {})
    work.outbox.add(Outgoing(Address(CHANNEL, office.mailbox), text, "mail", 0, act=MAIL_ACT, refs=(ref,)), now)


def sealed_for_mail(store: Store, ref: str) -> tuple[bool, bytes | None]:
    """Return whether the case is held now, and the sealed bytes; None: they were taken back and are gone."""
    case, office, purpose = ref.split(SEPARATOR)
    with store.transaction() as work:
        card = work.cases.get(case)
        blobs = [blob for blob in work.blobs.of(case) if (blob.office, blob.purpose) == (office, purpose)]
    if card is None or not blobs or card.status == "ST-WDR":
        return False, None
    return card.status in STOPPED_STATES, blobs[0].sealed


def delivered(work: UnitOfWork, ref: str, *, accepted: bool) -> None:
    """Write on the card what became of the sealed report: the office's server has it, or refused it for good."""
    case, office, purpose = ref.split(SEPARATOR)
    card = work.cases.get(case)
    if card is None or (card.office, purpose) != (office, "report"):
        return
    status = "ST-DLV" if accepted and card.status == "ST-SUB" else card.status
    work.cases.update(replace(card, status=status, mail="accepted" if accepted else "refused"))
