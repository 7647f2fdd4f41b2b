"""When to try again: pure. Soon at first, then rarer, then a dead letter that somebody looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS_SECONDS = (2, 10, 60, 300, 1800, 3600, 10800)
"""After the last of these the message is a dead letter (about five hours in all)."""


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` failures, or None for a dead letter."""
    if attempts >= len(WAITS_SECONDS):
        return None
    return now + timedelta(seconds=WAITS_SECONDS[attempts])
