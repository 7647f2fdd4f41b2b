"""Who answers alerts, and when: people, shifts in time zones, swaps, holidays, and the ladder of escalation. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MINUTES_OF_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody enrolled. `channels`: (channel, address) in the order of their preference."""

    id: str
    office: str
    roles: tuple[str, ...]
    channels: tuple[tuple[str, str], ...]
    lang: str = "en"
    account: str = ""  # id of their account at the desk, under which they own cases; "": their id here

    @property
    def owner_id(self) -> str:
        """Return the id under which they own cases."""
        return self.account or self.id


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly shift: weekdays (Monday = 0) on which it begins, minutes after local midnight; past 1440: overnight."""

    office: str
    role: str
    people: tuple[str, ...]
    weekdays: tuple[int, ...]
    begins: int
    ends: int
    zone: str
    not_on: tuple[date, ...] = ()  # holidays on which it does not begin


@dataclass(frozen=True, slots=True)
class Swap:
    """On one day somebody stands in for somebody else, in every shift that begins then."""

    day: date
    out: str
    into: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: so many minutes after the alert, people of a role. `wide`: at the focal point."""

    after: int
    role: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one level, and after how many minutes everybody who was told is told again."""

    rungs: tuple[Rung, ...]
    repeat: int


@dataclass(frozen=True, slots=True)
class Roster:
    """All of it. An empty roster answers nobody, and `doctor` says so."""

    people: Mapping[str, Officer] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    swaps: tuple[Swap, ...] = ()
    ladders: Mapping[str, Ladder] = field(default_factory=dict)  # by level
    focal_point: str = "OFF-ASG"

    def officer_at(self, channel: str, address: str) -> Officer | None:
        """Return who is enrolled with this account."""
        return next((p for p in self.people.values() if (channel, address) in p.channels), None)


def on_duty(roster: Roster, office: str, role: str, at: datetime) -> tuple[Officer, ...]:
    """Return who is on duty at this moment, in the order of the shifts and of the people in them."""
    found: dict[str, Officer] = {}
    for shift in roster.shifts:
        if shift.office == office and shift.role == role:
            begun = _begun(shift, at)
            for name in shift.people if begun is not None else ():
                stand_in = next((s.into for s in roster.swaps if s.day == begun and s.out == name), name)
                if stand_in in roster.people:
                    found[stand_in] = roster.people[stand_in]
    return tuple(found.values())


def _begun(shift: Shift, at: datetime) -> date | None:
    """Return the local day on which the shift that runs now began; None when it does not run.

    Times are wall-clock times of the zone: on a day with 23 or 25 hours the shift is an hour shorter or longer.
    """
    zone = ZoneInfo(shift.zone)
    local = at.astimezone(zone)
    for back in range(2):
        day = local.date() - timedelta(days=back)
        if day.weekday() in shift.weekdays and day not in shift.not_on:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            begins, ends = (midnight + timedelta(minutes=minutes) for minutes in (shift.begins, shift.ends))
            if begins.timestamp() <= at.timestamp() < ends.timestamp():
                return day
    return None


def holes(roster: Roster, offices: Mapping[str, tuple[str, ...]], start: datetime, days: int) -> Iterator[str]:
    """Yield every quarter of an hour of the next days in which nobody is on duty, joined to spans.

    `offices`: office -> roles that must be filled at all times.
    """
    for office, roles in offices.items():
        for role in roles:
            since: datetime | None = None
            for step in range(days * 96 + 1):
                at = start + timedelta(minutes=15 * step)
                empty = step < days * 96 and not on_duty(roster, office, role, at)
                if empty and since is None:
                    since = at
                elif not empty and since is not None:
                    yield f"{office} has no {role} from {since:%Y-%m-%d %H:%M} to {at:%Y-%m-%d %H:%M} UTC"
                    since = None
