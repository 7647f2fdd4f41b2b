"""bench: choose, measure in a folder that is removed at the end, print."""

from __future__ import annotations

import tempfile  # noqa: TID251 - a folder for measured installations with throw-away keys, removed at the end
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.bench.figures import Options
from bot.commands.failure import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.commands.bench.figures import Figures

WHERE = {
    "step": "turns", "turn": "turns", "interview": "interviews", "send": "sending", "alert": "sending",
    "seal": "sealing", "park": "idle", "restart": "idle", "start": "idle", "ledger": "ledgers", "desk": "desks",
    "load": "loads",
}  # fmt: skip
"""The module of each benchmark; the function has the name of the benchmark."""

ON_POSTGRESQL = ("turn", "interview", "ledger", "desk")


def bench(name: str, *, people: int, rounds: int, database: str, as_json: bool) -> int:
    """Measure and print. Raises: Refused where --database has no meaning."""
    if database and name not in ON_POSTGRESQL:
        raise Refused(f"--database is for {', '.join(ON_POSTGRESQL)}: the others measure what has no part in it.")
    run: Callable[[Options, Path], Figures] = getattr(import_module(f"bot.commands.bench.{WHERE[name]}"), name)
    with tempfile.TemporaryDirectory(prefix="leeward-bench-") as folder:
        figures = run(Options(people, rounds, database), Path(folder))
    click.echo(figures.json() if as_json else "\n".join(figures.lines()))
    return 0
