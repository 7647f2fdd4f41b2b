"""The proofs of the channels, in their long form."""

from __future__ import annotations

import asyncio
import logging
import tempfile  # noqa: TID251 - people of a proof, gone with it
from collections.abc import Iterator
from pathlib import Path

from bot.telegram import connection
from tests.crowd import crowd
from tests.kills import COMMITTED, RECEIVED, SENT, kill_often
from tests.matrix import CASES, faults, matrix

CROWD, KILLS = 200, 300
CHANNELS = ("telegram", "signal")


def _home(folder: str) -> Path:
    home = Path(folder) / "home"
    home.mkdir()
    return home


def crowds() -> Iterator[str]:
    """Two hundred people at once on each channel, with deliveries that come late, twice and out of order."""
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(crowd(_home(folder), CROWD, seed=1))


def kills() -> Iterator[str]:
    """Three hundred kills on each channel, counted by phase."""
    for channel in CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            seen = asyncio.run(kill_often(_home(folder), channel, KILLS, seed=1))
        assert seen.kills.total() == KILLS
        assert min(seen.kills[RECEIVED], seen.kills[COMMITTED]) * 3 >= KILLS
        assert (seen.early, seen.most_doubled <= 1) == (0, True)
        phases = ", ".join(f"{seen.kills[phase]} {phase}" for phase in (RECEIVED, COMMITTED, SENT))
        yield (
            f"{channel}: {KILLS} kills (kill -9): {phases}. Acknowledged and lost: 0; answers counted twice: 0; prompts lost: "
            f"0; prompts doubled: {seen.doubled}, at most {seen.most_doubled} a kill; written again by the person because "
            f"no receipt came: {seen.written_again}."
        )


def fault_matrix() -> Iterator[str]:
    """Every fault at every call of both channels."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    connection.CONNECT_SECONDS = 0.2
    for channel in CHANNELS:
        with tempfile.TemporaryDirectory() as folder:
            tried = asyncio.run(matrix(_home(folder), channel))
        yield (
            f"{channel}: {tried} pairs of {len(CASES[channel])} methods and {len(faults(channel))} faults: answers lost 0, "
            "prompts lost 0, calls before retry_after 0, prompts doubled more than once 0."
        )


PROOFS = {"crowds": crowds, "kills": kills, "faults": fault_matrix}
