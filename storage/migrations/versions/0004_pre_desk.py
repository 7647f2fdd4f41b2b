"""Accounts, passkeys, invitations and logins of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and remember what an office has downloaded."""
    op.add_column("blobs", sa.Column("fetched", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("blobs_unread", "blobs", ["office", "purpose", "fetched"])
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "passkeys",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(40), sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("account", sa.String(40), sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("due", sa.Integer, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("account", sa.String(40), sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("began", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
    )
    op.create_table(
        "boxes",
        sa.Column("case", sa.String(40), primary_key=True),
        sa.Column("account", sa.String(40), primary_key=True),
        sa.Column("session", sa.String(40), nullable=False),
        sa.Column("due", sa.Integer, nullable=True),
    )


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in ("boxes", "sessions", "invitations", "passkeys", "accounts"):
        op.drop_table(table)
    op.drop_index("blobs_unread", "blobs")
    with op.batch_alter_table("blobs") as batch:
        batch.drop_column("fetched")
