"""The database: one engine, one transaction at a time, everything of a turn in it or nothing.

SQLite: BEGIN IMMEDIATE (SQLAlchemy's default loses updates), WAL, synchronous=FULL, secure_delete, one connection
that writes. PostgreSQL: psycopg 3, rows locked per conversation and case; who was in another one's way is told so
(Collided) and does it again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from storage.alone import Processes
from storage.blobs import new_sealed_file, remove_files
from storage.errors import CannotConnect, CannotWrite, Collided, StorageError
from storage.groups import Group
from storage.queues import Numbers
from storage.statements import POSTGRESQL, SQLITE, Session
from storage.work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy import Connection, Engine
    from sqlalchemy.pool import PoolProxiedConnection

    from handlers.ports import Entropy
    from handlers.types import Inbound
    from storage.keys import Keys

JOURNAL_PAGES = 250
"""One MB of the journal is moved to its place by the commit that fills it: a few milliseconds, four times as often as
SQLite would by itself (1,000 pages stop a commit for 20 ms). Never by a second connection: up to SQLite 3.51.2 a
checkpoint that races with another connection's commit can corrupt the file (sqlite.org/wal.html, WAL-reset bug)."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    f"PRAGMA wal_autocheckpoint={JOURNAL_PAGES}",
)
POSTGRES_CONNECTIONS = 8
COLLISIONS = ("40001", "40P01", "23505")
"""SQLSTATE of PostgreSQL: cannot be serialized, deadlock, inserted by somebody else in the same moment."""

DATABASE_FILE = "leeward.db"
FILE = "file"
"""Path of the file a connection has open, and which file it was then, among what the pool remembers of it."""


def sqlite_url(home: Path) -> str:
    """Return the URL of the database file of a folder."""
    return f"sqlite:///{home / DATABASE_FILE}"


def make_engine(url: str) -> Engine:
    """Return an engine set up as this module says. Nothing is opened yet. Raises: CannotConnect for a bad URL."""
    try:
        if url.startswith("sqlite"):
            return _sqlite(url)
        return create_engine(url, pool_size=POSTGRES_CONNECTIONS, hide_parameters=True)
    except (SQLAlchemyError, ImportError) as exc:
        raise CannotConnect from exc


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )  # fmt: skip
    path = engine.url.database or ""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:  # noqa: ANN401 - a driver's connection and the pool's record
        for pragma in PRAGMAS:
            connection.execute(pragma)
        record.info[FILE] = path, _file_at(path)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        _begin(connection.connection)

    return engine


def _begin(pooled: PoolProxiedConnection) -> None:
    """Begin a transaction that may write; one that the driver has begun already goes on."""
    driver = _driver(pooled)
    if driver.in_transaction:
        return
    path, opened = pooled.info[FILE]
    if _file_at(path) != opened:
        raise OperationalError("BEGIN", None, sqlite3.OperationalError("the file was moved or deleted"))
    driver.execute("BEGIN IMMEDIATE")


def _begin_anew(session: Session) -> None:
    """Undo the whole transaction and begin it again; psycopg does that by itself."""
    session.pooled.rollback()
    if session.database == SQLITE:
        _begin(session.pooled)


def _commit(session: Session) -> None:
    """Commit what SQLite has not taken back by itself, as it does when the disk is full; a driver would not say so."""
    if not session.is_begun():
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("the transaction was taken back"))
    session.catch_up()
    session.pooled.commit()


def _file_at(path: str) -> tuple[int, int] | None:
    """Return which file is there: SQLite goes on writing to one that was moved away, and nobody would know."""
    try:
        found = os.stat(path)  # noqa: PTH116 - before every transaction, and Path.stat takes twice as long
    except OSError:
        return None
    return found.st_dev, found.st_ino


