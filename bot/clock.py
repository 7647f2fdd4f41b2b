"""The real clock and the real chance: the only place that asks the machine for either."""

from __future__ import annotations

import os
from datetime import UTC, datetime


class SystemClock:
    """handlers.ports.Clock of this machine."""

    def now(self) -> datetime:
        """Return the present time."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the clock


class FixedClock:
    """A clock that is set, for replays: it goes on only when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.at


class SystemEntropy:
    """handlers.ports.Entropy of the operating system."""

    def bytes(self, count: int) -> bytes:
        """Return fresh random bytes: what `secrets` gives, without its three calls for each of three in a turn."""
        return os.urandom(count)
