"""Threads in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.message_ports import Message
    from storage.memory_queues import Data


class MemoryMessages:
    """handlers.message_ports.Messages in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def add(self, message: Message) -> None:
        """Store a new message, unless its case is erased."""
        if self._data.cards.get(message.case) is not None:
            self._data.messages[message.id] = message

    def save(self, message: Message) -> None:
        """Store a changed message; one that is gone stays gone."""
        if message.id in self._data.messages:
            self._data.messages[message.id] = message

    def get(self, message_id: str) -> Message | None:
        """Return a message."""
        return self._data.messages.get(message_id)

    def of(self, case: str) -> tuple[Message, ...]:
        """Return the messages of a case, the oldest first."""
        found = [message for message in self._data.messages.values() if message.case == case]
        return tuple(sorted(found, key=lambda message: message.sequence))

    def last(self, case: str) -> int:
        """Return the number of the newest message of a case."""
        return max((message.sequence for message in self.of(case)), default=0)

    def due(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return cases that have a message to look at now."""
        found = [(m.due_at.replace(microsecond=0), m.case) for m in self._data.messages.values() if m.due_at]
        return tuple(dict.fromkeys(case for at, case in sorted(found) if at <= now))[:limit]
