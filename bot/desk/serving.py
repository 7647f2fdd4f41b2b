"""Listening where the desk is served, within the loop of whatever else runs."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from bot.desk.connections import Connections, Most, counted_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp

SHUTDOWN_SECONDS: Final = 2
BACKLOG: Final = 512


class PortTaken(Exception):
    """Nothing can listen at this address."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} cannot be used: something else has it.")
        self.port = port


def listen_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0: any free one. Raises: PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        # A second program that had bound it too would be found only here.
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as exc:
        listening.close()
        raise PortTaken(port) from exc
    return listening


async def serve_at(app: ASGIApp, listening: socket.socket, most: Most | None = None) -> None:
    """Serve until this task is cancelled; requests that were begun have two seconds to end.

    `most`: how many connections there may be.
    """
    config = uvicorn.Config(
        app, http=counted_in(Connections(most or Most())), log_config=None, log_level="critical", access_log=False,
        server_header=False, ws="none", lifespan="off",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS, h11_max_incomplete_event_size=32 * 1024,
    )  # fmt: skip
    server = _Server(config)
    serving = server.serve(sockets=[listening])
    try:
        await serving
    except asyncio.CancelledError:
        server.should_exit = True
        await server.shutdown(sockets=[listening])
        raise


class _Server(uvicorn.Server):
    """A web server that leaves signals to the runtime."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
