"""Group commit: the turns of several people in one transaction, each behind a savepoint of its own.

Waiting until the disk has the bytes costs more than all the rest of a turn. A group waits once. A part that fails is
taken back alone; the others never notice. When the commit itself fails, nothing of the group was stored.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.errors import CannotWrite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.statements import Session


@dataclass(slots=True)
class Group:
    """One transaction with parts, and what is left to do once it has committed."""

    session: Session
    doomed: list[Path] = field(default_factory=list)  # files of what was erased
    erases: bool = False  # some part has erased something
    broken: bool = False  # the database took back the whole transaction, not the part alone

    @contextmanager
    def part(self) -> Iterator[None]:
        """Take back what the block did when it raises, and nothing else. Raises: CannotWrite in a broken group."""
        self.check()
        cursor = self.session.cursor
        cursor.execute("SAVEPOINT part")
        try:
            yield
            cursor.execute("RELEASE SAVEPOINT part")
        except BaseException:
            self._take_back()
            raise

    def _take_back(self) -> None:
        try:
            self.session.cursor.execute("ROLLBACK TO SAVEPOINT part")
            self.session.cursor.execute("RELEASE SAVEPOINT part")
        except Exception:  # noqa: BLE001 - a full disk ends the transaction, and every driver says so in its own words
            self.broken = True

    def check(self) -> None:
        """Return when the group can still be committed. Raises: CannotWrite."""
        if self.broken:
            raise CannotWrite
