"""The database: one engine, one transaction at a time, everything of a turn in it or nothing.

SQLite: BEGIN IMMEDIATE (SQLAlchemy's default loses updates), WAL, synchronous=FULL, secure_delete, one connection
that writes. PostgreSQL: psycopg 3, rows locked per conversation.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from storage.audit import SqlAudit
from storage.blobs import SqlBlobs, new_sealed_file
from storage.cases import SqlCases
from storage.conversations import SqlConversations
from storage.errors import CannotConnect, CannotWrite, StorageError
from storage.ledger import SqlCheckpoints, SqlLedger
from storage.queues import SqlInbox, SqlMoves, SqlOutbox, SqlTimers, SqlTraces
from storage.records import SqlAlerts, SqlTallies, SqlVersions
from storage.row_keys import RowKeys
from storage.rows import Rows
from storage.statements import SQLITE, Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy import Connection, Engine

    from handlers.ports import Entropy
    from storage.keys import Keys

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
POSTGRES_CONNECTIONS = 8
DATABASE_FILE = "leeward.db"


def sqlite_url(home: Path) -> str:
    """Return the URL of the database file of a folder."""
    return f"sqlite:///{home / DATABASE_FILE}"


def make_engine(url: str) -> Engine:
    """Return an engine set up as this module says. Nothing is opened yet. Raises: CannotConnect for a bad URL."""
    try:
        if url.startswith("sqlite"):
            return _sqlite(url)
        return create_engine(url, pool_size=POSTGRES_CONNECTIONS, pool_pre_ping=True, hide_parameters=True)
    except (SQLAlchemyError, ImportError) as exc:
        raise CannotConnect from exc


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@dataclass(frozen=True, slots=True)
class SqlUnitOfWork:
    """handlers.ports.UnitOfWork over one connection."""

    inbox: SqlInbox
    conversations: SqlConversations
    cases: SqlCases
    blobs: SqlBlobs
    outbox: SqlOutbox
    traces: SqlTraces
    moves: SqlMoves
    timers: SqlTimers
    checkpoints: SqlCheckpoints
    audit: SqlAudit
    alerts: SqlAlerts
    tallies: SqlTallies
    versions: SqlVersions


class SqlStore:
    """handlers.ports.Store over SQLite or PostgreSQL."""

    def __init__(self, engine: Engine, keys: Keys, entropy: Entropy, blobs_folder: Path) -> None:
        """Take the engine (storage.store.make_engine), the keys of the folder and where attachments lie."""
        self.engine = engine
        self._keys = keys
        self._entropy = entropy
        self._folder = blobs_folder
        driver = engine.dialect.loaded_dbapi
        self._refused, self._failed = (OperationalError, driver.OperationalError), (DBAPIError, driver.Error)

    @contextmanager
    def transaction(self) -> Iterator[SqlUnitOfWork]:
        """Open one transaction; leaving the block commits. Raises: StorageError; everything is undone then."""
        try:
            with self.engine.begin() as connection:
                work = self._work(connection)
                yield work
            work.blobs.remove_doomed()
        except self._refused as exc:
            raise (CannotWrite if self.engine.dialect.name == SQLITE else CannotConnect) from exc
        except self._failed as exc:
            raise StorageError from exc

    def _work(self, connection: Connection) -> SqlUnitOfWork:
        ring, lookup = self._keys.ring, self._keys.lookup
        session = Session(connection)
        rows = Rows(session, lookup)
        row_keys = RowKeys(session, ring, self._keys.draft_ring, self._entropy)
        blobs = SqlBlobs(connection, self._folder)
        cases = SqlCases(connection, rows, row_keys, lookup, SqlLedger(connection, self._entropy), blobs)
        conversations = SqlConversations(session, rows, row_keys, cases)
        return SqlUnitOfWork(
            inbox=SqlInbox(session, lookup),
            conversations=conversations,
            cases=cases,
            blobs=blobs,
            outbox=SqlOutbox(session, rows, ring, self._entropy),
            traces=SqlTraces(session, rows, ring, self._entropy),
            moves=SqlMoves(session, rows, lookup, conversations),
            timers=SqlTimers(session, rows, conversations),
            checkpoints=SqlCheckpoints(connection, self._keys.ledger),
            audit=SqlAudit(connection, cases, ring, self._entropy),
            alerts=SqlAlerts(connection, ring, self._entropy),
            tallies=SqlTallies(connection),
            versions=SqlVersions(connection),
        )

    def new_file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new file for the sealed bytes of an attachment."""
        return new_sealed_file(self._folder, name)

    def finish_erasure(self) -> bool:
        """Truncate the WAL, where deleted text stays otherwise; False while a reader is in the way."""
        if self.engine.dialect.name != "sqlite":
            return True
        raw = self.engine.raw_connection()
        try:
            busy, _log, _done = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
        return bool(busy == 0)

    def ping(self) -> None:
        """Ask the database for one number. Raises: CannotConnect."""
        try:
            with self.engine.begin() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as exc:
            raise CannotConnect from exc

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
