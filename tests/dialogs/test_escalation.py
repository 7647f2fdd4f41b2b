"""The ladder and the roster against a model that imports nothing of them but their values."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same rosters in every run
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dialogs.duty_book import DutyBook, Stint, Swap
from dialogs.escalation import AlertState, look, pass_on, take
from dialogs.holes import holes, offices_of
from dialogs.policy import Policy, Window
from dialogs.replace import replace
from dialogs.roster import Officer, Quiet, Roster, Shift, on_duty
from tests.conftest import NOON, practice_policy

LADDERS = practice_policy().roster.ladders
TICK = timedelta(seconds=5)


def officer(name: str, *roles: str, office: str = "OFF-EML") -> Officer:
    """Return somebody with one Signal account and one mail address."""
    return Officer(name, office, roles, (("signal", f"aci-{name}"), ("mail", f"{name}@example.org")))


def always(role: str, *people: str, office: str = "OFF-EML") -> Shift:
    """Return a shift that never ends."""
    return Shift(office, role, people, tuple(range(7)), 0, 1440, "Etc/UTC")


def full_roster() -> Roster:
    """Return a desk with everybody there."""
    people = [officer("a", "operator"), officer("b", "operator"), officer("lead", "shift-lead"),
              officer("call", "on-call", office="OFF-ASG"), officer("deputy", "deputy", office="OFF-ASG")]  # fmt: skip
    shifts = (always("operator", "a", "b"), always("shift-lead", "lead"),
              always("on-call", "call", office="OFF-ASG"), always("deputy", "deputy", office="OFF-ASG"))  # fmt: skip
    return Roster({p.id: p for p in people}, shifts, ladders=LADDERS)


def play(
    roster: Roster, alert: AlertState, minutes: int, *, acked: int | None = None
) -> tuple[list[tuple[int, str]], AlertState]:
    """Look whenever the alert says so; return who was told at which second."""
    start = datetime.fromisoformat(alert.raised_at)
    told: list[tuple[int, str]] = []
    now, digits = start, 0
    while now <= start + timedelta(minutes=minutes):
        if acked is not None and now >= start + timedelta(minutes=acked) and alert.state == "open" and alert.pages:
            first = alert.pages[0]
            alert = take(alert, first.officer, first.code, now) or alert
        if not alert.next_look or now >= datetime.fromisoformat(alert.next_look):
            fresh = tuple(f"{(digits + n) % 10000:04d}" for n in range(8))
            digits += 8
            alert, people = look(alert, roster, now, fresh)
            told.extend((int((now - start).total_seconds()), person.id) for person in people)
        if alert.state != "open":
            break
        now += TICK
    return told, alert


def an_alert(level: str = "L1", *, wide: bool = True, at: datetime = NOON) -> AlertState:
    """Return a fresh alert."""
    return AlertState("AL-1", "LW-1", "OFF-EML", level, wide=wide, raised_at=at.isoformat())


def test_the_ladder_of_an_immediate_alert_is_climbed_to_the_minute() -> None:
    """10 second operator, 20 shift lead, 30 focal point, 60 deputy; everybody told is told again every two minutes."""
    told, _alert = play(full_roster(), an_alert(), 61)
    first: dict[str, int] = {}
    for second, name in told:
        first.setdefault(name, second)

    assert first == {"a": 0, "b": 600, "lead": 1200, "call": 1800, "deputy": 3600}
    assert [second for second, name in told if name == "a"][:3] == [0, 120, 240]


def test_without_consent_the_ladder_stays_inside_the_office() -> None:
    """No C-EMER and no C-ASG: nobody at the focal point is told."""
    told, _alert = play(full_roster(), an_alert(wide=False), 90)

    assert {name for _second, name in told} == {"a", "b", "lead"}


def test_an_empty_step_gives_its_turn_to_the_next_at_once_and_nobody_is_told_twice_at_once() -> None:
    """A desk with a shift lead only."""
    people = [officer("lead", "shift-lead")]
    roster = Roster({p.id: p for p in people}, (always("shift-lead", "lead"),), ladders=LADDERS)
    told, _alert = play(roster, an_alert(), 3)

    assert told[:2] == [(0, "lead"), (120, "lead")]


def test_whoever_takes_it_ends_the_ladder_and_codes_of_others_do_not_count() -> None:
    """One word with one's own code."""
    told, alert = play(full_roster(), an_alert(), 90, acked=11)
    assert alert.state == "owned"
    assert max(second for second, _name in told) <= 11 * 60
    fresh, _people = look(an_alert(), full_roster(), NOON, ("1111", "2222"))
    code = fresh.pages[0].code
    assert take(fresh, "b", code, NOON) is None
    assert take(fresh, "a", "0000", NOON) is None
    owned = take(fresh, "a", code, NOON)
    assert owned is not None
    assert take(owned, "a", code, NOON) is None


