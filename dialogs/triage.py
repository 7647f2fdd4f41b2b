"""Triage: a printed list of rules, all of them tried; the highest level of those that fire is the level.

Nothing is scored and nothing unknown lowers a level. The rules are policy data (config/policy/triage.yaml);
this module only works out what follows from the answers and evaluates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.conditions import holds, values_of
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from dialogs.conditions import Facts, Value
    from dialogs.policy import Taxonomy, TriagePolicy

BEFORE: Final = ("CST-ATT", "CST-PLN")
AFTER: Final = ("CST-PAST", "CST-ONG")


class Triage(Frozen):
    """The level, every rule that fired in printed order, and whether an officer should look at L1 for it."""

    level: str
    rules: tuple[str, ...]
    review_to_l1: bool


def derived(facts: Facts, policy: TriagePolicy, taxonomy: Taxonomy) -> dict[str, Value]:
    """Return the facts with what follows from them: act classes, custody, aggravators, the suggested nature."""
    known = dict(facts)
    acts = values_of(facts, "acts")
    known["act_classes"] = tuple(dict.fromkeys(c for act in acts if (c := class_of(act, taxonomy))))
    known["class_a_now"] = "yes" if any(_class_a_now(act, taxonomy) for act in acts) else "no"
    known["in_custody"] = "yes" if _in_custody(facts) else "no"
    known["nature_suggested"] = nature(facts)
    known["aggravators"] = tuple(code for code, condition in policy.aggravators if holds(condition, known))
    return known


def class_of(act: str, taxonomy: Taxonomy) -> str:
    """Return A, B, C or D; a group has the class of spec 3.1; what was not said has none."""
    if act.startswith("ACT-GRP-"):
        return taxonomy.group_class.get(act.removeprefix("ACT-GRP-"), "")
    found = taxonomy.acts.get(act)
    return found.act_class if found is not None and found.act_class in "ABCD" else ""


NOT_CONTINUING: Final = ("ACT-PHY-KIL", "ACT-FAM-HRM")
"""Class A acts that TR-04 leaves to other rules: harm that is done, or done to somebody else."""


def _class_a_now(act: str, taxonomy: Taxonomy) -> bool:
    return act not in NOT_CONTINUING and class_of(act, taxonomy) == "A"


def _in_custody(facts: Facts) -> bool:
    held = any(act.startswith("ACT-LIB-") for act in values_of(facts, "acts"))
    return held and facts.get("whereabouts") != "free"


def nature(facts: Facts) -> str:
    """Suggest intimidation (aimed at contact to come) or reprisal (for contact that was); the officer decides."""
    status = facts.get("coop_status")
    if status == "CST-ONG":
        return "NAT-BOTH" if "LNK-RETRACT" in values_of(facts, "link_ind") else "NAT-REP"
    if status in AFTER:
        return "NAT-REP"
    if status in BEFORE:
        return "NAT-INT"
    return "NAT-UNK"


def triage(facts: Facts, policy: TriagePolicy, taxonomy: Taxonomy) -> Triage:
    """Return the level and the rules that fired. The facts may be plain or `derived` ones."""
    known = facts if "act_classes" in facts else derived(facts, policy, taxonomy)
    fired = [rule for rule in policy.rules if holds(rule.when, known)]
    level = min((rule.level for rule in fired), key=policy.levels.index, default=policy.levels[-2])
    review = policy.review_to_l1 is not None and level == policy.levels[1] and holds(policy.review_to_l1, known)
    rules = [rule for rule in fired if not rule.alone or rule.level == level]
    return Triage(level, tuple(rule.id for rule in rules), review)
