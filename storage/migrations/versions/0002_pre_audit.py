"""The audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "audit",
        sa.Column("number", BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("checkpoint", sa.Integer, nullable=True, index=True),
        sa.Column("ring_key", sa.String(40), nullable=True),
        sa.Column("entry", sa.LargeBinary, nullable=True),
    )
    op.create_index("audit_chain", "audit", ["chain", "sequence"], unique=True)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("audit")
