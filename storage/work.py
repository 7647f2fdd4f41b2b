"""One transaction: everything handlers may ask of it, each part made when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from storage.audit import SqlAudit
from storage.blobs import SqlBlobs
from storage.cases import SqlCases
from storage.conversations import SqlConversations
from storage.desk import SqlAccounts, SqlSessions
from storage.ledger import SqlCheckpoints, SqlLedger
from storage.messages import SqlMessages
from storage.queues import SqlInbox, SqlMoves, SqlOutbox, SqlTimers
from storage.records import SqlAlerts, SqlDuty, SqlTallies, SqlVersions
from storage.row_keys import RowKeys
from storage.rows import Rows
from storage.traces import SqlTraces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from handlers.ports import Entropy
    from handlers.types import Inbound
    from storage.keys import Keys
    from storage.queues import Numbers
    from storage.statements import Session


Made = TypeVar("Made")


class part(Generic[Made]):  # noqa: N801 - used as a decorator, as `property` is
    """A part of a transaction, made when first asked for; `functools.cached_property` takes a lock for each."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        """Take what makes it."""
        self._make, self._name = make, make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, work: None, kind: type) -> Self: ...
    @overload
    def __get__(self, work: object, kind: type) -> Made: ...
    def __get__(self, work: object | None, kind: type) -> Self | Made:
        """Make the part and put it in its own place, where it is found from now on."""
        if work is None:
            return self
        made = work.__dict__[self._name] = self._make(work)
        return made


class SqlUnitOfWork:
    """handlers.ports.UnitOfWork over one transaction. Turns need five of its parts; making all would take a while."""

    def __init__(self, session: Session, keys: Keys, entropy: Entropy, folder: Path, numbers: Numbers) -> None:
        """Take the transaction, the keys, where chance and numbers come from, and the folder of attachments."""
        self._session = session
        self.doomed: list[Path] = []  # files of what was erased, to be removed after the commit
        self._keys, self._entropy, self._folder, self._numbers = keys, entropy, folder, numbers
        self._rows = Rows(session, keys.lookup)
        self._row_keys = RowKeys(session, keys.ring, keys.draft_ring, entropy)

    def begin(self) -> None:
        """Know nothing of what was read before: another turn begins in the same transaction, or one was taken back."""
        self._rows.found.clear()
        self._row_keys.open_keys.clear()

    def look_ahead(self, expected: Sequence[Inbound]) -> None:
        """Hold the people of these messages, as far as no other process is busy with them, and read what is there."""
        self._rows.look_ahead([inbound.address for inbound in expected])
        self.inbox.look_ahead([(inbound.address.channel, inbound.key) for inbound in expected])

    @part
    def inbox(self) -> SqlInbox:
        """Return the messages taken."""
        return SqlInbox(self._session, self._keys.lookup)

    @part
    def conversations(self) -> SqlConversations:
        """Return the conversations."""
        return SqlConversations(self._session, self._rows, self._row_keys, lambda: self.cases)

    @part
    def cases(self) -> SqlCases:
        """Return the cases."""
        ledger = SqlLedger(self._session, self._entropy)
        return SqlCases(self._session, self._rows, self._row_keys, self._keys.lookup, ledger, self.blobs)

    @part
    def blobs(self) -> SqlBlobs:
        """Return the sealed bytes."""
        return SqlBlobs(self._session, self._folder, self.doomed)

    @part
    def messages(self) -> SqlMessages:
        """Return what officers and people said."""
        return SqlMessages(self._session, self._row_keys)

    @part
    def outbox(self) -> SqlOutbox:
        """Return the messages to send."""
        return SqlOutbox(self._session, self._rows, self._keys.ring, self._entropy, self._numbers)

    @part
    def traces(self) -> SqlTraces:
        """Return what stands in chats."""
        return SqlTraces(self._session, self._rows, self._keys.ring, self._entropy, self.conversations)

    @part
    def moves(self) -> SqlMoves:
        """Return the codes of those who move."""
        return SqlMoves(self._session, self._rows, self._keys.lookup, self.conversations)

    @part
    def timers(self) -> SqlTimers:
        """Return the timers."""
        return SqlTimers(self._session, self._rows, self.conversations)

    @part
    def checkpoints(self) -> SqlCheckpoints:
        """Return the signed checkpoints."""
        return SqlCheckpoints(self._session, self._keys.ledger)

    @part
    def audit(self) -> SqlAudit:
        """Return the audit log."""
        return SqlAudit(self._session, self.cases, self._keys.ring, self._entropy)

    @part
    def alerts(self) -> SqlAlerts:
        """Return the alerts."""
        return SqlAlerts(self._session, self._keys.ring, self._entropy)

    @part
    def duty(self) -> SqlDuty:
        """Return the duty book."""
        return SqlDuty(self._session, self._keys.ring, self._entropy)

    @part
    def tallies(self) -> SqlTallies:
        """Return the monthly counts."""
        return SqlTallies(self._session)

    @part
    def versions(self) -> SqlVersions:
        """Return the stored interviews."""
        return SqlVersions(self._session)

    @part
    def accounts(self) -> SqlAccounts:
        """Return the accounts of officers."""
        return SqlAccounts(self._session, self._keys.lookup, self._keys.ring, self._entropy)

    @part
    def sessions(self) -> SqlSessions:
        """Return who is logged in."""
        return SqlSessions(self._session, self._keys.lookup)
