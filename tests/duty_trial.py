"""Random desks under a simulated clock: the product beside the model, with a process that is killed again and again.

The product is the real one (Alerting, DutyChat, Delivery) over a store that forgets whatever was not committed. A kill
happens at a random call of the store: before, inside or after a transaction, before or after a message is sent. What
was told is read from the audit log; what was sent, from the other side of the channel.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same desks in every run
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.clock import FixedClock
from dialogs.conversation import CaseCard
from dialogs.duty_book import Swap
from dialogs.escalation import AlertState
from dialogs.policy import Policy
from dialogs.replace import replace
from dialogs.roster import Ladder, Officer, Quiet, Roster, Rung, Shift
from handlers.alerting import Alerting
from handlers.deliver import Delivered, Delivery
from handlers.paging import begin_ladder
from handlers.types import Address, Inbound
from tests.conftest import CountingEntropy
from tests.duty_audit import differences
from tests.duty_model import FOCAL, TICK, Alarm, Model, Said, Slot, Someone, tick
from tests.duty_store import KillableStore, Killed

HOURS = 30
MOST_TRIES = 6
PUSH = "Desk: please open the console. "
STARTS = (
    datetime(2026, 3, 28, 18, tzinfo=UTC),
    datetime(2026, 10, 24, 18, tzinfo=UTC),
    datetime(2026, 7, 3, 18, tzinfo=UTC),
)
"""Over the nights in which the clocks of Europe change, and over one in which they do not."""

ZONES = ("Etc/UTC", "Europe/Zurich", "Africa/Nairobi", "America/New_York", "Asia/Kolkata")
ROLES = (("operator", "OFF-EML"), ("shift-lead", "OFF-EML"), ("on-call", FOCAL), ("deputy", FOCAL))
CARD = CaseCard("", "OFF-EML", "L1", "ST-SUB", "2026-01-01T00:00Z", "en", "signal", "a b", "c d", "hash")


@dataclass
class Counts:
    """What was seen."""

    alerts: int = 0
    told: int = 0
    kills: int = 0
    missed: int = 0
    late: int = 0
    after: int = 0
    doubled: int = 0
    unsent: int = 0
    taken: int = 0
    taken_back: int = 0
    said: int = 0
    empty: int = 0
    audited: int = 0  # tellings in which the auditor and the log differ
    again: int = 0  # messages sent a second time, because the process died before that was written down
    lengths: int = 0  # different lengths of alert texts

    def plus(self, other: Counts) -> Counts:
        """Return both together."""
        together = {name: value + getattr(other, name) for name, value in vars(self).items()}
        return Counts(**{**together, "lengths": max(self.lengths, other.lengths)})

    def faults(self) -> dict[str, int]:
        """Return what should not be, where it is."""
        bad = ("missed", "late", "after", "doubled", "unsent", "audited")
        return {name: value for name in bad if (value := getattr(self, name))}


def random_desk(chance: random.Random) -> tuple[Roster, Model]:
    """Draw people, shifts with gaps, swaps and quiet hours, as the product's roster and as the model's."""
    people: dict[str, Officer] = {}
    someone: dict[str, Someone] = {}
    slots: list[Slot] = []
    for role, office in ROLES:
        names = [f"{role}{number}" for number in range(chance.randrange(4 if role == "operator" else 3))]
        for name in names:
            quiet = (22 * 60, 7 * 60) if chance.random() < 0.2 else None
            accounts = (("signal", f"aci-{name}"), ("signal", f"aci2-{name}"))
            people[name] = Officer(name, office, (role,), accounts, quiet=Quiet(*quiet, "Etc/UTC") if quiet else None)
            someone[name] = Someone(office, (role,), quiet)
        for _ in range(chance.randrange(1, 3) if names else 0):
            begins = chance.choice((0, 6, 8, 14, 20, 22)) * 60
            hours = chance.choice((8, 10, 12, 24))
            days = tuple(range(7)) if chance.random() < 0.7 else (0, 2, 4, 5)
            who = tuple(chance.sample(names, chance.randrange(1, len(names) + 1)))
            not_on = (date(2026, 3, 29),) if chance.random() < 0.1 else ()
            slots.append(Slot(office, role, who, days, begins, begins + hours * 60, chance.choice(ZONES), not_on))
    operators = [name for name in people if name.startswith("operator")]
    swaps = []
    if len(operators) > 1 and chance.random() < 0.5:
        out, into = chance.sample(operators, 2)
        swaps = [(chance.choice(("2026-03-28", "2026-10-25", "2026-07-04")), out, into)]
    ladders = {
        "L1": (((0, "operator", False), (10, "operator", False), (20, "shift-lead", False), (30, "on-call", True),
                (60, "deputy", True)), 2),
        "L2": (((0, "operator", False), (60, "shift-lead", False), (120, "on-call", True)), 30),
        "L3": (((60, "operator", False), (240, "shift-lead", False)), 240),
    }  # fmt: skip
    shifts = tuple(
        Shift(s.office, s.role, s.people, s.weekdays, s.begins, s.ends, s.zone, frozenset(s.not_on)) for s in slots
    )
    product = {
        level: Ladder(tuple(Rung(*rung) for rung in rungs), repeat) for level, (rungs, repeat) in ladders.items()
    }
    roster = Roster(people, shifts, tuple(Swap(*swap) for swap in swaps), product)
    return roster, Model(someone, slots, swaps, ladders)


@dataclass(frozen=True)
class Step:
    """One thing that happens: raise, ack, busy, off, on, hand (over)."""

    at: float
    kind: str
    name: str
    level: str = ""
    wide: bool = False
    other: str = ""
    tries: int = 0


def script(chance: random.Random, roster: Roster, start: float, alerts: int) -> list[Step]:
    """Draw what happens in the next day and a half."""
    steps = []
    for number in range(alerts):
        raised = start + chance.randrange(HOURS * 3600)
        level = chance.choices(("L1", "L2", "L3"), (5, 4, 1))[0]
        steps.append(Step(raised, "raise", f"AL-{number}", level, chance.random() < 0.6))
        wait = chance.expovariate(1 / 300) + 1 if chance.random() < 0.93 else chance.uniform(900, 4000)
        steps.append(Step(tick(raised + wait), "ack", f"AL-{number}"))
        if chance.random() < 0.15:
            steps.append(Step(tick(raised + chance.uniform(1, wait)), "busy", f"AL-{number}"))
    for _ in range(8 if roster.people else 0):
        who = chance.choice(sorted(roster.people))
        same = [p for p in roster.people if p != who and roster.people[p].roles == roster.people[who].roles]
        kind = chance.choice(("off", "on", "hand")) if same else chance.choice(("off", "on"))
        other = chance.choice(same) if kind == "hand" else ""
        steps.append(Step(tick(start + chance.randrange(HOURS * 3600)), kind, who, other=other))
    return sorted(steps, key=lambda step: (step.at, step.kind, step.name))


class Trial:
    """One desk, its alerts, and the product beside the model."""

    def __init__(self, policy: Policy, seed: int, alerts: int, kills: int) -> None:
        """Draw the desk; about so many kills happen."""
        self.seed = seed
        chance = self.chance = random.Random(seed)  # noqa: S311 - seeded, no secret
        roster, self.model = random_desk(chance)
        self.policy = replace(policy, roster=roster)
        self.start = STARTS[seed % len(STARTS)].timestamp()
        self.steps = script(chance, roster, self.start, alerts)
        calls = max(1, alerts * 60 // max(1, kills))
        self.kills = random.Random(seed + 1)  # noqa: S311 - seeded, no secret
        self.store = KillableStore(lambda: self.kills.randrange(1, 2 * calls) if kills else -1)
        self.clock = FixedClock(datetime.fromtimestamp(self.start, UTC))
        self.entropy = CountingEntropy()
        self.counts = Counts(alerts=alerts)
        self.sent: list[tuple[float, str]] = []
        self.messages = 0
        self.empty = 0
        self.began()

    def began(self) -> None:
        """Start a process: nothing of the last one is left but the store."""
        self.alerting = Alerting(self.store, self.policy, self.clock, self.entropy)  # type: ignore[arg-type]  # only the ports alerts need
        self.delivery = Delivery(self.store, self.clock, "signal")  # type: ignore[arg-type]  # as above

    def surviving(self, action: Any) -> Any:  # noqa: ANN401 - any function without arguments
        """Do something in a process; when it dies, do it again in the next one, in the same second."""
        while True:
            try:
                return action()
            except Killed:
                self.counts.kills += 1
                self.began()
                self._retry(self.delivery.resume)

    def _retry(self, action: Any) -> None:  # noqa: ANN401 - as above
        while True:
            try:
                action()
            except Killed:
                self.counts.kills += 1
                continue
            return

    def play(self) -> Counts:
        """Play everything to its end; return what was counted."""
        end = self.start + HOURS * 3600 + 7200
        boundaries = self.model.changes(self.start, end)
        steps = self.steps
        now = self.start
        while now <= end:
            self.clock.at = datetime.fromtimestamp(now, UTC)
            self.model.known.clear()
            if now % TICK == 0:
                self._tick(now)
            happened = bool(steps) and steps[0].at <= now
            while steps and steps[0].at <= now:
                step = steps.pop(0)
                self._happen(step, now)
                if step.kind in ("off", "on", "hand"):
                    boundaries = self.model.changes(now, end)
            self._send()
            now = (
                tick(now + 1) if happened and not self._within(steps, now) else self._next(now, steps, boundaries, end)
            )
        return self._judge()

    def _within(self, steps: list[Step], now: float) -> bool:
        """Tell whether something else happens before the next tick."""
        return bool(steps) and steps[0].at < tick(now + 1)

    def _next(self, now: float, steps: list[Step], boundaries: list[float], end: float) -> float:
        """Return the next second at which anything can happen; now and then a tick at which nothing should."""
        moments = [steps[0].at] if steps else [end + TICK]
        moments += [tick(moment) for moment in boundaries if tick(moment) > now][:1]
        moments += [self.model.due(name, now) for name in self.model.open]
        for alert in self.store.data.open.values():
            look = tick(datetime.fromisoformat(alert.next_look).timestamp())
            moments.append(look if look > now else tick(now + 1) if self.chance.random() < 0.2 else end + TICK)
        if self.store.data.open:
            moments.append(tick(now + self.chance.uniform(60, 3600)))
        return min(moments)

    def _tick(self, now: float) -> None:
        for name in list(self.model.open):
            self.model.look(name, now)
        self.surviving(self.alerting.tick)

    def _send(self) -> None:
        """Send what is queued; the process may die after sending and before it is written down: it is sent again."""

        def once() -> bool:
            items = self.delivery.claim()
            for item in items:
                self.sent.append((self.clock.at.timestamp(), item.outgoing.text))
                self.store.step()
            self.delivery.settle([Delivered(item, "sent") for item in items])
            return bool(items)

        while self.store.data.outbox and self.surviving(once):
            continue

    def _happen(self, step: Step, now: float) -> None:
        {"raise": self._raise, "ack": self._ack, "busy": self._busy, "off": self._off, "on": self._on,
         "hand": self._hand}[step.kind](step, now)  # fmt: skip

    def _raise(self, step: Step, now: float) -> None:
        def product() -> None:
            with self.store.transaction() as work:
                if step.name not in work.data.alerts:
                    work.update(replace(CARD, case=step.name))
                    alert = AlertState(
                        step.name, step.name, "OFF-EML", step.level, wide=step.wide,
                        raised_at=self.clock.at.isoformat(),
                    )  # fmt: skip
                    begin_ladder(work, self.policy, alert, self.clock.at, step.name.encode() * 8)  # type: ignore[arg-type]  # as above

        self.surviving(product)
        self.model.raise_alarm(step.name, Alarm("OFF-EML", step.level, step.wide, now))
        self.counts.empty += not self.model.open[step.name].last

    def _write(self, who: str, text: str) -> None:
        """Bring a message of an officer until it is acknowledged, as a channel does."""
        self.messages += 1
        inbound = Inbound(Address("signal", f"aci-{who}"), str(self.messages), text=text)
        self.surviving(lambda: self.alerting.answer(inbound))

    def _ack(self, step: Step, now: float) -> None:
        """Everybody who was told tries, one after the other; the first who is on duty has it."""
        alert = self.store.data.alerts[step.name]
        for page in alert.pages:
            self._write(page.officer, f"ack {page.code}")
        alarm = self.model.open.get(step.name)
        first = next((who for who in alarm.last if self.model.is_there(who, now)), "") if alarm is not None else ""
        owner = self.store.data.alerts[step.name].owner
        assert owner == first, (step, owner, first)
        if first:
            self.counts.taken += 1
            del self.model.open[step.name]
        elif alarm is not None and step.tries < MOST_TRIES:
            self.steps.append(replace(step, at=tick(now + 300), tries=step.tries + 1))
            self.steps.sort(key=lambda step: step.at)
        elif alarm is not None:  # nobody will ever take it: the person takes it back
            self.counts.taken_back += 1
            del self.store.data.cards[step.name]
            alert = replace(self.store.data.alerts[step.name], next_look=self.clock.at.isoformat())
            self.store.data.alerts[step.name] = self.store.data.open[step.name] = alert
            del self.model.open[step.name]

    def _busy(self, step: Step, now: float) -> None:
        """The first who was told and is on duty passes it on."""
        alarm = self.model.open.get(step.name)
        who = next((w for w in alarm.last if self.model.is_there(w, now)), "") if alarm is not None else ""
        page = next((page for page in self.store.data.alerts[step.name].pages if page.officer == who), None)
        if alarm is not None and page is not None:
            self._write(who, f"busy {page.code}")
            alarm.passed.add(who)
            alarm.hurry = True

    def _off(self, step: Step, now: float) -> None:
        """Whoever is on duty may leave where nobody's place is left empty."""
        model, who = self.model, step.name
        self._write(who, "off")
        if not model.is_there(who, now):
            return
        before = {place for place in model.places() if model.on_duty(*place, now)}
        until, on = self._duty_end(who, now), list(model.on)
        model.off.append(Said(who, now, until))
        model.on = [replace(s, until=min(s.until, now)) if s.who == who else s for s in model.on]
        model.known.clear()
        if any(not model.on_duty(*place, now) for place in before):
            model.off.pop()
            model.on = on
            model.known.clear()
        self.counts.said += 1

    def _duty_end(self, who: str, now: float) -> float:
        """Return when the duty somebody is on now ends: the first change after which they sit in fewer places, or said."""
        said = [s.until for s in (*self.model.on, *self.model.handed, *self.model.off)
                if who in (s.who, s.into) and s.since <= now < s.until]  # fmt: skip
        ends = []
        for slot in self.model.slots:
            if not self._sits(slot, who, now):
                continue
            ends.append(next(m for m in self.model.changes(now, now + 3 * 86400) if not self._runs(slot, now, m)))
        return min((*said, *ends), default=now + 12 * 3600)

    def _sits(self, slot: Slot, who: str, now: float) -> bool:
        alone = replace(self.model, slots=[slot], on=[], known={})
        return who in alone.on_duty(slot.office, slot.role, now)

    def _runs(self, slot: Slot, began: float, at: float) -> bool:
        from tests.duty_model import begun

        return begun(slot, began) == begun(slot, at)

    def _on(self, step: Step, now: float) -> None:
        model, who = self.model, step.name
        self._write(who, "on")
        model.off = [said for said in model.off if said.who != who or said.until <= now]
        model.known.clear()
        if not model.is_there(who, now):
            model.on.append(Said(who, now, now + 12 * 3600))
        model.known.clear()
        self.counts.said += 1

    def _hand(self, step: Step, now: float) -> None:
        """Asked and accepted in the same second."""
        model = self.model
        was_there, end = model.is_there(step.name, now), self._duty_end(step.name, now)
        self._write(step.name, f"hand over {step.other}")
        offers = [o for o in self.store.data.book.offers if (o.out, o.into) == (step.name, step.other)]
        assert bool(offers) == was_there
        if not offers:
            return
        self._write(step.other, f"accept {offers[-1].code}")
        back = [h for h in model.handed if (h.who, h.into) == (step.other, step.name) and h.until > now]
        if back:
            model.handed = [replace(h, until=now) if h in back else h for h in model.handed]
        else:
            model.handed.append(Said(step.name, now, end, step.other))
        model.off = [replace(s, until=now) if s.who == step.other and s.until > now else s for s in model.off]
        model.known.clear()
        self.counts.said += 1

    def _judge(self) -> Counts:
        """Compare what the log says with what the model says."""
        log = [entry for entry in self.store.data.log if entry.act == "alert-told"]
        product = [(e.at.timestamp(), e.new.split()[0], e.who) for e in log]
        taken = {e.new.split()[0]: e.at.timestamp() for e in self.store.data.log if e.act == "alert-taken"}
        model = set(self.model.told)
        counts = self.counts
        counts.told = len(product)
        counts.missed = len(model - set(product))
        counts.late = len(set(product) - model)
        counts.doubled = len(product) - len(set(product))
        counts.after = sum(1 for at, name, _who in product if at > taken.get(name, at))
        fresh = random_desk(random.Random(self.seed))[1]  # noqa: S311 - seeded, no secret
        counts.audited = differences(fresh, self.store.data.log, self.start + HOURS * 3600 + 7200)
        alerts = [text for _at, text in self.sent if text.startswith(PUSH)]
        counts.unsent = len(self.store.data.outbox) + max(0, len(product) - len(alerts))
        counts.again = max(0, len(alerts) - len(product))
        counts.lengths = len({len(text.encode()) for text in alerts})
        return counts
