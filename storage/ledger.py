"""The consent ledger: one chain of commitments per case, and signed checkpoints over all chains, the audit log's too.

Rows of a case are only ever added; erasing a case takes away what its rows hid, never the rows. There is no global
lock: a checkpoint covers whatever rows were there when it was made, and each row names the first that covers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from dialogs.frozen import Frozen
from storage import codec
from storage.crypto import chain
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.signatures import sign_record
from storage.statements import Statement, inserted, newest
from storage.tables import audit, checkpoints, ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Column, Table

    from dialogs.conversation import ConsentEvent
    from handlers.ports import Entropy
    from storage.crypto.signatures import RootKey
    from storage.statements import Session

EVENTS = "ledger"
_MINUTE = 60
_APPEND = inserted(ledger)
_LAST = newest(ledger, ledger.c.case)
_EVENTS = Statement(
    lambda _database: (
        select(ledger.c.sequence, ledger.c.event).where(ledger.c.case == bindparam("case")).order_by(ledger.c.sequence)
    ),
    "case",
)


class SqlLedger(Frozen):
    """The ledger of one transaction; handlers reach it through Cases.record and Checkpoints."""

    session: Session
    entropy: Entropy

    def append(self, case: str, key: bytes, events: Iterable[ConsentEvent]) -> str:
        """Add events in this order under the case key; return the head (hex)."""
        length, head = self._last(case)
        for sequence, event in enumerate(events, start=length + 1):
            salt, body = self.entropy.bytes(chain.SALT_BYTES), codec.encode_event(event)
            committed = chain.commitment(salt, body)
            head = chain.link(head, sequence, committed)
            sealed = encrypt_body(key, salt + body, EVENTS, case, sequence)
            self.session.run(_APPEND, case, sequence, committed, head, None, sealed)
        return head.hex()

    def head(self, case: str) -> str:
        """Return the head of the case's chain (hex)."""
        return self._last(case)[1].hex()

    def _last(self, case: str) -> tuple[int, bytes]:
        last = self.session.one(_LAST, case)
        return (last[0], bytes(last[1])) if last is not None else (0, chain.genesis(case))

    def events(self, case: str, key: bytes) -> tuple[ConsentEvent, ...]:
        """Return the events of the case in their order. Raises: NotAuthentic when a row was changed or moved."""
        opened = (
            decrypt_body(key, bytes(event or b""), EVENTS, case, sequence)
            for sequence, event in self.session.all(_EVENTS, case)
        )
        return tuple(codec.decode_event(body[chain.SALT_BYTES :]) for body in opened)

    def erase(self, case: str) -> None:
        """Take away what the rows of the case hide; the rows stay."""
        self.session.connection.execute(update(ledger).where(ledger.c.case == case).values(event=None))


class SqlCheckpoints(Frozen):
    """handlers.ports.Checkpoints over one connection."""

    session: Session
    signer: RootKey

    def uncovered(self) -> int:
        """Return how many events and entries no checkpoint covers yet."""
        counts = (select(func.count()).where(table.c.checkpoint.is_(None)) for table in (ledger, audit))
        return sum(self.session.connection.scalar(count) or 0 for count in counts)

    def make(self, at: datetime) -> int:
        """Cover everything that is there with a new signed checkpoint; return its number."""
        before = self.session.connection.execute(
            select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
        ).one_or_none()
        number = 1 if before is None else before.number + 1
        previous = chain.FIRST_PREVIOUS if before is None else chain.checkpoint_hash(_content(before))
        for table in (ledger, audit):
            self.session.connection.execute(update(table).where(table.c.checkpoint.is_(None)).values(checkpoint=number))
        leaves = self._leaves()
        minute = int(at.timestamp()) // _MINUTE
        root = chain.merkle_root(leaves)
        content = chain.checkpoint_content(number, minute, previous, root, len(leaves))
        values = {
            "number": number, "minute": minute, "previous": previous, "root": root, "chains": len(leaves),
            "signature": sign_record(self.signer, content, "checkpoint"),
        }  # fmt: skip
        self.session.connection.execute(insert(checkpoints).values(values))
        return number

    def _leaves(self) -> list[bytes]:
        heads = [*self._heads(ledger, ledger.c.case, str), *self._heads(audit, audit.c.chain, chain.of_audit)]
        return [chain.leaf(*head) for head in sorted(heads)]

    def _heads(self, table: Table, name: Column[str], called: Callable[[str], str]) -> Iterator[tuple[str, int, bytes]]:
        last = select(name.label("name"), func.max(table.c.sequence).label("sequence")).group_by(name).subquery()
        newest = (name == last.c.name) & (table.c.sequence == last.c.sequence)
        for row in self.session.connection.execute(select(name, table.c.sequence, table.c.head).join(last, newest)):
            yield called(row[0]), row[1], bytes(row[2])


def _content(row: object) -> bytes:
    number, minute, previous, root, chains = (
        getattr(row, name) for name in ("number", "minute", "previous", "root", "chains")
    )
    return chain.checkpoint_content(number, minute, bytes(previous), bytes(root), chains)
