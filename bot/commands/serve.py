"""serve: the service as configured, until it is told to stop."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import click
import uvicorn
from starlette.applications import Starlette

from bot.app import live_service
from bot.commands.failure import Refused
from bot.commands.officers import commands_of
from bot.logs import set_up_logs
from bot.mail import MailAdapter
from bot.runtime import Runtime
from bot.signal.adapter import SignalAdapter
from bot.telegram.adapter import TelegramAdapter
from bot.telegram.webhook import webhook_route
from config.load import load_settings
from handlers.mailing import sealed_for_mail

if TYPE_CHECKING:
    from collections.abc import Generator

    from bot.adapter import Adapter
    from config.settings import Settings
    from handlers.types import IncomingFile

ROLES = ("bot", "desk", "worker")


def serve(only: str | None) -> int:
    """Serve until SIGINT or SIGTERM."""
    settings = load_settings()
    if only is not None and not settings.database_url:
        raise Refused("--only needs PostgreSQL (LEEWARD_DATABASE_URL): on SQLite one process does everything.")
    if settings.telegram_token is None and not settings.signal_number:
        raise Refused(
            "No channel is configured: set LEEWARD_TELEGRAM_TOKEN, or LEEWARD_SIGNAL_NUMBER with "
            "LEEWARD_SIGNAL_SERVICE. "
            "To try everything on this machine, run `leeward practice`."
        )
    set_up_logs(settings.log_format)
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    adapters = adapters_of(settings)

    def open_file(incoming: IncomingFile) -> BinaryIO:
        return adapters[incoming.channel].open_file(incoming)

    with live_service(settings, open_file=open_file) as service:
        if service.alarm:
            click.echo(f"ALARM: nothing is forwarded. {service.alarm}", err=True)
        paces = {
            "telegram": (settings.telegram_per_second, settings.telegram_chat_seconds),
            "signal": (settings.signal_per_second, 0.0),
        }
        if settings.smtp_url is not None:
            url = settings.smtp_url.get_secret_value()
            adapters["mail"] = MailAdapter(url, lambda ref: sealed_for_mail(service.store, ref))
        runtime = Runtime(service, adapters, paces, several=bool(settings.database_url))

        def ready() -> None:
            click.echo(f"Serving {', '.join(adapters)}. Stop with Ctrl-C.")

        async with asyncio.TaskGroup() as group:
            web = group.create_task(_webhook(settings, runtime)) if settings.telegram_webhook_url else None
            await runtime.run(ready, commands_of(service))
            if web is not None:
                web.cancel()


def adapters_of(settings: Settings) -> dict[str, Adapter]:
    """Return the adapters of the configured channels by name."""
    adapters: dict[str, Adapter] = {}
    if settings.telegram_token is not None:
        token = settings.telegram_token.get_secret_value()
        adapters["telegram"] = TelegramAdapter(
            token, api_url=settings.telegram_api_url, webhook_url=settings.telegram_webhook_url,
            webhook_secret=webhook_secret(token),
        )  # fmt: skip
    if settings.signal_number:
        adapters["signal"] = SignalAdapter(settings.signal_number, settings.signal_service)
    return adapters


def webhook_secret(token: str) -> str:
    """Return the secret Telegram shows at the webhook: drawn from the token, so that every process knows it."""
    return sha256(f"leeward webhook {token}".encode()).hexdigest()


async def _webhook(settings: Settings, runtime: Runtime) -> None:
    adapter = runtime.adapters["telegram"]
    if not isinstance(adapter, TelegramAdapter) or settings.telegram_token is None:
        return
    path = urlsplit(settings.telegram_webhook_url).path or "/"
    secret = webhook_secret(settings.telegram_token.get_secret_value())
    app = Starlette(routes=[webhook_route(path, secret, adapter, runtime.intake)])
    host, _colon, port = settings.desk_listen.rpartition(":")
    config = uvicorn.Config(app, host=host, port=int(port), log_config=None, access_log=False, server_header=False)
    await _Server(config).serve()


class _Server(uvicorn.Server):
    """A web server that leaves signals to the runtime."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
