"""The long proofs of alerts: random desks beside the model with kills, the auditor, impersonation."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from tests.conftest import practice_policy
from tests.duty_trial import Counts, Trial
from tests.handlers.test_alerting import impersonations

if TYPE_CHECKING:
    from collections.abc import Iterator

ROSTERS, FIRST, SLICE, ALERTS, KILLS_EACH = 1_000, 200, 100, 300, 6


def _trial(seed: int) -> Counts:
    return Trial(practice_policy(), seed, ALERTS, KILLS_EACH).play()


def _ladder(seeds: range) -> Iterator[str]:
    total = Counts()
    with ProcessPoolExecutor(2) as pool:
        for counts in pool.map(_trial, seeds, chunksize=10):
            assert not counts.faults(), counts
            total = total.plus(counts)
    yield from _lines(len(seeds), total)


def _lines(rosters: int, total: Counts) -> Iterator[str]:
    yield (
        f"{rosters:,} random rosters with {ALERTS} alerts each ({total.alerts:,}), over nights with and without a change "
        f"of the clocks; {total.empty:,} alerts were raised at an empty desk, {total.said:,} times somebody said on, off or "
        f"handed over; {total.kills:,} kills between looking, committing and sending."
    )
    yield (
        f"{total.told:,} tellings: {total.missed} missed, {total.late} late or too many against the model, {total.doubled} "
        f"doubled, {total.after} after it was taken, {total.unsent} never sent; {total.again} messages sent twice because of "
        f"a kill; {total.taken:,} taken, {total.taken_back:,} taken back."
    )
    yield f"An auditor with the rosters and the audit log alone: {total.audited} tellings differ."
    yield f"All alert texts have one length: {total.lengths} length in bytes."
    assert total.lengths == 1


def ladder() -> Iterator[str]:
    """The product tells whom the model tells, to the tick of five seconds: the first 200 rosters."""
    yield from _ladder(range(FIRST))


def impersonation() -> Iterator[str]:
    """Nobody takes an alert that is not theirs."""
    done = impersonations(practice_policy())
    taken = sum(accepted for _kind, accepted in done)
    assert taken == 0
    yield f"{len(done)} attempts of {len({kind for kind, _taken in done})} kinds to take somebody else's alert: {taken} accepted."


PROOFS = {
    "alerts: ladder": ladder,
    **{
        f"alerts: ladder, rosters {first + 1} to {first + SLICE}": partial(_ladder, range(first, first + SLICE))
        for first in range(FIRST, ROSTERS, SLICE)
    },
    "alerts: impersonation": impersonation,
}