def test_somebody_busy_passes_it_on_at_once() -> None:
    """The next step does not wait for its time, and the one who passed is left alone."""
    first, _people = look(an_alert(), full_roster(), NOON, ("1111", "2222"))
    passed = pass_on(first, "a", first.pages[0].code, NOON)
    assert passed is not None
    after, told = look(passed, full_roster(), NOON, ("3333",))
    assert [person.id for person in told] == ["b"]
    later, again = look(after, full_roster(), NOON + timedelta(minutes=2), ("4444",))
    assert [person.id for person in again] == ["b"]
    assert later.state == "open"


def test_a_night_shift_keeps_its_wall_clock_when_clocks_change() -> None:
    """20:00 to 08:00 in Zurich: eleven hours in spring, thirteen in autumn; holidays and swaps by the day it begins."""
    shift = Shift(
        "O", "operator", ("a",), tuple(range(7)), 20 * 60, 32 * 60, "Europe/Zurich", frozenset({date(2026, 12, 24)})
    )
    people = {name: officer(name, "operator", office="O") for name in ("a", "b")}
    roster = Roster(people, (shift,), (Swap("2026-12-31", "a", "b"),))
    zone = ZoneInfo("Europe/Zurich")

    def who(*when: int) -> list[str]:
        return [p.id for p in on_duty(roster, "O", "operator", datetime(*when, tzinfo=zone).astimezone(UTC))]  # type: ignore[arg-type,misc]  # year, month, day, hour, minute

    assert who(2026, 3, 28, 20, 0) == ["a"]
    assert who(2026, 3, 29, 7, 59) == ["a"]
    assert who(2026, 10, 25, 7, 59) == ["a"]
    assert who(2026, 10, 25, 8, 0) == []
    assert who(2026, 12, 24, 23, 0) == []
    assert who(2026, 12, 31, 23, 0) == ["b"]
    assert who(2027, 1, 1, 3, 0) == ["b"]


def test_a_hole_in_the_roster_is_named_before_it_comes(policy: Policy) -> None:
    """By office and level; the duty desk must be reachable round the clock for L1 and L2, an office while it is open."""
    day = Shift("OFF-EML", "operator", ("a",), tuple(range(7)), 8 * 60, 20 * 60, "Etc/UTC")
    noon = Shift("OFF-HRC", "operator", ("b",), (0, 1, 2, 3, 4), 0, 12 * 60, "Etc/UTC")
    people = {"a": officer("a", "operator"), "b": officer("b", "operator", office="OFF-HRC")}
    ladders = {"L2": LADDERS["L2"]}
    roster = Roster(people, (day, noon), ladders=ladders)
    offices = {office.id: office for office in policy.directory.offices.values()}
    hrc = replace(offices["OFF-HRC"], tz="Etc/UTC", hours=(Window((0, 1, 2, 3, 4), 480, 960),), on_call=False)
    watched = offices_of(roster, (offices["OFF-EML"], hrc, offices["OFF-ASG"]))
    found = list(holes(roster, watched, datetime(2026, 11, 24, 12, tzinfo=UTC), 1))

    assert found == [
        "OFF-EML has nobody for L2 from 2026-11-24 20:00 to 2026-11-25 08:00 UTC",
        "OFF-HRC has nobody for L2 from 2026-11-24 12:00 to 2026-11-24 16:00 UTC",
    ]


