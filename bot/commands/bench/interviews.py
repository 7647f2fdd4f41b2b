"""bench interview: whole reports, from the first word to the seal, against as many bare turns and bare seals."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.bench.figures import Figures, Watch
from bot.commands.bench.installation import average, chat_of, installed, rows_of
from bot.commands.bench.loopback import Program
from bot.commands.bench.reference import Sizes, SqliteReference
from bot.commands.bench.scripts import learn
from bot.commands.bench.updates import update_bytes
from handlers.types import Address, Inbound
from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.sealing import AgeSealer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options

ALONE = 16
"""People of a round who report one after the other …"""
TOGETHER = 64
"""… and of one in which several report at a time."""
AT_A_TIME = (8, 64)
RECIPIENTS = 2
OVERHEAD_BYTES = 4096
"""Of a sealed report, what is not the report: the header for its recipients, at most."""
GLOBALEAKS_PER_SECOND = 0.42
"""Whole submissions per second and core of GlobaLeaks 5.0.15 as shipped, measured on the same kind of machine. At 8 at
a time most of its requests failed there."""


@dataclass(slots=True)
class Reporting:
    """One installation and what a person writes there, up to the sealed report."""

    service: Service
    folder: Path
    texts: Sequence[str]
    people: int = 0  # who have reported so far: nobody reports twice
    references: int = 0

    def newcomers(self, count: int) -> range:
        """Return the numbers of people who have not reported yet."""
        self.people += count
        return range(self.people - count, self.people)

    def sealed(self) -> int:
        """Return how many seals there are."""
        return rows_of(self.service, "blobs")


def interview(options: Options, folder: Path) -> Figures:
    """Whole interviews: on Signal one after the other, on Telegram several at a time; `people` limits both.

    Alone, every turn goes straight to the reception and has a commit of its own; together they go through the whole
    program, update bytes in, reply bytes out.
    """
    figures = Figures("interview")
    with installed(folder, options.database) as service:
        signal = Reporting(service, folder, learn(service, "signal").texts)
        telegram = Reporting(service, folder, learn(service, "telegram").texts)
        for _ in range(options.rounds):
            _alone(figures, signal, min(options.people, ALONE))
            for at_a_time in AT_A_TIME:
                if not options.database:
                    _together(figures, telegram, min(options.people, TOGETHER), at_a_time)
    figures.notes["turns of an interview"] = f"Signal {len(signal.texts)}, Telegram {len(telegram.texts)}"
    figures.notes["GlobaLeaks 5.0.15 as shipped, reports a second and core"] = GLOBALEAKS_PER_SECOND
    return figures


def _alone(figures: Figures, reporting: Reporting, count: int) -> None:
    people, before = reporting.newcomers(count), reporting.sealed()
    with Watch() as watch:
        for person in people:
            address = Address("signal", f"{person}")
            for turn, text in enumerate(reporting.texts):
                reporting.service.reception.receive(Inbound(address, f"{person}-{turn}", text=text, ref="5"))
    _add(figures, "Signal, alone", reporting, watch, count, reporting.sealed() - before, 1)


def _together(figures: Figures, reporting: Reporting, count: int, at_a_time: int) -> None:
    people, before = reporting.newcomers(count), reporting.sealed()

    async def play() -> Watch:
        program = Program(reporting.service, several=False)
        program.begin_at(people.start * len(reporting.texts) + 1)
        updates = program.updates_of((chat_of(person), reporting.texts) for person in people)
        async with program.running():
            with Watch() as watch:
                await program.play(updates, at_a_time)
        return watch

    watch = asyncio.run(play())
    _add(figures, f"Telegram, {at_a_time} at a time", reporting, watch, count, reporting.sealed() - before, at_a_time)


def _add(  # noqa: PLR0913, PLR0917 - what was measured, each named
    figures: Figures, name: str, reporting: Reporting, watch: Watch, count: int, seals: int, at_a_time: int
) -> None:
    """Note what was measured, and measure the reference. Raises: AssertionError when somebody has no report."""
    each, over = divmod(seals, count)
    if not each or over:
        raise AssertionError("somebody's report was not sealed")
    figures.add(f"{name}: reports a second and core", count / watch.cpu)
    figures.add(f"{name}: report, CPU ms", watch.cpu / count * 1000)
    figures.add(f"{name}: times GlobaLeaks", count / watch.cpu / GLOBALEAKS_PER_SECOND)
    _reference(figures, name, reporting, count, each, at_a_time)
    figures.ratio(f"ratio CPU (reference / ours), {name}", f"{name}: reference, CPU ms", f"{name}: report, CPU ms")


def _reference(figures: Figures, name: str, reporting: Reporting, count: int, seals: int, at_a_time: int) -> None:
    """As many turns, as many in each commit, and as many seals of as many bytes for two recipients."""
    service, texts = reporting.service, reporting.texts
    sizes = Sizes(int(average(service, "conversations", "body")), int(average(service, "outbox", "payload")))
    reporting.references += 1
    reference = SqliteReference(reporting.folder / f"{name[0]}-{reporting.references}.db", sizes)
    reference.park(range(count))
    sealer = AgeSealer()
    recipients = [HybridIdentity.parse(sealer.new_file_identity()).recipient().text() for _ in range(RECIPIENTS)]
    document = bytes(max(0, int(average(service, "blobs", "sealed")) - OVERHEAD_BYTES))
    with Watch() as watch:
        for first in range(0, count, at_a_time):
            group = range(first, min(first + at_a_time, count))
            for turn, text in enumerate(texts):
                reference.group([update_bytes(one * len(texts) + turn, str(one), text) for one in group])
            for _ in range(seals * len(group)):
                sealer.seal(document, recipients)
    reference.close()
    figures.add(f"{name}: reference, CPU ms", watch.cpu / count * 1000)
    figures.notes[f"{name}: seals of a report, both"] = seals
