"""The ports of the desk: its own people, and the sealed bytes it keeps.

They are parts of the unit of work of `handlers.ports`, whose rules hold here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from handlers.accounts import Account, BoxRequest, Passkey, Session
    from handlers.types import BlobLine, SealedBlob


class Accounts(Protocol):
    """Accounts of the desk with their passkeys and invitations; names are encrypted, codes only keyed hashes."""

    def save(self, account: Account) -> None:
        """Store a new or changed account."""
        ...

    def get(self, account_id: str) -> Account | None:
        """Return the account, whatever its state."""
        ...

    def all(self) -> tuple[Account, ...]:
        """Return every account, the first invited first."""
        ...

    def alone(self) -> None:
        """Wait until nobody else holds the accounts, and hold them to the end of this transaction.

        Whoever takes away rights asks for it before anything is read: what is decided by all accounts stays true.
        """
        ...

    def invite(self, account_id: str, code: str, until: datetime) -> None:
        """Remember an invitation; an older one of the same account does not count any more."""
        ...

    def invited(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is, while it can be taken."""
        ...

    def take_invitation(self, code: str, now: datetime) -> Account | None:
        """Return whose invitation it is and forget it; None for an unknown, used or old one."""
        ...

    def add_passkey(self, passkey: Passkey) -> None:
        """Store a passkey. Its id must be new."""
        ...

    def passkey(self, credential: str) -> Passkey | None:
        """Return the passkey with this credential id."""
        ...

    def passkey_used(self, credential: str, sign_count: int) -> None:
        """Remember how often the authenticator says it was used."""
        ...

    def drop_passkeys(self, account_id: str) -> None:
        """Forget passkeys and invitations of an account."""
        ...


class Sessions(Protocol):
    """Logins; of their tokens only keyed hashes are kept."""

    def begin(self, token: str, session: Session) -> None:
        """Store a login."""
        ...

    def get(self, token: str, now: datetime) -> Session | None:
        """Return the login of a token while it holds."""
        ...

    def seen(self, session: Session) -> None:
        """Store when the login was last used."""
        ...

    def end(self, session_id: str) -> None:
        """End a login and what it was allowed to open."""
        ...

    def end_all(self, account_id: str) -> None:
        """End every login of an account."""
        ...

    def live(self, now: datetime) -> frozenset[str]:
        """Return the ids of the logins that hold now."""
        ...

    def prune(self, now: datetime) -> int:
        """Forget logins that are over; return how many."""
        ...

    def ask_box(self, request: BoxRequest) -> None:
        """Remember that an identity box was asked for, or opened; a newer request replaces the older."""
        ...

    def box(self, case: str, account_id: str) -> BoxRequest | None:
        """Return what this account asked for in this case."""
        ...

    def boxes_of(self, case: str) -> tuple[BoxRequest, ...]:
        """Return who asked to open the identity box of a case."""
        ...


class Blobs(Protocol):
    """Sealed bytes in the desk's store."""

    def put(self, blob: SealedBlob) -> None:
        """Store; (case, office, purpose, sequence) is unique and a second put of it replaces the first."""
        ...

    def of(self, case: str) -> tuple[SealedBlob, ...]:
        """Return all blobs of a case or alert, ordered by purpose, office, sequence."""
        ...

    def lines(self, case: str, office: str) -> tuple[BlobLine, ...]:
        """Return what there is for one office in a case, without the bytes, ordered by purpose and sequence."""
        ...

    def fetch(self, case: str, office: str, purpose: str, sequence: int) -> SealedBlob | None:
        """Return one blob and remember that the office has it now."""
        ...

    def unread(self, office: str) -> dict[str, int]:
        """Return how many messages of each case this office has not fetched; cases without any are missing."""
        ...

    def holding(self, office: str, purpose: str, cases: Iterable[str]) -> frozenset[str]:
        """Return those of these cases of which this office holds sealed bytes of this purpose."""
        ...

    def erase(self, case: str, office: str, purpose: str) -> None:
        """Erase what one office would have received of one purpose; nothing there: ignored."""
        ...

    def adopt_file(self, name: str, at: datetime) -> None:
        """Take a file that Store.new_file wrote: it belongs to a draft now, and is erased with it."""
        ...

    def give_files(self, case: str, names: Iterable[str]) -> None:
        """From now on these attachments belong to the case and are erased with it."""
        ...

    def files_of(self, case: str) -> tuple[str, ...]:
        """Return the names of the attachments of a case."""
        ...

    def file(self, name: str) -> bytes | None:
        """Return the sealed bytes of an attachment."""
        ...

    def drop_files(self, names: Iterable[str]) -> None:
        """Erase sealed attachments; unknown names are ignored."""
        ...
