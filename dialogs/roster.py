"""Who answers alerts, and when: people, shifts in time zones, swaps, holidays, and what was said in the chat. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import field

from dialogs.duty_book import DutyBook, Swap
from dialogs.frozen import Frozen
from dialogs.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTES_OF_A_DAY: Final = 24 * 60
URGENT: Final = frozenset({"L1", "L2"})
"""Levels that nobody's quiet hours hold up."""


class Quiet(Frozen):
    """Minutes after local midnight between which an officer is told nothing that is not urgent; over midnight too."""

    begins: int
    ends: int
    zone: str

    def end(self, at: datetime) -> datetime | None:
        """Return when the quiet hours that hold at this moment end; None: they do not hold."""
        zone = ZoneInfo(self.zone)
        local = at.astimezone(zone)
        for back in range(2):
            day = local.date() - timedelta(days=back)
            begins = _wall_clock(day, self.begins, zone)
            ends = _wall_clock(day, self.ends if self.ends > self.begins else self.ends + MINUTES_OF_A_DAY, zone)
            if begins.timestamp() <= at.timestamp() < ends.timestamp():
                return ends.astimezone(at.tzinfo)
        return None


class Officer(Frozen):
    """Somebody enrolled. `channels`: (channel, address) in the order of their preference."""

    id: str
    office: str
    roles: tuple[str, ...]
    channels: tuple[tuple[str, str], ...]
    lang: str = "en"
    account: str = ""  # id of their account at the desk, under which they own cases; "": their id here
    quiet: Quiet | None = None

    @property
    def owner_id(self) -> str:
        """Return the id under which they own cases."""
        return self.account or self.id


class Shift(Frozen):
    """A weekly shift: weekdays (Monday = 0) on which it begins, minutes after local midnight; past 1440: overnight."""

    office: str
    role: str
    people: tuple[str, ...]
    weekdays: tuple[int, ...]
    begins: int
    ends: int
    zone: str
    not_on: frozenset[date] = frozenset()  # holidays on which it does not begin


class Rung(Frozen):
    """One step of the ladder: so many minutes after the alert, people of a role. `wide`: at the focal point."""

    after: int
    role: str
    wide: bool = False


class Ladder(Frozen):
    """The steps of one level. `repeat`: after how many minutes everybody who was told is told again.

    `call`: from how many minutes after the alert on the pager is called with every telling; None: never.
    """

    rungs: tuple[Rung, ...]
    repeat: int
    call: int | None = None


class Roster(Frozen):
    """All of it. An empty roster answers nobody, and `doctor` says so."""

    people: Mapping[str, Officer] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    swaps: tuple[Swap, ...] = ()
    ladders: Mapping[str, Ladder] = field(default_factory=dict)  # by level
    focal_point: str = "OFF-ASG"
    book: DutyBook = field(default_factory=DutyBook)
    digest: tuple[int, ...] = ()  # minutes after midnight at which everybody on duty is asked to look, whatever waits
    digest_zone: str = "Etc/UTC"
    ping_days: int = 0  # everybody is asked after so many days whether they are reachable; 0: never
    drill_word: str = ""  # stands behind the words of an alert in a drill that really pages; "": nothing
    next_channel: int = 30  # seconds after which an alert that could not be sent goes out by the next channel
    tests_a_week: int = 0  # alerts without a cause, at random times, so that times say little

    def ladder_of(self, level: str) -> Ladder | None:
        """Return the ladder of a level; without one that of the next more urgent level, so that somebody is told.

        Where no level is more urgent, that of the next less urgent one. None: the roster has no ladder at all.
        """
        place = LEVELS.index(level) if level in LEVELS else len(LEVELS)
        nearest = (level, *reversed(LEVELS[:place]), *LEVELS[place + 1 :])
        return next((self.ladders[other] for other in nearest if other in self.ladders), None)

    def officer_at(self, channel: str, address: str) -> Officer | None:
        """Return who is enrolled with this account."""
        return next((p for p in self.people.values() if (channel, address) in p.channels), None)


def on_duty(roster: Roster, office: str, role: str, at: datetime) -> tuple[Officer, ...]:
    """Return who is on duty at this moment: by the shifts in their order, then who said so in the chat."""
    found: dict[str, Officer] = {}
    for shift in roster.shifts:
        if shift.office == office and shift.role == role:
            running = _running(shift, at)
            for name in shift.people if running is not None else ():
                found.update(_present(roster, name, running[0] if running else at.date(), at))
    for span in roster.book.on:
        officer = roster.people.get(span.officer)
        theirs = officer is not None and officer.office == office and role in officer.roles
        if officer is not None and theirs and _holds(span.since, span.until, at):
            found.setdefault(officer.id, officer)
    return tuple(found.values())


