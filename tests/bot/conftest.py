"""What the tests of the edges share."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.logs import LIBRARIES


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
