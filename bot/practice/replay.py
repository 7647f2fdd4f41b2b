"""`leeward replay`: persona files through the real engine and storage; sealed files and practice keys in a folder."""

from __future__ import annotations

import tempfile  # noqa: TID251 - a folder for an encrypted database that is removed at the end; nothing plain is in it
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import practice_service
from bot.clock import FixedClock
from bot.practice.outcome import differences, outcome
from bot.practice.persona import USUAL_NOW, Persona, load_persona
from bot.practice.player import Player, no_questions
from handlers.types import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.app import Service
    from bot.practice.player import Played
    from config.settings import Settings
    from handlers.types import SealedBlob

MORE_FOLDER = "more"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One persona's outcome and what was not as expected."""

    persona: Persona
    result: dict[str, Any]
    differences: list[str]
    no_questions: list[str]  # names under `answers:` that no question has


def replay(files: Sequence[Path], settings: Settings, out: Path | None) -> Iterator[Replayed]:
    """Play the files in order; yield an outcome for each. Raises PersonaMistake, Unanswered, StorageError."""
    personas = [load_persona(path) for path in files]
    clock = FixedClock(USUAL_NOW)
    with tempfile.TemporaryDirectory(prefix="leeward-replay-") as folder:
        home = Path(folder)
        with practice_service(settings, home, keys_out=out, clock=clock) as service:
            for number, persona in enumerate(personas, start=1):
                yield _one(service, persona, clock, number, out)


def _one(service: Service, persona: Persona, clock: FixedClock, number: int, out: Path | None) -> Replayed:
    player = Player(service, persona, clock, number)
    played = player.play()
    address = Address(persona.channel, f"persona-{number}-{persona.name}")
    result = outcome(played, service.policy, clock.at, stored_after=_stored(service, address, played))
    if played.sealed is not None:
        _write(service, played, out, result)
    result["transcript"] = played.transcript
    result["persona"] = persona.name
    found = differences(persona.expect, result)
    return Replayed(persona, result, found, no_questions(persona, service.policy))


def _stored(service: Service, address: Address, played: Played) -> str:
    with service.store.transaction() as work:
        loaded = work.conversations.load(address)
        case = work.cases.get(played.sealed.card.case) if played.sealed is not None else None
    if case is not None:
        return "case"
    if loaded is None:
        return "nothing"
    return "draft" if loaded.conversation.draft is not None else "conversation"


def _write(service: Service, played: Played, out: Path | None, result: dict[str, Any]) -> None:
    sealed = played.sealed
    if sealed is None:
        return
    with service.store.transaction() as work:
        blobs = work.blobs.of(sealed.card.case)
        files = {file.blob: work.blobs.file(file.blob) for file in sealed.files}
    if out is None:
        return
    more = out / MORE_FOLDER
    more.mkdir(parents=True, exist_ok=True)
    case = sealed.card.case
    report = next(blob for blob in blobs if blob.purpose == "report")
    result["sealed"] = [_put(out / f"{case}.age", report.sealed)]
    result["copies"] = {b.office: _put(more / _name(b), b.sealed) for b in blobs if b.purpose == "copy"}
    identity = [_put(more / _name(b), b.sealed) for b in blobs if b.purpose == "identity"]
    result["identity"] = identity[0] if identity else None
    result["files_sealed"] = [
        _put(more / f"{name}.age", content) for name, content in files.items() if content is not None
    ]


def _name(blob: SealedBlob) -> str:
    return f"{blob.case}.{blob.purpose}.{blob.office}.age"


def _put(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)
