"""The command line as a person runs it: `leeward` in a process and a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.forking import fork_command

ROOT = Path(__file__).parents[1]
LEEWARD = [sys.executable, "-m", "bot"]
CANARY = "Canary7731"
QUESTION = "is it safe for you to write here now?"
TO_STORY = [
    "hi",
    "1",
    "1",
    "2",  # danger soon: level 2, so that the duty desk is asked about at every hour, not only when the office is closed
    "2",
    "1",
    "1",
    "3",
    "1",
    "0",
    "1",
    "1",
    "1",
    "1",
    "2",
    "1",
    CANARY + "alias",
    "3",
    "1",
    CANARY + "name",
    "1",
    "1",
]
TO_REVIEW = [
    *TO_STORY, "5", CANARY + "body", "4", "2", "2", "1", "5", CANARY + "story", "1", "Arlenia", CANARY + "place", "0", "1",
    CANARY + "detail", "1", "4", "0", "1", "0", "0", "0", "0", "0", "0", "1", "3", "1", "1", "3", "14:30", "2", "1", "1", "1", "1",
    "1", "2", "2", "2",
]  # fmt: skip


def environment_of(home: Path | None) -> dict[str, str]:
    """Return what a child sees: PATH, our sources, its home, and what measures coverage."""
    mine = os.environ  # noqa: TID251 - passed on to a child
    kept = {name: value for name, value in mine.items() if name.startswith("COVERAGE_") or name == "PATH"}
    return {**kept, "PYTHONPATH": str(ROOT), **({"LEEWARD_HOME": str(home)} if home is not None else {})}


def run(*args: str, home: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run `leeward` with its own home; PATH and little else of the developer's environment."""
    return fork_command(*args, settings=environment_of(home), folder=home.parent, text=text)


def chat(home: Path, *messages: str) -> str:
    """Return what the bot says to these messages."""
    done = run("chat", home=home, text="\n".join(messages) + "\n")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def run_in(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run `leeward` in the folder of an installation, so that its leeward.toml counts."""
    return fork_command(*args, settings=environment_of(None), folder=folder)


def set_setting(home: Path, name: str, value: str) -> None:
    """Give a setting of this installation another value, in its leeward.toml."""
    settings = re.sub(rf'(?m)^(# )?{name} = ".*"$', f'{name} = "{value}"', (home / "leeward.toml").read_text())
    (home / "leeward.toml").write_text(settings)
