"""What every turn asks the database: written with SQLAlchemy, compiled once, run on the driver's own cursor.

Building an expression anew and looking up its compiled form costs SQLAlchemy more than a hundred microseconds; the
database answers most of these statements in ten. What is asked less often stays with the connection of SQLAlchemy,
which is in the same transaction.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import Sequence as Numbering
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import BindParameter, Column, ColumnElement, Dialect, Engine, Executable, Table
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.pool import PoolProxiedConnection

Row: TypeAlias = tuple[Any, ...]

SQLITE, POSTGRESQL = "sqlite", "postgresql"
PUT_OFF: Final = ("outbox", "timers", "traces")
"""Tables whose new rows may wait for the end of a transaction: few turns read what another one wrote there."""


class Statement:
    """One statement; `build` is given the name of the database and called once for each.

    Its parameters are given by position, in the order of `names`: drivers take values by name from a mapping only, and
    a turn runs ten statements.
    """

    __slots__ = ("_build", "_names", "_written")

    def __init__(self, build: Callable[[str], Executable], *names: str) -> None:
        """Take how it is built, and what its parameters are called there; nothing is built before it is needed."""
        self._build, self._names = build, names
        self._written: dict[str, Written] = {}

    def written(self, database: str) -> Written:
        """Return it in the words of a database, what puts its values into their order, and whether it asks PUT_OFF."""
        found = self._written.get(database)
        if found is None:
            found = self._written[database] = self._write(database)
        return found

    def _write(self, database: str) -> Written:
        expression: Any = self._build(database)
        compiled = expression.compile(dialect=_dialect(database))
        wanted: Sequence[str] = compiled.positiontup or ()
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        words = str(compiled)
        asks = any(table in words for table in PUT_OFF)
        if tuple(wanted) == self._names:
            return words, None, asks
        known = (*self._names, *constants)
        return words, _Arranged([known.index(name) for name in wanted], tuple(constants.values())), asks


class _Arranged:
    """Puts the values of a statement into its order: some occur twice, some are constants of the statement."""

    __slots__ = ("_constants", "_places")

    def __init__(self, places: Sequence[int], constants: Row) -> None:
        self._places, self._constants = places, constants

    def __call__(self, values: Row) -> Row:
        known = values + self._constants
        return tuple([known[place] for place in self._places])


Written: TypeAlias = "tuple[str, _Arranged | None, bool]"


class Session:
    """One transaction, seen from both sides: the cursor of the driver, and SQLAlchemy's connection above it."""

    __slots__ = ("_connection", "_engine", "cursor", "database", "foreseen", "guard", "patient", "pooled", "waiting")

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection, connection: Connection | None = None) -> None:
        """Take a connection that is in a transaction; SQLAlchemy's own is made when something first asks for it."""
        self._engine, self.pooled, self._connection = engine, pooled, connection
        self.database = engine.dialect.name
        self.cursor: DBAPICursor = pooled.cursor()
        self.guard: Callable[[], None] | None = None  # is called once, before anything that may have to be undone
        self.patient = True  # waits where another process is busy with a person
        self.waiting: list[tuple[Statement, Row]] = []  # what was put off
        self.foreseen: dict[int | bytes, Any] = {}  # what was asked for a whole group: people by row, messages by key

    @property
    def connection(self) -> Connection:
        """Return the connection of SQLAlchemy, for what is not asked in every turn; nothing is put off any longer.

        Ask for it each time: what waits, and the savepoint, are of a turn.
        """
        self._protect()
        self.catch_up()
        if self._connection is None:
            self._connection = Connection(self._engine, self.pooled)
        return self._connection

    def close(self) -> None:
        """Give the connection back to its pool; what was not committed is undone."""
        (self._connection or self.pooled).close()

    def is_lost(self) -> bool:
        """Tell whether the server is gone (PostgreSQL)."""
        invalidated = self._connection is not None and self._connection.invalidated
        return invalidated or bool(getattr(self.pooled.driver_connection, "closed", False))

    def run(self, statement: Statement, *values: object) -> int:
        """Run a statement that returns nothing; return how many rows it touched."""
        self._protect()
        self._execute(statement, values)
        return self.cursor.rowcount

    def one(self, statement: Statement, *values: object) -> Row | None:
        """Return the first row of a statement that only reads, or None."""
        if self.database == POSTGRESQL:  # there whatever fails takes the transaction with it
            self._protect()
        self._execute(statement, values)
        row: Row | None = self.cursor.fetchone()
        return row

    def all(self, statement: Statement, *values: object) -> Sequence[Row]:
        """Return all rows."""
        self._protect()
        self._execute(statement, values)
        return self.cursor.fetchall()

    def put_off(self, statement: Statement, *values: object) -> None:
        """Run a statement together with its like, before the commit, or earlier when something may ask for its rows.

        That is SQLAlchemy's connection, and a statement about one of PUT_OFF; who else asks catches up first. So the
        rows of a group go in one call for each table, behind all savepoints, which would copy every page they change.
        """
        self.waiting.append((statement, values))

    def catch_up(self, only: Statement | None = None) -> None:
        """Run what was put off; `only`: of this statement."""
        if not self.waiting:
            return
        self._protect()
        due, self.waiting = self.waiting, []
        if only is not None:
            self.waiting = [one for one in due if one[0] is not only]
            due = [one for one in due if one[0] is only]
        alike: dict[Statement, list[Row]] = {}
        for statement, values in due:
            alike.setdefault(statement, []).append(values)
        driver: Any = self.pooled.driver_connection
        with driver.pipeline() if self.database == POSTGRESQL else nullcontext():  # one answer for all of it
            for statement, rows in alike.items():
                words, arranged, _asks = statement.written(self.database)
                self.cursor.executemany(words, rows if arranged is None else [arranged(row) for row in rows])

    def is_begun(self) -> bool:
        """Tell whether the transaction is still there: SQLite ends it by itself when the disk is full."""
        return bool(getattr(self.pooled.driver_connection, "in_transaction", True))

    def _protect(self) -> None:
        if self.guard is not None:
            guard, self.guard = self.guard, None
            guard()

    def _execute(self, statement: Statement, values: Row) -> None:
        words, arranged, asks = statement.written(self.database)
        if asks:
            self.catch_up()
        self.cursor.execute(words, values if arranged is None else arranged(values))


