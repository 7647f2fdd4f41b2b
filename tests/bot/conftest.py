"""What the tests of the edges share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import LIBRARIES
from bot.telegram import connection as connection_module


@pytest.fixture
def talkative() -> Iterator[None]:
    """Every logger at DEBUG, and as it was afterwards."""
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in LIBRARIES}
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    for name, (was, propagate) in before.items():
        logging.getLogger(name).setLevel(was)
        logging.getLogger(name).propagate = propagate


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of an adapter that gives up on an answer after a blink."""
    monkeypatch.setattr(connection_module, "CONNECT_SECONDS", 0.1)
    return {"poll_seconds": 0, "call_seconds": 0.2}
