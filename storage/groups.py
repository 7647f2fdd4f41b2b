"""Group commit: the turns of several people in one transaction, each behind a savepoint of its own.

Waiting until the disk has the bytes costs more than all the rest of a turn. A group waits once. A part that fails is
taken back alone; the others never notice. When the commit itself fails, nothing of the group was stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import CannotWrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.statements import Session
    from storage.work import SqlUnitOfWork


class Group:
    """One transaction with parts, and what is left to do once it has committed.

    A part that nothing is stored before needs no savepoint: it is taken back by beginning the transaction anew.
    """

    __slots__ = ("_anew", "_broken", "_cursor", "_doomed", "_filled", "_session", "_waiting", "erases", "work")

    def __init__(self, session: Session, work: SqlUnitOfWork, anew: Callable[[], None]) -> None:
        """Take the transaction, what is done in it, and what undoes all of it and begins it anew."""
        self.work = work
        self.erases = False  # some part has erased something
        self._session, self._cursor, self._anew = session, session.cursor, anew
        self._filled = False  # some part is stored
        self._doomed = 0  # so many files were doomed by parts before this one
        self._waiting = session.waiting[:]  # what they have put off
        self._broken = False  # the database took back the whole transaction, not the part alone

    def begin(self) -> SqlUnitOfWork:
        """Begin a part. Raises: CannotWrite in a broken group."""
        self.check()
        if self._filled:
            self._cursor.execute("SAVEPOINT part")
        self._doomed = len(self.work.doomed)
        self._waiting = self._session.waiting[:]
        self.work.begin()
        return self.work

    def keep(self) -> None:
        """End a part: whatever parts after it do, it is stored with the group."""
        if self._filled:
            self._cursor.execute("RELEASE SAVEPOINT part")
        self._filled = True

    def take_back(self) -> None:
        """Undo what the part did, and nothing else: what others had put off is put off again if it was run in it."""
        del self.work.doomed[self._doomed :]
        self._session.waiting = self._waiting
        try:
            if self._filled:
                self._cursor.execute("ROLLBACK TO SAVEPOINT part")
                self._cursor.execute("RELEASE SAVEPOINT part")
            else:
                self._anew()
        except Exception:  # noqa: BLE001 - a full disk ends the transaction, and every driver says so in its own words
            self._broken = True

    def check(self) -> None:
        """Return when the group can still be committed. Raises: CannotWrite."""
        if self._broken:
            raise CannotWrite
