"""Releases of the annual report: one file a year, of mode 600, written once and never changed.

They hold what was published, nothing else: rounded and withheld numbers.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from dialogs.trends import Release
from storage.errors import CannotWrite, StorageError
from storage.keys import write_private

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "trends"
SCHEMA: Final = "leeward-trends-1"
CAUTION: Final = "Not representative: fewer reports can mean more fear."


class ReleaseBroken(StorageError):
    """A release that was made cannot be read, and no other is made in its place: put the file back from a backup."""


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """handlers.trends.Releases over a folder."""

    folder: Path

    def of(self, year: int) -> Release | None:
        """Return the release of a year. Raises: ReleaseBroken, OSError."""
        path = self._path(year)
        if not path.exists():
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=Release)
        except msgspec.MsgspecError as exc:
            raise ReleaseBroken(path.name) from exc

    def keep(self, release: Release) -> Release:
        """Write it whole or not at all, unless there is one. Raises: CannotWrite, ReleaseBroken."""
        path = self._path(release.year)
        unfinished = path.with_name(f"{path.name}.part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            write_private(unfinished, written(release))
            with suppress(FileExistsError):  # somebody was faster: theirs counts
                os.link(unfinished, path)
            unfinished.unlink()
        except OSError as exc:
            raise CannotWrite(path.name) from exc
        return self.of(release.year) or release

    def _path(self, year: int) -> Path:
        return self.folder / f"{year}.json"


def written(release: Release) -> bytes:
    """Return a release as JSON; its form is docs/trends.schema.json."""
    document = {"schema": SCHEMA, "caution": CAUTION, **msgspec.to_builtins(release)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
