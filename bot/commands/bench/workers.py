"""bench turn --database: one and four processes of ours on PostgreSQL, against one and four bare connections."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from subprocess import PIPE
from sys import executable
from typing import TYPE_CHECKING

import msgspec

from bot.clock import SystemEntropy
from bot.commands.bench.figures import MICROSECONDS, Figures
from bot.commands.bench.installation import Parking, average, chat_of, installed, rows_of
from bot.commands.bench.reference import Sizes
from bot.commands.bench.reference_postgres import PostgresReference
from bot.commands.bench.worker import Done, Task, hand_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.app import Service
    from bot.commands.bench.figures import Options

FEW_WORKERS, MANY_WORKERS = 1, 4
TURNS_EACH, MOST_ACTIVE = 4, 400
IN_FLIGHT = 16
UPDATES_APART = 1_000_000
GLANCE_SECONDS = 0.01


def turn_on_postgres(options: Options, folder: Path) -> Figures:
    """Whole turns of parked people, acknowledged and sent, with one and with four processes."""
    figures = Figures("turn on PostgreSQL")
    active = min(options.people, MOST_ACTIVE)
    with installed(folder, options.database) as service:
        parking = Parking(service)
        parking.put(range(options.people))
        sizes = Sizes(int(average(service, "conversations", "body")), parking.reply_bytes)
        key = SystemEntropy().bytes(32)
        reference = PostgresReference(options.database, sizes, key, new=True)
        reference.park(int(chat_of(number)) for number in range(options.people))
        first_update = UPDATES_APART
        for _ in range(options.rounds):
            for workers in (FEW_WORKERS, MANY_WORKERS):
                for ours in (True, False):
                    parking.put(range(active))
                    first_update += UPDATES_APART * MANY_WORKERS
                    task = Task(
                        ours, str(folder), options.database, active, hand_out(range(active)), TURNS_EACH,
                        parking.script, IN_FLIGHT // workers, first_update, key.hex(), sizes.body, sizes.payload,
                    )  # fmt: skip
                    asyncio.run(_round(figures, service, task, workers))
            ours_many, ours_few = f"ours, {MANY_WORKERS} workers", f"ours, {FEW_WORKERS} workers"
            bare = f"bare psycopg, {MANY_WORKERS} connections"
            figures.ratio(f"ratio, {MANY_WORKERS} workers (ours / bare)", f"{ours_many}, turns/s", f"{bare}, turns/s")
            figures.ratio("ours, many workers / one", f"{ours_many}, turns/s", f"{ours_few}, turns/s")
            figures.ratio("CPU ours / bare", f"{ours_many}, CPU us a turn", f"{bare}, CPU us a turn")
        reference.close()
    figures.notes["parked, bytes of a conversation and of a reply"] = f"{options.people}, {sizes.body}, {sizes.payload}"
    return figures


async def _round(figures: Figures, service: Service, task: Task, workers: int) -> None:
    """Let the processes begin together and take people as they can; add turns a second, CPU, how busy all was."""
    processes = []
    for number in range(workers):
        mine = msgspec.structs.replace(task, first_update=task.first_update + number * UPDATES_APART)
        command = (executable, "-m", "bot.commands.bench.worker", msgspec.json.encode(mine).decode())
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, pass_fds=(task.handed_out,))
        processes.append(process)
    os.close(task.handed_out)
    await asyncio.gather(*(_line(process) for process in processes))
    before = _ticks()
    await _tell(processes)
    await asyncio.gather(*(_line(process) for process in processes))
    while rows_of(service, "outbox"):  # noqa: ASYNC110 - the processes empty it; asked here alone, they have enough to do
        await asyncio.sleep(GLANCE_SECONDS)
    await _tell(processes)
    done = [msgspec.json.decode(await _line(process), type=Done) for process in processes]
    busy, idle = (after - earlier for after, earlier in zip(_ticks(), before, strict=True))
    await asyncio.gather(*(process.wait() for process in processes))
    turns = sum(one.turns for one in done)
    wall = max(one.ended for one in done) - min(one.began for one in done)
    name = f"ours, {workers} workers" if task.ours else f"bare psycopg, {workers} connections"
    figures.add(f"{name}, turns/s", turns / wall)
    figures.add(f"{name}, CPU us a turn", sum(one.cpu for one in done) / turns * MICROSECONDS)
    figures.add(f"{name}, processors busy %", 100 * busy / (busy + idle))


async def _tell(processes: Sequence[asyncio.subprocess.Process]) -> None:
    """Let the processes begin, or end."""
    for process in processes:
        if process.stdin is not None:
            process.stdin.write(b"\n")
            await process.stdin.drain()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise AssertionError
    return await process.stdout.readline()


def _ticks() -> tuple[int, int]:
    """Return how long all processors were busy and idle."""
    fields = [int(one) for one in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, idle
