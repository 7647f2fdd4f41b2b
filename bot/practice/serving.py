"""Serving the practice phone on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click
import uvicorn

from bot.desk.serving import listen_at
from bot.practice.phone import phone_app

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator
    from pathlib import Path

    from bot.app import Service
    from bot.practice.phone import Phone

HOST: Final = "127.0.0.1"
SHUTDOWN_SECONDS: Final = 2


def serve_phone(service: Service, offices: Path, port: int) -> None:
    """Serve until SIGINT or SIGTERM; prints the address when the page is ready. Raises PortTaken.

    `offices` holds `keys/<OFFICE>.key`. Port 0: any free one.
    """
    app = phone_app(service, offices)
    config = uvicorn.Config(
        app, log_config=None, log_level="critical", access_log=False, server_header=False, ws="none", lifespan="on",
        proxy_headers=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )  # fmt: skip
    with listen_at(HOST, port) as listening:
        asyncio.run(_Server(config, app.state.phone).serve(sockets=[listening]))


class _Server(uvicorn.Server):
    """Says when it is ready, and ends without passing the signal on: what is open around it is closed properly."""

    def __init__(self, config: uvicorn.Config, phone: Phone) -> None:
        super().__init__(config)
        self._phone = phone

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for listening in sockets or ():
            click.echo(f"http://localhost:{listening.getsockname()[1]}")

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
