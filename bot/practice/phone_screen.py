"""What the practice phone shows: the chat of this process, and what the offices received."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from dialogs.replace import replace
from storage.crypto.age.identity_file import read_identity_file
from storage.crypto.sealing import open_report

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.ports import Clock, Store
    from handlers.types import Address, Outgoing, SealedBlob

CHANNEL: Final = "practice"
MOST_BUBBLES: Final = 2000
FACTS: Final = ("level", "rules", "submitted_at", "channel", "mode", "lang")
PURPOSES: Final = ("report", "identity", "copy", "alert", "message")
SHOWN_ABOVE: Final = ("schema", "case", "office")
NARROWED_BY: Final = ("office", "purpose", "sequence")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of the chat. `number` counts up for the whole process, across cleared chats."""

    mine: bool
    text: str
    number: int = 0
    at: str = ""  # ISO 8601, UTC
    node: str = ""
    turn: int = 0
    choices: tuple[tuple[str, str], ...] = ()  # digit and label
    size: int | None = None  # bytes of an attachment, whose name is the text


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed document of an office, as the list shows it: everything but its content."""

    case: str
    office: str
    purpose: str  # report | copy | identity | message | alert
    sequence: int
    size: int  # bytes


class PhoneChannel:
    """handlers.ports.Channel of one phone; its chat lives in memory and may be read from any thread."""

    def __init__(self, address: Address, clock: Clock, run: str) -> None:
        """Take whose phone it is, the clock of the service and a name of this process."""
        self.run = run
        self.last = 0
        self._address, self._clock = address, clock
        self._lock = Lock()
        self._bubbles: deque[Bubble] = deque(maxlen=MOST_BUBBLES)
        self._cleared = 0
        self._sealed: tuple[Sealed, ...] = ()

    def send(self, outgoing: Outgoing) -> bool:
        """Put one message on the screen, or empty it; False when it is for another address."""
        if outgoing.address != self._address:
            return False
        if outgoing.act == "clear-chat":
            self.clear()
        elif outgoing.act == "say" and outgoing.text:
            bubble = Bubble(mine=False, text=outgoing.text, node=outgoing.node, turn=outgoing.turn)
            self._show(replace(bubble, choices=outgoing.choices))
        return True

    def clear(self) -> None:
        """Empty the chat, on every page that shows it."""
        with self._lock:
            self._bubbles.clear()
            self.last += 1
            self._cleared = self.last

    def say_mine(self, text: str, size: int | None = None) -> None:
        """Put what the person sent on the screen; `size`: it was an attachment of so many bytes."""
        self._show(Bubble(mine=True, text=text, size=size))

    def label(self, button: tuple[str, int, str]) -> str:
        """Return what stands on a button of the screen, or its digit when it is not there any more."""
        node, turn, key = button
        with self._lock:
            asked = [bubble for bubble in self._bubbles if (bubble.node, bubble.turn) == (node, turn)]
        return next((f"{key}  {text}" for bubble in asked for digit, text in bubble.choices if digit == key), key)

    def show_sealed(self, found: tuple[Sealed, ...]) -> None:
        """Show this list of what the offices hold, new ones on top."""
        with self._lock:
            known = set(self._sealed)
            new = tuple(sealed for sealed in found if sealed not in known)
            merged = new + tuple(sealed for sealed in self._sealed if sealed in set(found))
            if merged != self._sealed:
                self._sealed = merged
                self.last += 1

    def after(self, number: int) -> dict[str, Any]:
        """Return what a page that knows everything up to this number lacks, ready for JSON.

        run, last (the newest number), cleared (the number at which the chat was emptied last), messages, and the
        whole list of sealed documents.
        """
        with self._lock:
            return {
                "run": self.run, "last": self.last, "cleared": self._cleared,
                "messages": [asdict(bubble) for bubble in self._bubbles if bubble.number > number],
                "sealed": [asdict(sealed) for sealed in self._sealed],
            }  # fmt: skip

    def _show(self, bubble: Bubble) -> None:
        at = self._clock.now().isoformat(timespec="seconds")
        with self._lock:
            self.last += 1
            self._bubbles.append(replace(bubble, number=self.last, at=at))


def read_sealed(store: Store) -> tuple[Sealed, ...]:
    """Return what was sealed for the offices in practice, not in the cases of examples. Raises StorageError."""
    with store.transaction() as work:
        ids = work.cases.ids()
        elsewhere = {case for case, card in work.cases.cards(ids).items() if card.channel != CHANNEL}
        blobs = [blob for case in sorted(set(ids) - elsewhere) for blob in work.blobs.of(case)]
    found = (Sealed(blob.case, blob.office, blob.purpose, blob.sequence, len(blob.sealed)) for blob in blobs)
    return tuple(sorted(found, key=lambda sealed: (sealed.case, _place(sealed.purpose), sealed.sequence)))


def opened(store: Store, offices: Path, case: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Return a sealed document of the case, opened with `keys/<OFFICE>.key` of the folder; None: there is none.

    `wanted` may narrow it down by office, purpose and sequence; without them it is the report. Raises CryptoError,
    and OSError when there is no such key.
    """
    with store.transaction() as work:
        blobs = [blob for blob in work.blobs.of(case) if _is_wanted(blob, wanted)]
    if not blobs:
        return None
    blob = min(blobs, key=lambda found: _place(found.purpose))
    identities = read_identity_file((offices / "keys" / f"{blob.office}.key").read_bytes())
    document = json.loads(open_report(blob.sealed, identities))
    return {"case": blob.case, "office": blob.office, "purpose": blob.purpose, **_readable(document)}


def _place(purpose: str) -> int:
    return PURPOSES.index(purpose) if purpose in PURPOSES else len(PURPOSES)


def _is_wanted(blob: SealedBlob, wanted: dict[str, Any]) -> bool:
    return all(getattr(blob, name) == wanted[name] for name in NARROWED_BY if name in wanted)


def _readable(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a person reads of a document: facts, summary, answers, consents, attachments."""
    if "answers" not in document:
        return {"facts": [[name, _words(value)] for name, value in document.items() if name not in SHOWN_ABOVE]}
    return {
        "facts": [[name, _words(document[name])] for name in FACTS if document.get(name)],
        "summary": document["summary"],
        "answers": [[answer["node"], answer["question"], answer["label"]] for answer in document["answers"]],
        "consents": [[event["id"], event["status"], event["at"]] for event in document["consents"]],
        "attachments": [[file["name"], file["type"], file["size"]] for file in document["attachments"]],
    }


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_words(part) for part in value)
    return "" if value is None else str(value)
