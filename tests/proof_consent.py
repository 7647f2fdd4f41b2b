"""The long proofs of consent: the gate's table, the ledger under tampering, a million events of strangers."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from storage.auditing import problems
from tests.dialogs.test_gate import table
from tests.people import Stranger
from tests.storage.test_ledger import KEY, made, tampered
from tests.storage.test_ledger import TAMPERINGS as KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGERS, STRANGERS_EVENTS = 20, 1_000_000
LEDGER_EVENTS, LEDGER_CASES, TAMPERINGS = 10_000, 1_000, 1_000


def gate() -> Iterator[str]:
    """Try every act in every state of consent."""
    yield from table()


def ledger() -> Iterator[str]:
    """Verify ten thousand events, and tamper with them a thousand times."""
    copy = made(LEDGER_EVENTS, cases=LEDGER_CASES, every=100)
    started = time.perf_counter()
    assert problems(copy, KEY.fingerprint()) == []
    seconds = time.perf_counter() - started
    points = len(copy.checkpoints)
    yield f"{LEDGER_EVENTS:,} events, {LEDGER_CASES:,} cases and {points} checkpoints verified in {seconds:.2f} s."
    started = time.perf_counter()
    tried, found, named = tampered(copy, TAMPERINGS)
    seconds = time.perf_counter() - started
    assert tried == found == named
    kinds = ", ".join(KINDS)
    yield f"{tried:,} random tamperings of it ({kinds}): {found:,} found, {named:,} named where they are, in {seconds:.0f} s."


def _stranger(task: tuple[int, int]) -> tuple[Counter[str], set[str]]:
    seed, events = task
    stranger = Stranger(seed)
    stranger.play(events)
    return stranger.counts, stranger.nodes


def strangers() -> Iterator[str]:
    """Play a million events of seeded people: nothing raises, nothing is disclosed that nobody agreed to."""
    total: Counter[str] = Counter()
    nodes: set[str] = set()
    tasks = [(seed, STRANGERS_EVENTS // STRANGERS) for seed in range(1, STRANGERS + 1)]
    with ProcessPoolExecutor(2) as pool:
        for counts, seen in pool.map(_stranger, tasks):
            nodes |= seen
            total += counts
    yield (
        f"{total['events']:,} events of {total['people']:,} seeded strangers: {total['SealReport']:,} reports, "
        f"{total['RaiseAlert']:,} alerts, {total['SealMessage']:,} messages sealed, {len(nodes)} nodes reached; "
        "disclosures without a live consent: 0; exceptions: 0."
    )


PROOFS = {"gate": gate, "ledger": ledger, "strangers": strangers}
