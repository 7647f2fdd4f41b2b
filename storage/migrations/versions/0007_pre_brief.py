"""When a message goes from its chat by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the time, and find what is due without reading the others."""
    op.add_column("traces", sa.Column("due", sa.Integer, nullable=True))
    timed = sa.text("due IS NOT NULL")
    op.create_index("traces_due", "traces", ["due"], sqlite_where=timed, postgresql_where=timed)


def downgrade() -> None:
    """Drop both."""
    op.drop_index("traces_due", "traces")
    op.drop_column("traces", "due")
