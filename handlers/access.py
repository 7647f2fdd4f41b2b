"""Which cases an account sees, and how much of them. Pure.

The office decides whether a case exists for somebody: the office it was sent to, or one that the gate grants a copy to
now. Excluded offices never (INV-09). The roles then decide how much of it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from dialogs.cases import own_words
from dialogs.consents import is_live
from dialogs.facts import LIVE
from dialogs.gate import Act, Granted, Question, may
from dialogs.sharing import reading_a_share
from handlers.accounts import ACTIVE, Role
from handlers.errors import NoSuchCase

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Office, Policy
    from handlers.accounts import Account
    from handlers.actor import Actor


class Sight(IntEnum):
    """How much of a case somebody sees; more includes less."""

    NOTHING = 0
    CONSENTS = 1  # the line, and what was agreed
    LINE = 2  # level, clocks, flags, owner
    CONTENT = 3  # all the server knows, and the sealed bytes


OFFICERS: Final = (Role.OPERATOR, Role.DUTY_OFFICER, Role.FIRST_RESPONDENT, Role.FOCAL_POINT)
CASE_WORKERS: Final = (Role.DUTY_OFFICER, Role.FIRST_RESPONDENT, Role.FOCAL_POINT)
URGENT: Final = ("L1", "L2")
ALERTED: Final = "C-EMER"
READ_BY_LINE: Final = (ALERTED, "report")
REPORT, FILE, REAL_NAME = "report", "file", "identity"
OF_THE_REPORT: Final = (REPORT, "copy", FILE, REAL_NAME)
"""Purposes of sealed bytes that are the report, or a part of it."""

SENIOR, ALTERNATE, DUTY_DESK = "asg", "alternate", "duty-desk"
"""Roles of offices in the directory that may be sent a copy."""


def sight(account: Account, card: CaseCard | None, policy: Policy, now: datetime) -> Sight:
    """Return how much of a case this account sees now; a case that is gone is nothing."""
    office = policy.directory.offices.get(account.office)
    if card is None or office is None or not office_sees(office, card, policy, now):
        return Sight.NOTHING
    return role_sees(account, card)


def role_sees(account: Account, card: CaseCard) -> Sight:
    """Return how much an account sees of a case that exists for its office."""
    if account.state != ACTIVE:
        return Sight.NOTHING
    if account.has(*CASE_WORKERS) or (account.has(Role.OPERATOR) and _of_the_line(account, card)):
        return Sight.CONTENT
    if account.has(Role.SHIFT_LEAD):
        return Sight.CONTENT if card.owner == account.id else Sight.LINE
    return Sight.CONSENTS if account.has(Role.CONSENT_STEWARD) else Sight.NOTHING


def opens(account: Account, card: CaseCard, purpose: str) -> bool:
    """Tell whether an account that sees what a case holds may open sealed bytes of this purpose (spec 6.1).

    Operators open the report, its files and the real name only where the person agreed that the emergency line reads
    the report; the talk, the notes and the alert card they need for their work.
    """
    if purpose not in OF_THE_REPORT or not account.has(Role.OPERATOR) or account.has(*CASE_WORKERS):
        return True
    asked = {
        event.recipient: event.status in LIVE for event in card.consents if (event.id, event.scope) == READ_BY_LINE
    }
    return is_live(card.consents, ALERTED) and any(asked.values())


def _of_the_line(account: Account, card: CaseCard) -> bool:
    """Tell whether a case is the emergency line's: urgent, alerted with the person's yes, or this operator's."""
    return card.level in URGENT or is_live(card.consents, ALERTED) or account.id in {card.owner, card.handing_to}


def office_sees(office: Office, card: CaseCard, policy: Policy, now: datetime) -> bool:
    """Tell whether a case exists for an office."""
    if office.id != card.office and all(event.recipient != office.id for event in card.consents):
        return False  # nobody was ever asked about this office: the gate need not be, a queue is long
    if (card.exclude or card.red) and is_shut_out(office, card, policy):
        return False
    if office.id == card.office:
        return True
    asked = _copy(office, card)
    return asked is not None and isinstance(may(asked, card, card.consents, now, policy.measures), Granted)


def check_office(by: Actor, card: CaseCard, policy: Policy, now: datetime) -> None:
    """Check, in the transaction of an act, that the case exists for the office of whoever acts. Raises: NoSuchCase.

    Since they were let in the person may have shut that office out, or taken back what it saw the case by.
    """
    office = policy.directory.offices.get(by.office)
    if office is None or not office_sees(office, card, policy, now):
        raise NoSuchCase


def reading(office: Office, card: CaseCard) -> Question:
    """Return what the gate is asked before this office reads what was sealed to it."""
    copy = _copy(office, card)
    return own_words(card) if office.id == card.office or copy is None else copy


def _copy(office: Office, card: CaseCard) -> Question | None:
    shared = reading_a_share(card, office.id)
    if shared is not None:
        return shared
    if office.role in (SENIOR, ALTERNATE):
        return Question(Act.SENIOR, card.case, recipient=office.id)
    if office.role == DUTY_DESK:
        return Question(Act.ALERT, card.case, recipient=office.id, scope="report")
    return None


def is_shut_out(office: Office, card: CaseCard, policy: Policy) -> bool:
    """Tell whether the person shut this office out. The card does not say which country, so a local office is out."""
    named = {code.removeprefix("EXC-OFF:") for code in card.exclude if code.startswith("EXC-OFF:")}
    if office.id in named:
        return True
    first = policy.directory.offices.get(card.office)
    if office.role == SENIOR and first is not None and first.role == ALTERNATE:
        return True  # the alternate has a case only where the senior focal point is excluded or implicated
    groups = {policy.directory.offices[name].coi_group for name in named if name in policy.directory.offices}
    if office.coi_group and office.coi_group in groups:
        return True
    if office.id == card.office:  # routing has asked all of this with the country known
        return False
    if "EXC-NATSTAFF" in card.exclude and not office.international_only:
        return True
    return ("EXC-LOCAL" in card.exclude or "RED-LOCAL" in card.red) and office.country is not None
