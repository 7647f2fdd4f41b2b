"""How Alembic runs the migrations: on the connection storage.schema hands over."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
