"""One transaction: everything handlers may ask of it, each part made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from storage.audit import SqlAudit
from storage.blobs import SqlBlobs
from storage.cases import SqlCases
from storage.conversations import SqlConversations
from storage.desk import SqlAccounts, SqlSessions
from storage.ledger import SqlCheckpoints, SqlLedger
from storage.messages import SqlMessages
from storage.queues import SqlInbox, SqlMoves, SqlOutbox, SqlTimers, SqlTraces
from storage.records import SqlAlerts, SqlDuty, SqlTallies, SqlVersions
from storage.row_keys import RowKeys
from storage.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.ports import Entropy
    from storage.keys import Keys
    from storage.statements import Session


class SqlUnitOfWork:
    """handlers.ports.UnitOfWork over one session. A turn needs five of its parts; making all would take a while."""

    def __init__(self, session: Session, keys: Keys, entropy: Entropy, folder: Path) -> None:
        """Take the transaction, the keys, where chance comes from, and the folder of attachments."""
        self._session, self._connection = session, session.connection
        self._keys, self._entropy, self._folder = keys, entropy, folder
        self._rows = Rows(session, keys.lookup)
        self._row_keys = RowKeys(session, keys.ring, keys.draft_ring, entropy)

    @cached_property
    def inbox(self) -> SqlInbox:
        """Return the messages taken."""
        return SqlInbox(self._session, self._keys.lookup)

    @cached_property
    def conversations(self) -> SqlConversations:
        """Return the conversations."""
        return SqlConversations(self._session, self._rows, self._row_keys, self.cases)

    @cached_property
    def cases(self) -> SqlCases:
        """Return the cases."""
        ledger = SqlLedger(self._connection, self._entropy)
        return SqlCases(self._connection, self._rows, self._row_keys, self._keys.lookup, ledger, self.blobs)

    @cached_property
    def blobs(self) -> SqlBlobs:
        """Return the sealed bytes."""
        return SqlBlobs(self._connection, self._folder)

    @cached_property
    def messages(self) -> SqlMessages:
        """Return what officers and people said."""
        return SqlMessages(self._connection, self._row_keys)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """Return the messages to send."""
        return SqlOutbox(self._session, self._rows, self._keys.ring, self._entropy)

    @cached_property
    def traces(self) -> SqlTraces:
        """Return what stands in chats."""
        return SqlTraces(self._session, self._rows, self._keys.ring, self._entropy, self.conversations)

    @cached_property
    def moves(self) -> SqlMoves:
        """Return the codes of those who move."""
        return SqlMoves(self._session, self._rows, self._keys.lookup, self.conversations)

    @cached_property
    def timers(self) -> SqlTimers:
        """Return the timers."""
        return SqlTimers(self._session, self._rows, self.conversations)

    @cached_property
    def checkpoints(self) -> SqlCheckpoints:
        """Return the signed checkpoints."""
        return SqlCheckpoints(self._connection, self._keys.ledger)

    @cached_property
    def audit(self) -> SqlAudit:
        """Return the audit log."""
        return SqlAudit(self._connection, self.cases, self._keys.ring, self._entropy)

    @cached_property
    def alerts(self) -> SqlAlerts:
        """Return the alerts."""
        return SqlAlerts(self._connection, self._keys.ring, self._entropy)

    @cached_property
    def duty(self) -> SqlDuty:
        """Return the duty book."""
        return SqlDuty(self._connection, self._keys.ring, self._entropy)

    @cached_property
    def tallies(self) -> SqlTallies:
        """Return the monthly counts."""
        return SqlTallies(self._connection)

    @cached_property
    def versions(self) -> SqlVersions:
        """Return the stored interviews."""
        return SqlVersions(self._connection)

    @cached_property
    def accounts(self) -> SqlAccounts:
        """Return the accounts of officers."""
        return SqlAccounts(self._connection, self._keys.lookup, self._keys.ring, self._entropy)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Return who is logged in."""
        return SqlSessions(self._connection, self._keys.lookup)