class SqlStore:
    """handlers.ports.Store over SQLite or PostgreSQL."""

    def __init__(self, engine: Engine, keys: Keys, entropy: Entropy, blobs_folder: Path) -> None:
        """Take the engine (storage.store.make_engine), the keys of the folder and where attachments lie."""
        self.engine = engine
        self._keys = keys
        self._entropy = entropy
        self._folder = blobs_folder
        self._numbers = Numbers()
        self._thread = threading.local()
        self.unfinished_erasure = False
        self.processes = Processes(engine, keys.lookup)
        driver = engine.dialect.loaded_dbapi
        self._refused, self._failed = (OperationalError, driver.OperationalError), (DBAPIError, driver.Error)

    @contextmanager
    def transaction(self) -> Iterator[SqlUnitOfWork]:
        """Open one transaction; leaving the block commits. Raises: StorageError; everything is undone then.

        In a group of this thread it is a part of it, and committed with it.
        """
        group: Group | None = getattr(self._thread, "group", None)
        try:
            if group is None:
                with self._begun() as session:
                    work = self._work(session)
                    yield work
                remove_files(work.doomed)
                return
            work = group.begin()
            try:
                yield work
                group.keep()
            except BaseException:
                group.take_back()
                raise
        except self._failed as exc:
            raise self._named(exc) from exc

    @contextmanager
    def group(self, expected: Sequence[Inbound] = ()) -> Iterator[None]:
        """Make all transactions this thread opens in the block one; leaving it commits. Raises: StorageError.

        On PostgreSQL a part that meets another process is Collided at once: it is to be done again outside of groups.
        What it will have to ask about the expected messages it asks at once; SQLite answers sooner than that.
        """
        try:
            with self._begun() as session:
                session.patient = False
                group = self._thread.group = Group(session, self._work(session), partial(_begin_anew, session))
                try:
                    if expected and session.database == POSTGRESQL:
                        group.look_ahead(expected)
                    yield
                finally:
                    self._thread.group = None
                group.check()
        except self._failed as exc:
            raise self._named(exc) from exc
        remove_files(group.work.doomed)
        if group.erases:
            self.finish_erasure()

    def _begun(self) -> AbstractContextManager[Session]:
        return self._begun_here() if self.engine.dialect.name == SQLITE else self._begun_at_server()

    @contextmanager
    def _begun_here(self) -> Iterator[Session]:
        """SQLite: begun and committed by the driver itself, without the events and states of SQLAlchemy."""
        pooled = self.engine.raw_connection()
        session = Session(self.engine, pooled)
        try:
            _begin(pooled)
            yield session
            _commit(session)
        finally:
            session.close()

    @contextmanager
    def _begun_at_server(self) -> Iterator[Session]:
        with self.engine.begin() as connection:
            session = Session(self.engine, connection.connection, connection)
            try:
                yield session
                session.catch_up()
            except (*self._refused, CannotWrite):
                if session.is_lost():  # SQLAlchemy is to notice it, too: the other connections of the pool went with it
                    with suppress(SQLAlchemyError):
                        connection.exec_driver_sql("SELECT 1")
                raise

    def _named(self, exc: BaseException) -> StorageError:
        if getattr(getattr(exc, "orig", exc), "sqlstate", None) in COLLISIONS:
            return Collided()
        if isinstance(exc, self._refused):
            return CannotWrite() if self.engine.dialect.name == SQLITE else CannotConnect()
        return StorageError()

    def _work(self, session: Session) -> SqlUnitOfWork:
        return SqlUnitOfWork(session, self._keys, self._entropy, self._folder, self._numbers)

    def new_file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new file for the sealed bytes of an attachment."""
        return new_sealed_file(self._folder, name)

    def open_file(self, name: str) -> BinaryIO | None:
        """Open the sealed bytes of an attachment."""
        path = self._folder / name
        return path.open("rb") if path.is_file() else None

    def finish_erasure(self) -> bool:
        """Truncate the WAL, where deleted text stays otherwise; False while a reader is in the way.

        In a group it is done once, after the commit. `unfinished_erasure` stays True until it has succeeded.
        """
        group: Group | None = getattr(self._thread, "group", None)
        if group is not None:
            group.erases = True
            return True
        self.unfinished_erasure = not self._truncate_wal()
        return not self.unfinished_erasure

    def _truncate_wal(self) -> bool:
        if self.engine.dialect.name != SQLITE:
            return True
        try:
            with self.engine.connect() as connection:
                done = _driver(connection.connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except self._failed as exc:
            raise self._named(exc) from exc
        busy, _pages, _moved = done
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
        self.processes.close()


def _driver(pooled: PoolProxiedConnection) -> sqlite3.Connection:
    """Return the connection of the driver."""
    driver: Any = pooled.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError
    return driver
