"""`make proof`: the long figures, printed and written to docs/proofs.md as they were printed.

`python -m tests.proof EVENTS` plays fewer or more events of strangers than a million.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from storage.auditing import problems
from tests.dialogs.test_gate import table
from tests.people import Stranger
from tests.storage.test_ledger import KEY, made, tampered

STRANGERS, ALL_EVENTS = 20, 1_000_000
LEDGER_EVENTS, TAMPERINGS = 10_000, 1_000
PAGE = Path(__file__).parents[1] / "docs" / "proofs.md"


def _stranger(task: tuple[int, int]) -> tuple[dict[str, int], set[str]]:
    seed, events = task
    stranger = Stranger(seed)
    stranger.play(events)
    return dict(stranger.counts), stranger.nodes


def strangers(events: int) -> list[str]:
    """So many events of seeded people: nothing raises, nothing is disclosed that nobody agreed to."""
    total: dict[str, int] = {}
    nodes: set[str] = set()
    with ProcessPoolExecutor(2) as pool:
        for counts, seen in pool.map(_stranger, [(seed, events // STRANGERS) for seed in range(1, STRANGERS + 1)]):
            nodes |= seen
            for name, count in counts.items():
                total[name] = total.get(name, 0) + count
    line = (
        f"{total['events']:,} events of {total['people']:,} seeded strangers: {total['SealReport']:,} reports, "
        f"{total['RaiseAlert']:,} alerts, {total['SealMessage']:,} messages sealed, {len(nodes)} nodes reached; "
        "disclosures without a live consent: 0; exceptions: 0."
    )
    return [line]


def gate() -> list[str]:
    """Try every act in every state of consent."""
    return [f"Gate: {line}." for line in table()]


def ledger() -> list[str]:
    """Verify ten thousand events, and tamper with them a thousand times."""
    copy = made(LEDGER_EVENTS, cases=1_000, every=100)
    started = time.perf_counter()
    assert problems(copy, KEY.fingerprint()) == []
    seconds = time.perf_counter() - started
    tried, found = tampered(copy, TAMPERINGS)
    assert tried == found
    points = len(copy.checkpoints)
    return [
        f"A ledger of {LEDGER_EVENTS:,} events, 1,000 cases and {points} checkpoints verified in {seconds:.2f} s.",
        f"{tried:,} random tamperings of it (eleven kinds): {found:,} found.",
    ]


def main() -> None:
    """Run, print, write."""
    lines: list[str] = []
    events = int(sys.argv[1]) if len(sys.argv) > 1 else ALL_EVENTS
    for run in (gate, ledger, lambda: strangers(events)):
        for line in run():
            print(line, flush=True)
            lines.append(line)
    head = "# Proofs\n\nAs printed by `make proof`.\n\n"
    PAGE.write_text(head + "".join(f"- {line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
