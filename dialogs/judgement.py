"""What the rules say about a conversation: level, route, opening hours, deadline. Pure.

The engine asks for these facts by name; nothing here is stored before the report is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.dates import hours_until, read_date
from dialogs.hours import is_open
from dialogs.routing import Route, route
from dialogs.triage import Triage, derived, triage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dialogs.conditions import Facts, Value
    from dialogs.policy import Policy

_HOURS = {"24h": 24, "7d": 168}
"""Q31: the latest moment a threat was set for, in hours."""


def deadline_hours(facts: Facts, now: datetime) -> int | None:
    """Return the hours until the nearest deadline that was named (Q31, Q32), or None."""
    hours = [_HOURS[key] for key in (str(facts.get("deadline")),) if key in _HOURS]
    written = facts.get("deadline_date")
    if isinstance(written, str):
        rough = read_date(written, now.date())
        if rough is not None:
            hours.append(hours_until(rough, now))
    return min(hours) if hours else None


def full_facts(facts: Facts, policy: Policy, now: datetime) -> dict[str, Value]:
    """Return the facts the rules read: with the deadline, the aggravators and what follows from the acts."""
    known = {name: value for name, value in facts.items() if name not in LATER}
    hours = deadline_hours(known, now)
    if hours is not None:
        known["deadline_hours"] = hours
    return dict(derived(known, policy.triage, policy.taxonomy))


def triage_of(facts: Facts, policy: Policy, now: datetime) -> Triage:
    """Return the level and every rule that fired."""
    return triage(full_facts(facts, policy, now), policy.triage, policy.taxonomy)


def route_of(facts: Facts, policy: Policy, now: datetime) -> Route:
    """Return the first respondent and how it was found."""
    return route(full_facts(facts, policy, now), policy.directory, now, level=triage_of(facts, policy, now).level)


def _level(facts: Facts, policy: Policy, now: datetime) -> Value:
    return triage_of(facts, policy, now).level


def _office(facts: Facts, policy: Policy, now: datetime) -> Value:
    return route_of(facts, policy, now).office


def _office_open(facts: Facts, policy: Policy, now: datetime) -> Value:
    office = policy.directory.offices[route_of(facts, policy, now).office]
    return "yes" if is_open(office, now) else "no"


LATER: Final[Mapping[str, Callable[[Facts, Policy, datetime], Value]]] = {
    "level": _level,
    "office": _office,
    "office_open": _office_open,
}
