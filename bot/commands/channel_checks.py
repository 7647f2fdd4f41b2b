"""doctor's checks of the channels and of the roster: what is configured must answer, and somebody must be on duty."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aiohttp
from aiosmtplib import SMTP, SMTPException
from telegram.error import TelegramError

from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.signal.adapter import SignalAdapter
from bot.telegram.adapter import BotTexts, TelegramAdapter
from bot.telegram.errors import problem_of
from config.policies import ROSTER, load_policy
from dialogs.roster import holes

if TYPE_CHECKING:
    from config.settings import Settings

SECONDS: Final = 10.0
DAYS_AHEAD: Final = 30
MOST_HOLES: Final = 3
ROLES: Final = ("operator",)


def telegram(settings: Settings) -> str:
    """Ask Telegram who we are and what strangers see of us."""
    if settings.telegram_token is None:
        return ""
    set_up_logs("text")
    return asyncio.run(_telegram(settings, settings.telegram_token.get_secret_value()))


async def _telegram(settings: Settings, token: str) -> str:
    adapter = TelegramAdapter(token, api_url=settings.telegram_api_url)
    texts = BotTexts()
    try:
        async with asyncio.timeout(SECONDS):
            await adapter.bot.get_me()
            name = (await adapter.bot.get_my_name()).name
            about = (await adapter.bot.get_my_short_description()).short_description
            commands = await adapter.bot.get_my_commands()
    except TelegramError as exc:
        return problem_of(exc)
    except TimeoutError:
        return "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"
    finally:
        await adapter.close()
    if name != texts.name or about != texts.about:
        return "the bot's name or about text is not the neutral one: start `leeward serve` once, it sets both"
    return "the bot shows a list of commands: start `leeward serve` once, it removes them" if commands else ""


def signal(settings: Settings) -> str:
    """Ask signal-cli-rest-api whether it is new enough and pushes messages."""
    if not settings.signal_number:
        return ""
    return asyncio.run(_signal(settings))


async def _signal(settings: Settings) -> str:
    adapter = SignalAdapter(settings.signal_number, settings.signal_service)
    try:
        async with asyncio.timeout(SECONDS):
            return await adapter.why_not_ready()
    except (TimeoutError, aiohttp.ClientError):
        return "signal-cli-rest-api does not answer: check LEEWARD_SIGNAL_SERVICE and that it runs"
    finally:
        await adapter.close()


def mail(settings: Settings) -> str:
    """Greet the mail server."""
    if settings.smtp_url is None:
        return ""
    return asyncio.run(_mail(settings.smtp_url.get_secret_value()))


async def _mail(url: str) -> str:
    server = urlsplit(url)
    client = SMTP(
        hostname=server.hostname or "", port=server.port or 465, use_tls=server.scheme == "smtps", timeout=SECONDS
    )
    try:
        await client.connect()
        await client.quit()
    except (SMTPException, OSError):
        return "the mail server does not answer: check LEEWARD_SMTP_URL"
    return ""


def roster(settings: Settings) -> str:
    """Look for times in the next thirty days in which no operator is on duty at the desk."""
    if settings.telegram_token is None and not settings.signal_number and settings.smtp_url is None:
        return ""  # no channel is configured yet: there is nothing to be told, and no way to tell it
    path = settings.home / ROSTER
    if not path.is_file():
        return f"{ROSTER} is missing, so nobody is told of an alert; make one with `leeward init` or copy it here"
    policy = load_policy(settings.policy_dir, lambda kind, words: f"{kind} {words}", duty=path)
    desk = next(office.id for office in policy.directory.offices.values() if office.role == "duty-desk")
    if not policy.roster.people:
        return f"it names nobody, so nobody is told of an alert; add people and shifts to {ROSTER}"
    found = list(holes(policy.roster, {desk: ROLES}, SystemClock().now(), DAYS_AHEAD))
    if not found:
        return ""
    more = f" and {len(found) - MOST_HOLES} more" if len(found) > MOST_HOLES else ""
    return f"{'; '.join(found[:MOST_HOLES])}{more}; add a shift to {ROSTER}"
