"""The shift report of one office (spec 6.9): read from what is stored, counted by `dialogs.shift`, the look logged."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs import shift
from dialogs.clocks import OVER
from dialogs.consents import minute
from dialogs.frozen import Frozen
from dialogs.roster import URGENT
from handlers.message_ports import REFUSED, SENT
from handlers.paging import roster_now
from handlers.triage_state import clocks_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.actor import Actor
    from handlers.ports import UnitOfWork
    from handlers.types import AuditEntry

LOOKED: Final = "shift-report"
DEBRIEFED: Final = "debrief"
PAGE: Final = 200


class Span(Frozen):
    """The hours that are counted, from a full minute to now."""

    since: datetime
    now: datetime

    @classmethod
    def of(cls, now: datetime, hours: int) -> Span:
        """Return the last hours."""
        return cls((now - timedelta(hours=hours)).replace(second=0, microsecond=0), now)

    @property
    def next_end(self) -> datetime:
        """Return when as many hours are over again."""
        return self.now + (self.now - self.since)


def report(
    work: UnitOfWork, policy: Policy, by: Actor, cards: Sequence[CaseCard], span: Span
) -> shift.ShiftReport:  # fmt: skip
    """Count for the office of whoever asks; `cards`: the cases that exist for it now.

    That they looked is logged, once in the hours they looked at. What was erased is counted nowhere.
    """
    mine = {card.case for card in cards}
    every = entries_since(work, span.since)
    log = [entry for entry in every if entry.case in mine]
    some, whole = shift.withdrawals(cards, span.since)
    counted = shift.ShiftReport(
        since=minute(span.since), until=minute(span.now), office=by.office,
        on_duty=shift.people_on_duty(roster_now(work, policy), by.office, span.now),
        received=shift.received(cards, log, policy, span.since, span.now),
        escalations=_escalations(work, log, by.office, span.since),
        open_urgent=shift.open_urgent(cards),
        contacts=_contacts(work, log, by.office, span.since),
        consents=shift.asked(cards, span.since),
        withdrawals=some, whole_withdrawals=whole,
        holds=shift.holds(cards, log, by.office, span.since),
        identity_doubts=shift.identity_doubts(cards, span.since),
        doubts_standing=sum(card.identity_doubt for card in cards if card.status not in OVER),
        faults=shift.faults(cards, work.outbox.dead_by_case()),
        out_of_scope=shift.closed_as_out_of_scope(log, by.office),
        debriefs=sum((entry.act, entry.office) == (DEBRIEFED, by.office) for entry in every),
        languages_lacking=shift.languages_lacking(cards, _spoken(policy, by.office)),
        following=shift.following(cards, _late(cards, policy, span.now), span.now, span.next_end),
    )  # fmt: skip
    # Last: officers lock the duty book before the log, and two that take these in turn would wait for each other.
    if not any((entry.who, entry.act) == (by.who, LOOKED) for entry in every):
        work.audit.record(by.did(LOOKED, span.now))
    return counted


def debriefed(work: UnitOfWork, by: Actor, now: datetime) -> None:
    """Write down that a debrief was held: by whom it was recorded, never who needed it or after which case."""
    work.audit.record(by.did(DEBRIEFED, now))


def entries_since(work: UnitOfWork, since: datetime) -> list[AuditEntry]:
    """Return the audit log from this time on, the oldest first; what was erased with its case is missing."""
    found: list[AuditEntry] = []
    before = 0
    while page := work.audit.latest(before, PAGE):
        times = [recorded.entry.at for recorded in page if recorded.entry is not None]
        found += [one.entry for one in page if one.entry is not None and one.entry.at >= since]
        if times and max(times) < since:  # processes write side by side: one older entry ends nothing
            break
        before = page[-1].number
    return found[::-1]


def _escalations(work: UnitOfWork, log: Sequence[AuditEntry], office: str, since: datetime) -> dict[str, int]:
    """Count in the whole history of each case with an alert in these hours: who was told first may be long ago."""
    found = Counter({shift.NOT_TAKEN: 0, shift.PASSED_ON: 0})
    for case in dict.fromkeys(entry.case for entry in log if entry.act == "alert-told"):
        found.update(shift.escalations(work.audit.of(case), office, since))
    return dict(found)


def _contacts(work: UnitOfWork, log: Sequence[AuditEntry], office: str, since: datetime) -> shift.Contacts:
    """Count the cases that officers of this office wrote in, by what became of what they wrote."""
    writers: dict[str, set[str]] = {}
    for entry in log:
        if (entry.act, entry.office) == ("write", office):
            writers.setdefault(entry.case, set()).add(entry.who)
    found: Counter[str] = Counter()
    for case, people in writers.items():
        states = {one.state for one in work.messages.of(case) if one.by in people and one.at >= since}
        found[SENT if SENT in states else REFUSED if states == {REFUSED} else "waiting"] += 1
    return shift.Contacts(found[SENT], found[REFUSED], found["waiting"])


def _spoken(policy: Policy, name: str) -> tuple[str, ...]:
    """Return the languages of an office; one that left the directory has no cases either."""
    office = policy.directory.offices.get(name)
    return office.languages if office is not None else ()


def _late(cards: Sequence[CaseCard], policy: Policy, now: datetime) -> frozenset[str]:
    known = policy.directory.offices  # the office of a case may have left it
    urgent = (card for card in cards if card.level in URGENT and card.office in known)
    return frozenset(card.case for card in urgent if clocks_of(card, policy, now).late(now))
