"""The stores every contract holds for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.ports import Store
from storage.memory import MemoryStore
from storage.store import sqlite_url
from storage.tables import metadata
from tests.postgres import postgres_url
from tests.stores import sql_store


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each kind of store, empty."""
    if request.param == "memory":
        yield MemoryStore()
        return
    made = sql_store(sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url(), tmp_path)
    yield made
    if request.param == "postgresql":
        with made.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    made.close()
