"""Listening where the desk is served, within the loop of whatever else runs."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from bot.desk.connections import Connections, Most, counted_in

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator

    from starlette.types import ASGIApp

SHUTDOWN_SECONDS: Final = 2


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
