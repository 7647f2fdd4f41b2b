"""`make proof`: the long figures of the project, printed and kept in docs/proofs.md as they were printed.

`python -m tests.proof` runs every proof, `python -m tests.proof NAME…` only those; `--list` names them. A proof is an
entry of the `PROOFS` of a module `tests/proof_*.py`: a function that yields the lines to print, and raises
AssertionError where something does not hold. Every proof has its own section of the page; the others stay.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path

Proof = Callable[[], Iterable[str]]
HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "proofs.md"
HEAD = "# Proofs\n\nAs printed by `make proof`. The seeded short form of each is part of `make test`.\n"


class TwoProofsOfOneName(Exception):
    """Two modules name a proof alike: give one of them another name."""


def proofs() -> dict[str, Proof]:
    """Return every proof by its name, in the order of the modules. Raises: TwoProofsOfOneName."""
    found: dict[str, Proof] = {}
    for path in sorted(HERE.glob("proof_*.py")):
        named: Mapping[str, Proof] = import_module(f"tests.{path.stem}").PROOFS
        if found.keys() & named.keys():
            raise TwoProofsOfOneName(path.stem)
        found.update(named)
    return found


def sections(page: str) -> dict[str, str]:
    """Return the text below each heading of the page, by heading."""
    parts = page.split("\n## ")[1:]
    return {name.strip(): body.strip("\n") for name, _line, body in (part.partition("\n") for part in parts)}


def page_of(kept: Mapping[str, str]) -> str:
    """Return the page with these sections, in the order of their names."""
    return HEAD + "".join(f"\n## {name}\n\n{kept[name]}\n" for name in sorted(kept))


def run(name: str, proof: Proof) -> str:
    """Run one proof, print its lines as they come, and return them as a list."""
    started = time.perf_counter()
    lines = []
    for line in proof():
        print(f"{name}: {line}", flush=True)
        lines.append(f"- {line}")
    return "\n".join([*lines, f"- Took {time.perf_counter() - started:,.0f} s."])


def main(arguments: list[str]) -> int:
    """Run, print, write what was proved after each one; return the exit code."""
    known = proofs()
    if arguments == ["--list"] or set(arguments) - known.keys():
        print("\n".join(known))
        return 0 if arguments == ["--list"] else 2
    for name in arguments or known:
        section = run(name, known[name])
        kept = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        PAGE.write_text(page_of({**kept, name: section}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
