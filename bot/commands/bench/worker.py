"""One of several processes that share a PostgreSQL database: `python -m bot.commands.bench.worker TASK`.

It says that it is ready, begins when it is told, says that its turns are over, and prints what it used until it is told
that all is over. Ours: a whole program whose acknowledgements are waited for; its prompts may go out through any of the
processes, so the end is when none is left.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import chain, count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from bot.app import live_service
from bot.commands.bench.figures import Watch
from bot.commands.bench.installation import chat_of, settings_of
from bot.commands.bench.loopback import Program
from bot.commands.bench.reference import Sizes
from bot.commands.bench.reference_postgres import PostgresReference
from bot.commands.bench.scripts import Script
from bot.commands.bench.updates import update_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NUMBER_BYTES = 4


class Task(msgspec.Struct):
    """What one process does."""

    ours: bool
    folder: str
    database: str
    people: int  # of all processes
    handed_out: int  # the pipe their numbers are taken from
    turns: int  # of each of them
    script: Script
    in_flight: int
    first_update: int
    key: str = ""  # of the reference, hex
    body: int = 0
    payload: int = 0


class Done(msgspec.Struct):
    """What it used."""

    began: float
    ended: float
    cpu: float
    turns: int


def hand_out(numbers: Iterable[int]) -> int:
    """Return the end of a pipe from which several processes take these numbers, each number once; 16,384 at most."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in numbers))
    os.close(writing)
    return reading


def taken(handed_out: int) -> Iterator[int]:
    """Yield numbers, each when it is asked for, until none is left: who is quicker takes more."""
    while number := os.read(handed_out, NUMBER_BYTES):
        yield int.from_bytes(number, "big")


def main() -> None:
    """Do the task of the command line."""
    task = msgspec.json.decode(sys.argv[1], type=Task)
    script = [(chat_of(number), task.script.next_answers(number)[: task.turns]) for number in range(task.people)]
    done = asyncio.run(_ours(task, script)) if task.ours else _reference(task, script)
    print(msgspec.json.encode(done).decode(), flush=True)


def _told(what: str) -> None:
    print(what, flush=True)
    sys.stdin.readline()


async def _ours(task: Task, script: Sequence[tuple[str, Sequence[str]]]) -> Done:
    with live_service(settings_of(Path(task.folder), task.database)) as service:
        program = Program(service, several=True)
        program.begin_at(task.first_update)
        updates = program.updates_of(script)
        async with program.running():
            await asyncio.to_thread(_told, "ready")
            began = monotonic()
            with Watch() as watch:
                people = (updates[number] for number in taken(task.handed_out))
                turns = await program.play(people, task.in_flight, replied=False)
                await asyncio.to_thread(_told, "played")
            return Done(began, monotonic(), watch.cpu, len(turns))


def _reference(task: Task, script: Sequence[tuple[str, Sequence[str]]]) -> Done:
    reference = PostgresReference(task.database, Sizes(task.body, task.payload), bytes.fromhex(task.key))
    ids = count(task.first_update)
    updates = [[update_bytes(next(ids), chat, text) for text in answers] for chat, answers in script]
    _told("ready")
    began, turns = monotonic(), 0
    with Watch() as watch:
        for update in chain.from_iterable(updates[number] for number in taken(task.handed_out)):
            reference.turn(update)
            turns += 1
    ended = monotonic()
    _told("played")
    reference.close()
    return Done(began, ended, watch.cpu, turns)


if __name__ == "__main__":
    main()
