"""Reports that wait in the office they were sent to: its own ladder, a reminder by mail, and a word to the focal point.

Nothing here leaves the office that received the report but the senior team's share of the ladder, where the person
agreed to it (C-ASG), and constant words that name neither office nor case (spec 5.6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.draws import draw_id
from dialogs.escalation import OPEN, AlertState, Page
from dialogs.replace import replace
from dialogs.roster import URGENT, can_be_told, on_duty
from dialogs.targets import due
from handlers.access import DUTY_DESK
from handlers.paging import alerts_of, begin_ladder, fresh_codes, log, roster_now, tell, write_to
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from dialogs.roster import Officer, Roster
    from handlers.ports import UnitOfWork

LATER: Final = "later"
"""State of an alert that nobody is told of before its first time has come."""

REMIND_AGAIN: Final = timedelta(days=1)
AGAIN_AFTER: Final = timedelta(minutes=10)
"""Nobody is told sooner again of what a person adds, however often they do."""

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


def tell_again(work: UnitOfWork, policy: Policy, card: CaseCard, now: datetime, entropy: bytes) -> None:
    """See to it that somebody looks again at a report that its person added to: the same words, to the same people.

    Words are sealed, so no rule reads them: the level stays until an officer has. Whoever owns the case is told while
    on duty, at any time where it is urgent, else the mailbox of the office. Where nobody does, the ladder goes on, and
    those it had told are told at once; what is not to be told of yet keeps its time.
    """
    waiting = alerts_of(work, card.case)
    if not card.owner:
        for alert in waiting:
            _tell_now(work, policy, alert, now)
    elif not waiting:  # one that waits was raised a moment ago, for the same owner
        _tell_owner(work, policy, card, now, entropy)


def _tell_now(work: UnitOfWork, policy: Policy, alert: AlertState, now: datetime) -> None:
    roster = roster_now(work, policy)
    there = [page for page in alert.pages if not page.passed and _is_there(roster, page.officer, alert.level, now)]
    due_again = [page for page in there if datetime.fromisoformat(page.last_at) + AGAIN_AFTER <= now]
    told = {page.officer: replace(page, times=page.times + 1, last_at=now.isoformat()) for page in due_again}
    louder = replace(alert, pages=tuple(told.get(page.officer, page) for page in alert.pages))
    work.alerts.save(louder)
    tell(work, policy, louder, [roster.people[name] for name in told], now)


def _is_there(roster: Roster, name: str, level: str, now: datetime) -> bool:
    officer = roster.people.get(name)
    return officer is not None and can_be_told(roster, officer, level, now)


def _tell_owner(work: UnitOfWork, policy: Policy, card: CaseCard, now: datetime, entropy: bytes) -> None:
    """Raise an alert for the owner alone; the next look finds that it is theirs. Until then nobody is told again."""
    owner = next((one for one in policy.roster.people.values() if one.owner_id == card.owner), None)
    office = card.handed_to or card.office
    alert = AlertState(
        draw_id(entropy, f"again {card.case}", "AL"), card.case, office, card.level, wide=False,
        raised_at=now.isoformat(), next_look=(now + AGAIN_AFTER).isoformat(),
    )  # fmt: skip
    log(work, alert, "raised", now)
    if owner is None or not (card.level in URGENT or can_be_told(roster_now(work, policy), owner, card.level, now)):
        work.alerts.raise_alert(alert)
        _remind(work, policy, office, now)
        return
    code, *_others = fresh_codes(work, policy, entropy, alert)
    told = replace(alert, pages=(Page(owner.id, code, 1, now.isoformat()),))
    work.alerts.raise_alert(told)
    tell(work, policy, told, [owner], now)


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
