"""How fast a service lets us send: so many a second for the account, and one chat again after so many seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.types import Address

MOST_CHATS: Final = 10_000


class Pace:
    """The limits of one account. A chat that has to wait takes no place of the account until its time has come."""

    def __init__(self, per_second: float, per_chat_seconds: float, now: Callable[[], float]) -> None:
        """Take the limits (0 means none) and a clock in seconds."""
        self._gap = 1 / per_second if per_second else 0.0
        self._chat_gap = per_chat_seconds
        self._now = now
        self._next = 0.0
        self._chats: dict[Address, float] = {}
        self._closed_until = 0.0

    def chat_wait(self, address: Address) -> float:
        """Return in how many seconds this chat may be written to again; 0 now."""
        return max(0.0, self._chats.get(address, 0.0) - self._now())

    def take_place(self, address: Address) -> float:
        """Take the next place of the account for this chat; return in how many seconds it comes."""
        now = self._now()
        at = max(now, self._next, self._closed_until)
        self._next = at + self._gap
        if self._chat_gap:
            if len(self._chats) > MOST_CHATS:
                self._chats = {chat: until for chat, until in self._chats.items() if until > now}
            self._chats[address] = at + self._chat_gap
        return at - now

    def places(self, seconds: float, most: int) -> int:
        """Return how many places the account still has within so many seconds, `most` at most."""
        begins = max(self._now(), self._next, self._closed_until)
        free = self._now() + seconds - begins
        if free < 0:
            return 0
        return min(most, int(free / self._gap) + 1) if self._gap else most

    def closed(self) -> float:
        """Return for how many seconds nothing may be sent at all."""
        return max(0.0, self._closed_until - self._now())

    def close(self, seconds: float) -> None:
        """Send nothing at all for so many seconds."""
        self._closed_until = max(self._closed_until, self._now() + seconds)
