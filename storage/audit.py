"""The audit log: chains of commitments like the consent ledger's, one for each case and one for the desk.

An entry of a case is encrypted under the case key and gone with it; an entry of the desk under the ring. Checkpoints
cover both, and `storage.auditing` verifies them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from dialogs.frozen import Frozen
from dialogs.replace import replace
from handlers.types import Recorded
from storage import codec
from storage.crypto import chain
from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.key_ring import NONCE_BYTES
from storage.statements import POSTGRESQL, inserted, newest
from storage.tables import audit

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.ports import Entropy
    from handlers.types import AuditEntry
    from storage.cases import SqlCases
    from storage.crypto.key_ring import KeyRing
    from storage.statements import Session

DESK: Final = "desk"
"""Chain of what concerns no case. No case has this id."""

ENTRIES: Final = "audit"
_APPEND = inserted(audit, "number")
_LAST = newest(audit, audit.c.chain)


class SqlAudit(Frozen):
    """handlers.ports.Audit over one connection."""

    session: Session
    cases: SqlCases
    ring: KeyRing
    entropy: Entropy

    def record(self, entry: AuditEntry) -> None:
        """Append one entry to the chain of its case, or of the desk."""
        key = self.cases.key_of(entry.case) if entry.case else None
        name = entry.case if key is not None else DESK
        if entry.case and key is None:
            entry = replace(entry, old="", new="", reason="")
        sequence, head = self._next(name)
        salt, body = self.entropy.bytes(chain.SALT_BYTES), codec.encode(entry)
        committed = chain.commitment(salt, body)
        if key is not None:
            ring_key, sealed = None, encrypt_body(key, salt + body, ENTRIES, name, sequence)
        else:
            ring_key = self.ring.newest
            sealed = self.ring.wrap(salt + body, ENTRIES, str(sequence), self.entropy.bytes(NONCE_BYTES))
        head = chain.link(head, sequence, committed)
        self.session.run(_APPEND, name, sequence, committed, head, None, ring_key, sealed)

    def _next(self, name: str) -> tuple[int, bytes]:
        if self.session.database == POSTGRESQL:
            # Two transactions must not take the same place; SQLite has one writer anyway.
            self.session.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
        last = self.session.one(_LAST, name)
        if last is None:
            return 1, chain.genesis(chain.of_audit(name))
        return last[0] + 1, bytes(last[1])

    def of(self, case: str) -> tuple[AuditEntry, ...]:
        """Return the entries of a case. Raises: NotAuthentic when a row was changed or moved."""
        found = self.session.connection.execute(
            select(audit).where(audit.c.chain == case, audit.c.chain != DESK).order_by(audit.c.sequence)
        )
        return tuple(entry for row in found if (entry := self._open(row)) is not None)

    def page(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return entries of all chains. Raises: NotAuthentic when a row was changed or moved."""
        found = self.session.connection.execute(
            select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
        ).all()
        return tuple(Recorded(row.number, self._open(row)) for row in found)

    def latest(self, before: int, limit: int) -> tuple[Recorded, ...]:
        """Return entries of all chains, backwards. Raises: NotAuthentic when a row was changed or moved."""
        wanted = select(audit).where(audit.c.number < before) if before else select(audit)
        found = self.session.connection.execute(wanted.order_by(audit.c.number.desc()).limit(limit)).all()
        return tuple(Recorded(row.number, self._open(row)) for row in found)

    def _open(self, row: Row[Any]) -> AuditEntry | None:
        if row.entry is None:
            return None
        if row.ring_key is not None:
            body = self.ring.unwrap(row.ring_key, bytes(row.entry), ENTRIES, str(row.sequence))
        else:
            key = self.cases.key_of(row.chain)
            if key is None:
                return None
            body = decrypt_body(key, bytes(row.entry), ENTRIES, row.chain, row.sequence)
        return codec.decode_entry(body[chain.SALT_BYTES :])
