"""propose, measures: what an officer does with a case on the command line, until they use the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bot.app import command_service, installation
from bot.commands.failure import Refused
from bot.control import CommandFailed, ask_running
from config.load import load_settings
from handlers.proposing import Draft
from storage.errors import InUse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.app import Service

Commands = "Mapping[str, Callable[..., Any]]"


def commands_of(service: Service) -> Mapping[str, Callable[..., Any]]:
    """Return what a running service does for the command line; arguments and results are plain JSON values."""

    def propose(case: str, **fields: Any) -> list[Any]:  # noqa: ANN401 - the fields of a draft, as JSON values
        return list(service.proposing.propose(case, Draft(**fields)))

    def measures(case: str) -> list[dict[str, str]]:
        return [
            {"id": p.id, "measure": p.measure, "recipient": p.recipient, "name_mode": p.name_mode, "state": p.state,
             "valid_until": p.valid_until, "content_version": p.content_version}
            for p in service.proposing.of(case)
        ]  # fmt: skip

    return {
        "begin": service.talking.begin,
        "propose": propose,
        "measures": measures,
        "start": service.proposing.start,
        "close": service.proposing.close,
        "again": service.proposing.again,
        "doubt": service.proposing.doubt,
    }


def call(command: str, **arguments: str | bool) -> Any:  # noqa: ANN401 - any JSON value
    """Carry out a command on the installation, or have the service that runs there do it."""
    settings = load_settings()
    try:
        with command_service(settings) as service:
            return commands_of(service)[command](**arguments)
    except InUse:
        try:
            return ask_running(installation(settings), command, arguments)
        except CommandFailed as exc:
            raise Refused(str(exc)) from exc


def propose(case: str, measure: str, content: Path, **fields: str | bool) -> int:
    """Put a measure card to the person."""
    proposal, shown = call(
        "propose", case=case, measure=measure, content=content.read_text(encoding="utf-8").strip(), **fields
    )
    click.echo(f"Proposed: {proposal}")
    click.echo(
        "The person sees the card now."
        if shown
        else "The card waits: the person sees it when they may be written to, or when they write next."
    )
    return 0


def begin(case: str, by: str) -> int:
    """Open the talk with the person of a case."""
    call("begin", case=case, by=by)
    click.echo("The person sees your two words. Wait for their answer before you write anything about the case.")
    return 0


def measures(case: str) -> int:
    """List the proposals of a case."""
    found = call("measures", case=case)
    for entry in found:
        until = f", a yes is good until {entry['valid_until']}" if entry["state"] == "consented" else ""
        click.echo(
            f"{entry['id']}  {entry['measure']} to {entry['recipient']}, {entry['name_mode']}: {entry['state']}{until}"
        )
    if not found:
        click.echo("Nothing was proposed.")
    return 0


def start(case: str, proposal: str) -> int:
    """Mark a measure as started."""
    call("start", case=case, proposal_id=proposal)
    click.echo("Started. The person's yes is used for exactly this.")
    return 0


def again(case: str, proposal: str) -> int:
    """Put a card to the person again."""
    shown = call("again", case=case, proposal_id=proposal)
    click.echo("The person sees the card now." if shown else "The card waits until the person may be written to.")
    return 0


def doubt(case: str, flag: str) -> int:
    """Note a doubt whether what was agreed was free, or the person's own."""
    ended = call("doubt", case=case, flag=flag)
    click.echo(f"Noted. {ended} yeses do not count any more; ask again when it is safe.")
    return 0


def close(case: str, proposal: str, outcome: str) -> int:
    """Close a measure."""
    call("close", case=case, proposal_id=proposal, outcome=outcome)
    click.echo("Closed.")
    return 0
