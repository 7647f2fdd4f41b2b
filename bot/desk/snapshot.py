"""What there is to listen to: one look at the database a second, however many pages are open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.desk.card_index import CardIndex
    from bot.writer import Writer
    from dialogs.conversation import CaseCard
    from handlers.ports import Clock, Store


class Snapshot(Frozen):
    """The cards, what is unread by office, and which logins hold, at one moment."""

    cards: Mapping[str, CaseCard]
    unread: Mapping[str, Mapping[str, int]]
    live: frozenset[str]

    def same_as(self, other: Snapshot) -> bool:
        """Tell at once whether no card and no message came between the two."""
        return self.cards is other.cards and self.unread == other.unread


class Changes:
    """The latest snapshot of one process."""

    def __init__(self, store: Store, clock: Clock, index: CardIndex, writer: Writer, seconds: float) -> None:
        """Take what is looked at, and how old a snapshot may be."""
        self._store, self._clock, self._index, self._writer = store, clock, index, writer
        self._seconds = seconds
        self._latest: Snapshot | None = None
        self._looked = 0.0
        self._looking = asyncio.Lock()

    async def look(self) -> Snapshot:
        """Return a snapshot that is not older than was agreed."""
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if self._latest is None or now - self._looked >= self._seconds:
                self._latest = await self._writer.run(self._look)
                self._looked = now
            return self._latest

    def _look(self) -> Snapshot:
        with self._store.transaction() as work:
            offices = {account.office for account in work.accounts.all()}
            unread = {office: work.blobs.unread(office) for office in offices}
            return Snapshot(self._index.cards(work), unread, work.sessions.live(self._clock.now()))
