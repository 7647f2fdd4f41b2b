"""Sealed bytes: reports in a table, attachments as files of random name; only offices open either."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, delete, func, insert, select, update

from dialogs.frozen import Frozen
from handlers.types import BlobLine, SealedBlob
from storage.errors import CannotWrite
from storage.statements import Statement, inserted
from storage.tables import attachments, blobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from _typeshed import ReadableBuffer

    from storage.statements import Session


MESSAGE = "message"
"""Purpose of what the person wrote after their report."""

TOGETHER = 500
"""Cases asked for in one query."""

_PLACE = ("case", "office", "purpose", "sequence")
_CLEAR = Statement(
    lambda _database: delete(blobs).where(*(blobs.c[name] == bindparam(name) for name in _PLACE)), *_PLACE
)
_PUT = inserted(blobs)


class SqlBlobs(Frozen):
    """handlers.ports.Blobs over one connection and one folder."""

    session: Session
    folder: Path
    doomed: list[Path]  # files to remove once the transaction has committed

    def put(self, blob: SealedBlob) -> None:
        """Store, replacing what had the same place."""
        place = (blob.case, blob.office, blob.purpose, blob.sequence)
        self.session.run(_CLEAR, *place)
        self.session.run(_PUT, *place, blob.sealed, False)  # noqa: FBT003 - a value of the row: nobody has fetched it yet

    def of(self, case: str) -> tuple[SealedBlob, ...]:
        """Return all blobs of a case or alert."""
        order = (blobs.c.purpose, blobs.c.office, blobs.c.sequence)
        found = self.session.connection.execute(select(blobs).where(blobs.c.case == case).order_by(*order))
        return tuple(SealedBlob(r.case, r.office, r.purpose, r.sequence, bytes(r.sealed)) for r in found)

    def lines(self, case: str, office: str) -> tuple[BlobLine, ...]:
        """Return what there is for one office in a case, without the bytes."""
        wanted = select(blobs.c.purpose, blobs.c.sequence, func.length(blobs.c.sealed), blobs.c.fetched)
        of_office = wanted.where(blobs.c.case == case, blobs.c.office == office)
        found = self.session.connection.execute(of_office.order_by(blobs.c.purpose, blobs.c.sequence))
        return tuple(BlobLine(purpose, sequence, size, fetched) for purpose, sequence, size, fetched in found)

    def fetch(self, case: str, office: str, purpose: str, sequence: int) -> SealedBlob | None:
        """Return one blob and remember that the office has it now."""
        same = (
            (blobs.c.case == case) & (blobs.c.office == office)
            & (blobs.c.purpose == purpose) & (blobs.c.sequence == sequence)
        )  # fmt: skip
        sealed = self.session.connection.scalar(select(blobs.c.sealed).where(same))
        if sealed is None:
            return None
        self.session.connection.execute(update(blobs).where(same, ~blobs.c.fetched).values(fetched=True))
        return SealedBlob(case, office, purpose, sequence, bytes(sealed))

    def unread(self, office: str) -> dict[str, int]:
        """Return how many messages of each case this office has not fetched."""
        waiting = (blobs.c.office == office) & (blobs.c.purpose == MESSAGE) & ~blobs.c.fetched
        counted = select(blobs.c.case, func.count()).where(waiting).group_by(blobs.c.case)
        return {row[0]: row[1] for row in self.session.connection.execute(counted)}

    def holding(self, office: str, purpose: str, cases: Iterable[str]) -> frozenset[str]:
        """Return those of these cases of which this office holds sealed bytes of this purpose."""
        theirs = select(blobs.c.case).where(blobs.c.office == office, blobs.c.purpose == purpose)
        ids, found = list(cases), set[str]()
        for start in range(0, len(ids), TOGETHER):
            some = theirs.where(blobs.c.case.in_(ids[start : start + TOGETHER]))
            found.update(self.session.connection.scalars(some))
        return frozenset(found)

    def erase(self, case: str, office: str, purpose: str) -> None:
        """Erase what one office would have received of one purpose."""
        same = (blobs.c.case == case) & (blobs.c.office == office) & (blobs.c.purpose == purpose)
        self.session.connection.execute(delete(blobs).where(same))

    def adopt_file(self, name: str, at: datetime) -> None:
        """Take a file that was written; it belongs to a draft."""
        self.session.connection.execute(
            insert(attachments).values(name=name, case=None, hour=int(at.timestamp()) // 3600)
        )

    def give_files(self, case: str, names: Iterable[str]) -> None:
        """From now on these belong to the case, and go with it."""
        if named := list(names):
            self.session.connection.execute(update(attachments).where(attachments.c.name.in_(named)).values(case=case))

    def files_of(self, case: str) -> tuple[str, ...]:
        """Return the names of the attachments of a case."""
        found = self.session.connection.scalars(select(attachments.c.name).where(attachments.c.case == case))
        return tuple(sorted(found))

    def file(self, name: str) -> bytes | None:
        """Return the sealed bytes of an attachment."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def drop_files(self, names: Iterable[str]) -> None:
        """Erase sealed attachments when this transaction commits."""
        if named := list(names):
            self.session.connection.execute(delete(attachments).where(attachments.c.name.in_(named)))
            self.doomed.extend(self.folder / name for name in named)


def remove_files(doomed: Iterable[Path]) -> None:
    """Remove the files of what was erased; called after the commit."""
    for path in doomed:
        path.unlink(missing_ok=True)


@contextmanager
def new_sealed_file(folder: Path, name: str) -> Iterator[BinaryIO]:
    """Write a file of sealed bytes, whole or not at all, and wait until it is on the disk. Raises: CannotWrite."""
    unfinished = folder / f"{name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = unfinished.open("wb")
    except OSError as exc:
        raise CannotWrite("blobs") from exc
    try:
        with file:
            yield cast("BinaryIO", _Sink(file))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


class _Sink(io.RawIOBase):
    """The file being written; that the disk is full is told apart from a source that ends badly."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, content: ReadableBuffer) -> int:
        try:
            return self._file.write(content)
        except OSError as exc:
            raise CannotWrite("blobs") from exc
