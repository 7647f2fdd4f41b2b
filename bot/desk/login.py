"""Invitations and logins with passkeys, and who is logged in.

Only failures are counted, by the place they come from: whoever has the right passkey is let in, from anywhere, always.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from bot.desk.known import new_known
from bot.desk.passkeys import (
    NONCE_BYTES,
    Ticket,
    WrongPasskey,
    answered,
    creation_options,
    made,
    read_ticket,
    request_options,
)
from bot.desk.refusals import refused
from bot.desk.routes import ANYBODY, EVERYBODY, Nothing, Reply, Route
from bot.desk.visit import until_of
from dialogs.consents import minute
from dialogs.keys import IDENTITY, RECOVERY, REPORT, valid_keys
from handlers.accounts import ACTIVE, Account, Passkey, Session
from handlers.desk import NotConfirmed, WrongInvitation, accept, invitee, log_in

if TYPE_CHECKING:
    from bot.desk.routes import Call
    from bot.desk.state import Desk
    from handlers.ports import UnitOfWork

TOKEN_BYTES: Final = 32
ID_BYTES: Final = 12
LOGIN: Final = "login"
INVITATION: Final = "invitation"
MOST_CREDENTIAL_BYTES: Final = 16 * 1024

_JOINERS: Final = {0x200C: None, 0x200D: None}
"""Invisible, and part of names in several scripts; whatever else cannot be seen deceives colleagues."""

Code = Annotated[str, msgspec.Meta(min_length=20, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
PersonName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class WithCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation that is opened."""

    code: Code


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation that is taken: the name colleagues will see, and the passkey that was made."""

    code: Code
    name: PersonName
    credential: dict[str, Any]


class WithCredential(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey's answer."""

    credential: dict[str, Any]


class Options(msgspec.Struct, frozen=True):
    """What `navigator.credentials` is asked (JSON form), and to which office and roles the invitation leads."""

    options: dict[str, Any]
    office_name: str
    roles: tuple[str, ...]


class PersonShown(msgspec.Struct, frozen=True):
    """Somebody of the desk, as colleagues see them."""

    id: str
    name: str
    office: str
    office_name: str
    roles: tuple[str, ...]


class SessionShown(msgspec.Struct, frozen=True):
    """Who is logged in, and what the page needs: keys to seal to, when to lock itself, the server's time."""

    person: PersonShown
    practice: bool
    bot_key: str
    office_keys: tuple[str, ...]
    identity_keys: tuple[str, ...]
    lock_seconds: int
    now: str
    synced: bool  # the passkey is synced: whoever opens the cloud account it lies in can log in


def session_shown(desk: Desk, account: Account) -> SessionShown:
    """Return what the page is told about whoever is logged in."""
    return SessionShown(
        person_shown(desk, account), desk.place.practice, desk.bot_key,
        _keys(desk, account, REPORT) + _keys(desk, account, RECOVERY), _keys(desk, account, IDENTITY),
        desk.limits.lock_seconds, minute(desk.now()), account.synced,
    )  # fmt: skip


def person_shown(desk: Desk, account: Account) -> PersonShown:
    """Return somebody as colleagues see them."""
    office = desk.policy.directory.offices.get(account.office)
    name = office.name if office is not None else account.office
    return PersonShown(account.id, account.name, account.office, name, account.roles)


def _keys(desk: Desk, account: Account, use: str) -> tuple[str, ...]:
    keys = valid_keys(desk.policy.directory, account.office, use, desk.now())
    return tuple(dict.fromkeys(key.recipient for key in keys))


def _ticket_cookie(desk: Desk) -> str:
    return f"{desk.place.cookie}-ticket"


def _new_ticket(call: Call[Any], purpose: str) -> tuple[bytes, tuple[str, str, int]]:
    """Return a challenge, and the cookie of the ticket it hangs on."""
    seconds = call.desk.limits.challenge_seconds
    nonce = urlsafe_b64encode(call.desk.random(NONCE_BYTES)).decode()
    ticket = Ticket(int(call.now.timestamp()) + seconds, nonce)
    cookie = (_ticket_cookie(call.desk), ticket.text(call.desk.lookup, purpose), seconds)
    return ticket.challenge(call.desk.lookup, purpose), cookie


def _shown_ticket(call: Call[Any], purpose: str) -> Ticket:
    text = call.visitor.cookies.get(_ticket_cookie(call.desk), "")
    return read_ticket(text, call.desk.lookup, purpose, call.now)


def _failed(call: Call[Any], error: str) -> Exception:
    """Count a failure; return what is answered: the reason, or, after too many from there, to wait."""
    wait = call.desk.failures.count(call.visitor.source, call.now)
    return refused("slow_down", retry_after=wait) if wait else refused(error)


def _not_taken(call: Call[Any], error: Exception) -> Exception:
    """Say that an invitation waits, to whoever has its code alone: told that it was used, they would fear a thief."""
    return _failed(call, "not_confirmed" if isinstance(error, NotConfirmed) else "bad_invitation")


