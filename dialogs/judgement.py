"""What the rules say about a conversation: level, route, opening hours, deadline. Pure.

The engine asks for these facts by name; nothing here is stored before the report is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.dates import hours_until, read_date
from dialogs.hours import is_open
from dialogs.routing import ASG, DUTY_DESK, Route, is_excluded, route
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


class Judgement:
    """What the rules say of these facts at this moment; each is worked out once, when it is first asked for."""

    __slots__ = ("_facts", "_full", "_now", "_policy", "_route", "_triage")

    def __init__(self, facts: Facts, policy: Policy, now: datetime) -> None:
        """Take the facts, which do not change any more, the rules and the time."""
        self._facts, self._policy, self._now = facts, policy, now
        self._full: Mapping[str, Value] | None = None
        self._triage: Triage | None = None
        self._route: Route | None = None

    @property
    def facts(self) -> Mapping[str, Value]:
        """Return the facts the rules read: with the deadline, the aggravators and what follows from the acts."""
        if self._full is None:
            known = {name: value for name, value in self._facts.items() if name not in LATER}
            hours = deadline_hours(known, self._now)
            if hours is not None:
                known["deadline_hours"] = hours
            self._full = derived(known, self._policy.triage, self._policy.taxonomy)
        return self._full

    @property
    def triage(self) -> Triage:
        """Return the level and every rule that fired."""
        if self._triage is None:
            self._triage = triage(self.facts, self._policy.triage, self._policy.taxonomy)
        return self._triage

    @property
    def route(self) -> Route:
        """Return the first respondent and how it was found."""
        if self._route is None:
            self._route = route(self.facts, self._policy.directory, self._now, level=self.triage.level)
        return self._route

    @property
    def office_role(self) -> str:
        """Return the role of the first respondent in the directory; "": none."""
        return self._policy.directory.offices[self.route.office].role

    @property
    def office_is_open(self) -> bool:
        """Tell whether somebody works at the first respondent now."""
        return is_open(self._policy.directory.offices[self.route.office], self._now)

    def shuts_out(self, role: str) -> bool:
        """Tell whether the person excluded the office with this role (INV-09): they are not asked about it then."""
        offices = self._policy.directory.offices.values()
        return any(is_excluded(office, self.facts, self._policy.directory) for office in offices if office.role == role)


LATER: Final[Mapping[str, Callable[[Judgement], Value]]] = {
    "level": lambda judged: judged.triage.level,
    "office": lambda judged: judged.route.office,
    "office_role": lambda judged: judged.office_role,
    "office_open": lambda judged: "yes" if judged.office_is_open else "no",
    "desk_shut_out": lambda judged: "yes" if judged.shuts_out(DUTY_DESK) else "no",
    "senior_shut_out": lambda judged: "yes" if judged.shuts_out(ASG) else "no",
}
