"""What a channel adapter offers to the runtime (bot/runtime.py) and what it may ask of it.

An adapter translates between one messenger and `handlers.types`; it knows neither database nor conversation.
It acknowledges a message to its service only after `Intake.take` has returned: then the turn is durable.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol

from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from handlers.types import Address, Inbound, IncomingFile, Outgoing


class NotStored(Exception):
    """A message could not be stored now: it is not acknowledged, and is brought again."""


class Outcome(StrEnum):
    """What became of one message that was to be sent."""

    SENT = "sent"
    LATER = "later"  # it did not go out; try again, not before `wait_seconds`
    UNKNOWN = "unknown"  # it may have gone out (the answer never came): it is repeated at most once
    UNREACHABLE = "unreachable"  # the person blocked the bot or left: nothing more goes out to them
    REFUSED = "refused"  # the service will never take this message: a dead letter


class Sending(Frozen):
    """The result of `Adapter.send`."""

    outcome: Outcome
    ref: str = ""  # the service's own id of the message, by which it can be deleted later
    wait_seconds: float = 0.0
    everybody: bool = False  # LATER: the wait concerns the whole account, not this chat alone


class Intake(Protocol):
    """Where adapters bring what arrives."""

    async def take(self, inbound: Inbound) -> bool:
        """Store one message and its turn; False when it was taken before. When this returns, it is durable.

        Messages of one address must be brought one after the other, in their order. Raises NotStored when
        nothing was stored: the message must not be acknowledged then and is brought again later.
        """
        ...

    async def gap(self, channel: str) -> None:
        """Tell that messages of a channel may have been lost: open questions of the last minutes are asked again."""
        ...

    async def unreachable(self, address: Address) -> None:
        """Tell that nothing can be sent to this person any more."""
        ...

    async def identity_changed(self, address: Address) -> bool:
        """Tell that the identity key of this person is another one than before (Signal); True: it is to be trusted.

        Then the doubt is durable, and what the person writes is answered as in doubt. Raises NotStored.
        """
        ...


class Adapter(Protocol):
    """One channel. No method raises on anything the service or a person does, except as said."""

    channel: str

    async def set_up(self) -> None:
        """Make the account ready (name, texts, commands, webhook), with patience; returns when it is ready."""
        ...

    async def receive(self, intake: Intake) -> None:
        """Receive for ever, until cancelled: reconnect, back off, keep the order of each person."""
        ...

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message, or carry out its act (clear-chat: delete `outgoing.refs`; set-disappearing)."""
        ...

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Open an attachment as a stream; called in a worker thread while the loop runs. Raises OSError."""
        ...

    async def forget_file(self, incoming: IncomingFile) -> None:
        """Delete the service's own copy of an attachment, where it can be deleted."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class SendsOnly:
    """What an adapter has that nothing arrives at: mail, a pager."""

    async def set_up(self) -> None:
        """Nothing has to be made ready."""

    async def receive(self, intake: Intake) -> None:
        """Receive nothing, for ever."""
        del intake
        await asyncio.Event().wait()

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Nothing is received. Raises OSError."""
        raise OSError(incoming.channel)

    async def forget_file(self, incoming: IncomingFile) -> None:
        """Nothing is received."""

    async def close(self) -> None:
        """Connections are closed after every message."""
