"""serve: the service as configured, until it is told to stop."""

from __future__ import annotations

import asyncio
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import click

from bot.app import live_service
from bot.commands.failure import Refused
from bot.commands.officers import commands_of
from bot.desk.invitations import invited_from_here, place_of
from bot.duty_lines import duty_adapters
from bot.late import HEAD_START_SECONDS, loaded
from bot.listening import PortTaken, listen_at
from bot.logs import set_up_logs
from bot.runtime import Runtime
from config.load import load_settings
from handlers.mailing import sealed_for_mail

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.adapter import Adapter
    from config.settings import Settings
    from handlers.types import IncomingFile

BOT, DESK, WORKER = "bot", "desk", "worker"
"""What one process may do alone: people and officers by messenger; the pages; time, alerts, ledger, mail and pager."""


def serve(only: str | None) -> int:
    """Serve until SIGINT or SIGTERM."""
    settings = load_settings()
    if only is not None and not settings.several:
        raise Refused("--only needs PostgreSQL (LEEWARD_DATABASE_URL): on SQLite one process does everything.")
    if settings.telegram_token is None and not settings.signal_number and only in (None, BOT):
        raise Refused(
            "No channel is configured: set LEEWARD_TELEGRAM_TOKEN, or LEEWARD_SIGNAL_NUMBER with "
            "LEEWARD_SIGNAL_SERVICE. "
            "To try everything on this machine, run `leeward practice`."
        )
    set_up_logs(settings.log_format)
    try:
        asyncio.run(_serve(settings, only))
    except PortTaken as exc:
        raise Refused(f"{exc} Choose another with LEEWARD_DESK_LISTEN or LEEWARD_METRICS_LISTEN.") from exc
    return 0


async def _serve(settings: Settings, only: str | None) -> None:
    adapters = adapters_of(settings) if only in (None, BOT) else {}

    def open_file(incoming: IncomingFile) -> BinaryIO:
        return adapters[incoming.channel].open_file(incoming)

    with live_service(settings, open_file=open_file) as service:
        if service.alarm:
            click.echo(f"ALARM: nothing is forwarded. {service.alarm}", err=True)
        paces = {
            "telegram": (settings.telegram_per_second, settings.telegram_chat_seconds),
            "signal": (settings.signal_per_second, 0.0),
            "duty-telegram": (settings.telegram_per_second, settings.telegram_chat_seconds),
            "duty-signal": (settings.signal_per_second, 0.0),
        }
        if settings.smtp_url is not None and only in (None, WORKER):
            from bot.mail import MailAdapter  # noqa: PLC0415 - only where mail is configured

            url = settings.smtp_url.get_secret_value()
            adapters["mail"] = MailAdapter(url, lambda ref: sealed_for_mail(service.store, ref))
        if settings.pager_url is not None and only in (None, WORKER):
            from bot.pager import PagerAdapter  # noqa: PLC0415 - only where a pager is configured

            adapters["pager"] = PagerAdapter(settings.pager_url.get_secret_value())
        runtime = Runtime(
            service, adapters, paces, several=settings.several,
            keeps_time=only in (None, WORKER), open_to_all=("telegram",) if settings.telegram_webhook_url else (),
        )  # fmt: skip

        _serve_beside(settings, runtime, only)
        names = [*adapters, *([DESK] if only in (None, DESK) else []), *([WORKER] if only == WORKER else [])]

        def ready() -> None:
            click.echo(f"Serving {', '.join(names)}. Stop with Ctrl-C.")

        commands: dict[str, Callable[..., Any]] = {
            **commands_of(service),
            "invite": partial(invited_from_here, service, place_of(settings)),
        }
        if settings.heartbeat_url is not None:
            from bot.pager import beat  # noqa: PLC0415 - only where a heartbeat is configured

            url = settings.heartbeat_url.get_secret_value()
            runtime.beside.append(partial(beat, url, runtime.is_well, settings.heartbeat_seconds))
        await runtime.run(ready, commands)


def adapters_of(settings: Settings) -> dict[str, Adapter]:
    """Return the adapters of the configured channels by name."""
    adapters: dict[str, Adapter] = {}
    if settings.telegram_token is not None:
        from bot.telegram.adapter import TelegramAdapter  # noqa: PLC0415 - loads aiohttp: only where it is configured

        token = settings.telegram_token.get_secret_value()
        adapters["telegram"] = TelegramAdapter(
            token, api_url=settings.telegram_api_url, webhook_url=settings.telegram_webhook_url,
            webhook_secret=webhook_secret(token),
        )  # fmt: skip
    if settings.signal_number:
        from bot.signal.adapter import SignalAdapter  # noqa: PLC0415 - as above, for Signal

        adapters["signal"] = SignalAdapter(settings.signal_number, settings.signal_service)
    return {**adapters, **duty_adapters(settings)}


def webhook_secret(token: str) -> str:
    """Return the secret Telegram shows at the webhook: drawn from the token, so that every process knows it."""
    return sha256(f"leeward webhook {token}".encode()).hexdigest()


def _serve_beside(settings: Settings, runtime: Runtime, only: str | None) -> None:
    """Listen for what is answered by HTTP, and have it loaded and served once the service runs. Raises: PortTaken."""
    webhook = None
    if "telegram" in runtime.adapters and settings.telegram_token is not None and settings.telegram_webhook_url:
        path = urlsplit(settings.telegram_webhook_url).path or "/"
        webhook = path, webhook_secret(settings.telegram_token.get_secret_value())
    place = place_of(settings) if only in (None, DESK) else None
    wait = HEAD_START_SECONDS if runtime.adapters and webhook is None else 0.0
    if place is not None or webhook is not None:
        pages = listen_at(*host_and_port(settings.desk_listen))
        serving = partial(_load, wait, lambda web: web.serve_web(pages, runtime, place=place, webhook=webhook))
        runtime.beside.append(serving)
    if settings.metrics_listen:
        metrics = listen_at(*host_and_port(settings.metrics_listen))
        runtime.beside.append(partial(_load, wait, lambda web: web.serve_metrics(metrics, runtime)))


async def _load(wait: float, serve_with: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Wait, load bot.web without stopping the loop, and serve. Who connects meanwhile waits as long."""
    await asyncio.sleep(wait)
    web = await loaded("bot.web")
    await serve_with(web)


def host_and_port(text: str) -> tuple[str, int]:
    """Return the two parts of an address to listen at."""
    host, _colon, port = text.rpartition(":")
    return host, int(port)
