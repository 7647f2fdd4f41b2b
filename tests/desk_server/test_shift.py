"""The shift report at the desk: who gets it, of what it is made, and that the look is logged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock
from dialogs.consents import minute
from dialogs.replace import replace
from dialogs.roster import Officer, Roster, Shift
from handlers.accounts import Role
from handlers.message_ports import REFUSED, SENT, WAITING, Message
from handlers.types import AuditEntry
from tests.conftest import NOON
from tests.desk_server.world import HRC, OTHER, World, card_of, desk_world, given

ON_SHIFT = (Role.OPERATOR, Role.DUTY_OFFICER, Role.SHIFT_LEAD)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk without cases."""
    with desk_world(tmp_path, FixedClock(NOON)) as made:
        yield made


def came(case: str, hours_ago: float = 1, **fields: Any) -> Any:  # noqa: ANN401 - any part of a card
    """Return a case of the office that came in not long ago."""
    return replace(card_of(case), submitted_at=minute(NOON - timedelta(hours=hours_ago)), **fields)


def record(world: World, *entries: AuditEntry) -> None:
    """Write into the audit log."""
    with world.service.store.transaction() as work:
        for entry in entries:
            work.audit.record(entry)


def shift(world: World, role: Role = Role.SHIFT_LEAD, **asked: int) -> Any:  # noqa: ANN401 - JSON
    """Return the report as somebody of the office gets it."""
    answer = world.logged_in(f"a-{role}", HRC, role).get("/api/shift", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_quiet_shift_is_all_zeros(world: World) -> None:
    """Every line is there, also where nothing happened; who is on duty is unknown without a roster."""
    report = shift(world)
    rows = report.pop("received")

    assert [row["level"] for row in rows] == ["L1", "L2", "L3", "L4", "L0"]
    assert {row[name] for row in rows for name in ("count", "in_time", "late")} == {0}
    assert (report.pop("since"), report.pop("until")) == ("2026-11-24T02:00Z", "2026-11-24T10:00Z")
    assert (report.pop("office"), report.pop("on_duty")) == (HRC, None)
    inner = [value for part in report.values() for value in (part.values() if isinstance(part, dict) else [part])]
    assert set(inner) == {0}


@pytest.mark.parametrize("role", list(Role))
def test_those_on_shift_get_the_same_report(world: World, role: Role) -> None:
    """Of the whole office, whichever cases their role shows; nobody else gets any."""
    world.open_case(came("LW-1", level="L3"))
    browser = world.logged_in("somebody", HRC, role)
    answer = browser.get("/api/shift")

    if role in ON_SHIFT:
        assert answer.json()["received"][2] == {"level": "L3", "count": 1, "in_time": 0, "late": 0}
    else:
        assert answer.status_code == 403


def test_nothing_of_another_office_is_counted(world: World) -> None:
    """Neither its cases nor what it did in them, nor what it did in a case that both have."""
    world.open_case(came("LW-1", office=OTHER, consents=(given("C-FWD", OTHER),), unreachable=True))
    quiet = shift(world)
    world.open_case(came("LW-2"))
    with world.service.store.transaction() as work:
        work.messages.add(Message("m1", "LW-2", 1, "eve", NOON, SENT))
    record(
        world,
        AuditEntry(NOON, "eve", "first-respondent", OTHER, "write", "LW-2"),
        AuditEntry(NOON, "eve", "first-respondent", OTHER, "status", "LW-2", "ST-TRI", "ST-HOLD", "RSN-HLD-WISH"),
    )
    report = shift(world)

    assert (quiet["received"][1]["count"], report["received"][1]["count"]) == (0, 1)
    assert (report["contacts"], report["holds"]) == ({"made": 0, "failed": 0, "waiting": 0}, 0)
    assert report["faults"]["unreachable"] == 0


def test_a_contact_is_a_case_in_which_something_went_out(world: World) -> None:
    """One of which nothing went out has failed; messages of the person, and of an earlier shift, are none."""
    said = {"LW-1": (REFUSED, SENT), "LW-2": (REFUSED, REFUSED), "LW-3": (REFUSED, WAITING), "LW-4": (REFUSED,)}
    for case, states in said.items():
        world.open_case(came(case))
        with world.service.store.transaction() as work:
            for number, state in enumerate(states, 1):
                work.messages.add(Message(f"{case}-{number}", case, number, "ana", NOON, state))
            work.messages.add(Message(f"{case}-8", case, 8, "", NOON, SENT))
            work.messages.add(Message(f"{case}-9", case, 9, "ana", NOON - timedelta(hours=9), SENT))
        record(world, AuditEntry(NOON, "ana", "first-respondent", HRC, "write", case))

    assert shift(world)["contacts"] == {"made": 1, "failed": 2, "waiting": 1}


def test_an_escalation_counts_although_who_was_told_first_was_told_before_the_shift(world: World) -> None:
    """The history of the case is read from its beginning."""
    world.open_case(came("LW-1", 10))
    record(
        world,
        AuditEntry(NOON - timedelta(hours=9), "", "duty", HRC, "alert-raised", "LW-1", "", "AL-1 L2"),
        AuditEntry(NOON - timedelta(hours=9), "ana", "duty", HRC, "alert-told", "LW-1", "", "AL-1 L2"),
        AuditEntry(NOON - timedelta(hours=1), "ben", "duty", HRC, "alert-told", "LW-1", "", "AL-1 L2"),
    )

    assert shift(world)["escalations"] == {"ESC-TIME": 1, "ESC-PASS": 0}
    assert shift(world, hours=1)["escalations"] == {"ESC-TIME": 1, "ESC-PASS": 0}


def test_the_hours_are_those_asked_for(world: World) -> None:
    """At most a day."""
    world.open_case(came("LW-1", 10))

    assert [shift(world, hours=hours)["received"][1]["count"] for hours in (8, 12)] == [0, 1]
    assert world.logged_in("ana", HRC, Role.SHIFT_LEAD).get("/api/shift", hours=25).status_code == 400


def test_the_officers_on_duty_are_counted_by_roster_and_duty_book(world: World) -> None:
    """Those of the own office only."""
    people = {name: Officer(name, office, ("operator",), ()) for name, office in (("ana", HRC), ("eve", OTHER))}
    shifts = tuple(
        Shift(o.office, "operator", (o.id,), tuple(range(7)), 0, 23 * 60, "Etc/UTC") for o in people.values()
    )
    policy = replace(world.desk.policy, roster=Roster(people, shifts))
    world.desk = replace(world.desk, service=replace(world.desk.service, policy=policy))

    assert shift(world)["on_duty"] == 1


def test_a_look_is_logged_once_in_the_hours_looked_at(world: World) -> None:
    """With role and office, and nothing else."""
    browser = world.logged_in("ana", HRC, Role.SHIFT_LEAD)
    for hours_later in (0, 1, 9):
        world.clock.at = NOON + timedelta(hours=hours_later)
        if hours_later == 9:
            browser = world.logged_in("ana", HRC, Role.SHIFT_LEAD)
        browser.get("/api/shift")
    with world.service.store.transaction() as work:
        entries = [one.entry for one in work.audit.page(0, 100) if one.entry is not None]
    looks = [entry for entry in entries if entry.act == "shift-report"]

    assert looks == [
        AuditEntry(NOON + timedelta(hours=hours), "ana", "shift-lead", HRC, "shift-report") for hours in (0, 9)
    ]


def test_a_debrief_is_counted_for_the_office_that_held_it(world: World) -> None:
    """Kept is who recorded it, in which role; nothing else. Who is not on shift records none."""
    for name, office, role in (
        ("ana", HRC, Role.OPERATOR),
        ("ben", HRC, Role.SHIFT_LEAD),
        ("eve", OTHER, Role.OPERATOR),
    ):
        assert world.logged_in(name, office, role).post("/api/shift/debrief").status_code == 200
    assert world.logged_in("dan", HRC, Role.ADMINISTRATOR).post("/api/shift/debrief").status_code == 403
    with world.service.store.transaction() as work:
        kept = [one.entry for one in work.audit.page(0, 100) if one.entry is not None and one.entry.act == "debrief"]

    assert kept[0] == AuditEntry(NOON, "ana", "operator", HRC, "debrief")
    assert (len(kept), shift(world)["debriefs"]) == (3, 2)


def test_an_office_that_left_the_directory_has_nothing_to_count(world: World) -> None:
    """Whoever is still signed in there gets zeros, not an error."""
    world.open_case(came("LW-1", office="OFF-GONE"))
    report = world.logged_in("ana", "OFF-GONE", Role.SHIFT_LEAD).get("/api/shift").json()

    assert (report["received"][1]["count"], report["languages_lacking"]) == (0, {})


def test_no_case_stands_in_the_report(world: World) -> None:
    """Neither its id nor its two words nor its owner."""
    world.open_case(came("LW-1", owner="ana", owned_at=minute(NOON)))
    answer = world.logged_in("ana", HRC, Role.OPERATOR).get("/api/shift").text

    assert not [word for word in ("LW-", "green apple", "tall river", "ana") if word in answer]
