"""bot.adapter.Intake over the use cases: durable when it returns, and no message is ever in another one's way."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from bot.adapter import NotStored
from handlers.errors import NoRecipients
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.adapter import Adapter
    from bot.writer import Writer
    from handlers.alerting import Alerting
    from handlers.receive import Reception
    from handlers.types import Address, Inbound

Result = TypeVar("Result")

LOG: Final = logging.getLogger("leeward")
RECENT: Final = timedelta(minutes=10)
"""After a gap the open question is repeated to people who did something in so many minutes; others when they write."""


class ServiceIntake:
    """Takes messages of every channel into one reception."""

    def __init__(
        self, reception: Reception, alerting: Alerting, writer: Writer, awake: Callable[[str], None]
    ) -> None:  # fmt: skip
        """Take who receives, who answers officers, where work is done, and whom to wake to send."""
        self._reception, self._alerting, self._writer, self._awake = reception, alerting, writer, awake
        self.adapters: Mapping[str, Adapter] = {}
        self.counts: Counter[str] = Counter()

    async def take(self, inbound: Inbound) -> bool:
        """Store one message and its turn. Raises NotStored."""
        channel = inbound.address.channel
        if self._alerting.is_for_officers(inbound.address):
            return await self._officer(inbound)
        try:
            taken = None
            if inbound.file is not None:
                taken = await self._writer.run_file(lambda: self._reception.attachments.take(inbound))
            done = await self._writer.join(lambda: self._reception.receive_taken(inbound, taken), about=inbound)
        except StorageError as exc:
            self.counts["not stored"] += 1
            raise NotStored from exc
        except Exception as exc:  # noqa: BLE001 - a defect of ours: the person is told, and nobody else waits for it
            done = None
            await self._excuse(inbound, exc)
        self.counts["received"] += 1
        self._awake(channel)
        if inbound.file is not None and channel in self.adapters:
            await self.adapters[channel].forget_file(inbound.file)
        return done is not None

    async def _officer(self, inbound: Inbound) -> bool:
        """An enrolled account never enters the interview; what it says is about alerts."""
        new = await self._guarded("an officer's message", lambda: self._alerting.answer(inbound))
        for channel in self.adapters:
            self._awake(channel)
        return bool(new)

    async def _excuse(self, inbound: Inbound, exc: Exception) -> None:
        self.counts["trouble"] += 1
        LOG.error("a turn could not be carried out: %s", type(exc).__name__)
        trouble = "T-NO-OFFICE-KEY" if isinstance(exc, NoRecipients) else "T-TROUBLE"
        await self._guarded("an excuse", lambda: self._reception.excuse(inbound, trouble))

    async def gap(self, channel: str) -> None:
        """Ask open questions of a channel again of those who did something a few minutes ago."""
        since = self._reception.clock.now() - RECENT
        self.counts["gaps"] += 1
        try:
            active = await self._guarded("a gap", lambda: self._reception.active_since(since))
            for address in active or ():
                if address.channel == channel:
                    await self._guarded("a question", partial(self._reception.repeat_question, address))
                    self._awake(channel)
        except NotStored:
            LOG.error("open questions could not be repeated after a gap: the database does not answer")

    async def unreachable(self, address: Address) -> None:
        """Show the officer that nothing arrives there any more. Raises NotStored."""
        if self._alerting.is_for_officers(address):
            return  # what they are to be told goes out by another of their channels
        await self._guarded("somebody who left", lambda: self._reception.unreachable(address))

    async def identity_changed(self, address: Address) -> bool:
        """Doubt whoever holds this account now; True once that is stored, never for an officer. Raises NotStored."""
        await self._guarded("a changed key", lambda: self._alerting.identity_changed(address))
        stored = await self._guarded("a changed key", lambda: self._reception.identity_changed(address))
        return bool(stored) and not self._alerting.is_for_officers(address)

    async def _guarded(self, what: str, work: Callable[[], Result]) -> Result | None:
        """Do database work; a defect of ours, or one damaged row, is said by its type and is in nobody else's way.

        Raises NotStored.
        """
        try:
            return await self._writer.join(work)
        except StorageError as exc:
            raise NotStored from exc
        except Exception as exc:  # noqa: BLE001 - whatever it is: this channel is everybody's
            LOG.error("%s could not be handled: %s", what, type(exc).__name__)
            return None
