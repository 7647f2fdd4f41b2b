"""Accounts, passkeys, invitations and logins of the desk: encrypted under the ring, found by keyed hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select, update

from dialogs.frozen import Frozen
from dialogs.replace import replace
from handlers.accounts import BoxRequest, Session
from storage import codec
from storage.crypto.key_ring import NONCE_BYTES
from storage.queues import seconds
from storage.statements import insert_or
from storage.tables import accounts, boxes, invitations, passkeys, sessions

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.accounts import Account, Passkey
    from handlers.ports import Entropy
    from storage.crypto.key_ring import KeyRing
    from storage.crypto.lookup import LookupKey
    from storage.statements import Session as Transaction

ACCOUNT, PASSKEY = "account", "passkey"
ALL_ACCOUNTS = "desk-accounts"


class SqlAccounts(Frozen):
    """handlers.desk_ports.Accounts over one connection."""

    session: Transaction
    lookup: LookupKey
    ring: KeyRing
    entropy: Entropy

    def save(self, account: Account) -> None:
        """Store a new or changed account."""
        body = self._wrap(account, ACCOUNT, account.id)
        values = {"id": account.id, "ring_key": self.ring.newest, "body": body}
        statement = insert_or(self.session.database, accounts).values(values)
        self.session.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def get(self, account_id: str) -> Account | None:
        """Return the account, locked: between reading it and storing its change nobody else changes it."""
        found = select(accounts).where(accounts.c.id == account_id).with_for_update()
        row = self.session.connection.execute(found).one_or_none()
        return self._account(row) if row is not None else None

    def all(self) -> tuple[Account, ...]:
        """Return every account."""
        found = [self._account(row) for row in self.session.connection.execute(select(accounts))]
        return tuple(sorted(found, key=lambda account: (account.invited_at, account.id)))

    def alone(self) -> None:
        """Hold the accounts; SQLite has one writer anyway."""
        if self.session.database == "postgresql":
            self.session.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(ALL_ACCOUNTS))))

    def _account(self, row: Row[Any]) -> Account:
        return codec.decode_account(self.ring.unwrap(row.ring_key, bytes(row.body), ACCOUNT, row.id))

    def _wrap(self, value: Account | Passkey, purpose: str, row: str) -> bytes:
        return self.ring.wrap(codec.encode(value), purpose, row, self.entropy.bytes(NONCE_BYTES))

    def invite(self, account_id: str, code: str, until: datetime) -> None:
        """Remember an invitation by the keyed hash of its code."""
        self.session.connection.execute(delete(invitations).where(invitations.c.account == account_id))
        values = {"digest": self._code(code), "account": account_id, "due": seconds(until)}
        self.session.connection.execute(insert(invitations).values(values))

    def invited(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is."""
        found = self.session.connection.execute(
            select(invitations).where(invitations.c.digest == self._code(code))
        ).first()
        return self.get(found.account) if found is not None and found.due > seconds(now) else None

    def take_invitation(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is, once: of two who take it in the same moment, whoever removes the row."""
        account = self.invited(code, now)
        taken = self.session.connection.execute(
            delete(invitations).where(invitations.c.digest == self._code(code))
        ).rowcount
        self.session.connection.execute(delete(invitations).where(invitations.c.due <= seconds(now)))
        return account if taken else None

    def _code(self, code: str) -> bytes:
        return self.lookup.digest("desk-invitation", code)

    def add_passkey(self, passkey: Passkey) -> None:
        """Store a passkey."""
        digest = self._credential(passkey.id)
        body = self._wrap(passkey, PASSKEY, digest)
        values = {"digest": digest, "account": passkey.account, "ring_key": self.ring.newest, "body": body}
        self.session.connection.execute(insert(passkeys).values(values))

    def passkey(self, credential: str) -> Passkey | None:
        """Return the passkey with this credential id."""
        digest = self._credential(credential)
        row = self.session.connection.execute(select(passkeys).where(passkeys.c.digest == digest)).one_or_none()
        if row is None:
            return None
        return codec.decode_passkey(self.ring.unwrap(row.ring_key, bytes(row.body), PASSKEY, row.digest))

    def passkey_used(self, credential: str, sign_count: int) -> None:
        """Remember the count."""
        known = self.passkey(credential)
        if known is None:
            return
        digest = self._credential(credential)
        body = self._wrap(replace(known, sign_count=sign_count), PASSKEY, digest)
        change = update(passkeys).where(passkeys.c.digest == digest)
        self.session.connection.execute(change.values(ring_key=self.ring.newest, body=body))

    def _credential(self, credential: str) -> str:
        return self.lookup.digest("desk-passkey", credential).hex()

    def drop_passkeys(self, account_id: str) -> None:
        """Forget passkeys and invitations."""
        self.session.connection.execute(delete(passkeys).where(passkeys.c.account == account_id))
        self.session.connection.execute(delete(invitations).where(invitations.c.account == account_id))


class SqlSessions(Frozen):
    """handlers.desk_ports.Sessions over one connection."""

    session: Transaction
    lookup: LookupKey

    def begin(self, token: str, session: Session) -> None:
        """Store a login by the keyed hash of its token."""
        values = {
            "id": session.id, "digest": self.lookup.digest("desk-session", token), "account": session.account,
            "began": seconds(session.began_at), "seen": seconds(session.seen_at), "due": seconds(session.until),
        }  # fmt: skip
        self.session.connection.execute(insert(sessions).values(values))

    def get(self, token: str, now: datetime) -> Session | None:
        """Return the login of a token while it holds."""
        digest = self.lookup.digest("desk-session", token)
        row = self.session.connection.execute(select(sessions).where(sessions.c.digest == digest)).one_or_none()
        if row is None or row.due <= seconds(now):
            return None
        return Session(row.id, row.account, _at(row.began), _at(row.seen), _at(row.due))

    def seen(self, session: Session) -> None:
        """Store when it was last used, and until when it holds."""
        change = update(sessions).where(sessions.c.id == session.id)
        self.session.connection.execute(change.values(seen=seconds(session.seen_at), due=seconds(session.until)))

    def end(self, session_id: str) -> None:
        """End a login."""
        self.session.connection.execute(delete(boxes).where(boxes.c.session == session_id))
        self.session.connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def end_all(self, account_id: str) -> None:
        """End every login of an account."""
        self.session.connection.execute(delete(boxes).where(boxes.c.account == account_id))
        self.session.connection.execute(delete(sessions).where(sessions.c.account == account_id))

    def live(self, now: datetime) -> frozenset[str]:
        """Return the ids of the logins that hold now."""
        return frozenset(self.session.connection.scalars(select(sessions.c.id).where(sessions.c.due > seconds(now))))

    def prune(self, now: datetime) -> int:
        """Forget logins that are over, and boxes that are closed again."""
        over = self.session.connection.execute(delete(sessions).where(sessions.c.due <= seconds(now))).rowcount
        nobodys = boxes.c.session.not_in(select(sessions.c.id))
        self.session.connection.execute(delete(boxes).where(or_(boxes.c.due <= seconds(now), nobodys)))
        return over

    def ask_box(self, request: BoxRequest) -> None:
        """Remember the request."""
        values = {
            "case": request.case, "account": request.account, "session": request.session,
            "due": seconds(request.until) if request.until is not None else None,
        }  # fmt: skip
        statement = insert_or(self.session.database, boxes).values(values)
        self.session.connection.execute(
            statement.on_conflict_do_update(index_elements=["case", "account"], set_=values)
        )

    def box(self, case: str, account_id: str) -> BoxRequest | None:
        """Return what this account asked for."""
        return next((request for request in self.boxes_of(case) if request.account == account_id), None)

    def boxes_of(self, case: str) -> tuple[BoxRequest, ...]:
        """Return who asked."""
        found = self.session.connection.execute(select(boxes).where(boxes.c.case == case).order_by(boxes.c.account))
        return tuple(BoxRequest(r.case, r.account, r.session, _at(r.due) if r.due is not None else None) for r in found)


def _at(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
