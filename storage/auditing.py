"""Verifying the ledger and the audit log offline: from the database, or from an export that holds no secret at all.

What is found: an event changed, removed, added, moved to another place; a chain cut short; a head that was forked;
a checkpoint changed, removed, put in, or signed by somebody else. What cannot be found from an export alone: events
added after the newest checkpoint and cut off again before anybody saw their head; the case card witnesses those in
the database, and every sealed report witnesses the head it was sent with.
"""

from __future__ import annotations

import json
from bisect import insort
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.crypto import chain
from storage.crypto.errors import CryptoError
from storage.crypto.signatures import verify_record
from storage.errors import StorageError
from storage.tables import audit, checkpoints, ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row

SCHEMA = "leeward-ledger-1"


class NotALedger(StorageError):
    """This is not a ledger export of Leeward: make it with `leeward verify --export FILE`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a chain, without what it hides. Hashes in hex."""

    case: str  # or the name of a chain of the audit log: audit:CASE, audit:desk
    sequence: int
    commitment: str
    head: str
    checkpoint: int | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One signed checkpoint. Hashes in hex, the signature is the text of its JSON."""

    number: int
    minute: int
    previous: str
    root: str
    chains: int
    signature: str

    def content(self) -> bytes:
        """Return what was signed."""
        previous, root = bytes.fromhex(self.previous), bytes.fromhex(self.root)
        return chain.checkpoint_content(self.number, self.minute, previous, root, self.chains)


@dataclass(frozen=True, slots=True)
class LedgerCopy:
    """A whole ledger as anybody may hold it: commitments, heads, checkpoints."""

    entries: tuple[Entry, ...]
    checkpoints: tuple[Checkpoint, ...]

    def text(self) -> str:
        """Return the export file (JSON, one entry a line)."""
        entries = ",\n".join(json.dumps(asdict(entry)) for entry in self.entries)
        points = ",\n".join(json.dumps(asdict(point)) for point in self.checkpoints)
        return f'{{"schema": "{SCHEMA}",\n"entries": [\n{entries}\n],\n"checkpoints": [\n{points}\n]}}\n'

    @classmethod
    def parse(cls, text: str) -> LedgerCopy:
        """Return the ledger of an export file. Raises: NotALedger."""
        try:
            data = json.loads(text)
            if data["schema"] != SCHEMA:
                raise NotALedger
            return cls(
                tuple(Entry(**entry) for entry in data["entries"]),
                tuple(Checkpoint(**point) for point in data["checkpoints"]),
            )
        except (ValueError, TypeError, KeyError, RecursionError) as exc:
            raise NotALedger from exc


def read_ledger(connection: Connection) -> LedgerCopy:
    """Return the ledger of a database; the chains of the audit log are among its chains."""
    entries = connection.execute(select(ledger).order_by(ledger.c.case, ledger.c.sequence))
    log = connection.execute(select(audit).order_by(audit.c.chain, audit.c.sequence))
    points = connection.execute(select(checkpoints).order_by(checkpoints.c.number))
    return LedgerCopy(
        (*(_entry(r.case, r, r.event) for r in entries), *(_entry(chain.of_audit(r.chain), r, r.entry) for r in log)),
        tuple(
            Checkpoint(
                r.number,
                r.minute,
                bytes(r.previous).hex(),
                bytes(r.root).hex(),
                r.chains,
                bytes(r.signature).decode("utf-8", "replace"),
            )
            for r in points
        ),
    )


def _entry(name: str, row: Row[Any], hidden: bytes | None) -> Entry:
    return Entry(name, row.sequence, bytes(row.commitment).hex(), bytes(row.head).hex(), row.checkpoint, hidden is None)


def problems(copy: LedgerCopy, *pinned: str) -> list[str]:
    """Return every way in which the ledger does not hold, in plain words; [] when it does.

    `pinned`: fingerprints of the keys that may have signed checkpoints. Linear in entries and checkpoints but
    for the tree, which is built once for each checkpoint.
    """
    try:
        found = list(_chain_problems(copy.entries))
        found.extend(_checkpoint_problems(copy.checkpoints, pinned))
        found.extend(_cover_problems(copy))
    except (ValueError, TypeError) as exc:
        raise NotALedger from exc
    return found


def _chain_problems(entries: Sequence[Entry]) -> Iterable[str]:
    heads: dict[str, tuple[int, bytes]] = {}
    covered: dict[str, int | None] = {}
    for entry in entries:
        length, head = heads.get(entry.case, (0, chain.genesis(entry.case)))
        name = f"{entry.case}, event {entry.sequence}"
        if entry.sequence != length + 1:
            wrong = "is there twice or out of order" if entry.sequence <= length else "one before it is missing"
            yield f"{name}: {wrong}"
        elif chain.link(head, entry.sequence, bytes.fromhex(entry.commitment)) != bytes.fromhex(entry.head):
            yield f"{name}: was changed, or put in from elsewhere (it does not follow from the one before)"
        before = covered.get(entry.case, 0)
        if length and (before is None) and entry.checkpoint is not None:
            yield f"{name}: names a checkpoint although the event before it has none"
        elif before is not None and entry.checkpoint is not None and entry.checkpoint < before:
            yield f"{name}: names an older checkpoint than the event before it"
        covered[entry.case] = entry.checkpoint
        heads[entry.case] = (entry.sequence, bytes.fromhex(entry.head))


def _checkpoint_problems(points: Sequence[Checkpoint], pinned: Sequence[str]) -> Iterable[str]:
    previous, before = chain.FIRST_PREVIOUS, 0
    for point in points:
        name = f"checkpoint {point.number}"
        if point.number != before + 1:
            yield f"{name}: one before it is missing, or it is there twice"
        elif bytes.fromhex(point.previous) != previous:
            yield f"{name}: does not follow from the one before it"
        if not any(_holds(point, pin) for pin in pinned):
            yield f"{name}: its signature does not hold, or is by a key nobody pinned"
        previous, before = chain.checkpoint_hash(point.content()), point.number


def _holds(point: Checkpoint, pin: str) -> bool:
    try:
        verify_record(point.content(), point.signature.encode(), "checkpoint", pinned=pin)
    except CryptoError:
        return False
    return True


def _cover_problems(copy: LedgerCopy) -> Iterable[str]:
    """Compare every checkpoint's tree with the heads of what it says it covers."""
    known = {point.number for point in copy.checkpoints}
    by_checkpoint: dict[int, list[Entry]] = {}
    for entry in copy.entries:
        if entry.checkpoint is not None:
            by_checkpoint.setdefault(entry.checkpoint, []).append(entry)
    for number in sorted(by_checkpoint.keys() - known):
        yield f"checkpoint {number}: is missing, although events name it"
    heads: dict[str, bytes] = {}
    cases: list[str] = []
    for point in copy.checkpoints:
        for entry in by_checkpoint.get(point.number, ()):
            if entry.case not in heads:
                insort(cases, entry.case)
            heads[entry.case] = chain.leaf(entry.case, entry.sequence, bytes.fromhex(entry.head))
        root = chain.merkle_root([heads[case] for case in cases])
        if (root.hex(), len(cases)) != (point.root, point.chains):
            yield f"checkpoint {point.number}: does not match the events it covers (one was cut off, added or moved)"
