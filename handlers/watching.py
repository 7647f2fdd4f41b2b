"""Reports that wait in the office they were sent to: its own ladder, a reminder by mail, and a word to the focal point.

Nothing here leaves the office that received the report but the senior team's share of the ladder, where the person
agreed to it (C-ASG), and constant words that name neither office nor case (spec 5.6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.draws import draw_id
from dialogs.escalation import OPEN, AlertState
from dialogs.replace import replace
from dialogs.roster import on_duty
from dialogs.targets import due
from handlers.access import DUTY_DESK
from handlers.paging import begin_ladder, log, write_to
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from dialogs.roster import Officer, Roster
    from handlers.ports import UnitOfWork

LATER: Final = "later"
"""State of an alert that nobody is told of before its first time has come."""

REMIND_AGAIN: Final = timedelta(days=1)
FOCAL_AFTER: Final = 1
"""After so many reminders by mail the focal point is told that an item is overdue in an office."""


def watch(
    work: UnitOfWork, policy: Policy, card: CaseCard, recipients: frozenset[str], now: datetime, entropy: bytes
) -> None:
    """See to it that somebody of the receiving office owns a report that was just sealed to it.

    `recipients`: the offices that got a copy. With a copy at the duty desk its alert is the one that counts.
    """
    desks = {office.id for office in policy.directory.offices.values() if office.role == DUTY_DESK}
    if not (policy.roster.people or policy.mails) or recipients & desks:
        return
    wide = policy.roster.focal_point in recipients
    alert = AlertState(
        draw_id(entropy, f"watch {card.case}", "AL"), card.case, card.office, card.level, wide=wide,
        raised_at=now.isoformat(),
    )  # fmt: skip
    ladder = policy.roster.ladders.get(card.level)
    if is_staffed(policy, card.office) and ladder is not None:
        first = now + timedelta(minutes=ladder.rungs[0].after)
        if first <= now:
            begin_ladder(work, policy, alert, now, entropy)
            return
    else:
        first = _owned_due(policy, card, now)
    work.alerts.raise_alert(replace(alert, state=LATER, next_look=first.isoformat()))


def watch_elsewhere(work: UnitOfWork, policy: Policy, card: CaseCard, now: datetime, entropy: bytes) -> None:
    """See to it that somebody of the office a case was just handed over to owns it.

    The person said yes to this office: its own ladder climbs, and nobody beyond it is told.
    """
    watch(work, policy, replace(card, office=card.handed_to), frozenset(), now, entropy)


def is_taken_back(policy: Policy, alert: AlertState, card: CaseCard) -> bool:
    """Tell whether an alert is of an office a case was handed over to, and is not with any more."""
    office = policy.directory.offices.get(alert.office)
    emergency = office is not None and office.role == DUTY_DESK
    return not emergency and alert.office not in (card.office, card.handed_to)


def is_staffed(policy: Policy, office: str) -> bool:
    """Tell whether the roster has a shift of this office."""
    return any(shift.office == office for shift in policy.roster.shifts)


def _owned_due(policy: Policy, card: CaseCard, now: datetime) -> datetime:
    target = policy.triage.targets[card.level].own
    return due(policy.directory.offices[card.office], target, now) if target is not None else now + REMIND_AGAIN


def its_time_has_come(
    work: UnitOfWork, policy: Policy, alert: AlertState, roster: Roster, now: datetime
) -> AlertState | None:
    """Return the alert to look at now; None where the office has no shifts and was reminded by mail instead."""
    if alert.state == OPEN:
        return alert
    if is_staffed(policy, alert.office):
        log(work, alert, "raised", now)
        # A level without a ladder borrows one whose times are not its own: somebody is told now.
        return replace(alert, state=OPEN, hurry=alert.level not in policy.roster.ladders)
    _remind(work, policy, alert.office, now)
    if alert.step >= FOCAL_AFTER:
        _tell_focal_point(work, policy, roster, now)
    log(work, alert, "reminded", now)
    again = (now + REMIND_AGAIN).isoformat()
    work.alerts.save(replace(alert, state=LATER, step=alert.step + 1, next_look=again))
    return None


def _remind(work: UnitOfWork, policy: Policy, office: str, now: datetime) -> None:
    mailbox = policy.directory.offices[office].mailbox
    if policy.mails and mailbox:
        text = policy.texts.body("MAIL-REMINDER", "en", {})
        work.outbox.add(Outgoing(Address("mail", mailbox), text, "mail", 0), now)


def _tell_focal_point(work: UnitOfWork, policy: Policy, roster: Roster, now: datetime) -> None:
    """Tell one person of the senior team that something is overdue somewhere, and nothing more."""
    roles = dict.fromkeys(shift.role for shift in roster.shifts if shift.office == roster.focal_point)
    there: list[Officer] = [officer for role in roles for officer in on_duty(roster, roster.focal_point, role, now)]
    for officer in there[:1]:
        write_to(work, policy, officer, policy.texts.body("DUTY-LATE", officer.lang, {}), now, alert=False)
