"""Digits, dates and clocks as people write them; nothing ever raises."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers import clean, read_keys, same_words
from dialogs.calendars import from_buddhist, from_ethiopian, from_hijri, from_iranian
from dialogs.dates import hours_until, read_clock, read_date, utc_offset_minutes

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1 3 5", ("1", "3", "5")), ("1,3،5", ("1", "3", "5")), ("135", ("1", "3", "5")), ("٣ ١", ("3", "1")), ("0", ("0",)),
        ("00", ("00",)), ("000", ("000",)), ("１", ("1",)), ("1️⃣", ("1",)), ("10", None), ("11", None), ("one", None), ("", None),
        ("1" * 50, None), ("1 1", ("1",)), ("\u200b1\u2060", ("1",)), ("\ufeff\u00ad0\u200d00", ("000",)),
    ],
)  # fmt: skip
def test_numbered_answers_are_read_in_every_script(text: str, keys: tuple[str, ...] | None) -> None:
    """Spec 2.2."""
    assert read_keys(text) == keys


@given(st.text())
def test_cleaning_is_idempotent_and_nothing_raises(text: str) -> None:
    """Lone surrogates, NUL, direction tricks, piles of marks: kept words are harmless."""
    kept = clean(text)

    assert clean(kept) == kept
    assert "\0" not in kept
    assert "\u202e" not in kept
    kept.encode()
    read_keys(text)
    same_words(text)
    read_date(text, TODAY)
    read_clock(text)


def test_piles_of_marks_and_surrogates_are_cut() -> None:
    """Ten thousand combining marks become four."""
    assert len(clean("a" + "\u0301" * 10_000 + "\ud800\0b")) < 10


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2026-12-01", date(2026, 12, 1)), ("1.12.2026", date(2026, 12, 1)), ("13/12/2026", date(2026, 12, 13)), ("1 December", date(2026, 12, 1)),
        ("Dec 1", date(2026, 12, 1)), ("tomorrow", date(2026, 11, 25)), ("in 3 days", date(2026, 11, 27)), ("2 weeks", date(2026, 12, 8)),
        ("friday", date(2026, 11, 27)), ("01122026", date(2026, 12, 1)), ("20261201", date(2026, 12, 1)), ("3 1", date(2027, 1, 3)),
        ("1/12/2569", date(2026, 12, 1)), ("10.9.1405", date(2026, 12, 1)), ("20.6.1448", date(2026, 11, 30)), ("22.3.2019", date(2026, 12, 1)),
        ("December 2026", date(2026, 12, 1)),
    ],
)  # fmt: skip
def test_dates_are_read_in_many_forms_and_calendars(text: str, first: date) -> None:
    """The earliest day it may mean; a day or so off for a tabular calendar is told as what it is."""
    found = read_date(text, TODAY)

    assert found is not None
    assert abs((found.first - first).days) <= 1


def test_an_ambiguous_date_counts_as_the_earlier_one() -> None:
    """A case never looks less urgent than it may be."""
    found = read_date("02/03/2027", TODAY)

    assert found is not None
    assert (found.first, found.last, found.certainty) == (date(2027, 2, 3), date(2027, 3, 2), "about")
    assert hours_until(found, NOW) == 71 * 24 + 2


@pytest.mark.parametrize("text", ["", "soon", "99.99.2026", "1 2 3 4", "no date", "25 o'clock"])
def test_what_is_no_date_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert read_date(text, TODAY) is None


def test_other_calendars_agree_with_known_days() -> None:
    """New years that almanacs agree on."""
    nowruz = {
        1399: (2020, 20),
        1400: (2021, 21),
        1403: (2024, 20),
        1404: (2025, 21),
        1405: (2026, 21),
        1408: (2029, 20),
    }
    assert all(from_iranian(y, 1, 1) == date(g, 3, d) for y, (g, d) in nowruz.items())
    assert from_hijri(1448, 1, 1) in (date(2026, 6, 16), date(2026, 6, 17))
    assert from_ethiopian(2019, 1, 1) == date(2026, 9, 11)
    assert from_buddhist(2569, 1, 1) == date(2026, 1, 1)
    assert [f(2026, 14, 40) for f in (from_iranian, from_hijri, from_ethiopian, from_buddhist)] == [None] * 4


@pytest.mark.parametrize(
    ("text", "clock"),
    [("14:30", (14, 30)), ("1430", (14, 30)), ("2:30 pm", (14, 30)), ("12 am", (0, 0)), ("٩:٠٥", (9, 5)), ("25:00", None), ("13 pm", None), ("noon", None)],
)  # fmt: skip
def test_clock_times_are_read(text: str, clock: tuple[int, int] | None) -> None:
    """In many forms."""
    assert read_clock(text) == clock


@pytest.mark.parametrize(
    ("local", "offset"), [((12, 0), 120), ((10, 7), 0), ((4, 30), -330), ((23, 0), -660), ((21, 0), 660)]
)
def test_the_zone_follows_from_the_local_clock(local: tuple[int, int], offset: int) -> None:
    """Rounded to a quarter of an hour, nearest to zero."""
    assert utc_offset_minutes(local, NOW) == offset
