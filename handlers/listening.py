"""Who else works on a case: what its person writes goes to that office, as well as to the one of the report.

The person was told that each message is locked for the officer. At night that is somebody of the duty desk, after a
hand-over somebody of another office; whoever only has a copy is sent nothing more. What the officer writes is kept for
the same offices, so that whoever goes on with a case reads both sides of the talk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.cases import own_words
from dialogs.gate import Granted, may
from dialogs.keys import usable_recipients
from dialogs.replace import replace
from handlers.access import DUTY_DESK, office_sees, reading

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Office, Policy
    from handlers.ports import UnitOfWork

COPY: Final = "copy"
MESSAGE, SAID = "message", "said"
"""Purposes of sealed bytes of the talk: what the person wrote, and what an officer wrote to them."""


def listeners(work: UnitOfWork, policy: Policy, card: CaseCard, now: datetime) -> tuple[Granted, ...]:
    """Return a permission for each office beside the first whose officers read what the person writes now.

    That of the owner; while nobody owns the case, the duty desk that was told of it, and the office it was handed to.
    An office without keys is left out: the first office has the words in any case.
    """
    asked = (
        may(reading(office, card), card, card.consents, now, policy.measures)
        for office in policy.directory.offices.values()
        if office.id != card.office and _works_on(work, policy, card, office) and office_sees(office, card, policy, now)
    )
    granted = (answer for answer in asked if isinstance(answer, Granted))
    return tuple(one for one in granted if usable_recipients(policy.directory, one.question.recipient, now))


def readers_beside(work: UnitOfWork, policy: Policy, card: CaseCard, office: str, now: datetime) -> tuple[Granted, ...]:
    """Return a permission for each other office that reads what an officer of this office writes to the person.

    Those are the offices that would read the person's answer. One without keys is left out: nothing is sealed to it.
    """
    first = may(own_words(card), card, card.consents, now, policy.measures)
    reading_now = (first, *listeners(work, policy, card, now))
    granted = (answer for answer in reading_now if isinstance(answer, Granted) and answer.question.recipient != office)
    return tuple(one for one in granted if usable_recipients(policy.directory, one.question.recipient, now))


def without_who_lost_sight(work: UnitOfWork, policy: Policy, card: CaseCard, now: datetime) -> CaseCard:
    """Return the card; it is nobody's where the person took back what its owner's office saw it by."""
    office = policy.directory.offices.get(_office_of(work, policy, card.owner))
    if office is None or office_sees(office, card, policy, now):
        return card
    return replace(card, owner="", handing_to="")


def erase_copy(work: UnitOfWork, case: str, office: str, purpose: str = COPY) -> None:
    """Erase what an office was given, and with the copy of another's case the talk it read, both sides of it."""
    work.blobs.erase(case, office, purpose)
    card = work.cases.get(case)
    if purpose == COPY and card is not None and card.office != office:
        for side in (MESSAGE, SAID):
            work.blobs.erase(case, office, side)


def _works_on(work: UnitOfWork, policy: Policy, card: CaseCard, office: Office) -> bool:
    if not card.owner:
        return office.role == DUTY_DESK or office.id == card.handed_to
    return _office_of(work, policy, card.owner) == office.id


def _office_of(work: UnitOfWork, policy: Policy, owner: str) -> str:
    """Return the office of an owner, who has an account or took the case by a word in the chat; "" where neither is."""
    account = work.accounts.get(owner) if owner else None
    if account is not None:
        return account.office
    person = policy.roster.people.get(owner)
    return person.office if person is not None else ""
