"""Logs: from an allow-list. Nothing of a person, no token, no number, no text ever comes this way (INV-10).

Our own lines name events and types of errors. The loggers of the libraries are silenced: httpx writes the Telegram
token into every line, signalbot whole messages. What is not ours does not reach a handler at all, whatever its level.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Final

OURS: Final = "leeward"
COARSE_SECONDS: Final = 60
LIBRARIES: Final = (
    "telegram", "httpx", "httpcore", "aiohttp", "signalbot", "websockets", "asyncio", "uvicorn",
    "sqlalchemy", "alembic", "apscheduler",
)  # fmt: skip


class _Ours(logging.Filter):
    """Lets only our own records through, and never a traceback: its lines may hold values."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = record.stack_info = None
        return record.name.split(".")[0] == OURS


class _Json(logging.Formatter):
    """One JSON object a line: time in UTC to the minute (INV-10: no exact times), level, event."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": int(record.created) // COARSE_SECONDS * COARSE_SECONDS,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(entry)


def set_up_logs(log_format: str) -> None:
    """Send our records to standard error as `text` or `json`, and nobody else's anywhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Ours())
    handler.setFormatter(_Json() if log_format == "json" else logging.Formatter("%(levelname)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a record that cannot be formatted would print its arguments
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.setLevel(logging.CRITICAL + 1)
        library.handlers[:] = []
        library.propagate = False
