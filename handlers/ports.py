"""What the use cases need from the outside, declared where it is used; storage and bot satisfy it.

`storage.memory` and `storage.store` implement the same ports and pass the same contract suite.
All methods are synchronous. Times are UTC and aware. Bytes called sealed can be opened by an office only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from handlers.types import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from dialogs.conversation import CaseCard, ConsentEvent, Conversation
    from handlers.desk_ports import Accounts, Blobs, Sessions
    from handlers.message_ports import Messages
    from handlers.record_ports import Alerts, Audit, Checkpoints, Duty, Inbox, Tallies, Versions
    from handlers.types import Address, DueTimer, Inbound, Loaded, OutboxItem, Outgoing, Slice


class Conversations(Protocol):
    """Encrypted conversations, one key each. Cards of cases are loaded with them, each under its case key."""

    def load(self, address: Address) -> Loaded | None:
        """Read under lock (row lock on PostgreSQL, the write transaction on SQLite) and decrypt."""
        ...

    def save(self, address: Address, conversation: Conversation, *, new_key: bool = False) -> int:
        """Encrypt and store without its cards; `new_key`: under a fresh key, the old one destroyed. The revision."""
        ...

    def of_case(self, case: str) -> Address | None:
        """Return where the person of a case can be reached, while anything leads there."""
        ...

    def forget(self, address: Address) -> None:
        """Destroy key, row, look-up value and timers. Cases stay."""
        ...


class Cases(Protocol):
    """Case cards, each under its own key; erasing the key erases the card, its consents and their order."""

    def open(self, card: CaseCard, address: Address | None) -> None:
        """Store a new case; `address` None: nothing leads from the person to the case but the phrase."""
        ...

    def update(self, card: CaseCard) -> None:
        """Store a changed card."""
        ...

    def get(self, case: str) -> CaseCard | None:
        """Return the card, or None when there is no such case or its key was erased."""
        ...

    def by_phrase(self, phrase_hash: str) -> tuple[CaseCard, ...]:
        """Return the cards whose resume phrase has this hash, the oldest first; none for an empty one."""
        ...

    def attach(self, case: str, address: Address) -> None:
        """Lead from this person to the case again (after the phrase was given)."""
        ...

    def detach(self, case: str) -> None:
        """Let nothing lead from a person to the case any more but the phrase."""
        ...

    def erase(self, case: str) -> None:
        """Destroy the case key, the card and every sealed blob of the case; a tombstone stays."""
        ...

    def record(self, case: str, events: Iterable[ConsentEvent]) -> str:
        """Append consent events to the chain of the case, under the case key; return its head (SHA-256, hex)."""
        ...

    def consents(self, case: str) -> tuple[ConsentEvent, ...]:
        """Return the recorded consent events of the case in their order."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all cases, erased ones included, in no special order."""
        ...

    def revisions(self) -> dict[str, int]:
        """Return every case that is not erased with a number that differs whenever its card does."""
        ...

    def cards(self, cases: Iterable[str]) -> dict[str, CaseCard]:
        """Return the cards of these cases; those that are erased or unknown are missing."""
        ...


class Outbox(Protocol):
    """Messages to send, encrypted, wiped once sent."""

    def add(self, outgoing: Outgoing, due_at: datetime) -> None:
        """Queue one message."""
        ...

    def claim(self, now: datetime, limit: int, lease_seconds: int, channel: str) -> tuple[OutboxItem, ...]:
        """Lease due messages of a channel: priority first, then age; of one person only the oldest unsent one."""
        ...

    def release(self, channel: str) -> int:
        """Give back every lease of a channel, when whoever held them is gone for certain; return how many."""
        ...

    def sent(self, item: OutboxItem) -> bool:
        """Mark as sent: the payload is erased. False when it was dropped while it was on its way."""
        ...

    def failed(self, item: OutboxItem, *, retry_at: datetime | None) -> None:
        """Mark as failed; retry_at None makes it a dead letter that blocks nobody."""
        ...

    def doubted(self, item: OutboxItem, *, retry_at: datetime) -> None:
        """Mark as perhaps sent: it is tried once more, and never a third time."""
        ...

    def dead(self) -> int:
        """Return how many dead letters there are."""
        ...

    def dead_by_case(self) -> dict[str, int]:
        """Return how many dead letters there are to the people of cases that something leads to, by case."""
        ...

    def drop_for(self, address: Address, *, officers_only: bool = False) -> tuple[str, ...]:
        """Erase what is queued for this person but CLEAR, or only officers' words; ids of officers' messages in it."""
        ...

    def waits_for(self, address: Address) -> bool:
        """Return whether a reply (Outgoing.is_reply) to this person is neither sent nor dead."""
        ...

    def stuck(self, limit: int) -> tuple[OutboxItem, ...]:
        """Return alerts to officers (priority ALERT) that are neither sent nor dead, the oldest first."""
        ...

    def waiting(self) -> int:
        """Return how many messages are neither sent nor dead."""
        ...


