"""What happens at the desk besides talk and measures: people come and go, sealed bytes are fetched, boxes opened.

Every act takes the unit of work of its transaction and is recorded in the audit log within it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.consents import minute
from dialogs.frozen import Frozen
from dialogs.gate import Granted, may
from dialogs.replace import replace
from handlers import reasons
from handlers.access import reading
from handlers.accounts import ACTIVE, INVITED, REVOKED, WAITING, Account, BoxRequest, Role, Session
from handlers.actor import Actor
from handlers.errors import HandlerError, NotPermitted
from handlers.reasons import check_reason
from handlers.sink import check

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.accounts import Passkey
    from handlers.ports import UnitOfWork
    from handlers.types import SealedBlob

IDENTITY: Final = "identity"
ASKED: Final = "identity-asked"
LOOKED: Final = "look"
ONE_SHIFT: Final = timedelta(hours=12)
REPORTS: Final = ("report", "copy", "alert")
"""What an office receives first of a case."""


class NotAtTheDesk(HandlerError):
    """This cannot be done at the desk."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class WrongInvitation(NotAtTheDesk):
    """This invitation was used, is too old, or was mistyped: ask for a new one."""


class NotConfirmed(NotAtTheDesk):
    """This invitation waits for a second person to confirm it: keep it, and try again later."""


class NotTaken(NotAtTheDesk):
    """Nobody has taken this invitation yet: revoke it, and make another one with these roles."""


class IdTaken(NotAtTheDesk):
    """Somebody active has this id: choose another one, or revoke that account first."""


class NotTheLast(NotAtTheDesk):
    """This is the last administrator: make another one first."""


class NothingThere(NotAtTheDesk):
    """There is nothing of this kind for this office."""


class NoLongerActive(NotAtTheDesk):
    """This account was ended: ask for a new invitation."""


class BoxClosed(NotAtTheDesk):
    """The identity box is closed: say why you need it, and have a second person agree where your role needs one."""


def invite(work: UnitOfWork, by: Actor | None, account: Account, code: str, times: tuple[datetime, datetime]) -> None:
    """Invite somebody, from now until then. `by` None: from the command line of the installation.

    What one person invites at the desk waits for a second (`confirm`): nobody lets themselves into an office alone.
    Whoever lost their passkey is revoked, and invited again with the same id. Raises: IdTaken.
    """
    now, until = times
    known = work.accounts.get(account.id)
    if known is not None and known.state == ACTIVE:
        raise IdTaken
    work.accounts.save(account if by is None else replace(account, state=WAITING, invited_by=by.who))
    work.accounts.invite(account.id, code, until)
    work.audit.record((by or Actor("", "", account.office)).did("invite", now, new=account.id))


def may_confirm(by: Account, account: Account) -> bool:
    """Tell whether they may be the second person of an invitation: an administrator, or a shift lead of its office."""
    second = by.has(Role.ADMINISTRATOR) or (by.has(Role.SHIFT_LEAD) and by.office == account.office)
    return second and by.state == ACTIVE and account.state == WAITING and by.id != account.invited_by


def confirm(work: UnitOfWork, by: Actor, account: Account, now: datetime) -> Account:
    """Let an invitation count, as its second person: ask `may_confirm` first, of what this transaction reads."""
    confirmed = replace(account, state=INVITED)
    work.accounts.save(confirmed)
    work.audit.record(by.did("confirm", now, old=account.invited_by, new=" ".join((account.id, *account.roles))))
    return confirmed


def invitee(work: UnitOfWork, code: str, now: datetime) -> Account:
    """Return who can take an invitation now. Raises: WrongInvitation, NotConfirmed."""
    invited = work.accounts.invited(code, now)
    if invited is not None and invited.state == WAITING:
        raise NotConfirmed
    if invited is None or invited.state != INVITED:
        raise WrongInvitation
    return invited


def accept(work: UnitOfWork, code: str, name: str, passkey: Passkey, now: datetime) -> Account:
    """Make the account of an invitation active, with its passkey; the code works once. Raises: as `invitee`."""
    invited = invitee(work, code, now)
    if work.accounts.take_invitation(code, now) is None or passkey.account != invited.id:
        raise WrongInvitation
    account = replace(
        invited, name=name, state=ACTIVE, last_seen_day=f"{now:%Y-%m-%d}", synced=passkey.synced
    )  # fmt: skip
    work.accounts.save(account)
    work.accounts.add_passkey(passkey)
    work.audit.record(as_actor(account).did("accept", now))
    return account


def log_in(work: UnitOfWork, account_id: str, token: str, session: Session) -> Account:
    """Begin a login; return the account as it stands in this transaction. Raises: NoLongerActive.

    It is read again, under lock: a login that began before somebody was revoked must not bring them back.
    """
    account, now = work.accounts.get(account_id), session.began_at
    if account is None or account.state != ACTIVE:
        raise NoLongerActive
    work.accounts.save(replace(account, last_seen_day=f"{now:%Y-%m-%d}"))
    work.sessions.prune(now)
    work.sessions.begin(token, session)
    work.audit.record(as_actor(account).did("login", now))
    return account


def revoke(work: UnitOfWork, by: Actor, account: Account, now: datetime) -> None:
    """End an account: its logins, passkeys and invitations are gone with this transaction. Raises: NotTheLast."""
    _keep_an_administrator(work, account, ())
    work.accounts.save(replace(account, state=REVOKED))
    work.accounts.drop_passkeys(account.id)
    work.sessions.end_all(account.id)
    work.audit.record(by.did("revoke", now, old=account.state, new=account.id))


