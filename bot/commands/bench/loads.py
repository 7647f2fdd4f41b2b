"""bench load: people write at their own times, whether or not we keep up, while a file is sealed and alerts go out.

An open loop: 200 messages a second come as drawn beforehand (exponential gaps), and the time of each is counted from
when it was due, so that falling behind shows. Meanwhile 100 MiB are sealed in the file threads and a thousand alerts,
as many a second as messages, leave through a sender of their own. The reference is the straight line fed with the same
messages at the same times, alone. The longest stall of the loop is how late a timer of 1 ms ever came.
"""

from __future__ import annotations

import asyncio
import math
from functools import partial
from time import perf_counter, sleep
from typing import TYPE_CHECKING

from bot.clock import SystemClock, SystemEntropy
from bot.commands.bench.figures import Figures, percentile
from bot.commands.bench.installation import chat_of
from bot.commands.bench.loopback import OfficersAdapter, Program
from bot.commands.bench.turns import IN_FLIGHT, contests
from bot.commands.bench.updates import update_bytes
from handlers.types import Address, Outgoing
from storage.crypto.sealing import AgeSealer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.commands.bench.figures import Options
    from bot.commands.bench.turns import Contest

PER_SECOND = 200
MOST_MESSAGES = 2_000
ALERTS, ALERTS_A_TURN, ALERTS_A_SECOND = 1_000, 10, 200
MIB = 1024 * 1024
SEALED_MIB = 100
TICK_SECONDS = 0.001
DUTY = "duty"


def load(options: Options, folder: Path) -> Figures:
    """Two hundred messages a second with `people` parked: as many messages as people, 2,000 at most."""
    figures = Figures("load")
    share = min(1.0, options.people / MOST_MESSAGES)
    large = _file(folder / "large", int(SEALED_MIB * share * MIB))
    with contests(folder, [options.people]) as (contest,):
        for _ in range(options.rounds):
            contest.parking.put(contest.active)
            due = times(min(options.people, MOST_MESSAGES))
            quiet, stall = asyncio.run(_open_loop(contest, due, 0, None))
            contest.parking.put(contest.active)
            busy, busy_stall = asyncio.run(_open_loop(contest, due, int(ALERTS * share), large))
            bare = _straight(contest, due)
            for name, seconds in (("nothing else", quiet), ("sealing and alerts", busy), ("reference alone", bare)):
                figures.add(f"{name}, p50 ms", percentile(seconds, 0.5) * 1000)
                figures.add(f"{name}, p99 ms", percentile(seconds, 0.99) * 1000)
            figures.add("nothing else, longest stall of the loop ms", stall * 1000)
            figures.add("sealing and alerts, longest stall of the loop ms", busy_stall * 1000)
            figures.ratio(
                "ratio p99 (reference / sealing and alerts)", "reference alone, p99 ms", "sealing and alerts, p99 ms"
            )
    figures.notes["parked, messages a second"] = f"{options.people}, {PER_SECOND}"
    return figures


def times(count: int) -> list[float]:
    """Return when each message is due, in seconds from now: exponential gaps."""
    at, due = 0.0, []
    for _ in range(count):
        share = (int.from_bytes(SystemEntropy().bytes(4), "big") + 1) / 2**32
        at -= math.log(share) / PER_SECOND
        due.append(at)
    return due


async def _open_loop(
    contest: Contest, due: Sequence[float], alerts: int, sealed: Path | None
) -> tuple[list[float], float]:
    """Return the seconds from due to reply of every message, and the longest stall."""
    program = Program(contest.service, several=False)
    program.begin_at(contest.updates + 1)
    officers = OfficersAdapter(DUTY)
    program.runtime.adapters = {**program.runtime.adapters, DUTY: officers}
    people = _people(contest, len(due))
    seconds: list[float] = []
    async with program.running():
        began = perf_counter()

        async def one(at: float, chat: str, text: str) -> None:
            await asyncio.sleep(max(0.0, began + at - perf_counter()))
            await program.turn(chat, program.update(chat, text))
            seconds.append(perf_counter() - began - at)

        async def person(messages: Sequence[tuple[float, str, str]]) -> None:
            for at, chat, text in messages:
                await one(at, chat, text)

        async with asyncio.TaskGroup() as group:
            stall = group.create_task(_stall(began + due[-1]))
            for messages in _by_person(due, people):
                group.create_task(person(messages))
            await asyncio.sleep(due[-1] / 10)
            if sealed is not None:
                group.create_task(program.runtime.writer.run_file(partial(_seal, sealed)))
            for start in range(0, alerts, ALERTS_A_TURN):
                await program.runtime.writer.run(partial(_alerts, contest, range(start, start + ALERTS_A_TURN)))
                await asyncio.sleep(ALERTS_A_TURN / ALERTS_A_SECOND)
            while officers.taken < alerts:  # noqa: ASYNC110 - a sender of the program takes them, and tells nobody
                await asyncio.sleep(TICK_SECONDS)
    contest.updates = program.updates
    return seconds, stall.result()


def _people(contest: Contest, count: int) -> list[tuple[str, str]]:
    """Return (chat, text) of so many messages: all who are active in turn, each with their next answers."""
    active = contest.active
    left = {number: iter(contest.parking.script.next_answers(number)) for number in active}
    messages: list[tuple[str, str]] = []
    while len(messages) < count:
        messages += [(chat_of(number), next(left[number], "0")) for number in active]
    return messages[:count]


def _by_person(due: Sequence[float], people: Sequence[tuple[str, str]]) -> list[list[tuple[float, str, str]]]:
    found: dict[str, list[tuple[float, str, str]]] = {}
    for at, (chat, text) in zip(due, people, strict=True):
        found.setdefault(chat, []).append((at, chat, text))
    return list(found.values())


async def _stall(until: float) -> float:
    """Return how late a timer came at most."""
    longest = 0.0
    while (before := perf_counter()) < until:
        await asyncio.sleep(TICK_SECONDS)
        longest = max(longest, perf_counter() - before - TICK_SECONDS)
    return longest


def _alerts(contest: Contest, numbers: range) -> None:
    with contest.service.store.transaction() as work:
        now = SystemClock().now()
        for number in numbers:
            work.outbox.add(Outgoing(Address(DUTY, str(number)), "Something waits for you.", DUTY, 0, priority=0), now)


def _file(path: Path, size: int) -> Path:
    """Write a file of random bytes and return it."""
    with path.open("wb") as file:
        for start in range(0, size, MIB):
            file.write(SystemEntropy().bytes(min(MIB, size - start)))
    return path


def _seal(path: Path) -> None:
    sealer = AgeSealer()
    with path.open("rb") as source, path.with_suffix(".sealed").open("wb") as sink:
        sealer.seal_file(source, sink, sealer.new_file_identity(), path.stat().st_size)


def _straight(contest: Contest, due: Sequence[float]) -> list[float]:
    """Feed the reference with the same messages: whatever is due is one group."""
    people = _people(contest, len(due))
    contest.updates += len(due)
    first = contest.updates - len(due) + 1
    updates = [update_bytes(first + at, chat, text) for at, (chat, text) in enumerate(people)]
    seconds: list[float] = []
    began, done = perf_counter(), 0
    while done < len(due):
        sleep(max(0.0, began + due[done] - perf_counter()))
        now = perf_counter() - began
        ready = done + 1
        while ready < len(due) and due[ready] <= now and ready - done < IN_FLIGHT:
            ready += 1
        contest.reference.group(updates[done:ready])
        ended = perf_counter() - began
        seconds += [ended - due[at] for at in range(done, ready)]
        done = ready
    return seconds
