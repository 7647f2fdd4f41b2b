"""The tables of the annual report over made-up cases: which numbers stand in them, and which do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.trends import load_trends
from dialogs.conversation import CaseCard, ConsentEvent, Proposal
from dialogs.counting import Lists, counted, in_scope, reporters_of
from dialogs.disclosure import STEP
from dialogs.replace import replace
from dialogs.trend_plan import Counted, Period, Plan
from dialogs.trends import PrintedTable, Release, cells_of, release_of, sums_of
from tests.conftest import practice_policy

PERIOD = Period(2026)
CARD = CaseCard("LW-1", "OFF-HRC", "L2", "ST-TRI", "2026-01-10T10:00Z", "en", "signal", "a b", "c d", "hash")
CODES = {
    "scope": "in", "nature_suggested": "NAT-REP", "un_kind": ["ENT-SPT"], "acts": ["ACT-THR-DTH", "ACT-GRP-6"],
    "perp": ["PERP-G1"], "gender": "GEN-W", "roles": ["VIC-HRD"], "coop_status": "CST-PAST", "country": "XA",
    "story": "Mina was followed in Riverside", "place": "Riverside",
}  # fmt: skip


@cache
def plan_and_lists() -> tuple[Plan, Lists]:
    return load_trends(None)


def case(number: int = 0, card: CaseCard = CARD, **codes: Any) -> Counted:  # noqa: ANN401 - any answer, codes or not
    """Return a case as it is counted."""
    plan, lists = plan_and_lists()
    del plan
    return counted(card, {**CODES, **codes}, card.consents, number, practice_policy(), lists)


def release(cases: Sequence[Counted]) -> Release:
    return release_of(plan_and_lists()[0], PERIOD, cases, "2026-05-02")


def table(made: Release, name: str) -> PrintedTable:
    return next(each for each in made.tables if each.id == name)


def values(made: Release, name: str) -> Mapping[str, int | None]:
    """Return the numbers of a table, those of two dimensions as `row column`."""
    return {f"{cell.row} {cell.column}".strip(): cell.value for cell in table(made, name).cells}


def many(count: int, **codes: Any) -> list[Counted]:  # noqa: ANN401 - as above
    return [case(number, **codes) for number in range(count)]


def test_a_period_is_from_may_to_april() -> None:
    """Year Y reports on 1 May Y-1 to 30 April Y, UTC, as the reports of the Secretary-General do."""
    inside = ("2025-05-01T00:00Z", "2026-04-30T23:59Z")
    outside = ("2025-04-30T23:59Z", "2026-05-01T00:00Z")

    assert [PERIOD.holds(moment) for moment in (*inside, *outside)] == [True, True, False, False]


def test_a_release_says_its_period_its_rules_and_when_it_was_made() -> None:
    """Every reader can tell by which rules the numbers came about."""
    made = release(many(12))

    assert (made.year, made.begins, made.ends, made.made_on) == (2026, "2025-05-01", "2026-04-30", "2026-05-02")
    assert made.rules == plan_and_lists()[0].version


def test_a_case_stands_in_the_rows_its_codes_belong_to() -> None:
    """One case in every table, before anything is hidden."""
    cells = cells_of(plan_and_lists()[0], [case()])
    stands = {f"{key[0]} {key[1]} {key[2]}".strip() for key, cell in cells.items() if cell.count and key[2] != "rest"}

    assert stands == {
        "AGG-01 all", "AGG-02 NAT-REP", "AGG-03 ENT-SPT", "AGG-04a 1", "AGG-04a 6", "AGG-04b B", "AGG-04b C",
        "AGG-05 ENT-SPT 1", "AGG-05 ENT-SPT 6", "AGG-06 Europe 1", "AGG-06 Europe 6", "AGG-07 ST", "AGG-08 GEN-W",
        "AGG-09 VIC-HRD", "AGG-10 CST-PAST", "AGG-17a L2 never", "AGG-17b never", "AGG-17c en",
    }  # fmt: skip


@pytest.mark.parametrize("said", [None, "", "online", "Mina", ["Mina", 7], {"name": "Mina"}, 7])
def test_an_answer_that_is_no_code_is_not_said(said: object) -> None:
    """Whatever an opened document holds: what is no code of the list counts as not said (DC-9)."""
    fields = ("nature_suggested", "un_kind", "acts", "perp", "gender", "roles", "coop_status", "country", "prior")
    codes: dict[str, Any] = dict.fromkeys(fields, said)
    cells = cells_of(plan_and_lists()[0], [case(**codes)])
    stands = {key[:2] for key, cell in cells.items() if cell.count}

    assert {("AGG-02", "NAT-UNK"), ("AGG-03", "ENT-UNK"), ("AGG-04a", "other"), ("AGG-06", "unknown")} <= stands
    assert {("AGG-07", "UK"), ("AGG-08", "GEN-N"), ("AGG-09", "VIC-UNK"), ("AGG-10", "CST-UNK")} <= stands


def test_words_of_a_report_are_in_no_table() -> None:
    """DC-9: no free text leaves through statistics."""
    assert "Riverside" not in repr(release(many(40))) + repr(case())
    assert "Mina" not in repr(release(many(40))) + repr(case())


def test_what_officers_did_is_counted_by_case() -> None:
    """How soon the case was taken, what was proposed and what came of it, which consents were refused."""
    yes = ConsentEvent("CR-1", "C-M-STA-DIP", "withdrawn", "2026-01-11T10:00Z", "T-MEASURE", "00", "en", "signal")
    done = Proposal("P-1", "GM-STA-DIP", "x", "NM-ANON", "v", "", "closed", "", started_at="x", outcome="OUT-PART")
    no = Proposal("P-2", "AR-ANON", "", "NM-ANON", "v", "", "refused", "")
    card = replace(
        CARD, owned_at="2026-01-10T10:40Z", measures=(done, no, replace(no, measure="SH-COPY")),
        consents=(yes, replace(yes, id="C-ASG", status="refused")),
    )  # fmt: skip
    cells = cells_of(plan_and_lists()[0], [case(card=card)])
    tabled = ("AGG-15", "AGG-17a", "AGG-17b", "AGG-18")

    assert {" ".join(key) for key, cell in cells.items() if cell.count and key[0] in tabled} == {
        "AGG-15 GM-STA proposed", "AGG-15 GM-STA agreed", "AGG-15 GM-STA done", "AGG-15 AR proposed",
        "AGG-15 AR refused", "AGG-17a L2 in_time", "AGG-17b 1h ", "AGG-18 C-M withdrawn", "AGG-18 C-ASG refused",
    }  # fmt: skip


def test_a_case_taken_after_its_target_is_late() -> None:
    """Counted from the sending."""
    late = case(card=replace(CARD, owned_at="2026-01-20T10:00Z"))

    assert (late.facts["taken"], late.facts["waited"]) == (frozenset({"late"}), frozenset({"longer"}))


@pytest.mark.parametrize(
    ("card", "codes", "counts"),
    [
        (CARD, {"scope": "in"}, True),
        (CARD, {"scope": "OOS-UNP"}, False),
        (CARD, {}, False),
        (replace(CARD, status="ST-OOS"), {"scope": "in"}, False),
        (replace(CARD, status="ST-CLO", close_reason="CL-OOS"), {"scope": "in"}, False),
        (replace(CARD, status="ST-CLO", close_reason="CL-DUP"), {"scope": "in"}, False),
        (replace(CARD, status="ST-CLO", close_reason="CL-DONE"), {"scope": "in"}, True),
        (replace(CARD, status="ST-ACK", scope_review=True), {"scope": "in"}, False),
        (replace(CARD, scope_review=True), {"scope": "in"}, True),
    ],
    ids=["in", "out", "not said", "found out", "closed as out", "a double", "closed", "not decided", "decided"],
)
def test_only_cases_in_scope_are_counted(card: CaseCard, codes: dict[str, Any], *, counts: bool) -> None:
    """Where an officer has to decide about the scope, nothing is counted before they have looked."""
    assert in_scope(card, codes) is counts


def test_who_may_be_the_same_person_counts_as_one() -> None:
    """Cases that share a mark, and all of whom nothing is known any more."""
    marks = [{"phone", "words"}, {"words"}, {"other"}, set[str](), set[str](), {"phone"}]
    numbers = reporters_of([frozenset(known) for known in marks])

    assert [numbers.index(number) for number in numbers] == [0, 0, 2, 3, 3, 0]


def test_twelve_reports_of_two_people_are_not_shown() -> None:
    """DC-6: so the whole release is withheld."""
    made = release([case(number % 2) for number in range(12)])

    assert {cell.value for each in made.tables for cell in each.cells} == {None}


def test_below_five_cases_nothing_at_all_is_shown() -> None:
    """Even a zero would say something about so few."""
    made = release(many(4))

    assert {cell.value for each in made.tables for cell in each.cells} == {None}


def test_five_cases_are_enough_for_the_world() -> None:
    """DC-1: and for no region."""
    made = release(many(7))

    assert values(made, "AGG-01") == {"all": 5}
    assert values(made, "AGG-02") == {"NAT-INT": 0, "NAT-REP": 5, "NAT-BOTH": 0, "NAT-UNK": 0}
    assert set(values(made, "AGG-06").values()) == {None}


def test_a_region_needs_ten_cases() -> None:
    """DC-1: eight are withheld, twelve are shown."""
    countries = ["XA"] * 30 + ["XC"] * 30 + ["XJ"] * 12 + ["XB"] * 8 + ["FJ"] * 5
    acts = values(release([case(number, country=country) for number, country in enumerate(countries)]), "AGG-06")

    assert {row: acts[f"{row} 1"] for row in ("Europe", "Americas", "Asia", "Africa", "Oceania")} == {
        "Europe": 30, "Americas": 30, "Asia": 10, "Africa": None, "Oceania": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "name", "row"),
    [
        ({"acts": ["ACT-LIB-DET"]}, "AGG-04a", "3"),
        ({"acts": ["ACT-PHY-SXV"]}, "AGG-04a", "5"),
        ({"roles": ["VIC-DET"]}, "AGG-09", "VIC-G7"),
        ({"gender": "GEN-X"}, "AGG-08", "GEN-X"),
    ],
    ids=["detention", "sexual violence", "detained person", "gender identity"],
)
def test_sensitive_matters_need_ten(codes: dict[str, Any], name: str, row: str) -> None:
    """DC-1: nine are withheld in a world table, ten are shown."""
    others = [case(100 + number, acts=["ACT-REP-SMR"]) for number in range(40)]

    assert values(release([*others, *many(9, **codes)]), name)[row] is None
    assert values(release([*others, *many(10, **codes)]), name)[row] == 10


def test_refusals_need_twenty() -> None:
    """AGG-18 is never below 20."""
    no = ConsentEvent("CR-1", "C-ASG", "refused", "2026-01-10T10:00Z", "C-ASG", "00", "en", "signal")
    asked = replace(CARD, consents=(no,))

    made = [release([case(number, asked) for number in range(count)]) for count in (19, 20)]

    assert [values(each, "AGG-18")["C-ASG refused"] for each in made] == [None, 20]


def test_a_share_needs_twenty_cases_and_five_on_either_side() -> None:
    """DC-4, and DC-2 for whoever is on the other side."""

    def shares(naming: int, others: int) -> int | None:
        cases = [*many(naming, red=["RED-NAME"]), *[case(100 + number) for number in range(others)]]
        return values(release(cases), "AGG-12")["RED-NAME"]

    assert [shares(*each) for each in ((9, 10), (10, 10), (4, 30), (30, 4), (0, 30), (30, 0))] == [
        None, 50, None, None, 0, 100,
    ]  # fmt: skip


def test_zeros_are_shown_in_world_tables_of_one_dimension_alone() -> None:
    """DC-2."""
    made = release(many(60))
    zeros = {each.id for each in made.tables for cell in each.cells if cell.value == 0}

    assert zeros
    assert not any(table(made, name).columns or name in ("AGG-06", "AGG-13") for name in zeros)


def test_no_table_has_more_than_two_dimensions_or_a_country() -> None:
    """DC-1, DC-5: countries, days and words are no facts a table could be made of."""
    plan, lists = plan_and_lists()
    facts = {fact for dimension in plan.dimensions.values() for fact in dimension.facts}

    assert not facts & {"country", "place", "story", "recency", "submitted_at", "office"}
    assert {each.label for each in plan.dimensions["region"].categories} >= set(lists.regions.values())


def test_the_twenty_tables_of_the_specification_are_made_or_named_as_missing() -> None:
    """DC-8: the list is fixed, and nothing is passed over in silence."""
    made = release(many(5))
    named = {name[:6] for name in (*(each.id for each in made.tables), *(each.id for each in made.missing))}

    assert named == {f"AGG-{number:02}" for number in range(1, 21)}
    assert all(each.reason for each in made.missing)


def drawn(plan: Plan) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the codes of a case, few of each kind, so that tables are uneven."""
    del plan
    return st.fixed_dictionaries({
        "nature_suggested": st.sampled_from(["NAT-INT", "NAT-REP", "NAT-REP"]),
        "un_kind": st.lists(st.sampled_from(["ENT-SPT", "ENT-TRB", "ENT-G1"]), max_size=2),
        "acts": st.lists(st.sampled_from(["ACT-THR-DTH", "ACT-ORG-LAW", "ACT-JUD-TER", "ACT-PHY-SXV"]), max_size=3),
        "gender": st.sampled_from(["GEN-W", "GEN-W", "GEN-M", "GEN-X"]),
        "country": st.sampled_from(["XA", "XC", "XJ", None]),
        "red": st.lists(st.sampled_from(["RED-NAME", "RED-PUB"]), max_size=1),
    })  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(drawn_cases=st.lists(st.tuples(drawn(plan_and_lists()[0]), st.integers(0, 30)), min_size=1, max_size=70))
def test_no_release_breaks_a_rule(drawn_cases: list[tuple[dict[str, Any], int]]) -> None:
    """Whatever is counted: thresholds, rounding, who stands behind a number, and no hidden one alone beside its total."""
    plan = plan_and_lists()[0]
    cases = [case(reporter, **codes) for codes, reporter in drawn_cases]
    made, cells = release(cases), cells_of(plan, cases)
    shown = {(each.id, cell.row, cell.column): cell.value for each in made.tables for cell in each.cells}

    for key, value in shown.items():
        if value and not key[0].startswith("AGG-12"):
            assert value % STEP == 0
            assert cells[key].count >= cells[key].k
            assert min(cells[key].count, cells[key].reporters) >= 3
    for each in sums_of(plan):
        if shown.get(each.total) and each.exact and all(part in shown for part in each.parts):
            hidden = [part for part in each.parts if shown[part] is None]
            assert len(hidden) != 1 or all(not shown[part] for part in each.parts)