def parameters(names: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each name."""
    return {name: bindparam(name) for name in names}


def inserted(table: Table, *but: str) -> Statement:
    """Return an INSERT with one parameter for each column, in their order, except those the database fills in."""
    names = [column.name for column in table.columns if column.name not in but]
    return Statement(lambda _database: table.insert().inline().values(parameters(names)), *names)


def newest(table: Table, chain: Column[str]) -> Statement:
    """Return a SELECT of sequence and head of the last row of a chain; its parameter is the name of the chain."""
    of_chain = select(table.c.sequence, table.c.head).where(chain == bindparam("chain"))
    return Statement(lambda _database: of_chain.order_by(table.c.sequence.desc()).limit(1), "chain")


def insert_or(database: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT on this database."""
    if database != POSTGRESQL:
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - as in _dialect

    return postgresql.insert(table)


def drawn(sequence: str) -> ColumnElement[int]:
    """Return the next number of a sequence (PostgreSQL)."""
    return Numbering(sequence).next_value()


def _dialect(database: str) -> Dialect:
    """Return how a database is spoken to, with parameters by position."""
    if database != POSTGRESQL:
        return sqlite.dialect(paramstyle="qmark")
    from sqlalchemy.dialects.postgresql import psycopg  # noqa: PLC0415 - a twentieth of a second, for PostgreSQL alone

    return psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # a function of SQLAlchemy without types
