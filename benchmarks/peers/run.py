"""Measures other bots beside ours, one after the other in every round, and prints the ratios (`make peers`).

`python benchmarks/peers/run.py PYTHON [ROUNDS]`: PYTHON is that of the peers' own environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from bot.commands.bench.figures import percentile
from bot.commands.bench.idle import parked
from bot.commands.bench.installation import FIRST_CHAT
from bot.commands.bench.served import Served
from bot.commands.bench.server import server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HERE = Path(__file__).parent
PEERS = Path(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
FEW, MANY = 100, 10_000
IN_FLIGHT = 16
STEPS, SLOW_STEPS = 1_600, 24  # of a contestant that takes a third of a second for one
START_SECONDS = 3.0
"""So long after its first answers a contestant has loaded what it loads late: a start has a benchmark of its own."""

OURS = "Leeward"
CONTESTANTS = (
    (OURS, "ours.py", "", STEPS),
    ("python-telegram-bot, nothing kept", "ptb.py", "", STEPS),
    ("python-telegram-bot, pickle flushed per step", "ptb.py", "pickle", SLOW_STEPS),
    ("aiogram, memory", "aiogram_bot.py", "memory", STEPS),
    ("aiogram, SQLite", "aiogram_bot.py", "sqlite", STEPS // 4),
    ("aiogram, Redis (appendfsync always)", "aiogram_bot.py", "redis", STEPS),
)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Run a Redis server that keeps everything, if there is one; yields its address, or nothing."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--port", str(port), "--appendonly", "yes", "--appendfsync", "always", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - found above
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def played(script: str, store: str, people: int, steps: int) -> dict[str, float]:
    """Return what one contestant measured of itself."""
    python = sys.executable if script == "ours.py" else str(PEERS)
    command = [python, str(HERE / script), "--people", str(people), "--steps", str(steps), "--store", store]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own scripts
    assert done.returncode == 0, done.stderr[-2_000:]
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@contextlib.asynccontextmanager
async def polling(url: str) -> AsyncIterator[int]:
    """Run python-telegram-bot with its own client; yields its process id."""
    process = await asyncio.create_subprocess_exec(
        str(PEERS), str(HERE / "ptb_polling.py"), url, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


def cpu_of(pid: int) -> float:
    """Return the processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def end_to_end(folder: Path) -> dict[str, dict[str, float]]:
    """Both over loopback HTTP, the server in a process of its own: steps a second, p99, processor time."""
    results = {}
    chats = [str(FIRST_CHAT + number) for number in range(FEW)]
    for name in (OURS, "python-telegram-bot, nothing kept"):
        async with server() as running, contextlib.AsyncExitStack() as stack:
            if name == OURS:
                served = Served(folder, running)
                await served.start()
                stack.push_async_callback(served.kill)
                pid = served.pid
            else:
                pid = await stack.enter_async_context(polling(running.url))
            await running.play(chats[:IN_FLIGHT], ["1"], IN_FLIGHT)  # it is there, and has its connections
            await asyncio.sleep(START_SECONDS)
            cpu, began = cpu_of(pid), perf_counter()
            seconds = await running.play(chats, ["1"] * (STEPS // FEW), IN_FLIGHT)
            wall = perf_counter() - began
            results[name] = {
                "steps_a_second": len(seconds) / wall, "p99_ms": percentile(seconds, 0.99) * 1000,
                "cpu_us": (cpu_of(pid) - cpu) / len(seconds) * 1e6,
            }  # fmt: skip
    return results


def line(name: str, ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> str:
    """Return a row: medians, and the ratios of the same rounds."""
    faster = [us["steps_a_second"] / them["steps_a_second"] for us, them in zip(ours, theirs, strict=True)]
    cpu = [them["cpu_us"] / us["cpu_us"] for us, them in zip(ours, theirs, strict=True)]
    tail = [us["p99_ms"] / them["p99_ms"] for us, them in zip(ours, theirs, strict=True)]
    shown = [statistics.median(one[key] for one in theirs) for key in ("steps_a_second", "cpu_us", "p99_ms")]
    return (
        f"| {name} | {shown[0]:,.1f} | {shown[1]:,.0f} | {shown[2]:,.1f} | {statistics.median(faster):,.2f} "
        f"({min(faster):,.2f} to {max(faster):,.2f}) | {statistics.median(cpu):,.2f} | {statistics.median(tail):.3f} |"
    )


def main() -> None:
    """Play all rounds, print the tables."""
    measured: dict[tuple[str, int], list[dict[str, float]]] = {}
    over_http: dict[str, list[dict[str, float]]] = {}
    began = process_time()
    with redis() as address, tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            home = Path(folder) / str(number)  # the same updates come again in every round, and are dropped where known
            home.mkdir()
            parked(home, FEW * 10).close()
            for people in (FEW, MANY):
                for name, script, store, steps in CONTESTANTS:
                    if store == "redis" and not address:
                        continue
                    where = address if store == "redis" else store
                    measured.setdefault((name, people), []).append(played(script, where, people, steps))
            for name, figures in asyncio.run(end_to_end(home)).items():
                over_http.setdefault(name, []).append(figures)
    head = "| contestant | steps/s | CPU us | p99 ms | Leeward / it, steps/s | its CPU / ours | our p99 / its |"
    head += "\n|---|---|---|---|---|---|---|"
    for people in (FEW, MANY):
        print(f"\n{people:,} people parked, {IN_FLIGHT} in flight, medians of {ROUNDS}:\n\n{head}")
        for name, count in measured:
            if count == people:
                print(line(name, measured[OURS, people], measured[name, people]))
    print(f"\nOver loopback HTTP:\n\n{head}")
    for name, figures in over_http.items():
        print(line(name, over_http[OURS], figures))
    print(f"\n(The runner itself used {process_time() - began:.0f} s.)")


if __name__ == "__main__":
    main()