def _present(roster: Roster, name: str, day: date, at: datetime) -> dict[str, Officer]:
    """Return who really sits in a person's place: swapped for the day, handed over, or nobody."""
    swaps = (*roster.book.swaps, *roster.swaps)
    name = next((swap.into for swap in swaps if (swap.day, swap.out) == (day.isoformat(), name)), name)
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        handed = (s.into for s in roster.book.stand_ins if s.officer == name and _holds(s.since, s.until, at))
        name = next(handed, name)
    away = any(s.officer == name and _holds(s.since, s.until, at) for s in roster.book.off)
    return {name: roster.people[name]} if name in roster.people and not away else {}


def _holds(since: str, until: str, at: datetime) -> bool:
    return datetime.fromisoformat(since) <= at < datetime.fromisoformat(until)


def is_on_duty(roster: Roster, officer: Officer, at: datetime) -> bool:
    """Tell whether somebody is on duty in any role at any office."""
    places = dict.fromkeys((shift.office, shift.role) for shift in roster.shifts)
    mine = [*places, *((officer.office, role) for role in officer.roles)]
    return any(officer in on_duty(roster, office, role, at) for office, role in dict.fromkeys(mine))


def can_be_told(roster: Roster, officer: Officer, level: str, at: datetime) -> bool:
    """Tell whether an officer may be told of an alert of this level now: on duty, and outside quiet hours."""
    quiet = level not in URGENT and officer.quiet is not None and officer.quiet.end(at) is not None
    return not quiet and is_on_duty(roster, officer, at)


def duty_end(roster: Roster, officer: Officer, at: datetime) -> datetime | None:
    """Return the next moment at which a shift or an entry of the book about this officer ends; None: there is none."""
    shifts = [
        running[1]
        for shift in roster.shifts
        if (running := _running(shift, at)) is not None and officer.id in _sitting(roster, shift, running[0], at)
    ]
    spans = (*roster.book.on, *roster.book.stand_ins, *roster.book.off)
    said = [
        datetime.fromisoformat(span.until)
        for span in spans
        if officer.id in (span.officer, span.into) and _holds(span.since, span.until, at)
    ]
    return min((*shifts, *said), default=None)


def next_change(roster: Roster, at: datetime) -> datetime:
    """Return the next moment at which anybody's duty or quiet hours may begin or end; at most a day ahead."""
    moments = [at + timedelta(days=1)]
    for shift in roster.shifts:
        moments += _edges(at, shift.begins, shift.ends, shift.zone)
    for officer in roster.people.values():
        if officer.quiet is not None:
            moments += _edges(at, officer.quiet.begins, officer.quiet.ends, officer.quiet.zone)
    said = (*roster.book.on, *roster.book.off, *roster.book.stand_ins)
    moments += [datetime.fromisoformat(stint.until) for stint in said]
    return min(moment for moment in moments if moment > at)


def _edges(at: datetime, begins: int, ends: int, zone_name: str) -> list[datetime]:
    zone = ZoneInfo(zone_name)
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(-1, 2)]
    return [_wall_clock(day, minutes, zone).astimezone(at.tzinfo) for day in days for minutes in (begins, ends)]


def _sitting(roster: Roster, shift: Shift, day: date, at: datetime) -> set[str]:
    return {name for planned in shift.people for name in _present(roster, planned, day, at)}


def _running(shift: Shift, at: datetime) -> tuple[date, datetime] | None:
    """Return the local day on which the shift that runs now began, and when it ends; None when it does not run.

    Times are wall-clock times of the zone: on a day with 23 or 25 hours the shift is an hour shorter or longer.
    """
    zone = ZoneInfo(shift.zone)
    local = at.astimezone(zone)
    for back in range(2):
        day = local.date() - timedelta(days=back)
        if day.weekday() in shift.weekdays and day not in shift.not_on:
            begins, ends = (_wall_clock(day, minutes, zone) for minutes in (shift.begins, shift.ends))
            if begins.timestamp() <= at.timestamp() < ends.timestamp():
                return day, ends.astimezone(at.tzinfo)
    return None


def _wall_clock(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
