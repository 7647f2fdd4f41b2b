"""The thread of a case: what its person and officers wrote, its port, and the key by which officers' words go on.

A person's words are sealed to the office when they arrive (`Blobs`, purpose `message`). An officer's are sealed twice
in their browser: to the office, which keeps its copy (purpose `said`), and to the server's own key. That copy is opened
in the transaction that hands it to the person's chat, and erased in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

WAITING, HELD, SENDING, SENT, REFUSED = "waiting", "held", "sending", "sent", "refused"
"""Waiting for a time, held for another reason, handed to the channel, sent, and never to be sent."""

PENDING: Final = (WAITING, HELD)


class Message(Struct, frozen=True, gc=False):
    """One message of the thread. `for_bot` is empty once it was handed on or refused."""

    id: str  # random
    case: str
    sequence: int  # from 1 within the case; the sealed bytes in `Blobs` have the same
    by: str  # id of the officer; "" for the person
    at: datetime  # UTC; when it was written
    state: str  # waiting | held | sending | sent | refused
    due_at: datetime | None = None  # when to look at it again; None: on its way, or over
    reason: str = ""  # a code: why it waits, is held or was refused, or what is not known of a sent one
    for_bot: bytes = b""


class Messages(Protocol):
    """Threads of cases, each message encrypted under the key of its case and erased with it."""

    def add(self, message: Message) -> None:
        """Store a new message; (case, sequence) is unique. A case that is erased stores nothing."""
        ...

    def save(self, message: Message) -> None:
        """Store a changed message; one that is gone stays gone."""
        ...

    def get(self, message_id: str) -> Message | None:
        """Return a message."""
        ...

    def of(self, case: str) -> tuple[Message, ...]:
        """Return the messages of a case, the oldest first; none when it is erased or unknown."""
        ...

    def last(self, case: str) -> int:
        """Return the number of the newest message of a case, 0 when there is none."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return cases that have a message to look at now, the longest due first."""
        ...


class TalkKey(Protocol):
    """The server's own key for officers' words; it opens nothing else."""

    @property
    def recipient(self) -> str:
        """Return the public key `age1pq1…` the page seals to."""
        ...

    def open(self, sealed: bytes) -> bytes | None:
        """Return what a page sealed, or None when it does not open or is no such file."""
        ...
