"""Owning, raising and lowering: by whom, by which rule, and what stands in the audit log afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dialogs.clocks import Clocks, clocks
from dialogs.consents import minute
from dialogs.conversation import CaseCard
from dialogs.escalation import AlertState, Page
from dialogs.policy import Policy, Span, Window
from dialogs.replace import replace
from dialogs.roster import Officer, Roster
from dialogs.targets import due
from handlers.actor import Actor
from handlers.reasons import ReasonNeeded
from handlers.triage_state import (
    AlreadyOwned,
    CaseIsOver,
    LevelChange,
    NoSuchLevel,
    RoleMayNot,
    change_level,
    clocks_of,
    own,
)
from storage.memory import MemoryStore
from tests.conftest import NOON

AMINA = Actor("amina", "operator", "OFF-EML")
BORIS = Actor("boris", "first-respondent", "OFF-HRC")
CHEN = Actor("chen", "duty-officer", "OFF-HRC", ("duty-officer", "first-respondent"))
STATS = Actor("dora", "statistics", "OFF-HRC")
CARD = CaseCard("LW-1", "OFF-HRC", "L1", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "a b", "c d", "hash")
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def store() -> MemoryStore:
    """A store with one case and one open alert about it."""
    made = MemoryStore()
    alert = AlertState(
        "AL-1", "LW-1", "OFF-EML", "L1", wide=True, raised_at=NOON.isoformat(), next_look=NOON.isoformat(),
        pages=(Page("amina", "1111", 1, NOON.isoformat()), Page("eve", "2222", 1, NOON.isoformat())),
    )  # fmt: skip
    with made.transaction() as work:
        work.cases.open(CARD, None)
        work.alerts.raise_alert(alert)
    return made


@pytest.fixture
def staffed(policy: Policy) -> Policy:
    """The policy with two people at the desk."""
    people = {n: Officer(n, "OFF-EML", ("operator",), (("signal", f"aci-{n}"),)) for n in ("amina", "eve")}
    return replace(policy, roster=Roster(people, ladders=policy.roster.ladders))


def card_of(store: MemoryStore) -> CaseCard:
    """Return the card as it is stored."""
    with store.transaction() as work:
        card = work.cases.get("LW-1")
    assert card is not None
    return card


def change(store: MemoryStore, policy: Policy, level: str, by: Actor, reason: str = "") -> LevelChange:
    """Change the level in a transaction."""
    with store.transaction() as work:
        card = work.cases.get("LW-1")
        assert card is not None
        return change_level(work, policy, card, level, reason, by, LATER)


def log(store: MemoryStore) -> list[tuple[str, str, str, str, str]]:
    """Return who did what to the case, from what to what and why."""
    with store.transaction() as work:
        entries = work.audit.of("LW-1")
    return [(e.who, e.act, e.old, e.new, e.reason) for e in entries if not e.act.startswith("alert-")]


def test_whoever_owns_a_case_ends_its_ladder(store: MemoryStore, staffed: Policy) -> None:
    """The other one who was told hears so; nobody else can own it; it stands in the log once."""
    with store.transaction() as work:
        owned = own(work, staffed, CARD, AMINA, LATER)
        assert own(work, staffed, owned, AMINA, LATER) == owned
        with pytest.raises(AlreadyOwned):
            own(work, staffed, owned, BORIS, LATER)
        assert work.alerts.state("AL-1") == "owned"
        told = work.outbox.claim(LATER, 9, 9, "signal")

    assert [item.outgoing.address.value for item in told] == ["aci-eve"]
    assert card_of(store) == owned
    assert (owned.owner, owned.status, owned.owned_at) == ("amina", "ST-ACK", minute(LATER))
    assert log(store) == [("amina", "own", "", "amina", "")]


def test_roles_without_cases_and_cases_that_are_over(store: MemoryStore, policy: Policy) -> None:
    """Refused, and nothing is written."""
    with store.transaction() as work:
        with pytest.raises(RoleMayNot):
            own(work, policy, CARD, STATS, LATER)
        with pytest.raises(CaseIsOver):
            own(work, policy, replace(CARD, status="ST-WDR"), AMINA, LATER)
        with pytest.raises(CaseIsOver):
            change_level(work, policy, replace(CARD, status="ST-CLO"), "L1", "", AMINA, LATER)
    with pytest.raises(NoSuchLevel):
        change(store, policy, "L9", AMINA)

    assert log(store) == []


def test_one_person_raises_at_once(store: MemoryStore, policy: Policy) -> None:
    """An operator too; the ladder of the open alert is that of the new level from now on."""
    with store.transaction() as work:
        work.cases.update(replace(CARD, level="L3", status="ST-ACK"))
        work.alerts.save(replace(work.alerts.open_ones()[0], level="L3", next_look=""))
    done = change(store, policy, "L1", AMINA)

    assert (done.pending, done.card.level, done.card.status) == (False, "L1", "ST-TRI")
    assert log(store) == [("amina", "level", "L3", "L1", "")]
    with store.transaction() as work:
        (alert,) = work.alerts.due(LATER, 9)
    assert (alert.level, alert.step, alert.raised_at) == ("L1", 0, LATER.isoformat())


def test_lower_levels_are_lowered_by_one_person_with_a_reason(store: MemoryStore, policy: Policy) -> None:
    """Not by an operator, and only for one of the reasons of the list, never in words of one's own."""
    with store.transaction() as work:
        work.cases.update(replace(CARD, level="L2"))
    with pytest.raises(RoleMayNot):
        change(store, policy, "L3", AMINA, "RSN-LVL-NEWS")
    for words in ("", "  ", "calmer", "RSN-HLD-WHO"):
        with pytest.raises(ReasonNeeded, match="RSN-LVL-NEWS, RSN-LVL-SAFE"):
            change(store, policy, "L3", BORIS, words)
    assert change(store, policy, "L3", BORIS, "RSN-LVL-NEWS").card.level == "L3"
    assert log(store) == [("boris", "level", "L2", "L3", "RSN-LVL-NEWS")]


