"""Mutation testing of the gate, the ledger and taking back: `python -m tests.proof mutations`.

Each module is tried against the tests that are about it. What no test noticed is printed with its line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PLAYED: Final = tuple(
    f"tests/dialogs/test_{name}.py" for name in ("taking_back", "after_report", "lapses", "measures", "conversations")
)
LEDGER: Final = ("tests/storage/test_ledger.py", "tests/storage/test_auditing.py", "tests/contract/test_audit.py")
TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "dialogs/gate.py": ("tests/dialogs/test_gate.py", "tests/handlers/test_sink.py", *PLAYED),
    "dialogs/cases.py": ("tests/handlers/test_use_cases.py", *PLAYED),
    "dialogs/lapses.py": PLAYED,
    "dialogs/consent_record.py": ("tests/dialogs/test_consent_record.py",),
    "handlers/sink.py": ("tests/handlers/test_sink.py",),
    "storage/auditing.py": LEDGER,
    "storage/ledger.py": (*LEDGER, "tests/contract/test_stores.py"),
    "storage/crypto/chain.py": ("tests/storage/test_ledger.py",),
}
"""What is mutated, and the tests that have to notice it."""


def tried(module: str) -> tuple[int, list[str]]:
    """Return how many mutants the module has, and the line and change of each that no test noticed."""
    command = [sys.executable, "-m", "tests.mutating", module, *TESTS[module]]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return len(found), [f"{each['line']}: `{each['what']}`" for each in found if not each["noticed"]]


def mutations() -> Iterable[str]:
    """Try every mutant of each module; say how many were noticed, and which were not."""
    for module in TESTS:
        count, left = tried(module)
        yield f"{module}: {count} mutants, {count - len(left)} noticed, {len(left)} not"
        yield from (f"{module}, {each}" for each in left)


PROOFS: Final[Mapping[str, Callable[[], Iterable[str]]]] = {"mutations": mutations}
