"""`pytest tests/golden --update` writes the golden conversations anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update."""
    parser.addoption("--update", action="store_true", help="write the golden conversations anew")
