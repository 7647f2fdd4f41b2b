"""What the architecture tests look at: the files of the project, read once."""

from __future__ import annotations

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "dialogs", "storage", "handlers", "config")


@cache
def project_files() -> tuple[str, ...]:
    """Return every file that is tracked, or would be once added, relative to the root and in order."""
    git = shutil.which("git")
    assert git is not None, "the architecture tests ask git which files belong to the project"
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def python_files(*folders: str) -> tuple[str, ...]:
    """Return the Python files below these folders, relative to the root."""
    return tuple(name for name in project_files() if name.endswith(".py") and name.split("/", maxsplit=1)[0] in folders)


def text_of(name: str) -> str:
    """Return a file's text; what is not UTF-8 is shown as replacement characters."""
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield every function of a source with the number of its lines, from `def` to the last statement."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def imported_modules(source: str) -> set[str]:
    """Return the first part of every module that a source imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            found.add(node.module.split(".")[0])
    return found
