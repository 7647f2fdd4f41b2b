"""bench step: one durable, encrypted step of the engine against a bare durable commit of the same bytes, in one run."""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile  # noqa: TID251 - a folder for measured databases, removed at the end; the bare one holds random bytes
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import click

from bot.app import practice_service
from bot.clock import SystemEntropy
from config.load import load_settings
from handlers.types import Address, Inbound
from storage.store import PRAGMAS

if TYPE_CHECKING:
    from bot.app import Service
    from handlers.receive import TurnDone

ANSWERS = (
    "hi",
    "1",
    "1",
    "3",
    "1",
    "1",
    "2",
    "1",
    "0",
    "1",
    "1",
    "1",
    "1",
    "2",
    "1",
    "Mina",
    "2",
    "1",
    "1",
    "5",
    "0",
    "4",
    "2",
    "2 3",
)
MICROSECONDS = 1_000_000


def bench(name: str, *, people: int, rounds: int, as_json: bool) -> int:
    """Measure and print the medians and the ratio."""
    del name
    with tempfile.TemporaryDirectory(prefix="leeward-bench-") as folder:
        home = Path(folder)
        with practice_service(load_settings(), home) as service:
            measured = [_round(service, home, people, number) for number in range(rounds)]
    result = {key: statistics.median(one[key] for one in measured) for key in measured[0]}
    result.update(people=people, rounds=rounds, steps_a_round=people * len(ANSWERS))
    result["ratio_wall"] = round(result["bare_us"] / result["step_us"], 3)
    if as_json:
        click.echo(json.dumps(result))
    else:
        click.echo(
            f"step {result['step_us']:.0f} us (CPU {result['step_cpu_us']:.0f}), "
            f"bare commit of {result['bytes']:.0f} bytes "
            f"{result['bare_us']:.0f} us (CPU {result['bare_cpu_us']:.0f}), ratio {result['ratio_wall']}; "
            f"{people} people, medians of {rounds} rounds"
        )
    return 0


def _round(service: Service, home: Path, people: int, number: int) -> dict[str, Any]:
    started, cpu = perf_counter(), process_time()
    for step, text in enumerate(ANSWERS):
        for person in range(people):
            address = Address("practice", f"{number}-{person}")
            _must(service.reception.receive(Inbound(address, f"{number}-{person}-{step}", text=text)))
    steps = people * len(ANSWERS)
    wall, used = perf_counter() - started, process_time() - cpu
    size = _bytes_a_step(service)
    bare_wall, bare_cpu = _bare(home / f"bare-{number}.db", steps, size)
    return {
        "step_us": wall / steps * MICROSECONDS, "step_cpu_us": used / steps * MICROSECONDS, "bytes": size,
        "bare_us": bare_wall / steps * MICROSECONDS, "bare_cpu_us": bare_cpu / steps * MICROSECONDS,
    }  # fmt: skip


def _must(done: TurnDone | None) -> None:
    """A message that was dropped as a duplicate would be measured as a very fast step."""
    if done is None:
        raise AssertionError


def _bytes_a_step(service: Service) -> int:
    """Average bytes one step writes: the conversation row, one outbox row, one inbox row, one timer."""
    with service.store.engine.connect() as connection:
        body = connection.exec_driver_sql("SELECT avg(length(body)) FROM conversations").scalar() or 0
        payload = connection.exec_driver_sql("SELECT avg(length(payload)) FROM outbox").scalar() or 0
    return int(body + payload + 64)


def _bare(path: Path, steps: int, size: int) -> tuple[float, float]:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)")
    bodies = [SystemEntropy().bytes(size) for _ in range(64)]
    started, cpu = perf_counter(), process_time()
    for step in range(steps):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows (body) VALUES (?)", (bodies[step % len(bodies)],))
        connection.execute("COMMIT")
    wall, used = perf_counter() - started, process_time() - cpu
    connection.close()
    return wall, used