class Traces(Protocol):
    """Ids of messages that stand in a chat, encrypted, for as long as the channel lets them be deleted."""

    def add(self, address: Address, ref: str, at: datetime, *, until: datetime | None = None, row: int = 0) -> None:
        """Remember one message; `until`: when it has to go from the chat by itself, `row`: that of its OutboxItem."""
        ...

    def remembers(self, address: Address, ref: str) -> bool:
        """Return whether this message stands in the chat, as far as is known."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[tuple[Address, str], ...]:
        """Take at most so many messages whose time in the chat is over, of conversations that are still there."""
        ...

    def take(self, address: Address) -> tuple[str, ...]:
        """Return what is remembered of this chat, the oldest first, and forget it."""
        ...

    def prune(self, before: datetime, part: Slice = WHOLE) -> int:
        """Forget what was remembered before this time, of one slice of all people; return how many."""
        ...


class Moves(Protocol):
    """Codes that carry a conversation over to another channel, once, kept as keyed hashes."""

    def offer(self, address: Address, code: str, until: datetime) -> None:
        """Remember a code; an older one of the same person does not count any more."""
        ...

    def take(self, code: str, now: datetime) -> Address | None:
        """Return whose code it is and forget it; None for an unknown, used or old one."""
        ...


class Timers(Protocol):
    """Durable timers, one per conversation and name."""

    def set(self, address: Address, timer: str, due_at: datetime) -> None:
        """Set or replace."""
        ...

    def cancel(self, address: Address, timer: str) -> None:
        """Forget; unknown timers are ignored."""
        ...

    def active(self, timer: str, due_after: datetime) -> tuple[Address, ...]:
        """Return whose timer of this name is due later than that: who did something not long ago."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[DueTimer, ...]:
        """Take due timers: they are removed, and come back only if the transaction does not commit."""
        ...


class UnitOfWork(Protocol):
    """One transaction."""

    @property
    def inbox(self) -> Inbox:
        """Return the inbox of this transaction."""
        ...

    @property
    def conversations(self) -> Conversations:
        """Return the conversations of this transaction."""
        ...

    @property
    def cases(self) -> Cases:
        """Return the cases of this transaction."""
        ...

    @property
    def blobs(self) -> Blobs:
        """Return the blobs of this transaction."""
        ...

    @property
    def messages(self) -> Messages:
        """Return the threads of this transaction."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Return the outbox of this transaction."""
        ...

    @property
    def traces(self) -> Traces:
        """Return the traces of this transaction."""
        ...

    @property
    def moves(self) -> Moves:
        """Return the moves of this transaction."""
        ...

    @property
    def checkpoints(self) -> Checkpoints:
        """Return the checkpoints of this transaction."""
        ...

    @property
    def audit(self) -> Audit:
        """Return the audit log of this transaction."""
        ...

    @property
    def timers(self) -> Timers:
        """Return the timers of this transaction."""
        ...

    @property
    def alerts(self) -> Alerts:
        """Return the alerts of this transaction."""
        ...

    @property
    def duty(self) -> Duty:
        """Return the duty book of this transaction."""
        ...

    @property
    def tallies(self) -> Tallies:
        """Return the tallies of this transaction."""
        ...

    @property
    def versions(self) -> Versions:
        """Return the versions of this transaction."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Return the accounts of this transaction."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Return the logins of this transaction."""
        ...


class Store(Protocol):
    """The database. Leaving the block commits; an exception rolls everything back."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """Open one transaction (SQLite: BEGIN IMMEDIATE)."""
        ...

    def group(self, expected: Sequence[Inbound] = ()) -> AbstractContextManager[None]:
        """Make all transactions this thread opens in the block one; each is undone alone, all when the block raises.

        `expected`: messages that will be taken in it, as far as that is known.
        """
        ...

    def new_file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new file for sealed bytes; leaving the block puts it in its place, an exception leaves nothing."""
        ...

    def open_file(self, name: str) -> BinaryIO | None:
        """Open the sealed bytes of an attachment to be read piece by piece; None: there is no such file."""
        ...

    def finish_erasure(self) -> bool:
        """Make erased text unreadable on disk (SQLite: no WAL left), in a group after its commit; False: try again."""
        ...


class Sealer(Protocol):
    """Sealing to offices; no method opens what an office owns."""

    def seal(self, document: bytes, recipients: Sequence[str]) -> bytes:
        """Seal a padded document to two or more `age1pq…` recipients. Raises TooFewRecipients."""
        ...

    def new_file_identity(self) -> str:
        """Return a fresh one-time identity (AGE-SECRET-KEY-PQ-1…) for the files of a draft."""
        ...

    def seal_file(self, source: BinaryIO, sink: BinaryIO, identity: str, limit: int) -> tuple[int, str] | None:
        """Stream a file into the seal of a one-time identity; return its size in bytes and SHA-256 (hex).

        None: the source has more than `limit` bytes, and what was written must not be kept. Raises OSError when the
        source ends badly.
        """
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present time, UTC and aware."""
        ...


class Entropy(Protocol):
    """Chance."""

    def bytes(self, count: int) -> bytes:
        """Return `count` fresh random bytes."""
        ...
