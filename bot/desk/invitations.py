"""Invitations: a code that works once, in a link, made by an administrator or on the command line."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.desk.state import Limits, Place
from dialogs.consents import minute
from handlers import desk as acts
from handlers.accounts import Role
from handlers.errors import HandlerError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.app import Service
    from config.settings import Settings
    from handlers.accounts import Account
    from handlers.ports import Entropy

CODE_BYTES: Final = 24
ID_BYTES: Final = 8


class BadInvitation(HandlerError):
    """Nobody can be invited like this."""


def new_invitation(
    entropy: Entropy, now: datetime, office: str, roles: tuple[Role, ...], account_id: str
) -> tuple[Account, str, datetime]:
    """Return an invited account, its code and until when it can be taken."""
    code = urlsafe_b64encode(entropy.bytes(CODE_BYTES)).decode()
    account = acts.new_account(account_id or entropy.bytes(ID_BYTES).hex(), office, tuple(dict.fromkeys(roles)), now)
    return account, code, now + timedelta(hours=Limits().invitation_hours)


def link_of(place: Place, code: str) -> str:
    """Return the link of an invitation; what stands after # is not sent to any server, nor logged by one."""
    return f"{place.url}/desk#invite={code}"


def place_of(settings: Settings) -> Place:
    """Return where the desk is found: its public address, or this machine."""
    port = settings.desk_listen.rpartition(":")[2]
    return Place(settings.desk_url.rstrip("/") or f"http://localhost:{port}")


def invited_from_here(service: Service, place: Place, office: str, roles: str, account: str) -> tuple[str, str]:
    """Invite somebody from the machine itself; return the link, and until when it counts. Raises: BadInvitation."""
    unknown = sorted(set(roles.split()) - set(Role))
    if unknown or not roles.split():
        raise BadInvitation(f"{', '.join(unknown)} is no role. Roles: {', '.join(Role)}")
    offices = service.policy.directory.offices
    if office not in offices:
        raise BadInvitation(f"{office} is no office of the directory. Offices: {', '.join(offices)}")
    now = service.reception.clock.now()
    wanted = tuple(Role(role) for role in roles.split())
    made, code, until = new_invitation(service.reception.entropy, now, office, wanted, account)
    with service.store.transaction() as work:
        acts.invite(work, None, made, code, (now, until))
    return link_of(place, code), minute(until)
