"""Slowing down whoever fails again and again, by source and by account; nobody else ever waits for it.

There is no common quota: a flood from one place never keeps another out. And only failures are counted, so that an
officer with the right passkey is let in from the very place an attacker uses.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from datetime import datetime

MOST_KEYS: Final = 20_000
"""Sources remembered at once, 4.5 MB (tracemalloc); the one not seen for the longest is forgotten first."""


class Pace(Frozen):
    """So many at once, and then one more after so many seconds."""

    burst: int
    seconds: float


class Throttle:
    """Buckets by key. Safe to use from several threads."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> tries used up, as of when
        self._lock = Lock()

    def count(self, key: str, now: datetime) -> int:
        """Count one try; return 0 when it is within the pace, else after how many seconds to try again."""
        at = now.timestamp()
        with self._lock:
            used, since = self._used.pop(key, (0.0, at))
            left = max(0.0, used - max(0.0, at - since) / self._pace.seconds)
            over = left + 1 > self._pace.burst
            self._used[key] = (left if over else left + 1, at)
            if len(self._used) > MOST_KEYS:
                self._used.popitem(last=False)
        return max(1, round((left + 1 - self._pace.burst) * self._pace.seconds)) if over else 0