def test_l1_is_lowered_by_two_different_people_only(store: MemoryStore, policy: Policy) -> None:
    """INV-13: the same person twice, or two people who wish different levels, lower nothing."""
    assert change(store, policy, "L2", BORIS, "RSN-LVL-SAFE").pending
    assert change(store, policy, "L2", BORIS, "RSN-LVL-NEWS").pending
    assert change(store, policy, "L3", CHEN, "RSN-LVL-SAFE").pending
    assert card_of(store).level == "L1"
    with pytest.raises(ReasonNeeded):
        change(store, policy, "L3", BORIS)
    done = change(store, policy, "L3", BORIS, "RSN-LVL-SAFE")

    assert (done.pending, done.card.level, done.card.lowering) == (False, "L3", None)
    assert [(who, act) for who, act, *_rest in log(store)] == [
        ("boris", "level-wish"), ("boris", "level-wish"), ("chen", "level-wish"), ("boris", "level"),
    ]  # fmt: skip


def test_a_wish_to_lower_ends_when_the_level_is_confirmed(store: MemoryStore, policy: Policy) -> None:
    """Whoever confirms L1 in between takes the first wish off the table."""
    assert change(store, policy, "L2", BORIS, "RSN-LVL-SAFE").pending
    assert change(store, policy, "L1", AMINA).card.lowering is None
    assert change(store, policy, "L2", CHEN, "RSN-LVL-SAFE").pending


def test_the_clocks_follow_level_owner_and_first_words(policy: Policy) -> None:
    """3.10.1: 10 and 30 minutes, four hours; owning, contact and plan go out one by one, the review comes again."""
    office = policy.directory.offices["OFF-HRC"]
    fresh = clocks(CARD, office, policy.triage, contactable=True)
    assert fresh == Clocks("2026-11-24T10:10Z", "2026-11-24T10:30Z", "2026-11-24T14:00Z", "")
    assert (fresh.late(NOON + timedelta(minutes=10)), fresh.late(NOON + timedelta(minutes=11))) == (False, True)
    owned = replace(
        CARD, owner="amina", owned_at="2026-11-24T10:04Z", status="ST-ACK", contacted_at="2026-11-24T10:05Z"
    )
    assert clocks(owned, office, policy.triage, contactable=True) == Clocks(
        "", "", "2026-11-24T14:00Z", "2026-11-24T14:04Z"
    )
    planned = replace(owned, status="ST-VER", reviewed_at="2026-11-24T13:00Z")
    assert clocks(planned, office, policy.triage, contactable=True) == Clocks("", "", "", "2026-11-24T17:00Z")
    assert clocks(replace(owned, status="ST-HOLD"), office, policy.triage, contactable=True) == Clocks()
    raised = replace(CARD, level_at="2026-11-24T12:00Z")
    assert clocks(raised, office, policy.triage, contactable=True).owned_due == "2026-11-24T12:10Z"


def test_nobody_is_late_with_words_the_person_did_not_agree_to(policy: Policy) -> None:
    """Without C-CONT no first contact is due."""
    assert clocks_of(CARD, policy, NOON).contact_due == ""
    assert clocks_of(CARD, policy, NOON).owned_due == "2026-11-24T10:10Z"


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        (Span(8, "working hours"), "2026-11-24T15:00:00+00:00", "2026-11-25T15:00:00+00:00"),
        (Span(8, "working hours"), "2026-11-27T20:00:00+00:00", "2026-11-30T16:00:00+00:00"),
        (Span(2, "working days"), "2026-11-26T15:00:00+00:00", "2026-11-30T15:00:00+00:00"),
        (Span(1, "working days"), "2026-11-28T03:00:00+00:00", "2026-12-01T08:00:00+00:00"),
        (Span(1, "working days"), "2026-12-24T09:00:00+00:00", "2026-12-28T09:00:00+00:00"),
        (Span(9, "working hours"), "2026-12-24T15:00:00+00:00", "2026-12-28T16:00:00+00:00"),
        (Span(2, "days"), "2026-11-27T20:00:00+00:00", "2026-11-29T20:00:00+00:00"),
    ],
)
def test_working_time_stops_at_night_at_weekends_and_on_holidays(
    policy: Policy, span: Span, start: str, end: str
) -> None:
    """An office open from eight to sixteen on weekdays, closed on Christmas Day."""
    office = replace(
        policy.directory.offices["OFF-HRC"], tz="Etc/UTC", hours=(Window((0, 1, 2, 3, 4), 480, 960),),
        closed_on=frozenset({date(2026, 12, 25)}),
    )  # fmt: skip

    assert due(office, span, datetime.fromisoformat(start)) == datetime.fromisoformat(end)


def test_working_days_keep_the_wall_clock_when_clocks_change(policy: Policy) -> None:
    """Friday noon in Zurich to Monday noon over the last Sunday of March: an hour less by UTC."""
    office = replace(
        policy.directory.offices["OFF-HRC"], tz="Europe/Zurich", hours=(Window((0, 1, 2, 3, 4), 480, 960),)
    )
    start = datetime.fromisoformat("2026-03-27T11:00:00+00:00")

    assert due(office, Span(1, "working days"), start) == datetime.fromisoformat("2026-03-30T10:00:00+00:00")
