"""The schema and its versions: upgraded and compared by Alembic from the packaged migrations, on both databases.

Alembic is imported only where there is something to change: most starts find the database as they need it.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import column, func, inspect, select, table
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.errors import CannotConnect, CannotOpen, CannotWrite, NoSuchRevision, NotMigrated
from storage.statements import POSTGRESQL
from storage.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

_SCHEMA_LOCK: Final = 0x6C656577  # any number that nobody else locks


_VERSION: Final = table("alembic_version", column("version_num"))


def newest() -> str:
    """Return the revision this program needs: the number of the last of the packaged migrations."""
    files = (resources.files("storage") / "migrations" / "versions").iterdir()
    return max(file.name[:4] for file in files if file.name[:4].isdecimal())


def revision(engine: Engine) -> str | None:
    """Return the revision of the database; None for an empty one. Raises: CannotConnect, CannotOpen of a file."""
    try:
        with engine.connect() as connection:
            return _revision(connection)
    except SQLAlchemyError as exc:
        raise (CannotConnect if engine.dialect.name == POSTGRESQL else CannotOpen) from exc


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(select(_VERSION.c.version_num))
    return found


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision. Raises: CannotWrite, CannotOpen, NoSuchRevision."""
    _run(engine, "upgrade", to)


def downgrade(engine: Engine, to: str = "base") -> None:
    """Take the database down to a revision; what its tables held is gone. Raises: CannotWrite."""
    _run(engine, "downgrade", to)


def _run(engine: Engine, direction: str, to: str) -> None:
    try:
        with _alone(engine), engine.begin() as connection:
            if (direction, to) == ("upgrade", "head") and _revision(connection) == newest():
                return
            _by_alembic(connection, direction, to)
    except SQLAlchemyError as exc:
        broken = engine.dialect.name != POSTGRESQL and not isinstance(exc, OperationalError)  # no file of SQLite's
        raise (CannotOpen if broken else CannotWrite) from exc


def _by_alembic(connection: Connection, direction: str, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - a fifth of a second at every start, for what is needed once a release
    from alembic.config import Config  # noqa: PLC0415 - as above, for the same reason
    from alembic.util import CommandError  # noqa: PLC0415 - as above, for the same reason

    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    config.attributes["connection"] = connection
    try:
        (command.upgrade if direction == "upgrade" else command.downgrade)(config, to)
    except CommandError as exc:
        raise NoSuchRevision from exc


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Let one process at a time change the schema of a PostgreSQL database; several may start in the same moment."""
    if engine.dialect.name != POSTGRESQL:
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(select(func.pg_advisory_lock(_SCHEMA_LOCK)))
        try:
            yield
        finally:
            guard.execute(select(func.pg_advisory_unlock(_SCHEMA_LOCK)))


def differences(engine: Engine) -> list[str]:
    """Return how the database differs from storage.tables; [] when it does not."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - only `doctor` asks, see _by_alembic
    from alembic.migration import MigrationContext  # noqa: PLC0415 - as above, only for `doctor`

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def check(engine: Engine) -> None:
    """Raise NotMigrated when the database is not at the revision of this program."""
    if revision(engine) != newest():
        raise NotMigrated
