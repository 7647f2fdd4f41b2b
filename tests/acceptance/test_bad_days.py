"""The short forms of the proofs of the channels: a crowd on a bad day, kills, and faults at every call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.telegram import connection
from tests.crowd import crowd
from tests.kills import COMMITTED, RECEIVED, kill_often
from tests.matrix import CASES, faults, matrix

# The library's own constructor of RetryAfter warns about its own attribute.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")]

KILLS = 8


def test_a_crowd_finishes_the_interview_while_deliveries_come_late_twice_and_out_of_order(tmp_path: Path) -> None:
    """Every answer once and in its order, one sealed report each, and nothing waits in the end."""
    (tmp_path / "home").mkdir()
    assert asyncio.run(crowd(tmp_path / "home", 5, seed=3))


@pytest.mark.parametrize("channel", ["telegram", "signal"])
def test_nothing_is_lost_or_doubled_by_kills_at_chosen_moments(channel: str, tmp_path: Path) -> None:
    """Nothing acknowledged is lost, no answer counts twice, and a kill doubles one prompt at most."""
    (tmp_path / "home").mkdir()
    seen = asyncio.run(kill_often(tmp_path / "home", channel, KILLS, seed=5))
    assert seen.kills.total() == KILLS
    assert min(seen.kills[RECEIVED], seen.kills[COMMITTED]) > 0
    assert (seen.early, seen.most_doubled <= 1) == (0, True)


def chosen(channel: str) -> list[tuple[str, str]]:
    """Return pairs in which every method occurs, and every fault but the longest wait."""
    methods, names = list(CASES[channel]), [name for name in faults(channel) if "300" not in name]
    return [(methods[place % len(methods)], name) for place, name in enumerate(names)]


@pytest.mark.parametrize("channel", ["telegram", "signal"])
def test_no_fault_of_a_service_loses_an_answer_or_a_prompt(
    channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault once, each method a few times; the whole table is a proof."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.2)
    (tmp_path / "home").mkdir()
    pairs = chosen(channel)
    assert asyncio.run(matrix(tmp_path / "home", channel, pairs)) == len(pairs)
    assert {method for method, _name in pairs} == set(CASES[channel])
