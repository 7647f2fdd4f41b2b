"""The shift report: what a desk did in the last hours, as numbers alone (spec 6.9). Pure.

Counted is what is stored anyway: cards with their consents, the audit log, threads. No case, person or word is in it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from dialogs.clocks import OVER
from dialogs.consents import minute
from dialogs.frozen import Frozen
from dialogs.levels import LEVELS
from dialogs.roster import URGENT, is_on_duty
from dialogs.targets import due

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from dialogs.roster import Roster

NOT_TAKEN, PASSED_ON = "ESC-TIME", "ESC-PASS"
"""Why somebody more was told of an alert: nobody had taken it so far, or an officer said that they cannot."""

IMPOSTOR: Final = "FLG-IMP"
OUT_OF_SCOPE: Final = "CL-OOS"
_HOLD, _TAKEN_BACK, _CLOSED = "ST-HOLD", "ST-WDR", "ST-CLO"


class Logged(Protocol):
    """What is read of one entry of the audit log: the fields of `handlers.types.AuditEntry`."""

    @property
    def at(self) -> datetime:
        """Return when."""
        ...

    @property
    def who(self) -> str:
        """Return who did it, or was told."""
        ...

    @property
    def office(self) -> str:
        """Return for which office."""
        ...

    @property
    def act(self) -> str:
        """Return what was done, a code."""
        ...

    @property
    def case(self) -> str:
        """Return the case, or ""."""
        ...

    @property
    def old(self) -> str:
        """Return what it was before."""
        ...

    @property
    def new(self) -> str:
        """Return what it is now."""
        ...

    @property
    def reason(self) -> str:
        """Return why, a code."""
        ...


class Received(Frozen):
    """Reports and alerts that came in at one level: how many, owned within its target, and not."""

    level: str
    count: int
    in_time: int
    late: int  # what is in neither has time left, needs no owner, or has no target


class Contacts(Frozen):
    """Cases an officer wrote in: something went out, nothing did and nothing will, or all of it waits still."""

    made: int = 0
    failed: int = 0
    waiting: int = 0


class Asked(Frozen):
    """Questions officers put to people, and their answers; an answer may belong to a question of an earlier shift."""

    asked: int
    given: int
    refused: int


class Faults(Frozen):
    """What does not get through, as it stands at the end: people, reports by mail, messages that were given up."""

    unreachable: int
    mail_refused: int
    dead_letters: int


class Following(Frozen):
    """What the next shift finds: urgent cases without an owner or with something overdue, and contacts agreed."""

    unowned: int
    late: int
    contacts: int


class ShiftReport(Frozen):
    """All of it, for one office. What cannot be told from what is stored is not in it."""

    since: str
    until: str
    office: str
    on_duty: int | None  # at the end; None: nobody of the office is in the roster
    received: tuple[Received, ...]
    escalations: dict[str, int]
    open_urgent: dict[str, int]
    contacts: Contacts
    consents: Asked
    withdrawals: int
    whole_withdrawals: int  # of these: everything was taken back
    holds: int
    identity_doubts: int
    doubts_standing: int
    faults: Faults
    out_of_scope: int
    debriefs: int
    languages_lacking: dict[str, int]
    following: Following


def people_on_duty(roster: Roster, office: str, now: datetime) -> int | None:
    """Return how many officers of an office are on duty; None when the roster knows nobody there."""
    theirs = [officer for officer in roster.people.values() if officer.office == office]
    return sum(is_on_duty(roster, officer, now) for officer in theirs) if theirs else None


def received(
    cards: Iterable[CaseCard], log: Iterable[Logged], policy: Policy, since: datetime, now: datetime
) -> tuple[Received, ...]:  # fmt: skip
    """Return what came in, by the level it came in with: a change since then changes neither level nor target."""
    first: dict[str, str] = {}
    for entry in log:
        if entry.act == "level":
            first.setdefault(entry.case, entry.old)
    came = [(first.get(card.case, card.level), card) for card in cards if card.submitted_at >= minute(since)]
    owned = {level: Counter(_in_time(card, level, policy, now) for at, card in came if at == level) for level in LEVELS}
    return tuple(Received(level, owned[level].total(), owned[level][True], owned[level][False]) for level in LEVELS)


def _in_time(card: CaseCard, level: str, policy: Policy, now: datetime) -> bool | None:
    targets, office = policy.triage.targets.get(level), policy.directory.offices.get(card.office)
    if targets is None or targets.own is None or office is None:
        return None
    until = minute(due(office, targets.own, datetime.fromisoformat(card.submitted_at)))
    if card.owned_at:
        return card.owned_at <= until
    return None if card.status in OVER or until >= minute(now) else False


def escalations(history: Iterable[Logged], office: str, since: datetime) -> Counter[str]:
    """Return how often one more person was told of an alert of this office, by reason, from its whole history."""
    told: dict[str, dict[str, datetime]] = {}
    passed: set[str] = set()
    found: Counter[str] = Counter()
    for entry in history:
        alert = entry.new.partition(" ")[0]
        if entry.act == "alert-raised" and entry.office == office:
            told[alert] = {}
        elif entry.act == "alert-passed":
            passed.add(alert)
        elif entry.act == "alert-told" and alert in told and entry.who not in told[alert]:
            if since <= entry.at > min(told[alert].values(), default=entry.at):
                found[PASSED_ON if alert in passed else NOT_TAKEN] += 1
            passed.discard(alert)
            told[alert][entry.who] = entry.at
    return found


def asked(cards: Iterable[CaseCard], since: datetime) -> Asked:
    """Return what officers asked for; the permissions of the interview come with the report and are not counted."""
    statuses = Counter(
        event.status for card in cards for event in card.consents if event.measure and event.at >= minute(since)
    )
    return Asked(statuses["requested"], statuses["given"] + statuses["renewed"], statuses["refused"])


def withdrawals(cards: Iterable[CaseCard], since: datetime) -> tuple[int, int]:
    """Return in how many cases the person took something back, and in how many of them everything."""
    mine = [
        card
        for card in cards
        if any(event.status == "withdrawn" and event.at >= minute(since) for event in card.consents)
    ]
    return len(mine), sum(card.status == _TAKEN_BACK for card in mine)


def holds(cards: Iterable[CaseCard], log: Iterable[Logged], office: str, since: datetime) -> int:
    """Return how many cases were stopped: by an officer of this office, or by their person and still so."""
    by_officers = {e.case for e in log if (e.act, e.new, e.office) == ("status", _HOLD, office)}
    standing = {card.case for card in cards if card.status == _HOLD and card.status_at >= minute(since)}
    return len(by_officers | standing)


def identity_doubts(cards: Iterable[CaseCard], since: datetime) -> int:
    """Return in how many cases a doubt came up who is writing."""
    return sum(card.doubt == IMPOSTOR and card.doubted_at >= minute(since) for card in cards)


def closed_as_out_of_scope(log: Iterable[Logged], office: str) -> int:
    """Return how many reports an officer of this office answered as out of scope."""
    return sum((e.act, e.new, e.reason, e.office) == ("status", _CLOSED, OUT_OF_SCOPE, office) for e in log)


def open_urgent(cards: Iterable[CaseCard]) -> dict[str, int]:
    """Return how many cases of each urgent level are open, the most urgent first."""
    counted = Counter(card.level for card in cards if card.status not in OVER)
    return {level: counted[level] for level in LEVELS if level in URGENT}


def languages_lacking(cards: Iterable[CaseCard], spoken: Iterable[str]) -> dict[str, int]:
    """Return the languages of open cases that the office does not list as its own, with the number of cases."""
    counted = Counter(card.lang for card in cards if card.status not in OVER)
    return {lang: counted[lang] for lang in sorted(counted.keys() - set(spoken))}


def faults(cards: Iterable[CaseCard], dead: Mapping[str, int]) -> Faults:
    """Return what does not get through. `dead`: messages that were given up, by case."""
    cards = [card for card in cards if card.status not in OVER]
    return Faults(
        sum(card.unreachable for card in cards),
        sum(card.mail == "refused" for card in cards),
        sum(dead.get(card.case, 0) for card in cards),
    )


def following(cards: Iterable[CaseCard], late: frozenset[str], now: datetime, until: datetime) -> Following:
    """Return what waits for the next shift. `late`: cases in which something is overdue."""
    live = [card for card in cards if card.status not in OVER]
    urgent = [card for card in live if card.level in URGENT]
    return Following(
        sum(not card.owner for card in urgent),
        sum(card.case in late for card in urgent),
        sum(minute(now) <= card.next_contact <= minute(until) for card in live),
    )
