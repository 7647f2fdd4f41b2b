"""Counting for the annual report: whose case is counted, and that a period is released once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clock import FixedClock
from config.trends import load_trends
from dialogs.conversation import CaseCard, ConsentEvent
from dialogs.replace import replace
from dialogs.trend_plan import Period
from dialogs.trends import Release
from handlers.trends import NothingToCount, PeriodNotOver, Trends
from handlers.types import SealedBlob
from storage.memory import MemoryStore
from tests.conftest import practice_policy
from tests.stores import MINA, TALK

PERIOD = Period(2026)
AFTER = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
YES = ConsentEvent("CR-1", "C-STAT", "given", "2026-01-10T10:00Z", "C-STAT", "00", "en", "signal")
NO = replace(YES, record_id="CR-2", status="withdrawn")
CARD = CaseCard(
    "LW-1", "OFF-HRC", "L2", "ST-TRI", "2026-01-10T10:00Z", "en", "signal", "a b", "c d", "hash", consents=(YES,)
)
CODES = {"scope": "in", "nature_suggested": "NAT-REP", "acts": ["ACT-THR-DTH"], "country": "XA"}


class Kept:
    """handlers.trends.Releases in memory."""

    def __init__(self) -> None:
        self.made: dict[int, Release] = {}

    def of(self, year: int) -> Release | None:
        return self.made.get(year)

    def keep(self, release: Release) -> Release:
        return self.made.setdefault(release.year, release)


class Key:
    """A key that opens what begins with its name; what it opened is noted, and something may happen then."""

    def __init__(self, name: bytes = b"HRC ", *, meanwhile: Any = None) -> None:  # noqa: ANN401 - a function, or nothing
        self.opened: list[str] = []
        self._name, self._meanwhile = name, meanwhile

    def open(self, sealed: bytes) -> bytes | None:
        if not sealed.startswith(self._name):
            return None
        content = sealed.removeprefix(self._name)
        self.opened.append(content.decode())
        if self._meanwhile is not None:
            self._meanwhile()
        return content


class Desk:
    """An installation with cases and their sealed reports."""

    def __init__(self) -> None:
        self.store, self.clock, self.kept = MemoryStore(), FixedClock(AFTER), Kept()
        plan, lists = load_trends(None)
        self.trends = Trends(self.store, practice_policy(), plan, lists, self.kept, self.clock)

    def case(self, number: int, card: CaseCard = CARD, *, sealed: bytes | None = None, **codes: Any) -> str:  # noqa: ANN401 - any answer
        """Store a case of a person of its own."""
        card = replace(card, case=f"LW-{number}", phrase_hash=card.phrase_hash or f"phrase {number}")
        document = {"schema": "leeward-report-1", "case": card.case, "codes": {**CODES, **codes}}
        content = sealed if sealed is not None else b"HRC " + json.dumps(document).encode()
        with self.store.transaction() as work:
            work.cases.open(card, None)
            work.cases.record(card.case, card.consents)
            work.blobs.put(SealedBlob(card.case, "OFF-HRC", "report", 1, content))
        return card.case

    def cases(self, count: int, start: int = 0, **more: Any) -> None:  # noqa: ANN401 - as above
        for number in range(start, start + count):
            self.case(number, **more)

    def withdraw(self, case: str) -> None:
        with self.store.transaction() as work:
            card = work.cases.get(case)
            assert card is not None
            work.cases.record(case, (NO,))
            work.cases.update(replace(card, consents=(*card.consents, NO)))

    def release(self, key: Key | None = None, period: Period = PERIOD) -> Release:
        return self.trends.release(period, key or Key())

    def total(self, key: Key | None = None, period: Period = PERIOD) -> int | None:
        """Return how many cases the release says there were."""
        return self.release(key, period).tables[0].cells[0].value


@pytest.fixture
def desk() -> Desk:
    """An installation without cases."""
    return Desk()


def test_cases_of_the_period_are_counted(desk: Desk) -> None:
    """Ten of it, and none of the years around it."""
    desk.cases(10)
    desk.cases(20, 100, card=replace(CARD, submitted_at="2025-04-30T23:59Z"))
    desk.cases(20, 200, card=replace(CARD, submitted_at="2026-05-01T00:00Z"))

    assert desk.total() == 10


NOT_COUNTED = {
    "never asked": replace(CARD, consents=()),
    "refused": replace(CARD, consents=(replace(YES, status="refused"),)),
    "put off": replace(CARD, consents=(replace(YES, status="deferred"),)),
    "withdrawn": replace(CARD, consents=(YES, NO)),
    "expired": replace(CARD, consents=(replace(YES, expires="2026-05-01T00:00Z"),)),
    "a child": replace(CARD, child=True),
    "the person concerned refused": replace(CARD, tp_consent="TPC-REFUSED"),
    "frozen": replace(CARD, status="ST-HOLD"),
    "taken back": replace(CARD, status="ST-WDR"),
    "closed as out of scope": replace(CARD, status="ST-CLO", close_reason="CL-OOS"),
    "practice": replace(CARD, channel="practice", consents=(replace(YES, channel="practice"),)),
}


@pytest.mark.parametrize("card", NOT_COUNTED.values(), ids=NOT_COUNTED)
def test_nobody_else_is_counted(desk: Desk, card: CaseCard) -> None:
    """INV-14: a live yes to exactly this, for a case that is one."""
    desk.cases(10)
    desk.cases(20, 100, card=card)

    assert desk.total() == 10


def test_a_yes_that_was_renewed_counts(desk: Desk) -> None:
    """The other live state of a consent."""
    desk.cases(10, card=replace(CARD, consents=(replace(YES, status="renewed"),)))

    assert desk.total() == 10


def test_no_report_is_opened_before_the_gate_has_said_yes(desk: Desk) -> None:
    """Whoever did not agree to be counted is not read for it."""
    desk.cases(10)
    desk.cases(5, 100, card=replace(CARD, consents=()), story="never read")
    key = Key()
    desk.release(key)

    assert len(key.opened) == 10
    assert "never read" not in "".join(key.opened)


def test_a_yes_taken_back_while_reports_are_opened_is_not_counted(desk: Desk) -> None:
    """The ledger is asked again in the transaction that makes the release."""
    desk.cases(13)
    key = Key(meanwhile=lambda: desk.withdraw("LW-3"))

    assert desk.total(key) == 10
    desk_without = Desk()
    desk_without.cases(13)
    assert desk_without.total() == 15


def test_a_withdrawn_yes_is_missing_from_the_count_of_a_later_period(desk: Desk) -> None:
    """What was printed stays; what comes after has them no more."""
    later = replace(CARD, submitted_at="2026-07-01T10:00Z")
    desk.cases(13)
    desk.cases(13, 100, card=later)
    first = desk.total()
    desk.withdraw("LW-1")
    desk.withdraw("LW-101")
    desk.clock.at = datetime(2027, 5, 2, tzinfo=UTC)

    assert (first, desk.total(), desk.total(period=Period(2027))) == (15, 15, 10)


@pytest.mark.parametrize(
    "sealed",
    [
        b"of another office", b"HRC no JSON", b"HRC " + b"[" * 100_000, b"HRC []", b'HRC {"schema": "leeward-message-1", "case": "LW-100"}',
        b'HRC {"schema": "leeward-report-1", "case": "LW-1", "codes": {"scope": "in"}}',
        b'HRC {"schema": "leeward-report-1", "case": "LW-100", "codes": []}',
    ],
    ids=["does not open", "no JSON", "no end of lists", "no document", "no report", "of another case", "no codes"],
)  # fmt: skip
def test_what_does_not_open_as_the_report_of_the_case_is_counted_as_nothing(desk: Desk, sealed: bytes) -> None:
    """And no number says how many those are."""
    desk.cases(10)
    desk.cases(1, 100, sealed=sealed)
    desk.cases(19, 101, sealed=b"of another office")

    assert desk.total() == 10


def test_a_copy_opens_too(desk: Desk) -> None:
    """The key of the senior focal point opens copies, not the report."""
    desk.cases(10, sealed=b"of another office")
    with desk.store.transaction() as work:
        for number in range(10):
            document = {"schema": "leeward-report-1", "case": f"LW-{number}", "codes": CODES}
            work.blobs.put(SealedBlob(f"LW-{number}", "OFF-ASG", "copy", 1, b"ASG " + json.dumps(document).encode()))

    assert desk.total(Key(b"ASG ")) == 10


def test_reports_of_one_person_do_not_make_a_number(desk: Desk) -> None:
    """DC-6: found by what the server still knows, the phrase or where they can be reached."""
    desk.cases(12, card=replace(CARD, phrase_hash="the same"))

    assert desk.total() is None


def test_reports_from_one_address_do_not_make_a_number(desk: Desk) -> None:
    """Although every one of them has another phrase."""
    desk.cases(12)
    with desk.store.transaction() as work:
        work.conversations.save(MINA, TALK)
        for number in range(12):
            work.cases.attach(f"LW-{number}", MINA)

    assert desk.total() is None


def test_a_period_is_released_once(desk: Desk) -> None:
    """DC-7: what comes to light later waits for the next one, whatever keys are brought."""
    desk.cases(10)
    first = desk.release()
    desk.cases(50, 100)
    desk.clock.at = datetime(2026, 9, 1, tzinfo=UTC)
    key = Key(b"of another office")

    assert desk.release() == first
    assert desk.release(key) == first
    assert key.opened == []


def test_a_period_that_is_not_over_is_not_released(desk: Desk) -> None:
    """And the day it ends is said."""
    desk.cases(10)
    desk.clock.at = datetime(2026, 4, 30, 23, 59, tzinfo=UTC)

    with pytest.raises(PeriodNotOver, match="ends with 2026-04-30"):
        desk.release()
    assert desk.kept.made == {}


@pytest.mark.parametrize("count", [0, 10], ids=["no case", "another key"])
def test_keys_that_open_nothing_release_nothing(desk: Desk, count: int) -> None:
    """The same is said of no report and of the wrong key, and the period can still be released."""
    desk.cases(count, sealed=b"of another office")

    with pytest.raises(NothingToCount, match="key file of every office"):
        desk.release()
    assert desk.kept.made == {}


def test_each_printing_is_in_the_audit_log(desk: Desk) -> None:
    """Who it was cannot be known on a command line."""
    desk.cases(10)
    desk.release()
    desk.release()
    with desk.store.transaction() as work:
        found = [(r.entry.act, r.entry.new) for r in work.audit.page(0, 10) if r.entry is not None]

    assert found == [("trends", "2026 released"), ("trends", "2026 printed")]
