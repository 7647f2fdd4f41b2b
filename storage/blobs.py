"""Sealed bytes: reports in a table, attachments as files of random name; only offices open either."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from handlers.types import SealedBlob
from storage.errors import CannotWrite
from storage.tables import blobs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class SqlBlobs:
    """handlers.ports.Blobs over one connection and one folder."""

    connection: Connection
    folder: Path

    def put(self, blob: SealedBlob) -> None:
        """Store, replacing what had the same place."""
        same = (
            (blobs.c.case == blob.case) & (blobs.c.office == blob.office)
            & (blobs.c.purpose == blob.purpose) & (blobs.c.sequence == blob.sequence)
        )  # fmt: skip
        self.connection.execute(delete(blobs).where(same))
        values = {
            "case": blob.case, "office": blob.office, "purpose": blob.purpose, "sequence": blob.sequence,
            "sealed": blob.sealed,
        }  # fmt: skip
        self.connection.execute(insert(blobs).values(values))

    def of(self, case: str) -> tuple[SealedBlob, ...]:
        """Return all blobs of a case or alert."""
        order = (blobs.c.purpose, blobs.c.office, blobs.c.sequence)
        found = self.connection.execute(select(blobs).where(blobs.c.case == case).order_by(*order))
        return tuple(SealedBlob(r.case, r.office, r.purpose, r.sequence, bytes(r.sealed)) for r in found)

    def put_file(self, name: str, sealed: bytes) -> None:
        """Write the sealed bytes and wait until they are on the disk. Raises: CannotWrite."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = self.folder / f"{name}.part"
            with unfinished.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.folder / name)
        except OSError as exc:
            raise CannotWrite("blobs") from exc

    def file(self, name: str) -> bytes | None:
        """Return the sealed bytes of an attachment."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def drop_files(self, names: Iterable[str]) -> None:
        """Erase sealed attachments."""
        for name in names:
            with suppress(FileNotFoundError):
                (self.folder / name).unlink()
