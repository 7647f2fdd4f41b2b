"""The tables a turn writes lie in the order of their keys, with fewer indexes: each is a page of every commit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY_BYTES = 16
"""Of the digest of a message's key. The older program asks for 32: after a downgrade it knows no message again."""
INBOX = sa.table("inbox", sa.column("digest"))


def upgrade() -> None:
    """Rebuild them, with every row."""
    if op.get_bind().dialect.name == "sqlite":
        for rebuild in (_inbox, _outbox, _timers):
            rebuild(clustered=True)
    else:
        op.drop_index("ix_inbox_hour", "inbox")
        op.execute(sa.update(INBOX).values(digest=sa.func.substr(INBOX.c.digest, 1, KEY_BYTES)))
        op.drop_index("outbox_person", "outbox")
        op.drop_index("outbox_waiting", "outbox")
        _key_of_outbox("person", "id")
    op.create_index("outbox_waiting", "outbox", ["state", "channel", "priority", "id"])
    op.drop_index("ix_traces_hour", "traces")


def downgrade() -> None:
    """Rebuild them as they were, with every row."""
    if op.get_bind().dialect.name == "sqlite":
        for rebuild in (_inbox, _outbox, _timers):
            rebuild(clustered=False)
    else:
        op.drop_index("outbox_waiting", "outbox")
        _key_of_outbox("id")
    op.create_index("ix_inbox_hour", "inbox", ["hour"])
    op.create_index("ix_traces_hour", "traces", ["hour"])
    op.create_index("outbox_person", "outbox", ["person", "id"])
    op.create_index("outbox_waiting", "outbox", ["state", "channel", "due"])


def _key_of_outbox(*columns: str) -> None:
    op.drop_constraint("outbox_pkey", "outbox", type_="primary")
    op.create_primary_key("outbox_pkey", "outbox", list(columns))


def _inbox(*, clustered: bool) -> None:
    _rebuild(
        "inbox",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("hour", sa.Integer, nullable=False),
        clustered=clustered,
        digest=f"substr(digest, 1, {KEY_BYTES})",
    )


def _outbox(*, clustered: bool) -> None:
    _rebuild(
        "outbox",
        sa.Column("person", sa.BigInteger, primary_key=clustered, autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger if clustered else sa.Integer, primary_key=True, autoincrement=not clustered),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        clustered=clustered,
        sqlite_autoincrement=not clustered,
    )


def _timers(*, clustered: bool) -> None:
    _rebuild(
        "timers",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("due", sa.Integer, nullable=False),
        clustered=clustered,
    )
    op.create_index("ix_timers_due", "timers", ["due"])


def _rebuild(
    name: str, *columns: sa.Column[Any], clustered: bool, sqlite_autoincrement: bool = False, **changed: str
) -> None:
    """Make the table anew beside the old one, take over every row, and put it in its place; its indexes are gone."""
    op.create_table(f"{name}_new", *columns, sqlite_with_rowid=not clustered, sqlite_autoincrement=sqlite_autoincrement)
    names = [column.name for column in columns]
    values = ", ".join(changed.get(column, column) for column in names)
    op.execute(f"INSERT INTO {name}_new ({', '.join(names)}) SELECT {values} FROM {name}")  # noqa: S608 - our own names
    op.drop_table(name)
    op.rename_table(f"{name}_new", name)
