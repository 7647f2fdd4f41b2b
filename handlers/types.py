"""Values that cross the ports.

What is `array_like` is stored by place (storage/forms.py): a new field goes to the end, and has a default.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from dialogs.conversation import Conversation

ALERT: Final = -1
"""Priority of alerts to officers: before everything else, tried until they are out, by another channel if need be."""

SAY: Final = "say"
"""The act that puts words into a chat."""

CLEAR: Final = "clear-chat"
"""The act that deletes messages from a chat."""


class Address(Struct, frozen=True, gc=False, array_like=True):
    """Where a person writes from: a channel (signal | telegram | practice) and its own id of the person."""

    channel: str
    value: str


class IncomingFile(Struct, frozen=True, gc=False):
    """An attachment as announced by the channel; nothing has been downloaded or decoded yet."""

    name: str
    type: str
    size: int  # bytes, as announced
    source: str  # what the channel needs to fetch it (a path in practice)
    channel: str = "practice"


class Inbound(Struct, frozen=True, gc=False):
    """One message of a person. `key` is the channel's own id of the message: the same key is never taken twice."""

    address: Address
    key: str
    text: str = ""  # empty also for what is neither words nor a file (a sticker, a place, a poll)
    button: tuple[str, int, str] | None = None  # node, turn, digit
    file: IncomingFile | None = None
    ref: str = ""  # the channel's own id by which the message can be deleted from the chat later
    edited: bool = False  # the person changed a message sent before; `text` is empty then


class Outgoing(Struct, frozen=True, gc=False, array_like=True):
    """One message to a person, as it will be sent. Lower `priority` goes first (ALERT, 0 safety, 1 reply, 2 rest)."""

    address: Address
    text: str
    node: str
    turn: int
    choices: tuple[tuple[str, str], ...] = ()
    priority: int = 1
    act: str = SAY  # say | clear-chat | set-disappearing
    seconds: int = 0  # the disappearing timer the chat has to have then (Signal); 0: as it is
    refs: tuple[str, ...] = ()  # clear-chat: messages to delete, those of both sides where the channel allows it
    message: str = ""  # id of the officer's message this is, so that its fate is known
    brief: bool = False  # it goes from the chat by itself, BRIEF_TIME (handlers.deliver) after it was sent
    since: str = ""  # of an alert to an officer: when it was queued on this channel, ISO 8601

    @property
    def is_reply(self) -> bool:
        """Whether it is what the bot says in its turn, so that the open question goes out with it.

        Deleting and setting a timer say nothing; officers' words and what is shown on demand ask nothing.
        """
        return self.act == SAY and not self.message and not self.brief


class Slice(Struct, frozen=True, gc=False):
    """One of so many equal slices of what is kept: what is forgotten by age is looked for in one after the other."""

    number: int  # from 0
    of: int

    def of_keys(self, count: int) -> tuple[int, int]:
        """Return the first and the last of its keys, when keys are numbers below `count` and evenly spread."""
        return count * self.number // self.of, count * (self.number + 1) // self.of - 1


WHOLE = Slice(0, 1)


class OutboxItem(Struct, frozen=True, gc=False):
    """A claimed outbox row."""

    id: int
    attempts: int
    outgoing: Outgoing
    doubtful: bool = False  # it may have gone out once already
    row: int = 0  # where the store keeps the person, if it says so: they need not be looked up again


class Loaded(Struct, frozen=True, gc=False):
    """A conversation read under lock. `revision` starts at 1 and grows by one at every save."""

    conversation: Conversation
    revision: int


class DueTimer(Struct, frozen=True, gc=False):
    """A timer that is due and whose conversation can be reached by `address`."""

    address: Address
    timer: str
    due_at: datetime


class SealedBlob(Struct, frozen=True, gc=False):
    """Bytes that only an office can open. `purpose`: report | copy | identity | message | alert."""

    case: str  # case id or alert id
    office: str
    purpose: str
    sequence: int  # 1 for the report itself; messages count up
    sealed: bytes


class BlobLine(Struct, frozen=True, gc=False):
    """What is known of sealed bytes without looking at them."""

    purpose: str
    sequence: int
    size: int  # bytes, sealed
    fetched: bool  # the office has downloaded it


class AuditEntry(Struct, frozen=True, gc=False):
    """Who did or read what, and when. Codes only, never content of a case or words of an officer."""

    at: datetime  # UTC
    who: str  # id of a person of the desk or the roster; "" for the service itself
    role: str
    office: str
    act: str  # a code, such as own, level, status, read
    case: str = ""  # "" when it concerns no case
    old: str = ""
    new: str = ""
    reason: str = ""  # a code (RSN-…, CL-…)


class Recorded(Struct, frozen=True, gc=False):
    """One entry of the audit log with its number, which grows with time; `entry` None: erased with its case."""

    number: int
    entry: AuditEntry | None
