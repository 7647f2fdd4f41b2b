"""What officers said about their duty in the chat: on, off, handed over, swapped, reachable. Pure values.

The roster says what was planned; the book says what became of it. Both together say who is on duty.
"""

from __future__ import annotations

from dialogs.frozen import Frozen


class Swap(Frozen):
    """On one day somebody stands in for somebody else, in every shift that begins then (a local date, ISO)."""

    day: str
    out: str
    into: str


class Stint(Frozen):
    """From when to when something holds for an officer, ISO 8601 UTC. `into`: who stands in for them; "": nobody."""

    officer: str
    since: str
    until: str
    into: str = ""


class Offer(Frozen):
    """Somebody asked somebody else to stand in: now (`day` empty) or on a day. It holds once they accept the code."""

    out: str
    into: str
    code: str
    until: str  # for a hand-over: the end of the shift; for a swap: until when the offer stands
    day: str = ""


class Ping(Frozen):
    """When an officer was asked whether they are reachable, and when they next wrote ("": not yet)."""

    officer: str
    at: str
    answered_at: str = ""


class DutyBook(Frozen):
    """Everything that was said. Old entries are forgotten by `forget`."""

    on: tuple[Stint, ...] = ()  # on duty beyond the roster
    off: tuple[Stint, ...] = ()  # not there although on the roster
    stand_ins: tuple[Stint, ...] = ()  # handed over
    swaps: tuple[Swap, ...] = ()
    offers: tuple[Offer, ...] = ()
    pings: tuple[Ping, ...] = ()
    doubted: tuple[tuple[str, str], ...] = ()  # accounts whose identity key changed
    done: tuple[tuple[str, str], ...] = ()  # what the service last did at which time: digests, tests, warnings

    def last(self, name: str) -> str:
        """Return when the service last did this, or ""."""
        return dict(self.done).get(name, "")
