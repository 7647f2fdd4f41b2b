"""The webhook: one route that answers 200 only when the update is durable."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from bot.telegram.adapter import NoUpdate

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.adapter import Intake
    from bot.telegram.adapter import TelegramAdapter

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MAX_BODY_BYTES: Final = 1024 * 1024


def webhook_route(path: str, secret: str, adapter: TelegramAdapter, intake: Intake) -> Route:
    """Return the route: 403 for a wrong secret, 413 and 400 for a body that is none, 503 when it cannot be stored."""

    async def receive(request: Request) -> Response:
        shown = request.headers.get(SECRET_HEADER, "").encode()
        if not secret or not hmac.compare_digest(shown, secret.encode()):  # no secret would let everybody in
            return Response(status_code=403)
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                return Response(status_code=413)
        try:
            await adapter.take_raw(body, intake)
        except NoUpdate:
            return Response(status_code=400)
        except Exception:  # noqa: BLE001 - whatever kept it from being stored: Telegram brings it again
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(path, receive, methods=["POST"])
