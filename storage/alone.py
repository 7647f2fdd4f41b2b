"""Among several processes on one database: who alone may speak for an account, and how they wake each other.

Both are of PostgreSQL. On SQLite one process does everything, so it is always alone and nobody is to be woken.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from storage.crypto.lookup import row_key
from storage.errors import CannotConnect, Serving
from storage.statements import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Engine

    from storage.crypto.lookup import LookupKey

_IN_USE: Final = 0x6C656578  # any number that nobody else locks
_APART: Final[dict[str, Any]] = {"poolclass": NullPool, "isolation_level": "AUTOCOMMIT", "hide_parameters": True}
"""Of connections that are kept for themselves, beside those of the store."""

CHANNEL: Final = "leeward"
"""The one name this program listens to; what is sent by it are names of channels, nothing of anybody."""


@contextmanager
def shared(url: str, *, alone: bool = False) -> Iterator[None]:
    """Use the database beside other processes; `alone`: while no other one does, as where its keys are changed.

    A process holds the keys it began with, and what it writes under one that was destroyed meanwhile would be lost.
    Raises: Serving when others are in the way, CannotConnect.
    """
    lock = func.pg_try_advisory_lock if alone else func.pg_try_advisory_lock_shared
    try:
        connection = create_engine(url, **_APART).connect()
    except SQLAlchemyError as exc:
        raise CannotConnect from exc
    try:
        if not connection.scalar(select(lock(_IN_USE))):
            raise Serving
        yield
    finally:
        _drop(connection)


class Held:
    """A name that this process alone holds, for as long as its connection lives: who is killed lets go at once."""

    def __init__(self, connection: Connection | None) -> None:
        """Take the connection that holds it; None: there is no other process."""
        self._connection = connection

    def still(self) -> bool:
        """Tell whether it is held."""
        if self._connection is None:
            return True
        try:
            self._connection.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        """Let go."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()


class Processes:
    """What the processes on one database have to do with each other."""

    def __init__(self, engine: Engine, lookup: LookupKey) -> None:
        """Take the engine of the store, and the key that hides the names of accounts."""
        self._lookup = lookup
        self._engine: Engine | None = None
        if engine.dialect.name == POSTGRESQL:
            self._engine = create_engine(engine.url, **_APART)
        self._asking: dict[str, Connection] = {}  # for names that other processes hold
        self._teller: Connection | None = None
        self._listener: Connection | None = None

    def hold(self, name: str) -> Held | None:
        """Hold a name alone, by an advisory lock; None while another process does. Raises: CannotConnect."""
        if self._engine is None:
            return Held(None)
        connection = self._asking.pop(name, None)
        try:
            connection = connection or self._engine.connect()
            lock = func.pg_try_advisory_lock(row_key(self._lookup.digest("account", name)))
            if connection.scalar(select(lock)):
                return Held(connection)
        except SQLAlchemyError as exc:
            _drop(connection)
            raise CannotConnect from exc
        self._asking[name] = connection  # asked again every second: a new one each time would cost the server more
        return None

    def tell(self, channels: Iterable[str]) -> None:
        """Wake those who send for these channels, after the commit and beside it. Raises: CannotConnect.

        NOTIFY within a transaction would let one commit at a time through for the whole database.
        """
        if self._engine is None:
            return
        try:
            self._teller = self._teller or self._engine.connect()
            for channel in channels:
                self._teller.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, channel))
        except SQLAlchemyError as exc:
            _drop(self._teller)
            self._teller = None
            raise CannotConnect from exc

    def wait(self, seconds: float) -> frozenset[str]:
        """Return the channels somebody was told of within so many seconds. Raises: CannotConnect."""
        if self._engine is None:
            return frozenset()
        try:
            if self._listener is None:
                self._listener = self._engine.connect()
                self._listener.execute(select(func.pg_advisory_lock_shared(_IN_USE)))  # also after a cut, see `shared`
                self._listener.exec_driver_sql(f"LISTEN {CHANNEL}")
            driver: Any = self._listener.connection.driver_connection
            return frozenset(told.payload for told in driver.notifies(timeout=seconds, stop_after=1))
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as exc:
            _drop(self._listener)
            self._listener = None
            raise CannotConnect from exc

    def close(self) -> None:
        """Close all connections."""
        for connection in (self._teller, self._listener, *self._asking.values()):
            _drop(connection)
        self._teller = self._listener = None
        self._asking.clear()


def _drop(connection: Connection | None) -> None:
    """Close a connection, whatever state it is in."""
    if connection is not None:
        connection.invalidate()
        connection.close()
