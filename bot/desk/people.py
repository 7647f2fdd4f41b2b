"""Who may use the desk: shown, invited, revoked, given roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from bot.desk.invitations import link_of, new_invitation
from bot.desk.refusals import refused
from bot.desk.routes import ADMINISTRATOR, SHIFT_LEAD, Nothing, Route
from dialogs.consents import minute
from handlers import desk as acts
from handlers.accounts import ACTIVE, WAITING, Account, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.desk.routes import Call
    from handlers.ports import UnitOfWork

Roles = Annotated[tuple[Role, ...], msgspec.Meta(min_length=1, max_length=len(Role))]
Id = Annotated[str, msgspec.Meta(max_length=40, pattern="^[a-z0-9-]*$")]


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is invited. `id`: the one of the duty roster, where they are on it; empty: a random one."""

    office: Annotated[str, msgspec.Meta(max_length=40)]
    roles: Roles
    id: Id = ""


class NewRoles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody may do from now on."""

    roles: Roles


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The invitation a second person confirms, as they saw it: changed meanwhile, it is not the one they meant."""

    office: Annotated[str, msgspec.Meta(max_length=40)]
    roles: Roles


class Invitation(msgspec.Struct, frozen=True):
    """What to hand over, on a way of its own: once a second person confirms, whoever opens it first has the account."""

    id: str
    link: str
    code: str
    valid_until: str


class PersonLine(msgspec.Struct, frozen=True):
    """One account."""

    id: str
    name: str
    office: str
    roles: tuple[str, ...]
    invited_at: str
    last_seen_day: str
    state: str
    synced: bool  # their passkey is
    confirmers: tuple[str, ...]  # names of whom the invitation waits for, among those the reader may see
    confirm: bool  # whoever reads this may be the second person


class OfficeShown(msgspec.Struct, frozen=True):
    """An office of the directory."""

    id: str
    name: str


class People(msgspec.Struct, frozen=True):
    """All accounts somebody may see, and the offices there are."""

    people: tuple[PersonLine, ...]
    offices: tuple[OfficeShown, ...]


def people(call: Call[Nothing]) -> People:
    """Answer who there is: all for an administrator, their own office for a shift lead."""
    everybody = call.account.has(Role.ADMINISTRATOR)
    with call.desk.store.transaction() as work:
        shown = [one for one in work.accounts.all() if everybody or one.office == call.account.office]
    offices = [
        OfficeShown(office.id, office.name)
        for office in call.desk.policy.directory.offices.values()
        if everybody or office.id == call.account.office
    ]
    return People(tuple(_line(call.account, one, shown) for one in shown), tuple(offices))


def _line(reader: Account, account: Account, known: Iterable[Account] = ()) -> PersonLine:
    confirmers = tuple(one.name for one in known if acts.may_confirm(one, account))
    return PersonLine(
        account.id, account.name, account.office, account.roles, account.invited_at, account.last_seen_day,
        account.state, account.synced, confirmers, acts.may_confirm(reader, account),
    )  # fmt: skip


def invite(call: Call[NewPerson]) -> Invitation:
    """Invite somebody to an office; the invitation waits for a second person."""
    desk, asked = call.desk, call.asked
    if asked.office not in desk.policy.directory.offices:
        raise refused("bad_request", "There is no such office in the directory.")
    with desk.store.transaction() as work:
        _still(call, work, Role.ADMINISTRATOR)
        account, code, until = new_invitation(
            desk.service.reception.entropy, call.now, asked.office, asked.roles, asked.id
        )
        acts.invite(work, call.actor, account, code, (call.now, until))
    return Invitation(account.id, link_of(desk.place, code), code, minute(until))


def confirm(call: Call[Confirmed]) -> PersonLine:
    """Let an invitation count, as its second person. That its inviter tried is in the audit log."""
    with call.desk.store.transaction() as work:
        by, account = _still(call, work, Role.ADMINISTRATOR, Role.SHIFT_LEAD), _account(call, work)
        if not by.has(Role.ADMINISTRATOR) and by.office != account.office:
            raise refused("not_found")
        seen = (call.asked.office, set(call.asked.roles))
        if account.state != WAITING or seen != (account.office, set(account.roles)):
            raise refused("conflict")
        if acts.may_confirm(by, account):
            return _line(by, acts.confirm(work, call.actor, account, call.now))
        work.audit.record(call.actor.did("confirm-refused", call.now, new=account.id))
    raise refused("not_allowed", "You made this invitation: a second person confirms it.")


def revoke(call: Call[Nothing]) -> Nothing:
    """End an account, and every login and event stream of it."""
    with call.desk.store.transaction() as work:
        _still(call, work, Role.ADMINISTRATOR)
        acts.revoke(work, call.actor, _account(call, work), call.now)
    return Nothing()


def set_roles(call: Call[NewRoles]) -> PersonLine:
    """Change what somebody may do; they log in again. Nobody gives themselves more: the wish is in the audit log."""
    with call.desk.store.transaction() as work:
        _still(call, work, Role.ADMINISTRATOR)
        roles = tuple(dict.fromkeys(call.asked.roles))
        account = _account(call, work)
        if account.id != call.account.id or set(roles) <= set(account.roles):
            return _line(call.account, acts.set_roles(work, call.actor, account, roles, call.now))
        work.audit.record(call.actor.did("roles-refused", call.now, new=" ".join(roles)))
    raise refused("not_allowed", "Nobody gives more roles to themselves: ask another administrator.")


def _still(call: Call[Any], work: UnitOfWork, *roles: Role) -> Account:
    """Hold all accounts, and return whoever acts while they are still one who may. Raises: Refused.

    Of two administrators who end each other at the same moment the second finds out here.
    """
    work.accounts.alone()
    account = work.accounts.get(call.account.id)
    if account is None or account.state != ACTIVE or not account.has(*roles):
        raise refused("no_session")
    return account


def _account(call: Call[Any], work: UnitOfWork) -> Account:
    account = work.accounts.get(call.path["person"])
    if account is None:
        raise refused("not_found")
    return account


ROUTES: Final = (
    Route("GET", "/api/people", "Who may use the desk", frozenset({ADMINISTRATOR, SHIFT_LEAD}), people, gives=People),
    Route("POST", "/api/people/invite", "Invite somebody", frozenset({ADMINISTRATOR}), invite, NewPerson, Invitation),
    Route(
        "POST", "/api/people/{person}/confirm", "Confirm an invitation, as the second person",
        frozenset({ADMINISTRATOR, SHIFT_LEAD}), confirm, Confirmed, PersonLine,
    ),
    Route("POST", "/api/people/{person}/revoke", "End an account", frozenset({ADMINISTRATOR}), revoke),
    Route(
        "POST", "/api/people/{person}/roles", "Change roles", frozenset({ADMINISTRATOR}), set_roles, NewRoles,
        PersonLine,
    ),
)  # fmt: skip
