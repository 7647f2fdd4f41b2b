"""bench park, restart, start: what waiting people cost, and how soon somebody is there for them again."""

from __future__ import annotations

import asyncio
from subprocess import DEVNULL
from sys import executable
from time import monotonic
from typing import TYPE_CHECKING

from bot.commands.bench.figures import Figures
from bot.commands.bench.installation import Parking, average, chat_of, installed, settings_of
from bot.commands.bench.reference import Sizes, SqliteReference
from bot.commands.bench.served import Served, answers
from bot.commands.bench.server import server
from storage.store import DATABASE_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from bot.commands.bench.figures import Options

FEW = 10
TALKING = 50
LIBRARIES = "import aiohttp, cryptography, fluent.syntax, msgspec, pydantic, sqlalchemy, yaml"


def parked(folder: Path, count: int) -> SqliteReference:
    """Make an installation with so many parked people, and the reference beside it with as many."""
    with installed(folder) as service:
        parking = Parking(service)
        parking.put(range(count))
        sizes = Sizes(int(average(service, "conversations", "body")), parking.reply_bytes)
        service.store.finish_erasure()
    reference = SqliteReference(folder / "reference.db", sizes)
    reference.park(int(chat_of(number)) for number in range(count))
    return reference


def park(options: Options, folder: Path) -> Figures:
    """Disk and memory for each parked conversation; the reference keeps a state of as many bytes under one key."""
    return asyncio.run(_park(options, folder))


async def _park(options: Options, folder: Path) -> Figures:
    figures = Figures("park")
    few, many = folder / "few", folder / "many"
    few.mkdir()
    many.mkdir()
    references = [parked(few, FEW), parked(many, options.people + FEW)]
    for reference in references:
        reference.close()
    for name, file in (("ours", DATABASE_FILE), ("reference", "reference.db")):
        growth = (many / file).stat().st_size - (few / file).stat().st_size
        figures.add(f"{name}, bytes on disk a parked conversation", growth / options.people)
    figures.ratio(
        "ratio disk (reference / ours)", "reference, bytes on disk a parked conversation",
        "ours, bytes on disk a parked conversation",
    )  # fmt: skip
    async with server() as running:
        for _ in range(options.rounds):
            memory = [await _memory(Served(home, running)) for home in (few, many)]
            figures.add("bytes of memory a parked conversation", (memory[1] - memory[0]) / options.people)
    figures.notes["parked"] = options.people
    return figures


async def _memory(served: Served) -> float:
    """Return the resident memory of the serving process after some people have talked."""
    async with served:
        await served.start()
        await served.ready()
        for _ in range(TALKING // FEW):
            await served.ask(list(range(FEW)))
            await served.answers(FEW)
        return served.memory_bytes


def restart(options: Options, folder: Path) -> Figures:
    """Kill -9 and start again: from the start of the process to the first answer, with people parked."""
    return asyncio.run(_restart(options, folder))


async def _restart(options: Options, folder: Path) -> Figures:
    figures = Figures("restart")
    reference = parked(folder, options.people)
    reference.close()
    async with server() as running, Served(folder, running) as served:
        await served.start()
        await served.ready()
        for number in range(options.rounds):
            await served.kill()
            await served.ask([number % options.people])
            began = monotonic()
            await served.start()
            ((at, _chat), *_) = await served.answers(1)
            figures.add("kill and start to first answer, s", at - began)
            await served.ready()
            began = monotonic()
            port = running.url.rpartition(":")[2]
            process = await asyncio.create_subprocess_exec(
                executable, "-m", "bot.commands.bench.straight", str(folder / "reference.db"), reference.key.hex(),
                port, chat_of(number % options.people), str(number + 1),
            )  # fmt: skip
            ((at, _chat), *_) = await answers(running, 1)
            figures.add("reference, start to first answer, s", at - began)
            await process.wait()
            figures.ratio(
                "ratio (reference / ours)", "reference, start to first answer, s", "kill and start to first answer, s"
            )
    figures.notes["parked"] = options.people
    return figures


def start(options: Options, folder: Path) -> Figures:
    """How long `leeward --help` and `leeward serve` take, beside Python alone and the libraries it has to load."""
    return asyncio.run(_start(options, folder))


async def _start(options: Options, folder: Path) -> Figures:
    figures = Figures("start")
    settings_of(folder)
    with installed(folder):
        pass
    async with server() as running:
        for _ in range(options.rounds):
            figures.add("python alone, s", await _seconds("-c", "pass"))
            figures.add("leeward --help, s", await _seconds("-m", "bot", "--help"))
            figures.ratio("ratio help (python alone / leeward)", "python alone, s", "leeward --help, s")
            figures.add("importing the libraries, s", await _seconds("-c", LIBRARIES))
            async with Served(folder, running) as served:
                began = monotonic()
                await served.start()
                await served.ready()
                figures.add("leeward serve ready, s", monotonic() - began)
            figures.ratio("ratio serve (libraries / leeward)", "importing the libraries, s", "leeward serve ready, s")
    return figures


async def _seconds(*arguments: str) -> float:
    began = monotonic()
    process = await asyncio.create_subprocess_exec(executable, *arguments, stdout=DEVNULL)
    await process.wait()
    return monotonic() - began
