"""What every turn asks the database: written with SQLAlchemy, compiled once, run on the driver's own cursor.

Building an expression anew and looking up its compiled form costs SQLAlchemy more than a hundred microseconds; the
database answers most of these statements in ten. What is asked less often stays with the connection of SQLAlchemy,
which is in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import BindParameter, Dialect, Engine, Executable, Table
    from sqlalchemy.engine.interfaces import DBAPICursor
    from sqlalchemy.pool import PoolProxiedConnection

Row: TypeAlias = tuple[Any, ...]

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_DIALECTS: dict[str, Callable[[], Dialect]] = {
    SQLITE: lambda: sqlite.dialect(paramstyle="named"),
    POSTGRESQL: lambda: psycopg.dialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]  # a function of SQLAlchemy without types
}


class Statement:
    """One statement with named parameters; `build` is given the name of the database and called once for each."""

    __slots__ = ("_build", "_compiled")

    def __init__(self, build: Callable[[str], Executable]) -> None:
        """Take how it is built; nothing is built before it is needed."""
        self._build = build
        self._compiled: dict[str, tuple[str, dict[str, Any]]] = {}

    def sql(self, database: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return it in the words of a database, and the values with the constants of the statement."""
        if database not in self._compiled:
            expression: Any = self._build(database)
            compiled = expression.compile(dialect=_DIALECTS[database]())
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            self._compiled[database] = str(compiled), constants
        words, constants = self._compiled[database]
        return words, values | constants if constants else values


class Session:
    """One transaction, seen from both sides: the cursor of the driver, and SQLAlchemy's connection above it."""

    __slots__ = ("_connection", "_engine", "_pooled", "cursor", "database")

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection, connection: Connection | None = None) -> None:
        """Take a connection that is in a transaction; SQLAlchemy's own is made when something first asks for it."""
        self._engine, self._pooled, self._connection = engine, pooled, connection
        self.database = engine.dialect.name
        self.cursor: DBAPICursor = pooled.cursor()

    @property
    def connection(self) -> Connection:
        """Return the connection of SQLAlchemy, for what is not asked in every turn."""
        if self._connection is None:
            self._connection = Connection(self._engine, self._pooled)
        return self._connection

    def close(self) -> None:
        """Give the connection back to its pool; what was not committed is undone."""
        (self._connection or self._pooled).close()

    def is_lost(self) -> bool:
        """Tell whether the server is gone (PostgreSQL)."""
        return self.connection.invalidated or bool(getattr(self._pooled.driver_connection, "closed", False))

    def run(self, statement: Statement, **values: object) -> int:
        """Run a statement that returns nothing; return how many rows it touched."""
        self.cursor.execute(*statement.sql(self.database, values))
        return self.cursor.rowcount

    def one(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        self.cursor.execute(*statement.sql(self.database, values))
        row: Row | None = self.cursor.fetchone()
        return row

    def all(self, statement: Statement, **values: object) -> Sequence[Row]:
        """Return all rows."""
        self.cursor.execute(*statement.sql(self.database, values))
        return self.cursor.fetchall()


def parameters(names: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each name."""
    return {name: bindparam(name) for name in names}


def inserted(table: Table, *but: str) -> Statement:
    """Return an INSERT with one parameter for each column, except those the database fills in."""
    names = [column.name for column in table.columns if column.name not in but]
    return Statement(lambda _database: table.insert().values(parameters(names)))


def insert_or(database: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT on this database."""
    return postgresql.insert(table) if database == POSTGRESQL else sqlite.insert(table)
