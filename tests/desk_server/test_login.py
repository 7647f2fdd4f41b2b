"""Invitations, passkeys, logins."""

from __future__ import annotations

from bot.clock import SystemEntropy
from bot.desk.invitations import new_invitation
from handlers.accounts import Role
from handlers.desk import invite
from tests.desk_server.world import HRC, URL, World
from tests.fakes.authenticator import Authenticator

HOST = "desk.example.org"


def invitation(world: World, *roles: Role) -> str:
    """Return the code of a fresh invitation."""
    with world.service.store.transaction() as work:
        account, code, until = new_invitation(
            SystemEntropy(), world.clock.now(), HRC, roles or (Role.FIRST_RESPONDENT,), ""
        )
        invite(work, None, account, code, (world.clock.now(), until))
    return code


def test_somebody_takes_an_invitation_and_logs_in_again_with_the_passkey(world: World) -> None:
    """The way in, twice: as a new person and as a known one in another browser."""
    authenticator, first, second = Authenticator(URL, HOST), world.browser(), world.browser()

    accepted = first.accept(invitation(world), authenticator)
    again = second.login(authenticator)

    assert (accepted.status_code, again.status_code) == (200, 200), again.text
    assert accepted.json()["person"]["name"] == "Amina"
    assert second.get("/api/session").json()["person"] == accepted.json()["person"]
    assert len(again.json()["office_keys"]) == 2
