"""A model of roster and ladder, written from docs/alerts.md alone: it imports nothing of dialogs or handlers.

It is told what happened (an alert was raised, somebody passed it on, somebody said they are off) and says who had to be
told when, to the tick of five seconds. Wall-clock times are compared as such, without any arithmetic on time zones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TICK = 5
FOCAL = "OFF-ASG"


@dataclass
class Someone:
    """An officer: office, roles, and quiet hours as (from, to) in minutes of the day, UTC."""

    office: str
    roles: tuple[str, ...]
    quiet: tuple[int, int] | None = None


@dataclass
class Slot:
    """A weekly shift in wall-clock minutes of its zone."""

    office: str
    role: str
    people: tuple[str, ...]
    weekdays: tuple[int, ...]
    begins: int
    ends: int
    zone: str
    not_on: tuple[date, ...] = ()


@dataclass
class Said:
    """Something said in the chat that holds from one second to another. `into`: who stands in."""

    who: str
    since: float
    until: float
    into: str = ""


@dataclass
class Alarm:
    """One open alert: the rungs told so far, and of everybody told when last and whether they passed it on."""

    office: str
    level: str
    wide: bool
    raised: float
    step: int = 0
    last: dict[str, float] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    hurry: bool = False


@dataclass
class Model:
    """The desk as it should be. `ladders`: level -> ((minutes, role, wide) …, minutes between two tellings)."""

    people: dict[str, Someone]
    slots: list[Slot]
    swaps: list[tuple[str, str, str]]
    ladders: dict[str, tuple[tuple[tuple[int, str, bool], ...], int]]
    on: list[Said] = field(default_factory=list)
    off: list[Said] = field(default_factory=list)
    handed: list[Said] = field(default_factory=list)
    open: dict[str, Alarm] = field(default_factory=dict)
    told: list[tuple[float, str, str]] = field(default_factory=list)
    known: dict[float, dict[tuple[str, str], list[str]]] = field(default_factory=dict)

    def on_duty(self, office: str, role: str, at: float) -> list[str]:
        """Return who sits in this place at this second."""
        memory = self.known.setdefault(at, {})
        if (office, role) not in memory:
            memory[office, role] = self._on_duty(office, role, at)
        return memory[office, role]

    def _on_duty(self, office: str, role: str, at: float) -> list[str]:
        found: list[str] = []
        for slot in self.slots:
            if (slot.office, slot.role) == (office, role) and (day := begun(slot, at)) is not None:
                found += [name for planned in slot.people if (name := self._really(planned, day, at))]
        for said in self.on:
            mine = self.people[said.who]
            if said.since <= at < said.until and mine.office == office and role in mine.roles:
                found.append(said.who)
        return list(dict.fromkeys(found))

    def _really(self, planned: str, day: date, at: float) -> str:
        name = next((into for when, out, into in self.swaps if (when, out) == (day.isoformat(), planned)), planned)
        path = [name]
        while True:
            into = [h.into for h in self.handed if h.who == path[-1] and h.since <= at < h.until][:1]
            if not into or into[0] in path:
                break
            path += into
        gone = any(said.who == path[-1] and said.since <= at < said.until for said in self.off)
        return "" if gone or path[-1] not in self.people else path[-1]

    def places(self) -> set[tuple[str, str]]:
        """Return every place somebody can sit in."""
        planned = {(slot.office, slot.role) for slot in self.slots}
        return planned | {(one.office, role) for one in self.people.values() for role in one.roles}

    def is_there(self, name: str, at: float) -> bool:
        """Tell whether somebody sits anywhere."""
        return any(name in self.on_duty(*place, at) for place in self.places())

    def hears(self, name: str, level: str, at: float) -> bool:
        """Tell whether somebody can be told of this level now."""
        quiet = self.people[name].quiet
        if level in ("L3", "L4") and quiet is not None:
            minute = int(at // 60) % 1440
            begins, ends = quiet
            if (begins <= minute < ends) if begins < ends else (minute >= begins or minute < ends):
                return False
        return self.is_there(name, at)

    def changes(self, since: float, until: float) -> list[float]:
        """Return every second in which somebody's duty or quiet hours may begin or end."""
        found: set[float] = set()
        for slot in self.slots:
            first = datetime.fromtimestamp(since, ZoneInfo(slot.zone)).date() - timedelta(days=2)
            for ahead in range(int((until - since) // 86400) + 5):
                day = first + timedelta(days=ahead)
                for minutes in (slot.begins, slot.ends):
                    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - a wall clock
                    found.add(wall.replace(tzinfo=ZoneInfo(slot.zone)).timestamp())
        for one in self.people.values():
            for minutes in one.quiet or ():
                first_day = int(since // 86400) - 1
                found |= {day * 86400 + minutes * 60 for day in range(first_day, int(until // 86400) + 2)}
        found |= {moment for said in (*self.on, *self.off, *self.handed) for moment in (said.since, said.until)}
        return sorted(moment for moment in found if since < moment <= until)

    def raise_alarm(self, name: str, alarm: Alarm) -> None:
        """An alert is raised, and looked at in the same second."""
        self.open[name] = alarm
        self.look(name, alarm.raised)

    def look(self, name: str, at: float) -> None:
        """Tell whoever is due at this second."""
        alarm = self.open[name]
        rungs, repeat = self.ladders[alarm.level]
        listening = [who for who in alarm.last if who not in alarm.passed and self.hears(who, alarm.level, at)]
        finished = alarm.step == len(rungs)
        fresh = self._fresh(alarm, rungs, at, deserted=alarm.step > 0 and not listening)
        left = [who for who in alarm.last if self.hears(who, alarm.level, at)]
        again = listening or (left if alarm.step == len(rungs) and not fresh else [])
        again = [who for who in again if at >= alarm.last[who] + repeat * 60]
        if again and finished and not fresh:
            fresh = self._louder(alarm, rungs[: len(rungs)], at)
        for who in (*fresh, *again):
            self.told.append((at, name, who))
            alarm.last[who] = at
            alarm.passed.discard(who)

    def _fresh(
        self, alarm: Alarm, rungs: tuple[tuple[int, str, bool], ...], at: float, *, deserted: bool
    ) -> list[str]:  # fmt: skip
        fresh = self._louder(alarm, rungs[: alarm.step], at) if deserted else []
        push = (deserted or alarm.hurry) and not fresh
        first_step = alarm.step
        while alarm.step < len(rungs) and (push or at >= alarm.raised + rungs[alarm.step][0] * 60):
            candidates = self._candidates(alarm, rungs[alarm.step], at, fresh)
            fresh += candidates[:1]
            push = not candidates
            alarm.step += 1
        if alarm.hurry and not fresh:
            fresh = self._louder(alarm, rungs[:first_step], at)
        alarm.hurry = False
        return fresh

    def _louder(self, alarm: Alarm, rungs: tuple[tuple[int, str, bool], ...], at: float) -> list[str]:
        return [who for rung in rungs for who in self._candidates(alarm, rung, at, [])][:1]

    def _candidates(self, alarm: Alarm, rung: tuple[int, str, bool], at: float, also: list[str]) -> list[str]:
        _after, role, wide = rung
        if wide and not alarm.wide:
            return []
        there = self.on_duty(FOCAL if wide else alarm.office, role, at)
        return [w for w in there if w not in alarm.last and w not in also and self.hears(w, alarm.level, at)]

    def due(self, name: str, at: float) -> float:
        """Return the first tick after this second at which the clock alone makes somebody due."""
        alarm = self.open[name]
        rungs, repeat = self.ladders[alarm.level]
        moments = [alarm.raised + rung[0] * 60 for rung in rungs[alarm.step : alarm.step + 1]]
        moments += [last + repeat * 60 for last in alarm.last.values()]
        return min((tick(moment) for moment in moments if tick(moment) > at), default=float("inf"))


def tick(moment: float) -> float:
    """Return the first tick at or after a moment."""
    return -(-moment // TICK) * TICK


def begun(slot: Slot, at: float) -> date | None:
    """Return the local day on which the shift that runs at this second began, by the clock on the wall alone."""
    wall = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(slot.zone)).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
        inside = midnight + timedelta(minutes=slot.begins) <= wall < midnight + timedelta(minutes=slot.ends)
        if day.weekday() in slot.weekdays and day not in slot.not_on and inside:
            return day
    return None