def set_roles(work: UnitOfWork, by: Actor, account: Account, roles: tuple[Role, ...], now: datetime) -> Account:
    """Change what somebody may do; their logins end, so that every page shows what holds now.

    Those of an invitation stay what its second person confirms. Raises: NotTheLast, NotTaken.
    """
    if account.state in (WAITING, INVITED):
        raise NotTaken
    _keep_an_administrator(work, account, roles)
    changed = replace(account, roles=roles)
    work.accounts.save(changed)
    work.sessions.end_all(account.id)
    work.audit.record(by.did("roles", now, old=" ".join(account.roles), new=" ".join((account.id, *roles))))
    return changed


def _keep_an_administrator(work: UnitOfWork, account: Account, roles: tuple[Role, ...]) -> None:
    others = [a for a in work.accounts.all() if a.id != account.id and a.state == ACTIVE and a.has(Role.ADMINISTRATOR)]
    if account.state == ACTIVE and account.has(Role.ADMINISTRATOR) and Role.ADMINISTRATOR not in roles and not others:
        raise NotTheLast


def look(work: UnitOfWork, by: Actor, card: CaseCard, now: datetime) -> None:
    """Log, once a shift, that somebody reads what the card holds: both pairs of words, cover, red lines."""
    since = now - ONE_SHIFT
    if not any((entry.who, entry.act) == (by.who, LOOKED) and entry.at > since for entry in work.audit.of(card.case)):
        work.audit.record(by.did(LOOKED, now, case=card.case))


class Reading(Frozen):
    """Sealed bytes of one case, read by one office: every one is asked of the gate and logged."""

    work: UnitOfWork
    by: Actor
    policy: Policy
    now: datetime

    def fetch(self, card: CaseCard, purpose: str, sequence: int, reason: str = "") -> SealedBlob:
        """Return sealed bytes of the actor's own office; the first report sets ST-DLV.

        Raises: NotPermitted when the gate does not let the office read now, NothingThere.
        """
        self._ask(card)
        blob = self.work.blobs.fetch(card.case, self.by.office, purpose, sequence)
        if blob is None:
            raise NothingThere
        what = f"{purpose} {sequence}"
        self.work.audit.record(self.by.did("read", self.now, case=card.case, new=what, reason=reason))
        if purpose in REPORTS and card.status == "ST-SUB":
            self.work.cases.update(replace(card, status="ST-DLV"))
        return blob

    def file(self, card: CaseCard, name: str) -> None:
        """Log that an attachment is downloaded: by the office the report went to, for copies are copies of the report.

        Raises: NotPermitted, NothingThere when it is not of this case, or not for this office.
        """
        self._ask(card)
        if self.by.office != card.office or name not in self.work.blobs.files_of(card.case):
            raise NothingThere
        self.work.audit.record(self.by.did("file", self.now, case=card.case, new=name))

    def box(self, card: CaseCard, session: Session) -> SealedBlob:
        """Return the sealed identity box, for the login that asked and only for its minutes. Raises: BoxClosed."""
        request = self.work.sessions.box(card.case, self.by.who)
        if request is None or request.session != session.id or request.until is None or request.until <= self.now:
            raise BoxClosed
        asked = (e for e in reversed(self.work.audit.of(card.case)) if (e.who, e.act) == (self.by.who, ASKED))
        reason = next((entry.reason for entry in asked), "")
        return self.fetch(card, IDENTITY, 1, reason)

    def _ask(self, card: CaseCard) -> None:
        asked = reading(self.policy.directory.offices[self.by.office], card)
        granted = may(asked, card, card.consents, self.now, self.policy.measures)
        if not isinstance(granted, Granted):
            raise NotPermitted(granted.reason)
        check(self.work, granted, self.now, self.policy)


def needs_second(account: Account) -> bool:
    """Tell whether the identity box opens for this account only after somebody else agreed."""
    return not account.has(Role.FIRST_RESPONDENT, Role.DUTY_OFFICER, Role.FOCAL_POINT)


def ask_box(work: UnitOfWork, policy: Policy, by: Actor, request: BoxRequest, reason: str, now: datetime) -> None:
    """Ask to open the identity box, with a reason (INV-23). Without a time it waits for a second person.

    Raises: ReasonNeeded.
    """
    check_reason(policy, reasons.IDENTITY, reason)
    work.sessions.ask_box(request)
    state = "pending" if request.until is None else "open"
    work.audit.record(by.did(ASKED, now, case=request.case, new=state, reason=reason))


def approve_boxes(work: UnitOfWork, by: Actor, case: str, now: datetime, until: datetime) -> int:
    """Agree to what others asked for in this case; return how many boxes that opened. Nobody agrees with themselves."""
    waiting = [r for r in work.sessions.boxes_of(case) if r.until is None and r.account != by.who]
    for request in waiting:
        work.sessions.ask_box(replace(request, until=until))
        work.audit.record(by.did("identity-agreed", now, case=case, new=request.account))
    return len(waiting)


def as_actor(account: Account, role: Role | None = None) -> Actor:
    """Return the account as it stands in the audit log."""
    roles = tuple(one.value for one in account.roles)
    return Actor(account.id, (role or account.roles[0]).value, account.office, roles)


def new_account(account_id: str, office: str, roles: tuple[Role, ...], now: datetime) -> Account:
    """Return an invited account."""
    return Account(account_id, "", office, roles, INVITED, minute(now))
