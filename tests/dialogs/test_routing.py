"""Routing: one case for every rule, exclusions, conflict of interest, hours; somebody always receives the case."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.conditions import Value
from dialogs.hours import is_open, next_opening, next_opening_words, wait_words
from dialogs.policy import Policy
from dialogs.replace import replace
from dialogs.roster import Officer, Shift
from dialogs.routing import Route, is_excluded, route
from dialogs.search import find_bodies, find_country
from tests.conftest import NOON, practice_policy

Facts = dict[str, Value]
NIGHT = datetime(2026, 11, 21, 21, 40, tzinfo=UTC)


def way(facts: Facts, level: str = "L3", at: datetime = NOON) -> Route:
    """Return the route of these facts."""
    return route(facts, practice_policy().directory, at, level=level)


RULES = [
    ("RT-10", {"office_contact": "OFF-CO-XC", "un_kind": ("ENT-SPT",)}, "OFF-CO-XC"),
    ("RT-11", {"un_specific": "Inquiry on Bordavia", "un_kind": ("ENT-INV",)}, "OFF-INV-XB"),
    ("RT-12", {"un_kind": ("ENT-SPT",), "un_specific": "torture"}, "OFF-SPT-UA"),
    ("RT-13", {"un_kind": ("ENT-TRB",), "coop_forms": ("COOP-CMP",)}, "OFF-TRB-PET"),
    ("RT-13", {"un_kind": ("ENT-TRB",), "coop_forms": ("COOP-VIS",)}, "OFF-TRB-OPC"),
    ("RT-13", {"un_kind": ("ENT-TRB",), "coop_forms": ("COOP-MTG",)}, "OFF-TRB"),
    ("RT-14", {"un_kind": ("ENT-G5",)}, "OFF-HRC"),
    ("RT-14", {"un_kind": ("ENT-UPR",)}, "OFF-UPR"),
    ("RT-15", {"un_kind": ("ENT-INV",), "country": "XF"}, "OFF-INV-XF"),
    ("RT-15", {"un_kind": ("ENT-INV",), "country": "XA"}, "OFF-ASG"),
    ("RT-16", {"un_kind": ("ENT-G2",), "coop_country": "XE"}, "OFF-PKO-XE"),
    ("RT-16", {"un_kind": ("ENT-PKO",), "coop_country": "XA"}, "OFF-RO-EAS"),
    ("RT-17", {"un_kind": ("ENT-G1",), "coop_country": "XA", "country": "XC"}, "OFF-CO-XA"),
    ("RT-17", {"un_kind": ("ENT-G1",), "coop_country": "XG"}, "OFF-HRA-XG"),
    ("RT-17", {"un_kind": ("ENT-G1",), "coop_country": "XM"}, "OFF-RO-WES"),
    ("RT-18", {"un_kind": ("ENT-SCB",)}, "OFF-SCB"),
    ("RT-18", {"un_kind": ("ENT-DEP",)}, "OFF-OHC-NYK"),
    ("RT-19", {"un_kind": ("ENT-AGY",), "un_agency": "women"}, "OFF-AGY-WOM"),
    ("RT-19", {"un_kind": ("ENT-AGY",), "un_agency": "health", "country": "XH"}, "OFF-CO-XH"),
    ("RT-19", {"un_kind": ("ENT-IFI",)}, "OFF-IFI"),
    ("RT-90", {"country": "XC"}, "OFF-CO-XC"),
    ("RT-90", {"un_kind": ("ENT-UNK",)}, "OFF-ASG"),
    ("RT-99", {"flags": ("FLG-COI",), "un_kind": ("ENT-G1",), "coop_country": "XM"}, "OFF-ASG"),
]


@pytest.mark.parametrize(("rule", "facts", "office"), RULES)
def test_every_rule_leads_to_its_office(rule: str, facts: Facts, office: str) -> None:
    """Spec 5.3."""
    found = way(facts)

    assert (rule, office) == (found.rule, found.office)


def test_every_rule_of_the_policy_has_a_case_here(policy: Policy) -> None:
    """A new rule needs a test."""
    assert {rule.id for rule in policy.directory.rules} <= {rule for rule, _facts, _office in RULES}


def test_a_paused_office_and_one_without_valid_keys_are_dropped() -> None:
    """RT-00."""
    directory = practice_policy().directory
    offices = dict(directory.offices)
    offices["OFF-HRC"] = replace(offices["OFF-HRC"], status="paused")
    offices["OFF-SPT-UA"] = replace(offices["OFF-SPT-UA"], keys=())
    changed = replace(directory, offices=offices)

    for kind, office in (("ENT-G5", "OFF-HRC"), ("ENT-SPT", "OFF-SPT-UA")):
        found = route({"un_kind": (kind,)}, changed, NOON, level="L3")
        assert (found.office, found.dropped) == ("OFF-ASG", (office,))


@pytest.mark.parametrize(
    ("exclude", "office"),
    [(("EXC-LOCAL",), "OFF-RO-EAS"), (("EXC-OFF:OFF-CO-XH",), "OFF-RO-EAS"), (("EXC-NATSTAFF",), "OFF-ASG"), (("EXC-NONE",), "OFF-CO-XH")],
)  # fmt: skip
def test_an_excluded_office_is_dropped_silently(exclude: tuple[str, ...], office: str) -> None:
    """RT-01, INV-09."""
    assert way({"un_kind": ("ENT-G1",), "coop_country": "XH", "exclude": exclude}).office == office


def test_excluding_an_office_excludes_its_group(policy: Policy) -> None:
    """Offices that share leadership go together."""
    offices = policy.directory.offices
    twin = replace(offices["OFF-RCO-XM"], id="OFF-TWIN", coi_group=offices["OFF-HRA-XG"].coi_group)
    directory = replace(policy.directory, offices={**offices, "OFF-TWIN": twin})

    assert is_excluded(twin, {"exclude": ("EXC-OFF:OFF-HRA-XG",)}, directory)


def test_when_the_senior_focal_point_is_excluded_the_alternate_receives_it() -> None:
    """RT-99."""
    assert way({"flags": ("FLG-COI",), "exclude": ("EXC-OFF:OFF-ASG",)}).office == "OFF-ALT"


def test_a_conflict_about_a_contact_with_the_senior_focal_point_goes_to_the_alternate() -> None:
    """RT-99: an office that may be where it leaked is not the separate one the bot spoke of."""
    facts: Facts = {"flags": ("FLG-COI",), "un_kind": ("ENT-SGO",)}

    assert way(facts).office == "OFF-ALT"
    assert is_excluded(practice_policy().directory.offices["OFF-ASG"], facts, practice_policy().directory)
    assert way({"un_kind": ("ENT-SGO",)}).office == "OFF-ASG"


def test_the_persons_choice_goes_first_among_several() -> None:
    """Spec 5.4, then custody prefers the presence in the country, a session the secretariat."""
    facts: Facts = {"un_kind": ("ENT-G1", "ENT-SPT"), "coop_country": "XA"}

    assert way({**facts, "acts": ("ACT-LIB-DET",)}).office == "OFF-CO-XA"
    assert way({**facts, "acts": ("ACT-UNA-ACC",)}).office == "OFF-SPT-UA"
    chosen = way({**facts, "acts": ("ACT-LIB-DET",), "chosen_office": "OFF-SPT-UA"})
    assert (chosen.office, chosen.reason) == ("OFF-SPT-UA", "RR-CHOSEN")


def test_who_declines_the_only_office_can_choose_the_senior_focal_point() -> None:
    """RT-90: the nearest office only if the person agrees; what they exclude is never offered."""
    facts: Facts = {"country": "XC"}

    assert [office for office, _reason in way(facts).candidates] == ["OFF-CO-XC", "OFF-ASG"]
    assert way({**facts, "chosen_office": "OFF-ASG"}).office == "OFF-ASG"
    excluded: Facts = {**facts, "exclude": ("EXC-OFF:OFF-ASG", "EXC-OFF:OFF-ALT")}
    assert [office for office, _reason in way(excluded).candidates] == ["OFF-CO-XC"]


def test_the_senior_focal_point_that_stands_in_is_not_said_to_be_what_the_person_had_contact_with() -> None:
    """The reason a person reads is true: nobody is left but an office that can help with every case."""
    found = way({"un_kind": ("ENT-INV",), "coop_country": "XA"})

    assert (found.office, found.reason) == ("OFF-ASG", "RR-99")
    assert way({"un_kind": ("ENT-SGO",)}).reason == "RR-18"


def test_out_of_hours_the_duty_desk_stands_in_for_urgent_cases_only() -> None:
    """Spec 5.6."""
    facts: Facts = {"un_kind": ("ENT-G5",)}

    assert [way(facts, level, NIGHT).out_of_hours for level in ("L1", "L2", "L3")] == ["OFF-EML", "OFF-EML", None]
    assert way(facts, "L2", NOON).out_of_hours is None
    assert way({"un_kind": ("ENT-AGY",), "un_agency": "refugees"}, "L1", NIGHT).out_of_hours is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["ENT-G1", "ENT-G2", "ENT-SPT", "ENT-TRB", "ENT-G5", "ENT-INV", "ENT-SCB", "ENT-UNK"]), max_size=3),
    st.lists(st.sampled_from(["EXC-LOCAL", "EXC-NATSTAFF", "EXC-OFF:OFF-ASG", "EXC-OFF:OFF-HRC", "EXC-OFF:OFF-SPT-UA"]), max_size=3),
    st.sampled_from(["XA", "XB", "XH", "FR", "online", None]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - made aware below
)  # fmt: skip
def test_an_excluded_office_never_receives_anything_and_somebody_always_does(
    kinds: list[str], exclude: list[str], country: str | None, at: datetime
) -> None:
    """Whatever the answers."""
    directory = practice_policy().directory
    facts: Facts = {"un_kind": tuple(kinds), "exclude": tuple(exclude), "country": country, "coop_country": country}
    found = route(facts, directory, at.replace(tzinfo=UTC), level="L2")

    assert found.office in directory.offices
    assert not any(is_excluded(directory.offices[office], facts, directory) for office, _reason in found.candidates)


def test_every_office_opens_within_a_week_and_is_then_open(policy: Policy) -> None:
    """All rows of the directory, weekends and zones included."""
    for office in policy.directory.offices.values():
        opens = next_opening(office, NIGHT)
        assert opens is not None
        assert NIGHT < opens < NIGHT + timedelta(days=8)
        assert is_open(office, opens)


def test_opening_hours_follow_summer_time(policy: Policy) -> None:
    """A real zone: nine in Zurich is seven UTC in summer and eight in winter."""
    office = replace(policy.directory.offices["OFF-HRC"], tz="Europe/Zurich")

    assert is_open(office, datetime(2026, 7, 1, 6, 30, tzinfo=UTC))
    assert not is_open(office, datetime(2026, 12, 1, 6, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("office", "level", "at", "words"),
    [
        ("OFF-EML", "L1", NIGHT, "W-MINUTES"), ("OFF-EML", "L2", NIGHT, "W-HOURS"), ("OFF-HRC", "L2", NOON, "W-HOURS"),
        ("OFF-HRC", "L3", NIGHT, "W-DAYS"),
    ],
)  # fmt: skip
def test_waiting_times_are_computed_and_said_in_words(
    policy: Policy, office: str, level: str, at: datetime, words: str
) -> None:
    """INV-19."""
    found = wait_words(policy.directory.offices[office], level, policy.triage, at, policy.roster)

    assert found.text_id == words
    assert policy.texts.body(found.text_id, "en", found.args)
    assert next_opening_words(policy.directory.offices["OFF-HRC"], NIGHT).text_id == "W-MON-MORNING"


def test_an_office_without_hours_never_promises_a_time(policy: Policy) -> None:
    """It answers later than usual."""
    office = replace(policy.directory.offices["OFF-HRC"], hours=())

    assert wait_words(office, "L1", policy.triage, NOON, policy.roster).text_id == "W-LATER"
    assert next_opening_words(office, NOON).text_id == "W-LATER"


def test_waiting_times_follow_the_roster_of_the_office_that_receives_it(policy: Policy) -> None:
    """INV-19: a desk with a gap of two hours says so, whatever its opening hours say."""
    office = policy.directory.offices["OFF-EML"]
    people = {"a": Officer("a", office.id, ("operator",), (("signal", "aci-a"),))}
    later = NOON.hour * 60 + 120
    shift = Shift(office.id, "operator", ("a",), tuple(range(7)), later, later + 60, "Etc/UTC")
    staffed = replace(policy.roster, people=people, shifts=(shift,))
    assert wait_words(office, "L1", policy.triage, NOON, policy.roster).args == {"COUNT": "30"}
    assert wait_words(office, "L1", policy.triage, NOON, staffed).args == {"COUNT": "3"}
    assert wait_words(office, "L1", policy.triage, NOON + timedelta(hours=2), staffed).args == {"COUNT": "30"}
    never = replace(staffed, shifts=(replace(shift, weekdays=()),))
    assert wait_words(office, "L1", policy.triage, NOON, never).text_id == "W-LATER"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("Arlenia", "XA"), ("arlenja", "XA"), ("FRANCE", "FR"), ("Côte d’Ivoire", "CI"), ("Deutschland", None), ("Allemagne", "DE"), ("", None)],
)  # fmt: skip
def test_a_country_is_found_by_any_of_its_names(policy: Policy, typed: str, code: str | None) -> None:
    """Case, accents and a slip do not matter."""
    assert find_country(typed, policy.directory) == code


@pytest.mark.parametrize(
    ("typed", "kinds", "names"),
    [
        ("freedom of expression", ("ENT-SPT",), ["freedom of opinion and expression"]),
        ("Torture", ("ENT-SPT",), ["torture"]),
        ("tortur", ("ENT-SPT",), ["torture"]),
        ("side event on land rights", ("ENT-HRC", "ENT-UPR"), []),
        ("the UN", ("ENT-SPT",), []),
    ],
)
def test_a_body_is_found_by_the_words_a_person_has(
    policy: Policy, typed: str, kinds: tuple[str, ...], names: list[str]
) -> None:
    """One best match stands alone; unknown words find nothing."""
    assert [body.name for body in find_bodies(typed, policy.directory, kinds)] == names


def test_nothing_that_was_typed_is_kept_for_the_next_search(policy: Policy) -> None:
    """It would lie in memory long after the report was sealed."""
    typed = "canary of somebody"
    before = sys.getrefcount(typed)
    find_country(typed, policy.directory)
    find_bodies(typed, policy.directory, ())
    assert sys.getrefcount(typed) == before


def test_names_of_bodies_read_as_names(policy: Policy) -> None:
    """People choose from them by number: nothing but the name."""
    odd = [body.name for body in policy.directory.bodies if not body.name[0].isalpha() or set(body.name) & set("[]{}:")]

    assert [name for name in odd if not name.startswith("country mandate: ")] == []
