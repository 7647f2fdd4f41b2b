"""Accounts and logins of the desk in memory: a part of storage.memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.replace import replace

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.accounts import Account, BoxRequest, Passkey, Session
    from storage.memory_queues import Data


class MemoryAccounts:
    """handlers.desk_ports.Accounts in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def save(self, account: Account) -> None:
        """Store."""
        self._data.accounts[account.id] = account

    def get(self, account_id: str) -> Account | None:
        """Return the account."""
        return self._data.accounts.get(account_id)

    def all(self) -> tuple[Account, ...]:
        """Return every account."""
        return tuple(sorted(self._data.accounts.values(), key=lambda account: (account.invited_at, account.id)))

    def alone(self) -> None:
        """One transaction at a time is all there is."""

    def invite(self, account_id: str, code: str, until: datetime) -> None:
        """Remember an invitation instead of an older one."""
        self._forget(account_id)
        self._data.invitations[code] = (account_id, until)

    def _forget(self, account_id: str) -> None:
        for code in [code for code, (whose, _until) in self._data.invitations.items() if whose == account_id]:
            del self._data.invitations[code]

    def invited(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is."""
        account_id, until = self._data.invitations.get(code, ("", now))
        return self.get(account_id) if until > now else None

    def take_invitation(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is, once."""
        account = self.invited(code, now)
        self._data.invitations.pop(code, None)
        return account

    def add_passkey(self, passkey: Passkey) -> None:
        """Store."""
        self._data.passkeys[passkey.id] = passkey

    def passkey(self, credential: str) -> Passkey | None:
        """Return the passkey."""
        return self._data.passkeys.get(credential)

    def passkey_used(self, credential: str, sign_count: int) -> None:
        """Remember the count."""
        if credential in self._data.passkeys:
            self._data.passkeys[credential] = replace(self._data.passkeys[credential], sign_count=sign_count)

    def drop_passkeys(self, account_id: str) -> None:
        """Forget passkeys and invitations."""
        self._forget(account_id)
        for passkey in [passkey for passkey in self._data.passkeys.values() if passkey.account == account_id]:
            del self._data.passkeys[passkey.id]


class MemorySessions:
    """handlers.desk_ports.Sessions in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def begin(self, token: str, session: Session) -> None:
        """Store."""
        self._data.sessions[token] = session

    def get(self, token: str, now: datetime) -> Session | None:
        """Return the login while it holds."""
        session = self._data.sessions.get(token)
        return session if session is not None and session.until > now else None

    def seen(self, session: Session) -> None:
        """Store when it was last used."""
        for token in [token for token, known in self._data.sessions.items() if known.id == session.id]:
            self._data.sessions[token] = session

    def end(self, session_id: str) -> None:
        """End a login."""
        self._end({session_id})

    def end_all(self, account_id: str) -> None:
        """End every login of an account."""
        self._end({session.id for session in self._data.sessions.values() if session.account == account_id})
        for request in [request for request in self._data.boxes.values() if request.account == account_id]:
            del self._data.boxes[request.case, request.account]

    def _end(self, ended: set[str]) -> None:
        for token in [token for token, session in self._data.sessions.items() if session.id in ended]:
            del self._data.sessions[token]
        for request in [request for request in self._data.boxes.values() if request.session in ended]:
            del self._data.boxes[request.case, request.account]

    def live(self, now: datetime) -> frozenset[str]:
        """Return the ids of the logins that hold."""
        return frozenset(session.id for session in self._data.sessions.values() if session.until > now)

    def prune(self, now: datetime) -> int:
        """Forget what is over."""
        over = [token for token, session in self._data.sessions.items() if session.until <= now]
        for token in over:
            del self._data.sessions[token]
        live = {session.id for session in self._data.sessions.values()}
        for request in [*self._data.boxes.values()]:
            if request.session not in live or (request.until is not None and request.until <= now):
                del self._data.boxes[request.case, request.account]
        return len(over)

    def ask_box(self, request: BoxRequest) -> None:
        """Remember the request."""
        self._data.boxes[request.case, request.account] = request

    def box(self, case: str, account_id: str) -> BoxRequest | None:
        """Return what this account asked for."""
        return self._data.boxes.get((case, account_id))

    def boxes_of(self, case: str) -> tuple[BoxRequest, ...]:
        """Return who asked."""
        return tuple(sorted((r for r in self._data.boxes.values() if r.case == case), key=lambda r: r.account))
