"""Times in which nobody could be told of an alert, found before they come. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.hours import is_open
from dialogs.roster import URGENT, can_be_told, on_duty

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from datetime import datetime

    from dialogs.policy import Office
    from dialogs.roster import Officer, Roster

STEP_MINUTES: Final = 15
STEPS_A_DAY: Final = 24 * 60 // STEP_MINUTES


def offices_of(roster: Roster, offices: Iterable[Office]) -> tuple[Office, ...]:
    """Return the offices that must be reachable: the duty desk, and every office the roster has a shift of."""
    named = {shift.office for shift in roster.shifts}
    return tuple(office for office in offices if office.role == "duty-desk" or office.id in named)


def strange_offices(roster: Roster, known: Container[str]) -> tuple[str, ...]:
    """Return what the roster calls an office and the directory does not know: nobody is told there of anything."""
    named = (
        *(person.office for person in roster.people.values()),
        *(shift.office for shift in roster.shifts),
        roster.focal_point,
    )
    return tuple(dict.fromkeys(office for office in named if office not in known))


def holes(roster: Roster, offices: Iterable[Office], start: datetime, days: int) -> Iterator[str]:
    """Yield, by office and level, every span of the next days in which nobody could be told, in words.

    The duty desk, and whoever is on call, must be reachable for L1 and L2 at all times; everybody for every level while
    the office is open. Looked at every quarter of an hour.
    """
    for office in offices:
        since: dict[str, datetime] = {}
        for step in range(days * STEPS_A_DAY + 1):
            at = start + timedelta(minutes=STEP_MINUTES * step)
            empty = set(_unreachable(roster, office, at)) if step < days * STEPS_A_DAY else set()
            for level in sorted(since.keys() - empty):
                begun = since.pop(level)
                yield f"{office.id} has nobody for {level} from {begun:%Y-%m-%d %H:%M} to {at:%Y-%m-%d %H:%M} UTC"
            for level in empty - since.keys():
                since[level] = at


def _unreachable(roster: Roster, office: Office, at: datetime) -> Iterator[str]:
    opened = is_open(office, at)
    known: dict[tuple[str, str], tuple[Officer, ...]] = {}
    for level, ladder in roster.ladders.items():
        round_the_clock = level in URGENT and (office.role == "duty-desk" or office.on_call)
        if not opened and not round_the_clock:
            continue
        places = [(roster.focal_point if rung.wide else office.id, rung.role) for rung in ladder.rungs]
        for place in places:
            if place not in known:
                known[place] = on_duty(roster, *place, at)
        if not any(can_be_told(roster, officer, level, at) for place in places for officer in known[place]):
            yield level
