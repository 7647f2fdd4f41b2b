"""Ids of the outbox are never used again: what is on its way is settled by its id, after its row was dropped, too."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """On SQLite, count on from the highest id there ever was; PostgreSQL always did."""
    _recreate(autoincrement=True)


def downgrade() -> None:
    """Take the highest id there is, plus one."""
    _recreate(autoincrement=False)


def _recreate(*, autoincrement: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("outbox", recreate="always", table_kwargs={"sqlite_autoincrement": autoincrement}):
            pass
