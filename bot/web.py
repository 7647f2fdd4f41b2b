"""What `leeward serve` answers by HTTP: the webhook of Telegram, the desk, the metrics.

This module loads the libraries for it, so it is imported when the service has begun to serve people by messenger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.routing import Mount

from bot.desk.app import desk_app
from bot.desk.serving import serve_at
from bot.desk.state import make_desk
from bot.metrics import metrics_app
from bot.telegram.webhook import webhook_route
from dialogs.replace import replace

if TYPE_CHECKING:
    import socket

    from starlette.routing import BaseRoute

    from bot.desk.state import Place
    from bot.runtime import Runtime


async def serve_web(
    listening: socket.socket, runtime: Runtime, *, place: Place | None, webhook: tuple[str, str] | None
) -> None:
    """Serve until cancelled.

    `place`: where the desk is found; None: it is not served here. `webhook`: path and secret with which Telegram calls.
    """
    routes: list[BaseRoute] = []
    if webhook is not None:
        adapter: Any = runtime.adapters["telegram"]  # an Adapter; its class is loaded only where it is configured
        routes.append(webhook_route(*webhook, adapter, runtime.intake))
    if place is not None:
        desk = replace(make_desk(runtime.service, runtime.writer, place), wake=runtime.wake_all)
        routes.append(Mount("/", desk_app(desk)))
    await serve_at(Starlette(routes=routes), listening)


async def serve_metrics(listening: socket.socket, runtime: Runtime) -> None:
    """Serve the metrics until cancelled."""
    await serve_at(metrics_app(runtime), listening)
