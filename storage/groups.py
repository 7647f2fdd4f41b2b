"""Group commit: the turns of several people in one transaction, each taken back alone when it fails.

Waiting until the disk has the bytes costs more than all the rest of a turn. A group waits once. A part that fails is
taken back alone; the others never notice. When the commit itself fails, nothing of the group was stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import CannotWrite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.types import Inbound
    from storage.statements import Session
    from storage.work import SqlUnitOfWork


class Group:
    """One transaction with parts, and what is left to do once it has committed.

    A part has a savepoint from the first statement on that may have to be undone: most turns put off all they write,
    and a savepoint copies every page that changes behind it. One that nothing is stored before needs none: it is taken
    back by beginning the transaction anew.
    """

    __slots__ = (
        "_anew", "_broken", "_cursor", "_doomed", "_filled", "_guarded", "_session", "_waiting", "erases", "work",
    )  # fmt: skip

    def __init__(self, session: Session, work: SqlUnitOfWork, anew: Callable[[], None]) -> None:
        """Take the transaction, what is done in it, and what undoes all of it and begins it anew."""
        self.work = work
        self.erases = False  # some part has erased something
        self._session, self._cursor, self._anew = session, session.cursor, anew
        self._filled = False  # some part is stored
        self._guarded = False  # this one has its savepoint
        self._doomed = 0  # so many files were doomed by parts before this one
        self._waiting = session.waiting[:]  # what they have put off
        self._broken = False  # the database took back the whole transaction, not the part alone

    def look_ahead(self, expected: Sequence[Inbound]) -> None:
        """Ask for all of these messages at once what each would ask first (PostgreSQL)."""
        self.work.look_ahead(expected)
        self._filled = True  # beginning anew would let go of the people

    def begin(self) -> SqlUnitOfWork:
        """Begin a part. Raises: CannotWrite in a broken group."""
        self.check()
        self._guarded = False
        self._session.guard = self._guard if self._filled else None
        self._doomed = len(self.work.doomed)
        self._waiting = self._session.waiting[:]
        self.work.begin()
        return self.work

    def _guard(self) -> None:
        """Set the savepoint to which the part is taken back. Raises: CannotWrite in a broken group."""
        self._broken = not self._session.is_begun()
        self.check()
        self._guarded = True  # first: when even the savepoint fails, going back to it does, too, and that is noticed
        self._cursor.execute("SAVEPOINT part")

    def keep(self) -> None:
        """End a part: whatever parts after it do, it is stored with the group."""
        self._session.guard = None
        if self._guarded:
            self._cursor.execute("RELEASE SAVEPOINT part")
        self._filled = True

    def take_back(self) -> None:
        """Undo what the part did, and nothing else: what others had put off is put off again if it was run in it."""
        del self.work.doomed[self._doomed :]
        self._session.waiting, self._session.guard = self._waiting, None
        try:
            if self._guarded:
                self._cursor.execute("ROLLBACK TO SAVEPOINT part")
                self._cursor.execute("RELEASE SAVEPOINT part")
            elif not self._filled:
                self._anew()
            self._broken = not self._session.is_begun()
        except Exception:  # noqa: BLE001 - a full disk ends the transaction, and every driver says so in its own words
            self._broken = True

    def check(self) -> None:
        """Return when the group can still be committed. Raises: CannotWrite."""
        if self._broken:
            raise CannotWrite
