"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "keys",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("lookup", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("key", sa.String(40), sa.ForeignKey("keys.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(40), sa.ForeignKey("keys.id"), nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("card", sa.LargeBinary, nullable=True),
        sa.Column("person", sa.BigInteger, nullable=True, index=True),
        sa.Column("phrase", sa.LargeBinary, nullable=True, index=True),
    )
    _make_ledger()
    op.create_table(
        "blobs",
        sa.Column("case", sa.String(40), primary_key=True),
        sa.Column("office", sa.String(40), primary_key=True),
        sa.Column("purpose", sa.String(20), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    _make_queues()


def _make_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("case", sa.String(40), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint", sa.Integer, nullable=True, index=True),
        sa.Column("event", sa.LargeBinary, nullable=True),
    )
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("chains", sa.Integer, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "attachments",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("case", sa.String(40), nullable=True, index=True),
        sa.Column("hour", sa.Integer, nullable=False),
    )
    op.create_table(
        "traces",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("person", sa.BigInteger, nullable=False, index=True),
        sa.Column("hour", sa.Integer, nullable=False, index=True),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("ref", sa.LargeBinary, nullable=False),
    )


def _make_queues() -> None:
    op.create_table(
        "inbox",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("hour", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_index("outbox_waiting", "outbox", ["state", "channel", "due"])
    op.create_index("outbox_person", "outbox", ["person", "id"])
    op.create_table(
        "moves",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("due", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due", sa.Integer, nullable=True, index=True),
        sa.Column("ring_key", sa.String(40), nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=True),
    )
    op.create_table(
        "tallies",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop all tables, those that refer to others first."""
    for table in (
        "versions", "tallies", "alerts", "moves", "timers", "outbox",
        "inbox", "traces", "attachments", "checkpoints", "blobs",
        "ledger", "cases", "conversations", "keys",
    ):  # fmt: skip
        op.drop_table(table)
