"""config/policy/triage.yaml as dialogs.policy.TriagePolicy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.conditions import condition
from config.documents import Record, Texts, YesNo, validated
from dialogs.policy import Span, Targets, TriagePolicy, TriageRule
from dialogs.targets import UNITS

if TYPE_CHECKING:
    from config.documents import Document


class _Rule(Record):
    id: str
    level: str
    when: dict[str, Any]
    alone: YesNo = False


class _Aggravator(Record):
    code: str
    when: dict[str, Any]


class _Target(Record):
    own: str = ""
    contact: str
    plan: str = ""
    review: str = ""


class _File(Record):
    levels: Texts
    targets: dict[str, _Target]
    aggravators: tuple[_Aggravator, ...]
    review_to_l1: dict[str, Any]
    rules: tuple[_Rule, ...]


def load(document: Document) -> TriagePolicy:
    """Return the triage policy; notes mistakes in the document."""
    file = validated(document, _File)
    if file is None:
        return TriagePolicy((), ("L1", "L2", "L3", "L4", "L0"), {}, ())
    rules = []
    seen: set[str] = set()
    for index, rule in enumerate(file.rules):
        if rule.id in seen:
            document.note(("rules", index, "id"), f"repeats {rule.id}", "Give every rule an id of its own")
        if rule.level not in file.levels:
            document.note(
                ("rules", index, "level"), f"{rule.level} is no level", f"Use one of {', '.join(file.levels)}"
            )
        seen.add(rule.id)
        when = condition(document, rule.when, ("rules", index, "when"))
        rules.append(TriageRule(rule.id, rule.level, when, rule.alone))
    for level in file.levels:
        if level not in file.targets:
            document.note(("targets",), f"has no targets for {level}", "Add them")
    targets = {level: _targets(document, level, raw) for level, raw in file.targets.items()}
    aggravators = tuple(
        (item.code, condition(document, item.when, ("aggravators", index, "when")))
        for index, item in enumerate(file.aggravators)
    )
    review = condition(document, file.review_to_l1, ("review_to_l1",))
    return TriagePolicy(tuple(rules), file.levels, targets, aggravators, review)


def _targets(document: Document, level: str, raw: _Target) -> Targets:
    own, contact, plan, review = (
        _span(document, (level, name), getattr(raw, name)) for name in ("own", "contact", "plan", "review")
    )
    return Targets(own, contact, plan, review)


def _span(document: Document, place: tuple[str, str], text: str) -> Span | None:
    """Return a span written as `8 working hours`; none for an empty text."""
    count, _blank, unit = text.partition(" ")
    if not text:
        return None
    if count.isdecimal() and int(count) and unit in UNITS:
        return Span(int(count), unit)
    document.note(("targets", *place), f"{text!r} is no span of time", f"Write a number and one of {', '.join(UNITS)}")
    return None
