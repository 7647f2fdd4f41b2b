"""How urgent a case is (spec 3.10.1)."""

from __future__ import annotations

from typing import Final

LEVELS: Final = ("L1", "L2", "L3", "L4", "L0")
"""The levels from the most urgent down."""

OUT_OF_SCOPE: Final = "L0"
"""The last level: nobody is alerted, and a human says whether it is right where the person doubts it."""
