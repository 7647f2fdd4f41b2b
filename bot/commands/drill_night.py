"""A night of a drill under a simulated clock: who writes, who is told, who answers, and how soon.

Fast paths (L1) and whole reports (L2 to L4) are played through the real engine. Officers decide at every telling
whether and when they answer; whoever is asked to look without a code, as by a digest, takes what waits in their queue.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same night again, and no secret is drawn from it
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.clock import FixedClock
from bot.practice.persona import Persona
from bot.practice.player import Player
from dialogs.escalation import OPEN
from dialogs.roster import is_on_duty
from dialogs.routing import DUTY_DESK
from handlers.access import office_sees
from handlers.actor import Actor
from handlers.errors import HandlerError
from handlers.paging import roster_now
from handlers.talking import NotSafeNow
from handlers.triage_state import OWNING, clocks_of, own
from handlers.types import Address, Inbound

if TYPE_CHECKING:
    from bot.app import Service
    from dialogs.clocks import Clocks
    from dialogs.conversation import CaseCard
    from dialogs.roster import Officer

TICK: Final = timedelta(seconds=5)
CALENDAR: Final = timedelta(minutes=1)
CALM: Final = timedelta(minutes=5)
"""Time is looked at so often while no alert is open."""

AFTER: Final = timedelta(hours=2)
"""How long after the night an alert may stay open; whoever was not woken by then is asleep."""

AFTER_ALL: Final = timedelta(days=3)
"""How long after the night the desk has to take what is not urgent: over a week-end, too."""

SAYS: Final = ("help me", "1", "0", "0", "1", "1", "DRILL")
"""What a synthetic cooperator writes on the fast path, with the word that marks it inside."""

_REPORT: Final = {
    "Q01": "1", "Q02": "1", "Q03": "3", "Q04": "1", "C-CHAN": "1", "C-START": "2", "Q06-PHRASE": "1", "Q08": "1",
    "Q09": "1", "Q10": "1", "Q12": "2", "Q13": "1", "Q17": "4", "Q18": "torture", "Q18-PICK": "1", "Q19": "3",
    "Q25": "3", "Q26": "Costaluna", "Q29": "3", "Q46": "1", "C-CONT": "1", "T-FREE": "1", "T-LIMITS": "1", "C-FWD": "1",
    "T-CHECK": "1", "Q50": "3", "Q52": "1",
}  # fmt: skip
_KIND: Final = "ENT-TRB"
"""Of the bodies that answer 4 to Q17 lets a person name."""

_THREATENED: Final = ("1", "ACT-THR-DTH")
_REPORTS: Final[tuple[dict[str, tuple[str, ...]], ...]] = (
    {"Q03": ("2",), "T-SOON": ("2",), "C-EMER": ("1",), "Q23": _THREATENED},
    {"Q23": _THREATENED},
    {"Q23": ("8", "ACT-UNA-NGO")},
)
"""What somebody in danger soon (L2), threatened long ago (L3), or kept from registering (L4) answers otherwise."""


@dataclass(frozen=True, slots=True)
class Night:
    """What is played: how many people write in how many hours, and how officers answer."""

    cooperators: int
    hours: float
    answer_minutes: float  # on average, exponentially spread
    asleep: float  # share of tellings that are never answered
    seed: int
    reports: int = 0  # whole reports beside the fast paths: L2, L3 and L4 in turn, for each office in turn


@dataclass(frozen=True, slots=True)
class Score:
    """One case: minutes until somebody was told, owned it and wrote first (None: never), by whom, how many were told.

    `rostered`: the roster has a shift of an office that sees it. `owned_late`, `contact_late`: after the target of its
    level; a contact is due only where the person agreed to it (`contact_due`).
    """

    level: str
    raised_at: str
    rostered: bool
    told_minutes: float | None
    owned_minutes: float | None
    contact_minutes: float | None
    contact_due: bool
    owned_late: bool
    contact_late: bool
    owner: str
    told: int


@dataclass(slots=True)
class _Case:
    """What is noted of one case."""

    level: str
    at: datetime
    due: Clocks
    rostered: bool
    owner: str = ""
    owned_at: datetime | None = None
    contact_at: datetime | None = None


def with_names(directory: dict[str, Any]) -> dict[str, Any]:
    """Return a directory in which every office can be named by whoever reports in a drill (rule RT-11)."""
    named = [{"name": _name_of(office["id"]), "kind": _KIND, "office": office["id"]} for office in directory["offices"]]
    return directory | {"bodies": [*directory.get("bodies", ()), *named]}


def _name_of(office: str) -> str:
    return f"Drill {office}"


class Played:
    """A night under a simulated clock."""

    def __init__(self, service: Service, clock: FixedClock, night: Night) -> None:
        """Take a service that runs in a folder of its own, its clock, and what is played."""
        self.service, self.clock, self.night = service, clock, night
        self.chance = random.Random(night.seed)  # noqa: S311 - seeded, no secret
        self.messages = 0
        self.calendar_at = clock.at
        self.cases: dict[str, _Case] = {}
        self.decided: set[tuple[str, str, int]] = set()
        self.due: list[tuple[datetime, str, str, str]] = []  # when, what (ack, look, begin), who, the code or case

    def play(self) -> list[Score]:
        """Play until everything that can be done is done; return a score for each case, in the order of their time."""
        start, hours = self.clock.at, self.night.hours
        kinds = [*["fast"] * self.night.cooperators, *["report"] * self.night.reports]
        arrivals = sorted((start + timedelta(seconds=self.chance.uniform(0, hours * 3600)), kind) for kind in kinds)
        end = start + timedelta(hours=hours) + AFTER_ALL
        while self.clock.at < end and (arrivals or self._undone()):
            if self._alerts_are_open() and self.clock.at > end - AFTER_ALL + AFTER:
                break
            while arrivals and arrivals[0][0] <= self.clock.at:
                self._somebody_writes(arrivals.pop(0)[1])
            if self.service.alerting.tick():
                self._told()
            self._look_at_the_calendar()
            self._officers_decide()
            self._officers_act()
            self._go_on(arrivals[0][0] if arrivals else end)
        return [self._score(case) for case in self.cases]

    def _look_at_the_calendar(self) -> None:
        """Once a minute, as the service does; whoever is written to by it is asked to look."""
        if self.clock.at < self.calendar_at:
            return
        self.calendar_at = self.clock.at + CALENDAR
        self._told()
        if self.service.alerting.calendar.tick():
            for name in sorted(self._told()):
                self._decide("look", name, "")

    def _undone(self) -> bool:
        return bool(self.due) or any(case.rostered and not case.owner for case in self.cases.values())

    def _go_on(self, arrival: datetime) -> None:
        """Let time pass: to the next tick while an alert is open, else as far as nothing happens."""
        step = TICK if self._alerts_are_open() else CALM
        moments = (self.clock.at + step, arrival, *(when for when, *_what in self.due))
        self.clock.at = max(min(moments), self.clock.at + TICK)

    def _alerts_are_open(self) -> bool:
        with self.service.store.transaction() as work:
            return any(alert.state == OPEN for alert in work.alerts.open_ones())

    def _write(self, channel: str, address: str, text: str) -> Inbound:
        self.messages += 1
        return Inbound(Address(channel, address), f"drill-{self.messages}", text=text)

    def _somebody_writes(self, kind: str) -> None:
        number = len(self.cases) + 1
        if kind == "fast":
            for text in SAYS:
                self.service.reception.receive(self._write("practice", f"drill-{number}", text))
        else:
            before = sum(case.level != "L1" for case in self.cases.values())
            offices, otherwise = self._offices(), _REPORTS[before % len(_REPORTS)]
            answers = {**{node: (text,) for node, text in _REPORT.items()}, **otherwise}
            if offices:
                answers["Q18"] = (_name_of(offices[before // len(_REPORTS) % len(offices)]),)
            persona = Persona(f"drill-{number}", "practice", self.clock.at, answers, frozenset())
            Player(self.service, persona, FixedClock(self.clock.at), number).play()
        with self.service.store.transaction() as work:
            cards = work.cases.cards([case for case in work.cases.ids() if case not in self.cases])
        for card in cards.values():
            due = clocks_of(card, self.service.policy, self.clock.at)
            self.cases[card.case] = _Case(card.level, self.clock.at, due, self._rostered(card))

    def _offices(self) -> tuple[str, ...]:
        """Return the offices of the roster that receive reports: all but the duty desk."""
        known = self.service.policy.directory.offices
        rostered = dict.fromkeys(shift.office for shift in self.service.policy.roster.shifts)
        return tuple(office for office in rostered if office in known and known[office].role != DUTY_DESK)

    def _rostered(self, card: CaseCard) -> bool:
        return any(self._sees(shift.office, card) for shift in self.service.policy.roster.shifts)

    def _sees(self, office_id: str, card: CaseCard) -> bool:
        office = self.service.policy.directory.offices.get(office_id)
        return office is not None and office_sees(office, card, self.service.policy, self.clock.at)

    def _told(self) -> set[str]:
        """Take what waits for officers, as their channels would; return who was written to."""
        people = self.service.policy.roster.people.values()
        names = set()
        for channel in {channel for person in people for channel, _address in person.channels}:
            with self.service.store.transaction() as work:
                for item in work.outbox.claim(self.clock.at, 200, 60, channel):
                    officer = self.service.alerting.officer_of(item.outgoing.address)
                    names.add(officer.id if officer is not None else "")
                    work.outbox.sent(item)
        return names - {""}

    def _decide(self, what: str, who: str, about: str) -> None:
        """Draw whether and when somebody does something."""
        if what == "begin" or self.chance.random() >= self.night.asleep:
            minutes = self.chance.expovariate(1 / self.night.answer_minutes)
            self.due.append((self.clock.at + timedelta(minutes=minutes), what, who, about))

    def _officers_decide(self) -> None:
        """Everybody decides at every telling."""
        with self.service.store.transaction() as work:
            waiting = work.alerts.open_ones()
        for alert in waiting:
            for page in alert.pages:
                if (alert.id, page.officer, page.times) not in self.decided:
                    self.decided.add((alert.id, page.officer, page.times))
                    self._decide("ack", page.officer, page.code)

    def _officers_act(self) -> None:
        """Whoever is due acts now; who became an owner writes to the person next."""
        ready = [entry for entry in self.due if entry[0] <= self.clock.at]
        self.due = [entry for entry in self.due if entry not in ready]
        for _when, what, who, about in ready:
            officer = self.service.policy.roster.people[who]
            if what == "ack":
                channel, address = officer.channels[0]
                self.service.alerting.answer(self._write(channel, address, f"ack {about}"))
            elif what == "look":
                self._take_what_waits(officer)
            else:
                self._begin(officer, about)
        if ready:
            self._note_owners()

    def _take_what_waits(self, officer: Officer) -> None:
        """At the console: whoever is on duty takes every case of their office that nobody owns."""
        policy, now = self.service.policy, self.clock.at
        with self.service.store.transaction() as work:
            if not is_on_duty(roster_now(work, policy), officer, now):
                return
            by = _actor(officer)
            for card in work.cases.cards(work.cases.ids()).values():
                if not card.owner and by.in_one_of(OWNING) and self._sees(officer.office, card):
                    own(work, policy, card, by, now)

    def _note_owners(self) -> None:
        with self.service.store.transaction() as work:
            cards = work.cases.cards([name for name, case in self.cases.items() if not case.owner])
        owners = {person.owner_id: name for name, person in self.service.policy.roster.people.items()}
        for name, card in cards.items():
            if card.owner:
                case = self.cases[name]
                case.owner, case.owned_at = owners[card.owner], self.clock.at
                if case.due.contact_due:
                    self._decide("begin", case.owner, name)

    def _begin(self, officer: Officer, case: str) -> None:
        """Open the talk as an officer does; outside safe times at the next one, and not where it is refused."""
        try:
            self.service.talking.begin(case, actor=_actor(officer))
            self.cases[case].contact_at = self.clock.at
        except NotSafeNow as later:
            self.due.append((later.at, "begin", officer.id, case))
        except HandlerError:
            return

    def _score(self, name: str) -> Score:
        case = self.cases[name]
        with self.service.store.transaction() as work:
            entries = [one.entry for one in work.audit.page(0, 100_000) if one.entry is not None]
        told = [entry for entry in entries if entry.case == name and entry.act == "alert-told"]
        return Score(
            case.level, f"{case.at:%Y-%m-%d %H:%M}", case.rostered, _minutes(case.at, told[0].at if told else None),
            _minutes(case.at, case.owned_at), _minutes(case.at, case.contact_at), bool(case.due.contact_due),
            _late(case.due.owned_due, case.owned_at), _late(case.due.contact_due, case.contact_at), case.owner,
            len({entry.who for entry in told}),
        )  # fmt: skip


def _actor(officer: Officer) -> Actor:
    return Actor(officer.owner_id, next(iter(officer.roles), ""), officer.office, officer.roles)


def _minutes(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since).total_seconds() / 60, 1)


def _late(due: str, done: datetime | None) -> bool:
    """Tell whether something that was due was done too late or never; due times are whole minutes."""
    return bool(due) and (done is None or done.replace(second=0, microsecond=0) > datetime.fromisoformat(due))
