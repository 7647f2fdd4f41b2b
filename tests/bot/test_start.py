"""What `leeward serve` loads before it serves: every library more is time in which nobody is there for people."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "telegram", "httpx", "signalbot", "websockets", "psycopg", "alembic", "starlette", "uvicorn", "babel", "fluent.runtime",
)  # fmt: skip
"""Loaded when first needed, or where configured."""

PROGRAM = (
    "import sys, bot.commands.serve, bot.duty_lines, bot.telegram.adapter\n"
    f"print(*[name for name in {LATER} if name in sys.modules])"
)


def test_a_start_on_sqlite_with_telegram_loads_no_library_that_its_first_answer_does_not_need() -> None:
    """Those of other channels, of the desk, of PostgreSQL, and for what is rare on Telegram."""
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120)

    assert said.stdout.split() == []
