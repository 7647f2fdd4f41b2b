"""invite: the way to the desk for its first administrator, and for whoever cannot be invited in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.app import command_service, installation
from bot.commands.failure import Refused
from bot.control import CommandFailed, ask_running
from bot.desk.invitations import BadInvitation, invited_from_here, place_of
from config.load import load_settings
from storage.errors import InUse

if TYPE_CHECKING:
    from config.settings import Settings


def invite(office: str, roles: tuple[str, ...], account: str) -> int:
    """Invite somebody, also while the service runs; print the link and until when it can be taken."""
    settings = load_settings()
    wanted = {"office": office, "roles": " ".join(roles), "account": account}
    link, until = _made(settings, wanted)
    click.echo(link)
    click.echo(f"It works once, until {until}. Hand it over on a way you trust: whoever opens it first has it.")
    return 0


def _made(settings: Settings, wanted: dict[str, str]) -> tuple[str, str]:
    try:
        with command_service(settings) as service:
            return invited_from_here(service, place_of(settings), **wanted)
    except InUse:
        try:
            link, until = ask_running(installation(settings), "invite", wanted)
        except CommandFailed as exc:
            raise Refused(str(exc)) from exc
        return link, until
    except BadInvitation as exc:
        raise Refused(str(exc)) from exc
