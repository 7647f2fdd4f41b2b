"""Case cards and their consent events, each case under its own key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from dialogs.frozen import Frozen
from storage import codec
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.statements import Statement, inserted, parameters
from storage.tables import attachments, audit, blobs, cases, messages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row, Select

    from dialogs.conversation import CaseCard, ConsentEvent
    from handlers.types import Address
    from storage.blobs import SqlBlobs
    from storage.crypto.lookup import LookupKey
    from storage.ledger import SqlLedger
    from storage.row_keys import RowKeys
    from storage.rows import Rows
    from storage.statements import Session

CARDS = "cases"
TOGETHER = 500
"""Cards read in one query."""

_OPEN = inserted(cases)
_READ = Statement(lambda _database: select(cases).where(cases.c.id == bindparam("case")).with_for_update(), "case")
_CHANGE = Statement(
    lambda _database: (
        update(cases).where(cases.c.id == bindparam("case")).values(parameters(("revision", "card", "phrase")))
    ),
    "revision", "card", "phrase", "case",
)  # fmt: skip


class CaseRow(NamedTuple):
    """A row of the table; `key` None: erased."""

    id: str
    key: str | None
    revision: int
    card: bytes | None
    person: int | None
    phrase: bytes | None


class SqlCases(Frozen):
    """handlers.ports.Cases over one connection."""

    session: Session
    rows: Rows
    row_keys: RowKeys
    lookup: LookupKey
    ledger: SqlLedger
    blobs: SqlBlobs

    def open(self, card: CaseCard, address: Address | None) -> None:
        """Store a new case under a new key."""
        key_id, key = self.row_keys.new("case")
        person = self.rows.of(address) if address is not None else None
        phrase = self._phrase(card.phrase_hash)
        self.session.run(_OPEN, card.case, key_id, 1, self._sealed(key, card, 1), person, phrase)

    def update(self, card: CaseCard) -> None:
        """Store a changed card; an erased case stays erased."""
        row = self._row(card.case)
        if row is None or row.key is None:
            return
        revision = row.revision + 1
        body = self._sealed(self.row_keys.get(row.key), card, revision)
        self.session.run(_CHANGE, revision, body, self._phrase(card.phrase_hash), card.case)

    def get(self, case: str) -> CaseCard | None:
        """Return the card, or None when there is none any more."""
        row = self._row(case)
        return self._card(row) if row is not None else None

    def by_phrase(self, phrase_hash: str) -> tuple[CaseCard, ...]:
        """Return the cards whose resume phrase has this hash."""
        if not phrase_hash:
            return ()
        return self._cards(select(cases).where(cases.c.phrase == self._phrase(phrase_hash)))

    def attach(self, case: str, address: Address) -> None:
        """Lead from this person to the case."""
        self.session.connection.execute(update(cases).where(cases.c.id == case).values(person=self.rows.of(address)))

    def detach(self, case: str) -> None:
        """Let nothing lead to the case any more but the phrase."""
        self.session.connection.execute(update(cases).where(cases.c.id == case).values(person=None))

    def erase(self, case: str) -> None:
        """Destroy key, card, what ledger and audit log hide and all sealed bytes; row and chain stay as a tombstone."""
        row = self._row(case)
        if row is None:
            return
        self.ledger.erase(case)
        self.session.connection.execute(update(audit).where(audit.c.chain == case).values(entry=None))
        self.session.connection.execute(delete(blobs).where(blobs.c.case == case))
        self.session.connection.execute(delete(messages).where(messages.c.case == case))
        self.blobs.drop_files(
            self.session.connection.scalars(select(attachments.c.name).where(attachments.c.case == case)).all()
        )
        gone = {"key": None, "card": None, "person": None, "phrase": None}
        self.session.connection.execute(update(cases).where(cases.c.id == case).values(gone))
        if row.key is not None:
            self.row_keys.erase(row.key)

    def record(self, case: str, events: Iterable[ConsentEvent]) -> str:
        """Append consent events to the chain of the case; return its head (hex). An erased case records nothing."""
        row = self._row(case)
        if row is None or row.key is None:
            return self.ledger.head(case)
        return self.ledger.append(case, self.row_keys.get(row.key), events)

    def consents(self, case: str) -> tuple[ConsentEvent, ...]:
        """Return the recorded events in their order."""
        row = self._row(case)
        if row is None or row.key is None:
            return ()
        return self.ledger.events(case, self.row_keys.get(row.key))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all cases."""
        return tuple(self.session.connection.scalars(select(cases.c.id)))

    def key_of(self, case: str) -> bytes | None:
        """Return the key of a case; None: erased or unknown."""
        row = self._row(case)
        return self.row_keys.get(row.key) if row is not None and row.key is not None else None

    def revisions(self) -> dict[str, int]:
        """Return every case that is not erased with its revision."""
        kept = select(cases.c.id, cases.c.revision).where(cases.c.key.is_not(None))
        return {case: revision for case, revision in self.session.connection.execute(kept).all()}  # noqa: C416 - a Row is no pair to `dict`

    def cards(self, wanted: Iterable[str]) -> dict[str, CaseCard]:
        """Return the cards of these cases, read together."""
        found: dict[str, CaseCard] = {}
        ids = list(wanted)
        for start in range(0, len(ids), TOGETHER):
            rows = self.session.connection.execute(
                select(cases).where(cases.c.id.in_(ids[start : start + TOGETHER]))
            ).all()
            self.row_keys.get_all([row.key for row in rows if row.key is not None])
            found.update({row.id: card for row in rows if (card := self._card(row)) is not None})
        return found

    def of_person(self, row: int) -> tuple[CaseCard, ...]:
        """Return the cards of a person, the oldest first."""
        return self._cards(select(cases).where(cases.c.person == row).with_for_update())

    def _cards(self, query: Select[Any]) -> tuple[CaseCard, ...]:
        found = self.session.connection.execute(query)
        return codec.in_order(card for one in found if (card := self._card(one)) is not None)

    def _row(self, case: str) -> CaseRow | None:
        """Read under lock: between reading a card and storing its change nobody else changes it."""
        found = self.session.one(_READ, case)
        return None if found is None else CaseRow(*found)

    def _card(self, row: CaseRow | Row[Any]) -> CaseCard | None:
        if row.key is None or row.card is None:
            return None
        return codec.decode_card(decrypt_body(self.row_keys.get(row.key), row.card, CARDS, row.id, row.revision))

    def _sealed(self, key: bytes, card: CaseCard, revision: int) -> bytes:
        return encrypt_body(key, codec.encode_card(card), CARDS, card.case, revision)

    def _phrase(self, phrase_hash: str) -> bytes | None:
        return self.lookup.digest("case-phrase", phrase_hash) if phrase_hash else None
