"""bench step, turn: a turn of ours against the same work in a straight line."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.commands.bench.figures import MICROSECONDS, Figures, Watch, percentile
from bot.commands.bench.installation import Parking, average, chat_of, installed
from bot.commands.bench.loopback import Program
from bot.commands.bench.reference import Sizes, SqliteReference
from bot.commands.bench.updates import update_bytes
from bot.commands.bench.workers import turn_on_postgres
from handlers.types import Address, Inbound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options

FEW = 100
TURNS = 1_600
ACTIVE = 400
IN_FLIGHT = 16
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "REPLACE")


@dataclass(slots=True)
class Contest:
    """Ours and the reference, each with so many parked people; `people` play in every round."""

    parked: int
    service: Service
    parking: Parking
    reference: SqliteReference
    sizes: Sizes
    turns: int
    updates: int = 0

    @property
    def active(self) -> list[int]:
        """Return the numbers of those who play, spread over all who are parked."""
        count = min(self.parked, ACTIVE)
        return [number * self.parked // count for number in range(count)]

    def script(self, turns: int) -> list[tuple[str, Sequence[str]]]:
        """Return who plays what: so many turns in all."""
        each = max(1, turns // len(self.active))
        return [(chat_of(number), self.parking.script.next_answers(number)[:each]) for number in self.active]

    def groups(self, turns: int, size: int) -> Iterator[list[bytes]]:
        """Return the same turns for the reference, so many people in each group."""
        script = self.script(turns)
        for start in range(0, len(script), size):
            some = script[start : start + size]
            for turn in range(len(some[0][1])):
                yield [self._update(chat, answers[turn]) for chat, answers in some]

    def _update(self, chat: str, text: str) -> bytes:
        self.updates += 1
        return update_bytes(self.updates, chat, text)


@contextmanager
def contests(folder: Path, parked: Sequence[int]) -> Iterator[list[Contest]]:
    """Open a contest for each of these numbers of parked people."""
    with ExitStack() as stack:
        opened: list[Contest] = []
        for count in parked:
            home = folder / f"{len(opened)}"
            home.mkdir()
            service = stack.enter_context(installed(home))
            parking = Parking(service)
            parking.put(range(count))
            service.store.finish_erasure()
            sizes = Sizes(int(average(service, "conversations", "body")), parking.reply_bytes)
            reference = SqliteReference(home / "reference.db", sizes)
            stack.callback(reference.close)
            reference.park(int(chat_of(number)) for number in range(count))
            opened.append(Contest(count, service, parking, reference, sizes, min(TURNS, count * 4)))
        yield opened


def step(options: Options, folder: Path) -> Figures:
    """One step through the real reception, one commit each, against the reference with one commit each."""
    figures = Figures("step")
    with contests(folder, [options.people]) as (contest,):
        for number in range(options.rounds):
            contest.parking.put(contest.active)
            script = contest.script(contest.turns)
            turns = sum(len(answers) for _chat, answers in script)
            with Watch() as watch:
                for chat, answers in script:
                    for turn, text in enumerate(answers):
                        key = f"{number}-{chat}-{turn}"
                        contest.service.reception.receive(Inbound(Address("telegram", chat), key, text=text, ref="5"))
            _add(figures, "step", watch, turns)
            _reference(figures, "reference", contest, contest.turns, 1)
            figures.ratio("ratio (reference / step)", "reference us", "step us")
            figures.ratio("CPU step / reference", "step CPU us", "reference CPU us")
        figures.notes["bytes of a conversation and of a reply"] = f"{contest.sizes.body}, {contest.sizes.payload}"
    return figures


def turn(options: Options, folder: Path) -> Figures:
    """The whole turn at 1 and 16 in flight, with few and with many people parked."""
    if options.database:
        return turn_on_postgres(options, folder)
    figures = Figures("turn")
    few = min(FEW, options.people)
    with contests(folder, [few, options.people]) as opened:
        for _ in range(options.rounds):
            for contest in opened:
                _round(figures, contest)
            many = f"turn, {options.people} parked, {IN_FLIGHT} in flight CPU us"
            figures.ratio("CPU many / few parked", many, f"turn, {few} parked, {IN_FLIGHT} in flight CPU us")
        _count(figures, opened[-1])
    return figures


def _round(figures: Figures, contest: Contest) -> None:
    for in_flight in (IN_FLIGHT, 1):
        turns = contest.turns if in_flight > 1 else contest.turns // 4
        contest.parking.put(contest.active)
        name = f"{contest.parked} parked, {in_flight} in flight"
        _ours(figures, f"turn, {name}", contest, turns, in_flight)
        _reference(figures, f"reference, {name}", contest, turns, in_flight)
        figures.ratio(f"ratio, {name} (reference / turn)", f"reference, {name} us", f"turn, {name} us")
        figures.ratio(f"CPU turn / reference, {name}", f"turn, {name} CPU us", f"reference, {name} CPU us")


def _ours(figures: Figures, name: str, contest: Contest, turns: int, in_flight: int) -> int:
    async def play() -> list[float]:
        program = Program(contest.service, several=False)
        program.begin_at(contest.updates + 1)
        people = program.updates_of(contest.script(turns))
        async with program.running():
            with Watch() as watch:
                seconds = await program.play(people, in_flight)
        contest.updates = program.updates
        _add(figures, name, watch, len(seconds))
        return seconds

    seconds = asyncio.run(play())
    figures.add(f"{name} p99 ms", percentile(seconds, 0.99) * 1000)
    return len(seconds)


def _reference(figures: Figures, name: str, contest: Contest, turns: int, size: int) -> int:
    groups = list(contest.groups(turns, size))
    with Watch() as watch:
        done = sum(contest.reference.group(group) for group in groups)
    _add(figures, name, watch, done)
    return done


def _add(figures: Figures, name: str, watch: Watch, turns: int) -> None:
    figures.add(f"{name} us", watch.wall / turns * MICROSECONDS)
    figures.add(f"{name} CPU us", watch.cpu / turns * MICROSECONDS)


def _count(figures: Figures, contest: Contest) -> None:
    """Note what both write for a turn, counted by SQLite itself in a pass that is not timed."""
    scratch = Figures("")
    contest.parking.put(contest.active)
    pooled = contest.service.store.engine.raw_connection()
    ours: Any = pooled.driver_connection
    pooled.close()
    passes = (("ours", ours, _ours), ("reference", contest.reference.connection, _reference))
    for name, connection, play in passes:
        counted: Counter[str] = Counter()

        def count(statement: str, counted: Counter[str] = counted) -> None:
            counted.update(_verbs(statement))

        connection.set_trace_callback(count)
        turns = play(scratch, "", contest, contest.turns, IN_FLIGHT)
        connection.set_trace_callback(None)
        rows = ", ".join(f"{verb} {count / turns:.2f}" for verb, count in sorted(counted.items()))
        figures.notes[f"{name} writes a turn, {IN_FLIGHT} in flight"] = rows
    sizes = contest.sizes
    figures.notes["bytes of a conversation and of a reply, both"] = f"{sizes.body} and {sizes.payload}"


def _verbs(statement: str) -> list[str]:
    words = statement.split(None, 5)
    if not words or words[0] not in WRITES:
        return []
    table = {"INSERT": 2, "REPLACE": 2, "UPDATE": 1, "DELETE": 2}.get(words[0])
    if words[0] == "INSERT" and words[1] == "OR":
        table = 4
    return [words[0] if table is None else f"{words[0]} {words[table].partition('(')[0]}"]
