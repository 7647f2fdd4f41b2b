"""Threads: what officers and people wrote to each other, encrypted under the key of the case it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from dialogs.frozen import Frozen
from storage import codec
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.queues import seconds
from storage.tables import cases, messages

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Row

    from handlers.message_ports import Message
    from storage.row_keys import RowKeys
    from storage.statements import Session

TABLE = "messages"


class SqlMessages(Frozen):
    """handlers.message_ports.Messages over one connection."""

    session: Session
    row_keys: RowKeys

    def add(self, message: Message) -> None:
        """Store a new message, unless its case is erased."""
        key = self._case_key(message.case)
        if key is not None:
            values = {"id": message.id, "case": message.case, "sequence": message.sequence}
            self.session.connection.execute(insert(messages).values({**values, **_values(key, message, 1)}))

    def save(self, message: Message) -> None:
        """Store a changed message; one that is gone stays gone."""
        row, key = self._row(message.id), self._case_key(message.case)
        if row is not None and key is not None:
            change = update(messages).where(messages.c.id == message.id)
            self.session.connection.execute(change.values(_values(key, message, row.revision + 1)))

    def get(self, message_id: str) -> Message | None:
        """Return a message."""
        row = self._row(message_id)
        return self._open(row) if row is not None else None

    def of(self, case: str) -> tuple[Message, ...]:
        """Return the messages of a case, the oldest first."""
        found = self.session.connection.execute(
            select(messages).where(messages.c.case == case).order_by(messages.c.sequence)
        ).all()
        return tuple(opened for row in found if (opened := self._open(row)) is not None)

    def last(self, case: str) -> int:
        """Return the number of the newest message of a case."""
        return self.session.connection.scalar(select(func.max(messages.c.sequence)).where(messages.c.case == case)) or 0

    def due(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return cases that have a message to look at now."""
        ready = (
            select(messages.c.case)
            .where(messages.c.due <= seconds(now))
            .group_by(messages.c.case)
            .order_by(func.min(messages.c.due), messages.c.case)
            .limit(limit)
        )
        return tuple(self.session.connection.scalars(ready))

    def _row(self, message_id: str) -> Row[Any] | None:
        return self.session.connection.execute(select(messages).where(messages.c.id == message_id)).one_or_none()

    def _case_key(self, case: str) -> bytes | None:
        key = self.session.connection.scalar(select(cases.c.key).where(cases.c.id == case))
        return self.row_keys.get(key) if key is not None else None

    def _open(self, row: Row[Any]) -> Message | None:
        key = self._case_key(row.case)
        if key is None:
            return None
        return codec.decode_message(decrypt_body(key, row.body, TABLE, row.id, row.revision))


def _values(key: bytes, message: Message, revision: int) -> dict[str, object]:
    return {
        "due": seconds(message.due_at) if message.due_at is not None else None, "revision": revision,
        "body": encrypt_body(key, codec.encode(message), TABLE, message.id, revision),
    }  # fmt: skip