def stint(who: str, into: str = "", hours: int = 4) -> Stint:
    """Return an entry of the book from noon on."""
    return Stint(who, NOON.isoformat(), (NOON + timedelta(hours=hours)).isoformat(), into)


def test_what_was_said_in_the_chat_counts_beside_the_roster() -> None:
    """On, off, handed over, handed on: as long as it was said."""
    people = {name: officer(name, "operator") for name in ("a", "b", "c")}
    roster = Roster(people, (always("operator", "a"),))

    def who(book: DutyBook, at: datetime = NOON) -> list[str]:
        return [p.id for p in on_duty(replace(roster, book=book), "OFF-EML", "operator", at)]

    assert who(DutyBook(off=(stint("a"),))) == []
    assert who(DutyBook(off=(stint("a"),)), NOON + timedelta(hours=4)) == ["a"]
    assert who(DutyBook(on=(stint("b"),))) == ["a", "b"]
    assert who(DutyBook(stand_ins=(stint("a", "b"),))) == ["b"]
    assert who(DutyBook(stand_ins=(stint("a", "b"), stint("b", "c")))) == ["c"]
    assert who(DutyBook(stand_ins=(stint("a", "b"),), off=(stint("b"),))) == []


def test_quiet_hours_hold_up_what_is_not_urgent() -> None:
    """An L3 waits until the morning, also over midnight; an L1 does not."""
    quiet = Quiet(20 * 60, 7 * 60, "Etc/UTC")
    a = replace(officer("a", "operator"), quiet=quiet)
    rung = replace(LADDERS["L3"], rungs=LADDERS["L1"].rungs[:1])
    roster = Roster({"a": a}, (always("operator", "a"),), ladders={**LADDERS, "L3": rung})
    night = NOON.replace(hour=23)
    assert quiet.end(NOON) is None
    assert quiet.end(night) == (night + timedelta(days=1)).replace(hour=7)
    assert play(roster, an_alert("L1", at=night), 1)[0] == [(0, "a")]
    told, _alert = play(roster, an_alert("L3", at=night), 9 * 60)
    assert told == [(8 * 3600, "a")]


def test_whoever_goes_off_duty_is_relieved_at_once() -> None:
    """Somebody of the same rung who is on duty is told at that moment, and the one who left is left alone."""
    people = {name: officer(name, "operator") for name in ("a", "b")}
    until_one = Shift("OFF-EML", "operator", ("a",), tuple(range(7)), 0, NOON.hour * 60 + 61, "Etc/UTC")
    after_one = Shift("OFF-EML", "operator", ("b",), tuple(range(7)), NOON.hour * 60 + 61, 1440, "Etc/UTC")
    roster = Roster(people, (until_one, after_one), ladders=LADDERS)
    told, _alert = play(roster, an_alert("L2"), 95)

    assert told == [(0, "a"), (1800, "a"), (3600, "a"), (3660, "b"), (5460, "b")]


def test_whoever_comes_on_duty_at_an_empty_desk_is_told_at_the_next_tick() -> None:
    """An alert nobody could be told of is never forgotten."""
    late = Shift("OFF-EML", "operator", ("a",), tuple(range(7)), NOON.hour * 60 + 47, 1440, "Etc/UTC")
    roster = Roster({"a": officer("a", "operator")}, (late,), ladders=LADDERS)

    assert play(roster, an_alert(), 48)[0] == [(47 * 60, "a")]


