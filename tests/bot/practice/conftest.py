"""Practice phones: an empty one for each test, and one for all tests that change nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.clock import FixedClock
from tests.bot.practice.phones import Chat, a_chat
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice folder; its keys are made once, every test begins with an empty phone."""
    return tmp_path_factory.mktemp("practice")


@pytest.fixture
def clock() -> FixedClock:
    """A clock of this test alone."""
    return FixedClock(NOON)


@pytest.fixture
def chat(home: Path, clock: FixedClock) -> Iterator[Chat]:
    """An empty phone on a service."""
    with a_chat(home, clock) as opened:
        opened.client.post("/again", json={})
        yield opened


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """One phone for all tests of who may ask: they change nothing."""
    with a_chat(tmp_path_factory.mktemp("guarded"), FixedClock(NOON)) as opened:
        yield opened
