"""Whether the keys of the folder are those of the database, seen at one row each.

Whoever served with others would answer nobody who wrote before, and would write what the right keys neither open nor
find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from storage import forms
from storage.conversations import TABLE
from storage.crypto.drafts import decrypt_body
from storage.crypto.errors import NotAuthentic, UnknownRingKey
from storage.errors import KeysOfAnother, StorageError
from storage.keys import LOOKUP_FILE, RING_FILE
from storage.row_keys import DRAFTS
from storage.tables import conversations, keys

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.keys import Keys


def check_keys(engine: Engine, own: Keys, *, with_drafts: bool) -> None:
    """Look at the wrapped key of one row, and at the look-up value of one person.

    `with_drafts`: the keys of drafts are under the same ring as all others. Raises: KeysOfAnother.
    """
    if not _knows_the_ring(engine, own, with_drafts=with_drafts):
        raise KeysOfAnother(RING_FILE)
    if not _finds_people(engine, own):
        raise KeysOfAnother(LOOKUP_FILE)


def _knows_the_ring(engine: Engine, own: Keys, *, with_drafts: bool) -> bool:
    """Tell whether the ring has the key of a row: a rotation wraps all of them anew, so one row speaks for all."""
    wanted = select(keys.c.ring_key) if with_drafts else select(keys.c.ring_key).where(keys.c.purpose != DRAFTS)
    with engine.connect() as connection:
        found = connection.scalar(wanted.limit(1))
    return found is None or found in own.ring.key_ids


def _finds_people(engine: Engine, own: Keys) -> bool:
    """Tell whether somebody's address has the look-up value it is stored by; True where nobody's can be read."""
    person = select(conversations, keys.c.ring_key, keys.c.wrapped).join_from(
        conversations, keys, keys.c.id == conversations.c.key
    )
    with engine.connect() as connection:
        found = connection.execute(person.limit(1)).first()
    if found is None:
        return True
    try:
        key = own.draft_ring.unwrap(found.ring_key, found.wrapped, DRAFTS, found.key)
        body = decrypt_body(key, found.body, TABLE, str(found.row), found.revision)
        channel, value = forms.decode_conversation(body).address
    except (UnknownRingKey, NotAuthentic, StorageError):  # a ring in memory that is gone, a row that was damaged
        return True
    return own.lookup.digest("address", channel, value) == bytes(found.lookup)
