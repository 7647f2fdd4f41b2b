"""Routing: the first respondent is the office the person cooperated with; somebody always receives the case.

The rules stand in config/policy/offices.yaml in printed order (spec 5.3). This module knows how to find
the offices a selector names, what drops an office (RT-00 to RT-02), and how one of several is chosen (5.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.conditions import holds, values_of
from dialogs.frozen import Frozen
from dialogs.hours import answers_now, is_open
from dialogs.keys import usable_recipients
from dialogs.selectors import selected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dialogs.conditions import Facts
    from dialogs.policy import Directory, Office, RouteRule

ASG: Final = "asg"
ALTERNATE: Final = "alternate"
DUTY_DESK: Final = "duty-desk"
URGENT: Final = ("L1", "L2")
MOST_SHOWN: Final = 3
IN_COUNTRY_ACTS: Final = ("ACT-LIB-*", "ACT-PHY-*", "ACT-ORG-RAI")
SESSION_ACTS: Final = ("ACT-UNA-*", "ACT-MOV-*")


class Route(Frozen):
    """Where a report goes. `candidates`: up to three (office, reason text) to choose from, the first is the choice."""

    office: str
    rule: str
    reason: str
    candidates: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]
    out_of_hours: str | None


class _Candidate(Frozen):
    office: Office
    rule: RouteRule | None
    order: int
    stands_in: bool = False  # the senior focal point, where the rule found none of the offices it names first


def route(facts: Facts, directory: Directory, now: datetime, *, level: str) -> Route:
    """Return the first respondent under these facts. Always finds one, if need be the independent alternate."""
    found, dropped = _candidates(facts, directory, now)
    ranked = sorted(found, key=lambda c: _rank(c, facts, level=level, now=now))
    ranked = _with_last_resort(ranked, facts, directory)
    first = ranked[0]
    rule = first.rule.id if first.rule is not None else "RT-99"
    reason = _reason(first, facts)
    return Route(
        office=first.office.id,
        rule=rule,
        reason=reason,
        candidates=tuple((c.office.id, _reason(c, facts)) for c in ranked[:MOST_SHOWN]),
        dropped=tuple(dict.fromkeys(dropped)),
        out_of_hours=_out_of_hours(first.office, directory, level, now),
    )


def _candidates(facts: Facts, directory: Directory, now: datetime) -> tuple[list[_Candidate], list[str]]:
    found: list[_Candidate] = []
    dropped: list[str] = []
    conflict = "FLG-COI" in values_of(facts, "flags")
    rules = [rule for rule in directory.rules if holds(rule.when, facts)]
    for order, rule in enumerate(rules):
        if conflict or (rule.last_resort and found):
            continue
        for selector in rule.candidates:
            offices = selected(selector, facts, directory)
            kept = [office for office in offices if not _drop(office, facts, directory, now, dropped=dropped)]
            new = [office for office in kept if all(office.id != c.office.id for c in found)]
            stands_in = selector == f"role:{ASG}" and selector != rule.candidates[0]
            found.extend(_Candidate(office, rule, order, stands_in) for office in new)
            if kept:
                break
    return found, dropped


def _drop(office: Office, facts: Facts, directory: Directory, now: datetime, *, dropped: list[str]) -> bool:
    """Tell whether RT-00, RT-01 or RT-02 drops the office, and note it."""
    if office.status != "active" or (has_keys(directory) and not usable_recipients(directory, office.id, now)):
        dropped.append(office.id)  # RT-00
        return True
    if is_excluded(office, facts, directory):
        dropped.append(office.id)  # RT-01, RT-02
        return True
    return False


def has_keys(directory: Directory) -> bool:
    """Tell whether the directory has keys at all; an example without any routes as if all were valid."""
    return any(office.keys for office in directory.offices.values())


def is_excluded(office: Office, facts: Facts, directory: Directory) -> bool:
    """Tell whether an office, its group or its kind of staff is excluded, or it is implicated (RT-01, RT-02)."""
    excluded = values_of(facts, "exclude")
    countries = {*values_of(facts, "country"), *values_of(facts, "coop_country")}
    local = "EXC-LOCAL" in excluded or "RED-LOCAL" in values_of(facts, "red")
    if local and office.country is not None and office.country in countries:
        return True
    if "EXC-NATSTAFF" in excluded and not office.international_only:
        return True
    if office.role == ASG and "FLG-COI" in values_of(facts, "flags") and office.kind in values_of(facts, "un_kind"):
        return True  # implicated: the contact that leaked, or where somebody did it, was with this very office
    named = {code.removeprefix("EXC-OFF:") for code in excluded if code.startswith("EXC-OFF:")}
    groups = {directory.offices[name].coi_group for name in named if name in directory.offices}
    return office.id in named or (bool(office.coi_group) and office.coi_group in groups)


def _with_last_resort(ranked: list[_Candidate], facts: Facts, directory: Directory) -> list[_Candidate]:
    """Add the last resort: for what nobody else can receive (RT-99), and for whoever declines the others (RT-90)."""
    last = _last_resort(facts, directory)
    known = any(c.office.id == last.id for c in ranked)
    if ranked and (known or len(ranked) >= MOST_SHOWN or is_excluded(last, facts, directory)):
        return ranked
    chosen = facts.get("chosen_office")
    return sorted([*ranked, _Candidate(last, None, len(ranked))], key=lambda c: c.office.id != chosen)


def _last_resort(facts: Facts, directory: Directory) -> Office:
    """RT-99: the senior focal point; the independent alternate when that is excluded or implicated."""
    by_role = {office.role: office for office in directory.offices.values() if office.role}
    asg = by_role[ASG]
    return by_role[ALTERNATE] if is_excluded(asg, facts, directory) else asg


def _rank(candidate: _Candidate, facts: Facts, *, level: str, now: datetime) -> tuple[object, ...]:
    """Precedence of spec 5.4; smaller goes first, the office id breaks ties."""
    office = candidate.office
    chosen = facts.get("chosen_office") == office.id
    trusted = facts.get("office_contact") == office.id
    return (
        not chosen,
        not trusted,
        candidate.order if not _presence_first(facts) else 0,
        _distance(office, facts),
        not _ready(office, level, now),
        str(facts.get("lang")) not in office.languages,
        office.id,
    )


def _presence_first(facts: Facts) -> bool:
    return len(values_of(facts, "un_kind")) > 1


def _distance(office: Office, facts: Facts) -> int:
    """In-country action wants the presence there; an act against a session or journey wants the secretariat."""
    acts = values_of(facts, "acts")
    here = office.country is not None
    if any(_like(act, IN_COUNTRY_ACTS) for act in acts):
        return 0 if here else 1
    if any(_like(act, SESSION_ACTS) for act in acts):
        return 1 if here else 0
    return 0


def _like(act: str, families: Iterable[str]) -> bool:
    return any(act == family or act.startswith(family.removesuffix("*")) for family in families)


def _ready(office: Office, level: str, now: datetime) -> bool:
    return office.l1_capable if level == "L1" else answers_now(office, now)


def _reason(candidate: _Candidate, facts: Facts) -> str:
    if facts.get("chosen_office") == candidate.office.id:
        return "RR-CHOSEN"
    if candidate.rule is None or candidate.stands_in:
        return "RR-COI" if "FLG-COI" in values_of(facts, "flags") else "RR-99"
    return candidate.rule.reason


def _out_of_hours(office: Office, directory: Directory, level: str, now: datetime) -> str | None:
    """Return the duty desk for L1 and L2 when the office is closed or cannot own an L1 (spec 5.6)."""
    if level not in URGENT:
        return None
    able = office.l1_capable and answers_now(office, now) if level == "L1" else is_open(office, now) or office.on_call
    if able:
        return None
    return next((o.id for o in directory.offices.values() if o.role == DUTY_DESK and o.id != office.id), None)
