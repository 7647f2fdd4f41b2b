"""chat and practice: the conversation in a terminal, or an example played where there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.app import practice_service
from bot.clock import SystemEntropy
from bot.commands.failure import Refused
from bot.commands.keys import harmless, open_files
from bot.listening import PortTaken
from bot.practice.replay import replay
from bot.practice.seeding import seed
from bot.practice.serving import serve_practice
from config.load import load_settings
from handlers.deliver import Delivery
from handlers.types import Address, Inbound, IncomingFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import Service
    from config.settings import Settings

ME = Address("practice", "terminal")
BANNER = (
    "PRACTICE. Nothing here is real, nobody is told. Type an answer; 00 is the menu; "
    "/file PATH sends a file; Ctrl-D leaves."
)
EXAMPLE = "sc-01-defender-threatened.yaml"
USUAL_PORT = 8080
LINE_BYTES = 1024 * 1024
KEY_BYTES = 12
BATCH, LEASE_SECONDS = 50, 1


def chat() -> int:
    """Chat until the input ends."""
    settings = load_settings()
    with practice_service(settings, _home(settings)) as service:
        click.echo(BANNER)
        _converse(service)
    return 0


def practice(port: int | None, *, serve: bool = False) -> int:
    """Serve the phone page where there is a terminal, or when told to; else play an example for the office to read.

    Whoever names a port wants the page there. Raises Refused when the port is taken.
    """
    settings = load_settings()
    if not serve and port is None and not sys.stdin.isatty():
        click.echo("PRACTICE. Nothing here is real, nobody is told. `leeward practice --serve` serves the phone page.")
        return _example(settings)
    port = USUAL_PORT if port is None else port
    click.echo("PRACTICE. Nothing here is real, nobody is told. Open this page in a browser; Ctrl-C ends it.")
    with practice_service(settings, _home(settings)) as service:
        try:
            seed(service)
            serve_practice(service, _home(settings) / "offices", port)
        except PortTaken as exc:
            raise Refused(f"{exc} Choose another: --port {_another(port)}") from exc
    return 0


def _home(settings: Settings) -> Path:
    return settings.home / "practice"


def _converse(service: Service) -> None:
    Delivery(
        service.store, service.reception.clock, ME.channel
    ).resume()  # a process that was killed may have leased it
    _print_waiting(service)
    service.reception.repeat_question(ME)
    _print_waiting(service)
    entropy = SystemEntropy()
    for line in _lines():
        service.reception.time_arrived()
        key = entropy.bytes(KEY_BYTES).hex()
        service.reception.receive(_inbound(line, key))
        _print_waiting(service)


def _lines() -> Iterator[str]:
    stream = sys.stdin.buffer
    while True:
        if sys.stdin.isatty():
            click.echo("> ", nl=False)
        line = stream.readline()
        if not line:
            return
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _inbound(line: str, key: str) -> Inbound:
    if line.startswith("/file "):
        path = Path(line.removeprefix("/file ").strip())
        if path.is_file():
            kind = "application/octet-stream"
            file = IncomingFile(name=path.name, type=kind, size=path.stat().st_size, source=str(path))
            return Inbound(ME, key, file=file)
    return Inbound(ME, key, text=line)


def _print_waiting(service: Service) -> None:
    """Print what waits; a message counts as sent once it is on the screen."""
    while True:
        with service.store.transaction() as work:
            items = work.outbox.claim(service.reception.clock.now(), BATCH, LEASE_SECONDS, ME.channel)
        for item in items:
            if item.outgoing.act == "clear-chat" and sys.stdout.isatty():
                click.clear()
            if item.outgoing.text:
                click.echo(f"\n{harmless(item.outgoing.text)}\n")
            sys.stdout.flush()
            with service.store.transaction() as work:
                work.outbox.sent(item)
        if not items:
            return


def _example(settings: Settings) -> int:
    out = _home(settings) / "example"
    persona = Path(__file__).resolve().parents[2] / "examples" / EXAMPLE
    click.echo(f"No terminal here, so an example is played: {persona.name}\n")
    for replayed in replay([persona], settings, out):
        for step in replayed.result["transcript"]:
            said = [f"BOT  {line}" for line in harmless(step["text"]).splitlines()]
            if step["answer"]:
                said.append(f"YOU  {harmless(step['answer'])}")
            click.echo("\n".join(said))
        sealed, office = replayed.result["sealed"][0], replayed.result["route"]["office"]
        click.echo(f"\nThe sealed report: {sealed}, {Path(sealed).stat().st_size} bytes. What {office} reads:\n")
        return open_files((Path(sealed),), (out / "keys" / f"{office}.key",), as_json=False, files_to=None)
    return 1


def _another(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8081  # noqa: PLR2004 - the ports that anybody may take
