"""propose, measures: what an officer does with a case on the command line, until they use the desk."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

import click

from bot.app import command_service, installation
from bot.clock import SystemClock
from bot.commands.failure import Refused
from bot.control import CommandFailed, ask_running
from config.load import load_settings
from dialogs.consents import minute
from dialogs.gate import UNNAMED
from dialogs.keys import usable_recipients
from handlers.actor import Actor
from handlers.errors import NoSuchCase
from handlers.listening import readers_beside
from handlers.messages import Written
from handlers.proposing import Draft
from storage.crypto.sealing import seal_report
from storage.crypto.talk import seal_words
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

    def recipients(case: str) -> dict[str, Any]:
        policy, now = service.policy, service.reception.clock.now()
        with service.store.transaction() as work:
            card = work.cases.get(case)
            if card is None:
                raise NoSuchCase
            beside = readers_beside(work, policy, card, card.office, now)
        offices = (card.office, *(granted.question.recipient for granted in beside))
        keys = {office: usable_recipients(policy.directory, office, now) for office in offices}
        first = keys.pop(card.office)
        return {"bot": service.messaging.key.recipient, "office": card.office, "keys": first, "others": keys}

    def write(
        case: str, by: str, office: str, for_bot: str, for_office: str, for_others: Mapping[str, str]
    ) -> dict[str, str]:  # fmt: skip
        others = {reader: base64.b64decode(copy) for reader, copy in for_others.items()}
        words = Written(base64.b64decode(for_office), base64.b64decode(for_bot), others)
        message = service.messaging.write(case, Actor(by, "officer", office), words)
        return {
            "state": message.state,
            "reason": message.reason,
            "due": f"{message.due_at or message.at:%Y-%m-%d %H:%M}",
        }

    return {
        "duty": service.alerting.duty,
        "page_everybody": service.alerting.calendar.page_everybody,
        "answered_after": service.alerting.calendar.answered_after,
        "trust": service.alerting.trust,
        "begin": service.talking.begin,
        "recipients": recipients,
        "write": write,
        "propose": propose,
        "measures": measures,
        "start": service.proposing.start,
        "close": service.proposing.close,
        "again": service.proposing.again,
        "doubt": service.proposing.doubt,
    }


def call(command: str, **arguments: str | bool | Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON value
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
    waits = "the person sees it when they may be written to, or when they write next."
    if measure == UNNAMED:
        waits = "another officer checks at the desk first whether these lines show who it is."
    click.echo("The person sees the card now." if shown else f"The card waits: {waits}")
    return 0


def write(case: str, content: Path, by: str) -> int:
    """Seal words to the service and to each office that reads them, and queue them for the person."""
    to = call("recipients", case=case)
    text, at = content.read_text(encoding="utf-8").strip(), minute(SystemClock().now())
    words = json.dumps({"schema": "leeward-words-1", "case": case, "text": text}).encode()
    copy = json.dumps({"schema": "leeward-message-1", "case": case, "kind": "officer", "at": at, "text": text}).encode()
    queued = call(
        "write", case=case, by=by, office=to["office"], for_bot=_packed(seal_words(words, to["bot"])),
        for_office=_packed(seal_report(copy, to["keys"])),
        for_others={office: _packed(seal_report(copy, keys)) for office, keys in to["others"].items()},
    )  # fmt: skip
    click.echo(_FATES.get(queued["reason"] or queued["state"], "It waits.").format(**queued))
    return 0


def _packed(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


_FATES: Final = {
    "sending": "On its way: the person is here.",
    "words": "The person sees the two words first; this follows when they have answered.",
    "safe_time": "It waits until {due} UTC, when it is safe for the person.",
    "busy": "It follows in a moment: the person is answering something else.",
    "hidden": "The chat is hidden: it waits until the person comes back.",
    "identity_doubt": "It is not sure who holds this account: it waits for the secret words, or for their officer.",
    "unreachable": "Nothing arrives there now: it waits until the person writes.",
    "telegram_templates_only": "Refused: without C-TGFULL only the sentences of the desk go out on Telegram.",
}


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


def start(case: str, proposal: str, origin: str) -> int:
    """Mark a measure as started."""
    call("start", case=case, proposal_id=proposal, origin=origin)
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


def duty() -> int:
    """Show who is on duty now, and who did not answer."""
    for place, names in call("duty").items():
        click.echo(f"{place}: {', '.join(names) or 'nobody'}")
    return 0


def trust(name: str) -> int:
    """Let an officer's words count again."""
    if not call("trust", name=name):
        raise Refused(f"{name} is not in doubt, or is not in the roster: `leeward duty` names everybody.")
    click.echo(f"{name} counts again.")
    return 0
