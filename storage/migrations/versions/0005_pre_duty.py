"""The duty book, and longer names of channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SHORT, LONG = sa.String(10), sa.String(20)


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ring_key", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("channel", type_=LONG, existing_type=SHORT, existing_nullable=False)


def downgrade() -> None:
    """Drop it; messages of channels with longer names are of no use to the older program."""
    op.execute("DELETE FROM outbox WHERE length(channel) > 10")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("channel", type_=SHORT, existing_type=LONG, existing_nullable=False)
    op.drop_table("duty")
