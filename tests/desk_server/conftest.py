"""A desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import FixedClock
from tests.desk_server.world import World, desk_world


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    """An empty desk over SQLite."""
    with desk_world(tmp_path, clock) as made:
        yield made
