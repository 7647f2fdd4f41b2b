"""The schema and its versions: upgraded and compared by Alembic from the packaged migrations, on both databases."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import CannotConnect, CannotWrite, NotMigrated
from storage.statements import POSTGRESQL
from storage.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_SCHEMA_LOCK: Final = 0x6C656577  # any number that nobody else locks


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    return config


def newest() -> str:
    """Return the revision this program needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def revision(engine: Engine) -> str | None:
    """Return the revision of the database; None for an empty one. Raises: CannotConnect."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as exc:
        raise CannotConnect from exc


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database up to a revision. Raises: CannotWrite."""
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str = "base") -> None:
    """Take the database down to a revision; what its tables held is gone. Raises: CannotWrite."""
    _run(engine, lambda config: command.downgrade(config, to))


def _run(engine: Engine, action: object) -> None:
    config = _config()
    try:
        with _alone(engine), engine.begin() as connection:
            config.attributes["connection"] = connection
            action(config)  # type: ignore[operator]  # one of the two lambdas above
    except SQLAlchemyError as exc:
        raise CannotWrite from exc


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
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def check(engine: Engine) -> None:
    """Raise NotMigrated when the database is not at the revision of this program."""
    if revision(engine) != newest():
        raise NotMigrated
