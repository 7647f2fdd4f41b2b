"""What officers write to people: one message, its port, and the key by which the server may pass it on.

The words are sealed twice in the officer's browser: to the office, which keeps its copy in `Blobs` (purpose `said`),
and to the server's own key. That copy is opened in the transaction that hands it to the person's chat, and erased
in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the types of OfficeMessage when the program runs
from typing import Final, Protocol

WAITING, HELD, SENDING, SENT, REFUSED = "waiting", "held", "sending", "sent", "refused"
"""Waiting for a time, held for another reason, handed to the channel, sent, and never to be sent."""

PENDING: Final = (WAITING, HELD)


@dataclass(frozen=True, slots=True)
class OfficeMessage:
    """One message of an officer. `for_bot` is empty once it was handed on or refused."""

    id: str  # random
    case: str
    sequence: int  # from 1 within the case; the office's own copy has the same
    by: str  # id of the officer
    at: datetime  # UTC; when it was written
    state: str  # waiting | held | sending | sent | refused
    due_at: datetime | None = None  # when to look at it again; None: on its way, or over
    reason: str = ""  # a code: why it waits, is held or was refused, or what is not known of a sent one
    for_bot: bytes = b""


class Messages(Protocol):
    """Officers' messages, each encrypted under the key of its case and erased with it."""

    def add(self, message: OfficeMessage) -> None:
        """Store a new message; (case, sequence) is unique. A case that is erased stores nothing."""
        ...

    def save(self, message: OfficeMessage) -> None:
        """Store a changed message; one that is gone stays gone."""
        ...

    def get(self, message_id: str) -> OfficeMessage | None:
        """Return a message."""
        ...

    def of(self, case: str) -> tuple[OfficeMessage, ...]:
        """Return the messages of a case, the oldest first; none when it is erased or unknown."""
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