def invitation_options(call: Call[WithCode]) -> Reply:
    """Answer what a browser needs to make the passkey of an invitation."""
    try:
        with call.desk.store.transaction() as work:
            invited = invitee(work, call.asked.code, call.now)
    except (WrongInvitation, NotConfirmed) as exc:
        raise _not_taken(call, exc) from None
    challenge, cookie = _new_ticket(call, INVITATION)
    office = call.desk.policy.directory.offices.get(invited.office)
    name = office.name if office is not None else invited.office
    options = creation_options(call.desk.place, challenge, call.desk.lookup, invited.id)
    return Reply(Options(options, name, invited.roles), (cookie,))


def take_invitation(call: Call[Accepted]) -> Reply:
    """Make the account active and log it in; the code does not work again."""
    try:
        account = _accepted(call)
    except (WrongInvitation, NotConfirmed) as exc:
        raise _not_taken(call, exc) from None
    except WrongPasskey:
        raise _failed(call, "login_failed") from None
    return begin_session(call, account)


def _accepted(call: Call[Accepted]) -> Account:
    desk, asked, name = call.desk, call.asked, call.asked.name.strip()
    if not name or not name.translate(_JOINERS).isprintable():
        raise refused("bad_request", "Write your name in letters that can be seen.")
    challenge = _shown_ticket(call, INVITATION).challenge(desk.lookup, INVITATION)
    with desk.store.transaction() as work:
        invited = invitee(work, asked.code, call.now)
        passkey = made(desk.place, asked.credential, challenge, invited.id)
        if work.accounts.passkey(passkey.id) is not None:
            raise WrongPasskey
        return accept(work, asked.code, name, passkey, call.now)


def login_options(call: Call[Nothing]) -> Reply:
    """Answer what a browser needs to log in with any passkey of this desk."""
    challenge, cookie = _new_ticket(call, LOGIN)
    return Reply(request_options(call.desk.place, challenge), (cookie,))


def login(call: Call[WithCredential]) -> Reply:
    """Log in with a passkey. A challenge counts once, in the browser that got it, for a few minutes."""
    try:
        account = _known(call)
    except WrongPasskey:
        raise _failed(call, "login_failed") from None
    return begin_session(call, account)


def _known(call: Call[WithCredential]) -> Account:
    desk = call.desk
    ticket = _shown_ticket(call, LOGIN)
    with desk.store.transaction() as work:
        passkey = _passkey(call, work)
        account = work.accounts.get(passkey.account)
        count = answered(desk.place, call.asked.credential, ticket.challenge(desk.lookup, LOGIN), passkey)
        fresh = work.inbox.is_new("desk-challenge", ticket.nonce, call.now)
        if account is None or account.state != ACTIVE or not fresh:
            raise WrongPasskey
        work.accounts.passkey_used(passkey.id, count)
    return account


def _passkey(call: Call[WithCredential], work: UnitOfWork) -> Passkey:
    credential = call.asked.credential.get("id")
    passkey = work.accounts.passkey(credential) if isinstance(credential, str) and credential.isascii() else None
    if passkey is None:
        raise WrongPasskey
    return passkey


def begin_session(call: Call[Any], account: Account) -> Reply:
    """Begin a login; return who it is, with the cookie."""
    desk, now = call.desk, call.now
    token = urlsafe_b64encode(desk.random(TOKEN_BYTES)).decode().rstrip("=")
    session = Session(desk.random(ID_BYTES).hex(), account.id, now, now, until_of(desk, now, now))
    with desk.store.transaction() as work:
        before = work.sessions.get(call.visitor.cookies.get(desk.place.cookie, ""), now)
        if before is not None:
            work.sessions.end(before.id)  # its cookie is about to be replaced: nobody could log it out any more
        account = log_in(work, account.id, token, session)
    seconds = desk.limits.session_hours * 3600
    known = new_known(desk.lookup, desk.random(ID_BYTES).hex(), now)
    return Reply(
        session_shown(desk, account),
        ((desk.place.cookie, token, seconds), (_ticket_cookie(desk), "", 0), (desk.place.known_cookie, *known)),
    )


def shown(call: Call[Nothing]) -> SessionShown:
    """Answer who is logged in."""
    return session_shown(call.desk, call.account)


def logout(call: Call[Nothing]) -> Reply:
    """End this login."""
    with call.desk.store.transaction() as work:
        work.sessions.end(call.allowed.session.id)
        work.audit.record(call.actor.did("logout", call.now))
    return Reply({}, ((call.desk.place.cookie, "", 0),))


ROUTES: Final = (
    Route("GET", "/api/session", "Who is logged in", EVERYBODY, shown, gives=SessionShown),
    Route("POST", "/api/invitations/options", "Open an invitation", ANYBODY, invitation_options, WithCode, Options),
    Route(
        "POST", "/api/invitations", "Take an invitation", ANYBODY, take_invitation, Accepted, SessionShown,
        most_bytes=MOST_CREDENTIAL_BYTES,
    ),
    Route(
        "POST", "/api/login/options", "Ask to log in", ANYBODY, login_options, Nothing, dict[str, Any],
        reads_nothing=True,
    ),
    Route(
        "POST", "/api/login", "Log in with a passkey", ANYBODY, login, WithCredential, SessionShown,
        most_bytes=MOST_CREDENTIAL_BYTES,
    ),
    Route("POST", "/api/logout", "Log out", EVERYBODY, logout),
)  # fmt: skip
