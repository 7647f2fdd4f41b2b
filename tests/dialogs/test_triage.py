"""Triage: the worked examples of the domain, one case for every rule, and that unknown never lowers a level."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.conditions import Value
from dialogs.policy import Policy
from dialogs.triage import Triage, nature, triage
from tests.conftest import practice_policy

Facts = dict[str, Value]
CALM: Facts = {"scope": "in", "danger_now": "no", "recency": "T4", "ongoing": "stopped"}


def judged(facts: Facts, policy: Policy | None = None) -> Triage:
    """Return level and rules of these facts."""
    policy = policy or practice_policy()
    return triage(facts, policy.triage, policy.taxonomy)


WORKED = [
    ({"danger_now": "yes"}, ("TR-01",), "L1"),
    ({"danger_now": "yes", "fast": "yes"}, ("TR-01", "TR-02"), "L1"),
    ({**CALM, "danger_now": "soon", "acts": ("ACT-THR-DTH",), "recency": "T1"}, ("TR-10", "TR-12", "TR-20"), "L2"),
    ({**CALM, "acts": ("ACT-LIB-DET",), "whereabouts": "unknown", "last_contact": "3d"}, ("TR-03", "TR-20"), "L1"),
    ({**CALM, "acts": ("ACT-MOV-BAN",), "recency": "T1", "deadline_hours": 144}, ("TR-16", "TR-21"), "L2"),
    (
        {**CALM, "acts": ("ACT-SUR-PHY",), "recency": "T2", "ongoing": "worse", "safe_now": "no", "link_ind": ("LNK-OTHERS",)},
        ("TR-14", "TR-21"), "L2",
    ),
    ({**CALM, "acts": ("ACT-REP-SMR",), "recency": "T3"}, ("TR-21",), "L3"),
    ({**CALM, "acts": ("ACT-UNA-NGO",)}, ("TR-30",), "L4"),
    ({**CALM, "acts": ("ACT-PHY-TOR",), "recency": "T3", "safe_now": "yes"}, ("TR-20",), "L3"),
    (
        {**CALM, "danger_now": "nosay", "acts": ("ACT-LIB-ARR",), "recency": "T1", "whereabouts": "free"},
        ("TR-19", "TR-20"), "L2",
    ),
    ({"scope": "OOS-UNP", "danger_now": "no"}, ("TR-40",), "L0"),
]  # fmt: skip

RULES: dict[str, Facts] = {
    "TR-01": {"danger_now": "yes"},
    "TR-02": {"fast": "yes"},
    "TR-03": {"acts": ("ACT-LIB-ARR",)},
    "TR-04": {"acts": ("ACT-PHY-ATT",), "recency": "T0"},
    "TR-05": {"acts": ("ACT-THR-SXV",), "deadline_hours": 24},
    "TR-06": {"acts": ("ACT-MOV-EXP",), "deadline_hours": 72},
    "TR-07": {"acts": ("ACT-LIB-DET",), "whereabouts": "known", "med_need": "yes"},
    "TR-08": {"flags": ("FLG-DURESS",)},
    "TR-09": {"acts": ("ACT-PHY-KIL",), "recency": "T1", "others_at_risk": "2-5"},
    "TR-10": {"danger_now": "soon"},
    "TR-11": {"acts": ("ACT-LIB-CON",), "whereabouts": "known"},
    "TR-12": {"acts": ("ACT-DIG-DOX",), "recency": "T1"},
    "TR-13": {"acts": ("ACT-GRP-5",), "recency": "T2"},
    "TR-14": {"ongoing": "worse", "who_knows": ("KNW-PERP",), "prior_effect": "worse"},
    "TR-15": {"victim_child": "yes", "acts": ("ACT-REP-SMR",)},
    "TR-16": {"deadline_hours": 168},
    "TR-17": {"acts": ("ACT-FAM-THR",), "recency": "T0"},
    "TR-18": {"device": "watched", "acts": ("ACT-THR-VIO",)},
    "TR-19": {"danger_now": None, "acts": ("ACT-THR-VIO",), "recency": None},
    "TR-20": {"acts": ("ACT-ORG-RAI",)},
    "TR-21": {"acts": ("ACT-ECO-JOB",), "recency": None},
    "TR-22": {"coop_status": "CST-PLN", "deadline_hours": 700, "fear": ("FEAR-ARR",)},
    "TR-30": {},
    "TR-40": {"scope": "OOS-GEN"},
}  # fmt: skip

NEAR_MISSES: dict[str, Facts] = {
    "TR-03": {"acts": ("ACT-LIB-ARR",), "whereabouts": "unknown", "last_contact": "older"},
    "TR-04": {"acts": ("ACT-PHY-KIL",), "recency": "T0"},
    "TR-05": {"acts": ("ACT-THR-LEG",), "deadline_hours": 24},
    "TR-06": {"acts": ("ACT-MOV-EXP",), "deadline_hours": 73},
    "TR-07": {"acts": ("ACT-LIB-DET",), "whereabouts": "free", "med_need": "yes"},
    "TR-09": {"acts": ("ACT-PHY-KIL",), "recency": "T1", "others_at_risk": "0"},
    "TR-11": {"acts": ("ACT-LIB-CON",), "whereabouts": "free"},
    "TR-12": {"acts": ("ACT-DIG-DOX",), "recency": "T2"},
    "TR-13": {"acts": ("ACT-GRP-5",), "recency": "T3"},
    "TR-14": {"ongoing": "worse", "who_knows": ("KNW-PERP",)},
    "TR-15": {"victim_child": "yes", "acts": ("ACT-UNA-NGO",)},
    "TR-16": {"deadline_hours": 169},
    "TR-17": {"acts": ("ACT-FAM-THR",), "recency": "T2"},
    "TR-18": {"device": "seen", "acts": ("ACT-THR-VIO",)},
    "TR-19": {"danger_now": "no", "acts": ("ACT-THR-VIO",), "recency": None},
    "TR-21": {"acts": ("ACT-ECO-JOB",), "recency": "T4"},
    "TR-22": {"coop_status": "CST-PLN", "deadline_hours": 721, "fear": ("FEAR-ARR",)},
    "TR-40": {"scope": "OOS-GEN", "danger_now": "yes"},
}  # fmt: skip


@pytest.mark.parametrize(("facts", "rules", "level"), WORKED)
def test_the_worked_examples_of_the_domain_come_out_as_printed(
    facts: Facts, rules: tuple[str, ...], level: str
) -> None:
    """Spec 3.10.3."""
    found = judged(facts)

    assert (rules, level) == (found.rules, found.level)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_fires_when_its_condition_holds(rule: str) -> None:
    """One positive case for each printed rule."""
    assert rule in judged({**CALM, **RULES[rule]}).rules


@pytest.mark.parametrize("rule", NEAR_MISSES)
def test_a_rule_does_not_fire_just_beside_its_condition(rule: str) -> None:
    """One near miss."""
    assert rule not in judged({**CALM, **NEAR_MISSES[rule]}).rules


def test_every_rule_of_the_policy_has_a_case_here(policy: Policy) -> None:
    """A new rule needs a test."""
    assert {rule.id for rule in policy.triage.rules} == set(RULES)


def test_death_penalty_and_medical_need_are_flagged_for_review_to_l1() -> None:
    """An L2 case only."""
    facts: Facts = {**CALM, "danger_now": "soon", "needs": ("NEED-MED",)}
    assert judged(facts).review_to_l1
    assert not judged({**CALM, "needs": ("NEED-MED",)}).review_to_l1


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"coop_status": "CST-PAST"}, "NAT-REP"), ({"coop_status": "CST-PLN"}, "NAT-INT"), ({"coop_status": "CST-PER"}, "NAT-UNK"),
        ({"coop_status": "CST-ONG", "link_ind": ("LNK-RETRACT",)}, "NAT-BOTH"), ({"coop_status": "CST-ONG"}, "NAT-REP"),
    ],
)  # fmt: skip
def test_the_nature_is_suggested_from_before_and_after(facts: Facts, code: str) -> None:
    """Spec 1.1: the officer decides."""
    assert nature(facts) == code


ANSWERS = st.fixed_dictionaries(
    {
        "danger_now": st.sampled_from(["yes", "soon", "no", "nosay"]),
        "acts": st.lists(st.sampled_from(["ACT-LIB-DET", "ACT-PHY-ATT", "ACT-THR-DTH", "ACT-REP-SMR", "ACT-UNA-NGO"]), max_size=3).map(tuple),
        "recency": st.sampled_from(["T0", "T1", "T2", "T3", "T4", "TU"]),
        "ongoing": st.sampled_from(["same", "worse", "stopped", "unsure"]),
        "whereabouts": st.sampled_from(["known", "unknown"]),
        "last_contact": st.sampled_from(["today", "3d", "7d", "older", "never"]),
    }
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(ANSWERS, st.sampled_from(["last_contact"]))
def test_an_unknown_answer_of_a_marked_rule_never_lowers_the_level(facts: Facts, skipped: str) -> None:
    """Rules marked † take unknown for the worse."""
    order = practice_policy().triage.levels
    known, unknown = judged({"scope": "in", **facts}), judged({"scope": "in", **facts, skipped: None})

    assert order.index(unknown.level) <= order.index(known.level)


@settings(max_examples=200, deadline=None)
@given(ANSWERS)
def test_the_level_is_the_highest_of_the_rules_that_fired(facts: Facts) -> None:
    """Printed rules explain the level."""
    policy = practice_policy()
    found = judged({"scope": "in", **facts})
    levels = {rule.id: rule.level for rule in policy.triage.rules}

    assert found.level == min((levels[rule] for rule in found.rules), key=policy.triage.levels.index)
