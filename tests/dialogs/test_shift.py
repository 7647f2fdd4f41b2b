"""The shift report: what is counted of cards and of the audit log, and what is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialogs import shift
from dialogs.consents import minute
from dialogs.conversation import CaseCard, ConsentEvent
from dialogs.policy import Policy
from dialogs.replace import replace
from dialogs.roster import Officer, Roster, Shift
from handlers.types import AuditEntry
from tests.conftest import NOON

HRC, OTHER = "OFF-HRC", "OFF-OHC-GVA"
SINCE = NOON - timedelta(hours=8)
CARD = CaseCard("LW-1", HRC, "L1", "ST-SUB", "", "en", "signal", "a b", "c d", "hash")
YES = ConsentEvent("CR-1", "C-M-UM-FOC-CHK", "given", "", "T", "00", "en", "signal", measure="UM-FOC-CHK")


def ago(**span: float) -> datetime:
    """Return a moment of the shift, so long before its end."""
    return NOON - timedelta(**span)


def came(minutes_ago: int, level: str = "L1", case: str = "LW-1", **fields: Any) -> CaseCard:  # noqa: ANN401 - any part of a card
    """Return a case that came in so many minutes ago."""
    return replace(CARD, case=case, level=level, submitted_at=minute(ago(minutes=minutes_ago)), **fields)


def done(
    act: str, minutes_ago: float, new: str = "", *, who: str = "ana", office: str = HRC, **more: str
) -> AuditEntry:
    """Return an entry of the audit log about LW-1."""
    return AuditEntry(ago(minutes=minutes_ago), who, "duty", office, act, **{"case": "LW-1", "new": new, **more})


def agreed(status: str, minutes_ago: int, **fields: Any) -> ConsentEvent:  # noqa: ANN401 - any part of an event
    """Return an answer to a measure card."""
    return replace(YES, status=status, at=minute(ago(minutes=minutes_ago)), **fields)


def of_level(policy: Policy, level: str, *cards: CaseCard, log: tuple[AuditEntry, ...] = ()) -> tuple[int, int, int]:
    """Return how many came in at a level, how many were owned in time, and how many late."""
    row = next(row for row in shift.received(cards, log, policy, SINCE, NOON) if row.level == level)
    return row.count, row.in_time, row.late


@pytest.mark.parametrize(
    ("card", "counted"),
    [
        (came(60, owned_at=minute(ago(minutes=50))), (1, 1, 0)),
        (came(60, owned_at=minute(ago(minutes=49))), (1, 0, 1)),
        (came(60), (1, 0, 1)),
        (came(5), (1, 0, 0)),
        (came(60, status="ST-WDR"), (1, 0, 0)),
        (came(8 * 60), (1, 0, 1)),
        (came(8 * 60 + 1), (0, 0, 0)),
        (came(60, office="OFF-GONE"), (1, 0, 0)),
    ],
)
def test_an_immediate_case_is_owned_in_time_within_ten_minutes(
    policy: Policy, card: CaseCard, counted: tuple[int, int, int]
) -> None:
    """Later, or not at all, is late; what has time left, or was taken back first, is neither."""
    assert of_level(policy, "L1", card) == counted


def test_what_came_in_counts_by_the_level_it_came_in_with(policy: Policy) -> None:
    """Raised after an hour it was not late for the ten minutes of a level it did not have."""
    card = came(90, "L1", owned_at=minute(ago(minutes=45)))
    log = (done("level", 44, "L1", old="L2"), done("level", 40, "L1", old="L1"))

    assert (of_level(policy, "L2", card, log=log), of_level(policy, "L1", card, log=log)) == ((1, 1, 0), (0, 0, 0))


def test_everybody_more_who_is_told_of_an_alert_is_an_escalation() -> None:
    """By reason: nobody had taken it, or an officer passed it on. The first, and a repetition, are none."""
    history = (
        done("alert-raised", 60, "AL-1 L1"), done("alert-told", 60, "AL-1 L1", who="ana"),
        done("alert-told", 58, "AL-1 L1", who="ana"), done("alert-told", 50, "AL-1 L1", who="ben"),
        done("alert-passed", 49, "AL-1 L1", who="ben"), done("alert-told", 49, "AL-1 L1", who="lead", office="OFF-ASG"),
        done("alert-told", 30, "AL-1 L1", who="deputy"),
    )  # fmt: skip

    assert shift.escalations(history, HRC, SINCE) == {shift.NOT_TAKEN: 2, shift.PASSED_ON: 1}
    assert shift.escalations(history, HRC, ago(minutes=40)) == {shift.NOT_TAKEN: 1}
    assert shift.escalations(history, OTHER, SINCE) == {}


def test_two_who_are_told_at_once_are_no_escalation() -> None:
    """Both were told first."""
    both = [done("alert-told", 60, "AL-1 L1", who=who) for who in ("ana", "ben")]

    assert shift.escalations([done("alert-raised", 60, "AL-1 L1"), *both], HRC, SINCE) == {}


def test_what_officers_asked_is_counted_and_the_interview_is_not() -> None:
    """A renewed yes is one; an answer to talk first is neither yes nor no; what lies before the shift is not counted."""
    answers = tuple(
        agreed(status, 30) for status in ("requested", "requested", "given", "renewed", "refused", "deferred")
    )
    interview = replace(agreed("given", 30, id="C-FWD"), measure="")
    card = replace(CARD, consents=(*answers, interview, agreed("given", 8 * 60 + 1)))

    assert shift.asked([card], SINCE) == shift.Asked(asked=2, given=2, refused=1)


def test_a_case_is_counted_once_however_much_is_taken_back() -> None:
    """And among those of which everything was taken back, where that is so."""
    back = (agreed("withdrawn", 20), agreed("withdrawn", 20, id="C-STAT"))
    some, whole = replace(CARD, consents=back, status="ST-TRI"), replace(CARD, consents=back[:1], status="ST-WDR")
    before = replace(CARD, consents=(agreed("withdrawn", 8 * 60 + 1),), status="ST-WDR")

    assert shift.withdrawals([some, whole, before, CARD], SINCE) == (2, 1)


def test_a_case_is_held_by_an_officer_or_by_its_person() -> None:
    """One that an officer of the office stopped and let go is counted, one that has been stopped for days is not."""
    mine, still = done("status", 30, "ST-HOLD"), minute(ago(minutes=10))
    persons = replace(CARD, case="LW-2", status="ST-HOLD", status_at=still)
    old = replace(persons, case="LW-3", status_at=minute(ago(days=2)))

    assert shift.holds([CARD, persons, old], [mine, mine], HRC, SINCE) == 2
    assert shift.holds([replace(CARD, status="ST-HOLD", status_at=still)], [mine], HRC, SINCE) == 1
    assert (
        shift.holds([CARD], [done("status", 30, "ST-HOLD", office=OTHER), done("status", 3, "ST-TRI")], HRC, SINCE) == 0
    )


def test_a_doubt_about_who_writes_is_counted_and_one_about_pressure_is_not() -> None:
    """When it came up in these hours."""
    doubted = [
        replace(CARD, doubt=flag, doubted_at=minute(ago(minutes=minutes)))
        for flag, minutes in (("FLG-IMP", 30), ("FLG-PRESS", 30), ("FLG-IMP", 8 * 60 + 1))
    ]

    assert shift.identity_doubts(doubted, SINCE) == 1


def test_a_report_closed_as_out_of_scope_is_an_answer_of_the_office_that_closed_it() -> None:
    """Other reasons, and other offices, are not counted."""
    closed = [done("status", 30, "ST-CLO", reason=reason) for reason in ("CL-OOS", "CL-DONE")]

    assert shift.closed_as_out_of_scope([*closed, done("status", 9, "ST-CLO", reason="CL-OOS", office=OTHER)], HRC) == 1


def test_what_is_over_is_neither_open_nor_a_fault_nor_left_to_the_next_shift() -> None:
    """Only live cases are counted: urgent ones by level, without an owner, late, and contacts agreed until the end."""
    soon, later = minute(NOON + timedelta(hours=2)), minute(NOON + timedelta(hours=9))
    live = [
        replace(CARD, case="LW-1", lang="ar", unreachable=True, next_contact=soon),
        replace(CARD, case="LW-2", level="L2", owner="ana", lang="ar", mail="refused", next_contact=later),
        replace(CARD, case="LW-3", level="L3", next_contact=soon, lang="xx"),
    ]
    cards = [*live, replace(live[0], case="LW-4", status="ST-CLO")]
    dead = {"LW-1": 2, "LW-4": 1, "LW-9": 5}

    assert shift.open_urgent(cards) == {"L1": 1, "L2": 1}
    assert shift.faults(cards, dead) == shift.Faults(unreachable=1, mail_refused=1, dead_letters=2)
    assert shift.languages_lacking(cards, ("en", "xx")) == {"ar": 2}
    late = frozenset({"LW-2", "LW-3"})
    left = shift.following(cards, late, NOON, NOON + timedelta(hours=8))
    assert left == shift.Following(unowned=1, late=1, contacts=2)


def test_who_is_on_duty_is_unknown_where_the_roster_knows_nobody() -> None:
    """Nobody on duty is a number; no roster is none."""
    people = {name: Officer(name, HRC, ("operator",), ()) for name in ("ana", "ben")}
    roster = Roster(people, (Shift(HRC, "operator", ("ana",), tuple(range(7)), 0, 14 * 60, "Etc/UTC"),))

    at_night = NOON + timedelta(hours=6)
    counted = [shift.people_on_duty(roster, office, at) for office, at in ((HRC, NOON), (HRC, at_night), (OTHER, NOON))]
    assert counted == [1, 0, None]
