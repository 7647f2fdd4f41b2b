"""Digests at fixed times, pings with answers, alerts without a cause, holes told before they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.duty_clock import DutyClock, on_now, unanswered
from handlers.types import Address
from tests.conftest import CountingEntropy
from tests.handlers.test_alerting import Desk


def clock_of(desk: Desk, **changes: object) -> DutyClock:
    """Return the desk's calendar, with a roster that says more."""
    roster = replace(desk.policy.roster, **changes)  # type: ignore[arg-type]  # fields of a roster
    desk.policy = replace(desk.policy, roster=roster)
    return DutyClock(desk.store, desk.policy, desk.clock, CountingEntropy())


def minutes(desk: Desk, clock: DutyClock, count: int) -> Iterator[tuple[int, Address, str]]:
    """Let so many minutes pass; yield what is sent, with its minute."""
    for minute in range(count):
        clock.tick()
        for address, text in desk.sent():
            yield minute, address, text
        desk.clock.at += timedelta(minutes=1)


@pytest.fixture
def desk(policy: Policy) -> Desk:
    """A desk with two on duty until two in the afternoon; it is ten now."""
    return Desk(policy, "amina", "boris")


def test_the_digest_comes_at_its_times_whatever_waits(desk: Desk) -> None:
    """In the words and the length of an alert, once, to everybody on duty; its code takes nothing."""
    found = list(minutes(desk, clock_of(desk, digest=(10 * 60 + 30, 15 * 60)), 360))
    assert [(minute, to.value) for minute, to, _text in found] == [(30, "aci-amina"), (30, "aci-boris")]
    desk.clock.at -= timedelta(hours=5)
    desk.alert()
    (alert,) = (text for to, text in desk.sent() if to.channel == "signal")
    assert {len(text) for *_rest, text in found} == {len(alert)}
    assert "nothing open" in desk.write(found[0][2].split()[-1], "amina")


def test_whoever_is_asked_and_answers_is_reachable(desk: Desk) -> None:
    """Once a week; any word counts, and who says nothing for a day is named."""
    found = list(minutes(desk, clock_of(desk, ping_days=7), 30))
    assert [to.value for _minute, to, _text in found] == ["aci-amina", "aci-boris"]
    desk.write("hello", "amina")
    with desk.store.transaction() as work:
        answered = [bool(ping.answered_at) for ping in work.duty.load().pings]
        assert unanswered(work, desk.clock.at) == ()
        assert unanswered(work, desk.clock.at + timedelta(days=2)) == ("boris",)
    assert answered == [True, False]


def test_alerts_without_a_cause_look_like_alerts(desk: Desk) -> None:
    """About as many as the roster wants."""
    found = list(minutes(desk, clock_of(desk, tests_a_week=1000), 120))

    assert 2 <= len(found) <= 30
    assert all(text.startswith("Desk: please open the console. ") for *_rest, text in found)


def test_a_hole_is_told_before_it_comes(desk: Desk) -> None:
    """Once a day: nobody is there after two in the afternoon."""
    clock = clock_of(desk)
    found = list(minutes(desk, clock, 24 * 60 + 90))

    assert [(minute, to.value, "gap" in text) for minute, to, text in found] == [
        (1440, "aci-amina", True), (1440, "aci-boris", True),
    ]  # fmt: skip


def test_who_is_on_duty_now_can_be_asked(desk: Desk) -> None:
    """By office and role."""
    with desk.store.transaction() as work:
        assert on_now(work, desk.policy, desk.clock.at) == {
            "OFF-EML operator": ("amina", "boris"), "OFF-EML shift-lead": (),
        }  # fmt: skip


def test_a_drill_that_really_pages_tells_everybody_on_duty_and_times_their_answers(desk: Desk) -> None:
    """Marked with the roster's word; no case is made, and any word is an answer."""
    clock = clock_of(desk, drill_word="exercise")
    asked = clock.page_everybody()
    assert sorted(asked) == ["amina", "boris"]
    assert all(text.endswith(" exercise") for _to, text in desk.sent())
    desk.clock.at += timedelta(minutes=3)
    desk.write("here", "boris")
    assert clock.answered_after(asked["boris"]) == {"amina": None, "boris": 3.0}
    with desk.store.transaction() as work:
        assert work.cases.ids() == ()
