"""Encrypted conversations: one key each, found by a keyed hash of channel and address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from handlers.errors import DraftLost
from handlers.types import Address, Loaded
from storage import codec
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.errors import UnknownRingKey
from storage.row_keys import DRAFTS
from storage.tables import cases, conversations, moves, timers, traces

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dialogs.conversation import Conversation
    from storage.cases import SqlCases
    from storage.row_keys import RowKeys
    from storage.rows import Rows

TABLE = "conversations"


@dataclass(frozen=True, slots=True)
class SqlConversations:
    """handlers.ports.Conversations over one connection."""

    connection: Connection
    rows: Rows
    row_keys: RowKeys
    cases: SqlCases

    def load(self, address: Address) -> Loaded | None:
        """Read under lock and decrypt."""
        row = self.rows.of(address)
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(row)))
        found = self.connection.execute(
            select(conversations).where(conversations.c.row == row).with_for_update()
        ).one_or_none()
        if found is None:
            return None
        try:
            stored = self._open(found.row, found.key, found.revision, found.body)
        except UnknownRingKey as exc:
            if self.row_keys.draft_ring is self.row_keys.ring:
                raise  # keys of another installation: nothing may be erased because of a mistake
            self.forget(address)  # the ring was in memory, and the power was gone
            raise DraftLost from exc
        return Loaded(replace(stored.conversation, cards=self.cases.of_person(row)), found.revision)

    def address_of(self, row: int) -> Address | None:
        """Return the address of a conversation that exists and opens."""
        found = self.connection.execute(select(conversations).where(conversations.c.row == row)).one_or_none()
        if found is None:
            return None
        try:
            return Address(*self._open(found.row, found.key, found.revision, found.body).address)
        except UnknownRingKey:
            return None

    def of_case(self, case: str) -> Address | None:
        """Return where the person of a case can be reached, while anything leads there."""
        row = self.connection.scalar(select(cases.c.person).where(cases.c.id == case))
        return None if row is None else self.address_of(row)

    def _open(self, row: int, key_id: str, revision: int, body: bytes) -> codec.StoredConversation:
        plain = decrypt_body(self.row_keys.get(key_id), body, TABLE, str(row), revision)
        return codec.decode_conversation(plain)

    def save(self, address: Address, conversation: Conversation, *, new_key: bool = False) -> int:
        """Encrypt and store; return the new revision."""
        row = self.rows.of(address)
        old = self.connection.execute(
            select(conversations.c.key, conversations.c.revision).where(conversations.c.row == row)
        ).one_or_none()
        key_id, key = (
            (old.key, self.row_keys.get(old.key)) if old is not None and not new_key else self.row_keys.new(DRAFTS)
        )
        revision = 1 if old is None else old.revision + 1
        stored = codec.StoredConversation((address.channel, address.value), replace(conversation, cards=()))
        body = encrypt_body(key, codec.encode(stored), TABLE, str(row), revision)
        if old is None:
            values = {
                "row": row,
                "lookup": self.rows.digest(address),
                "key": key_id,
                "revision": revision,
                "body": body,
            }
            self.connection.execute(insert(conversations).values(values))
        else:
            change = update(conversations).where(conversations.c.row == row)
            self.connection.execute(change.values(key=key_id, revision=revision, body=body))
            if key_id != old.key:
                self.row_keys.erase(old.key)
        return revision

    def forget(self, address: Address) -> None:
        """Destroy key, row, look-up value and timers; cases stay and lose their way back."""
        row = self.rows.of(address)
        key_id = self.connection.scalar(select(conversations.c.key).where(conversations.c.row == row))
        self.connection.execute(delete(timers).where(timers.c.person == row))
        self.connection.execute(delete(traces).where(traces.c.person == row))
        self.connection.execute(delete(moves).where(moves.c.person == row))
        self.connection.execute(update(cases).where(cases.c.person == row).values(person=None))
        self.connection.execute(delete(conversations).where(conversations.c.row == row))
        if key_id is not None:
            self.row_keys.erase(key_id)
