"""Encrypted conversations: one key each, found by a keyed hash of channel and address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from dialogs.frozen import Frozen
from dialogs.replace import replace
from handlers.errors import DraftLost
from handlers.types import Address, Loaded
from storage import forms
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.errors import NotAuthentic, UnknownRingKey
from storage.row_keys import DRAFTS
from storage.rows import Stored, setting
from storage.statements import Statement, inserted
from storage.tables import cases, conversations, moves, timers, traces

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.conversation import Conversation
    from storage.cases import SqlCases
    from storage.row_keys import RowKeys
    from storage.rows import Rows
    from storage.statements import Session

TABLE = "conversations"
_NEW = inserted(conversations)
_CHANGE_KEY = Statement(lambda _database: setting("key"), "key", "at_row")


class SqlConversations(Frozen):
    """handlers.ports.Conversations over one connection."""

    session: Session
    rows: Rows
    row_keys: RowKeys
    cases: Callable[[], SqlCases]  # most people have none

    def load(self, address: Address) -> Loaded | None:
        """Read under lock and decrypt."""
        place = self.rows.locked(address)
        if place.stored is None:
            return None
        try:
            conversation = self._open(place.row, place.stored).conversation
        except UnknownRingKey as exc:
            if self.row_keys.draft_ring is self.row_keys.ring:
                raise  # keys of another installation: nothing may be erased because of a mistake
            self.forget(address)  # the ring was in memory, and the power was gone
            raise DraftLost from exc
        cards = self.cases().of_person(place.row) if place.stored.has_cases else ()
        return Loaded(replace(conversation, cards=cards) if cards else conversation, place.stored.revision)

    def address_of(self, row: int) -> Address | None:
        """Return the address of a conversation that exists and opens."""
        stored = self.rows.read(row)
        if stored is None:
            return None
        try:
            return Address(*self._open(row, stored).address)
        except (UnknownRingKey, NotAuthentic):  # a row that was damaged is in nobody else's way
            return None

    def of_case(self, case: str) -> Address | None:
        """Return where the person of a case can be reached, while anything leads there."""
        row = self.session.connection.scalar(select(cases.c.person).where(cases.c.id == case))
        return None if row is None else self.address_of(row)

    def _open(self, row: int, stored: Stored) -> forms.StoredConversation:
        key = self.row_keys.unwrap(stored.key, DRAFTS, stored.ring_key, stored.wrapped)
        return forms.decode_conversation(decrypt_body(key, stored.body, TABLE, str(row), stored.revision))

    def save(self, address: Address, conversation: Conversation, *, new_key: bool = False) -> int:
        """Encrypt and store; return the new revision."""
        place = self.rows.place(address)
        old = place.stored
        revision = 1 if old is None else old.revision + 1
        key_id, key = self.row_keys.new(DRAFTS) if old is None or new_key else (old.key, self.row_keys.get(old.key))
        kept = replace(conversation, cards=()) if conversation.cards else conversation
        stored = forms.StoredConversation((address.channel, address.value), kept)
        body = encrypt_body(key, forms.encode_conversation(stored), TABLE, str(place.row), revision)
        if old is None:
            lookup = self.rows.digest(address)
            self.session.run(_NEW, place.row, lookup, key_id, revision, body)
            place.stored = Stored(lookup, key_id, revision, body, None, None, has_cases=True)
        else:
            self.rows.change(place.row, revision, body)
            place.stored = replace(old, key=key_id, revision=revision, body=body)
            if key_id != old.key:  # apart, for the database looks up every key that is set
                self.session.run(_CHANGE_KEY, key_id, place.row)
                self.row_keys.erase(old.key)
        return revision

    def forget(self, address: Address) -> None:
        """Destroy key, row, look-up value and timers; cases stay and lose their way back."""
        place = self.rows.place(address)
        row, connection = place.row, self.session.connection
        connection.execute(delete(timers).where(timers.c.person == row))
        connection.execute(delete(traces).where(traces.c.person == row))
        connection.execute(delete(moves).where(moves.c.person == row))
        connection.execute(update(cases).where(cases.c.person == row).values(person=None))
        connection.execute(delete(conversations).where(conversations.c.row == row))
        if place.stored is not None:
            self.row_keys.erase(place.stored.key)
            place.stored = None