def test_after_the_last_step_it_grows_louder_with_every_repetition() -> None:
    """One more person on duty each time; where everybody passed it on, they are asked again all the same."""
    people = {name: officer(name, "operator") for name in ("a", "b", "c")}
    ladder = replace(LADDERS["L1"], rungs=LADDERS["L1"].rungs[:1])
    roster = Roster(people, (always("operator", "a", "b", "c"),), ladders={"L1": ladder})
    told, alert = play(roster, an_alert(), 5)
    assert [name for _second, name in told] == ["a", "b", "a", "c", "a", "b"]
    for page in alert.pages:
        alert = pass_on(alert, page.officer, page.code, NOON + timedelta(minutes=5)) or alert
    _later, again = look(alert, roster, NOON + timedelta(minutes=8), ())
    assert {person.id for person in again} == {"a", "b", "c"}


@pytest.mark.parametrize("seed", range(30))
def test_random_desks_skip_and_double_nothing(seed: int) -> None:
    """Everybody is told for the first time at most once, never after it was taken, and nobody who is not on duty."""
    chance = random.Random(seed)  # noqa: S311 - seeded, no secret
    people: list[Officer] = []
    shifts: list[Shift] = []
    for role, office in (
        ("operator", "OFF-EML"),
        ("shift-lead", "OFF-EML"),
        ("on-call", "OFF-ASG"),
        ("deputy", "OFF-ASG"),
    ):
        names = [f"{role}{n}" for n in range(chance.randrange(3))]
        people += [officer(name, role, office=office) for name in names]
        shifts += [always(role, *names, office=office)] if names else []
    roster = Roster({p.id: p for p in people}, tuple(shifts), ladders=LADDERS)
    level = chance.choice(("L1", "L2"))
    acked = chance.choice((None, 5, 25, 45))
    told, alert = play(roster, an_alert(level, wide=chance.random() < 0.7), 130, acked=acked)
    times: dict[str, list[int]] = {}
    for second, name in told:
        times.setdefault(name, []).append(second)

    assert set(times) <= set(roster.people)
    assert all(b - a == LADDERS[level].repeat * 60 for t in times.values() for a, b in pairwise(t))
    if people and not alert.wide:
        assert not {name for name in times if name.startswith(("on-call", "deputy"))}
    if acked is not None and told:
        assert max(second for second, _name in told) <= max(acked * 60, told[0][0])
    inside = [p.id for p in people if p.office == "OFF-EML"]
    if inside:
        assert told[0][0] == 0, "somebody is there, so somebody is told at once"


def test_an_owned_alert_or_a_roster_without_ladders_looks_no_more() -> None:
    """Nothing is due for what is over, and nobody can be told without a ladder."""
    assert look(replace(an_alert(), state="owned"), full_roster(), NOON, ())[0].next_look == ""
    assert look(an_alert(), replace(full_roster(), ladders={}), NOON, ())[1] == ()


@pytest.mark.parametrize(
    ("level", "there", "climbed"),
    [
        ("L3", ("L1", "L2", "L4"), "L2"),
        ("L4", ("L1", "L2"), "L2"),
        ("L0", ("L1", "L2", "L3", "L4"), "L4"),
        ("L1", ("L2", "L3"), "L2"),
        ("L9", ("L1", "L2"), "L2"),
    ],
)
def test_a_level_without_a_ladder_climbs_that_of_the_next_more_urgent_one(
    level: str, there: tuple[str, ...], climbed: str
) -> None:
    """Or else of the next less urgent one: an alert never stays open with nobody told."""
    full = full_roster()
    people, shifts = {**full.people, "head": officer("head", "head")}, (*full.shifts, always("head", "head"))
    roster = Roster(people, shifts, ladders={name: LADDERS[name] for name in there})

    assert roster.ladder_of(level) == LADDERS[climbed]
    assert look(an_alert(level), roster, NOON + timedelta(days=4), tuple("abcdefgh"))[1]
