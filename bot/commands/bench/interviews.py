"""bench interview: whole reports, from the first word to the seal, against as many bare turns and bare seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.bench.figures import Figures, Watch
from bot.commands.bench.installation import average, installed, rows_of
from bot.commands.bench.reference import Sizes, SqliteReference
from bot.commands.bench.scripts import learn
from bot.commands.bench.updates import update_bytes
from dialogs.effects import SealReport
from handlers.perform import canonical
from handlers.types import Address, Inbound
from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.sealing import AgeSealer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options

MOST = 50
GLOBALEAKS_PER_SECOND = 0.42
"""Whole submissions per second and core of GlobaLeaks 5.0.15 as shipped, measured on the same kind of machine."""


def interview(options: Options, folder: Path) -> Figures:
    """Whole interviews on Signal, one message after the other, one commit each; `people` at most 50 a round."""
    figures = Figures("interview")
    count = min(options.people, MOST)
    with installed(folder, options.database) as service:
        texts = learn(service, "signal").texts
        for number in range(options.rounds):
            sealed_before = rows_of(service, "blobs")
            with Watch() as watch:
                document = b"".join(_play(service, texts, f"{number}-{person}") for person in range(count))
            figures.add("reports a second and core", count / watch.cpu)
            figures.add("report, ms", watch.wall / count * 1000)
            figures.add("report, CPU ms", watch.cpu / count * 1000)
            seals = round((rows_of(service, "blobs") - sealed_before) / count)
            sizes = Sizes(int(average(service, "conversations", "body")), int(average(service, "outbox", "payload")))
            reference = SqliteReference(folder / f"reference-{number}.db", sizes)
            reference.park(range(count))
            _reference(figures, reference, [texts] * count, document[: len(document) // count], seals)
            reference.close()
            figures.ratio("ratio (reference / ours)", "reference, ms", "report, ms")
            figures.ratio("CPU ours / reference", "report, CPU ms", "reference, CPU ms")
            figures.add("times GlobaLeaks", figures.values["reports a second and core"][-1] / GLOBALEAKS_PER_SECOND)
    figures.notes["turns of an interview"] = len(texts)
    figures.notes["GlobaLeaks 5.0.15 as shipped, reports a second and core"] = GLOBALEAKS_PER_SECOND
    return figures


def _play(service: Service, texts: Sequence[str], person: str) -> bytes:
    """Let one person report; return what was sealed, as it was before."""
    document = b""
    for turn, text in enumerate(texts):
        done = service.reception.receive(Inbound(Address("signal", person), f"{person}-{turn}", text=text, ref="5"))
        for effect in done.effects if done is not None else ():
            if isinstance(effect, SealReport):
                document = canonical(effect.document)
    if not document:
        raise AssertionError
    return document


def _reference(
    figures: Figures, reference: SqliteReference, people: Sequence[Sequence[str]], document: bytes, seals: int
) -> None:
    """As many turns with one commit each, and as many seals of as many bytes for two recipients."""
    sealer = AgeSealer()
    recipients = [HybridIdentity.parse(sealer.new_file_identity()).recipient().text() for _ in range(2)]
    with Watch() as watch:
        for person, texts in enumerate(people):
            for turn, text in enumerate(texts):
                reference.group([update_bytes(person * len(texts) + turn, str(person), text)])
            for _ in range(seals):
                sealer.seal(document, recipients)
    figures.add("reference, ms", watch.wall / len(people) * 1000)
    figures.add("reference, CPU ms", watch.cpu / len(people) * 1000)
    figures.notes["seals of a report, both"] = seals
