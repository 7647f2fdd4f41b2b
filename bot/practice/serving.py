"""Serving the practice phone and the practice desk on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click
import uvicorn

from bot.desk.app import desk_app
from bot.desk.state import Place, make_desk
from bot.listening import listen_at
from bot.practice.phone import phone_app
from bot.writer import Writer
from dialogs.replace import replace

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.app import Service
    from bot.practice.phone import Phone

HOST: Final = "127.0.0.1"
SHUTDOWN_SECONDS: Final = 2


DESK_PATHS: Final = ("/desk", "/api", "/offline-opener.html")


def serve_practice(service: Service, offices: Path, port: int) -> None:
    """Serve phone and desk until SIGINT or SIGTERM; prints the addresses when they are ready. Raises PortTaken.

    `offices` holds `keys/<OFFICE>.key`. Port 0: any free one.
    """
    phones = phone_app(service, offices)
    phone: Phone = phones.state.phone
    writer = Writer(several=False)
    try:
        with listen_at(HOST, port) as listening:
            place = Place(f"http://localhost:{listening.getsockname()[1]}", practice=True)
            desk = replace(make_desk(service, writer, place), wake=phone.look_now, offices=offices)
            config = uvicorn.Config(
                Beside(phones, desk_app(desk)), log_config=None, log_level="critical", access_log=False,
                server_header=False, ws="none", lifespan="on", proxy_headers=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )  # fmt: skip
            asyncio.run(_Server(config, phone).serve(sockets=[listening]))
    finally:
        writer.close()


class Beside:
    """Phone and desk at one address: the desk by its paths, everything else the phone."""

    def __init__(self, phone: ASGIApp, desk: ASGIApp) -> None:
        """Take both; the lifespan is the phone's."""
        self._phone, self._desk = phone, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to whom it is for."""
        path = scope.get("path", "")
        for_desk = any(path == name or path.startswith(f"{name}/") for name in DESK_PATHS)
        await (self._desk if for_desk else self._phone)(scope, receive, send)


class _Server(uvicorn.Server):
    """Says when it is ready, and ends without passing the signal on: what is open around it is closed properly."""

    def __init__(self, config: uvicorn.Config, phone: Phone) -> None:
        super().__init__(config)
        self._phone = phone

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for listening in sockets or ():
            address = f"http://localhost:{listening.getsockname()[1]}"
            click.echo(f"{address}\n{address}/desk")

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._leave)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _leave(self) -> None:
        self.should_exit = True
        self._phone.leave()
