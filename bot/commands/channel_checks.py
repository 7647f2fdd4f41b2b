"""doctor's checks of the channels and of the roster: what is configured must answer, and somebody must be on duty.

The library of a channel is imported where the channel is configured: the three take half a second to load.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.directory_files import DIRECTORY
from bot.logs import set_up_logs
from config.policies import ROSTER, load_policy
from dialogs.holes import holes, offices_of, strange_offices
from dialogs.levels import OUT_OF_SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.settings import Settings

SECONDS: Final = 10.0
DAYS_AHEAD: Final = 30
MOST_HOLES: Final = 3


def telegram(settings: Settings) -> str:
    """Ask Telegram who we are and what strangers see of us."""
    set_up_logs("text")
    return _each(
        asyncio.run(_telegram(settings, token.get_secret_value()))
        for token in (settings.telegram_token, settings.duty_telegram_token)
        if token is not None
    )


def _each(problems: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(problem for problem in problems if problem))


async def _telegram(settings: Settings, token: str) -> str:
    from bot.telegram.adapter import TelegramAdapter  # noqa: PLC0415 - where the channel is configured, as said above
    from bot.telegram.errors import TROUBLE, problem_of  # noqa: PLC0415 - where the channel is configured, as said above
    from bot.telegram.introduction import BotTexts  # noqa: PLC0415 - where the channel is configured, as said above

    adapter = TelegramAdapter(token, api_url=settings.telegram_api_url)
    texts = BotTexts()
    try:
        async with asyncio.timeout(SECONDS):
            library = await adapter.library()
            await library.call(lambda bot: bot.get_me())
            name = (await library.call(lambda bot: bot.get_my_name())).name
            about = (await library.call(lambda bot: bot.get_my_short_description())).short_description
            commands = await library.call(lambda bot: bot.get_my_commands())
    except TROUBLE as exc:
        return problem_of(exc)
    except TimeoutError:
        return "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"
    finally:
        await adapter.close()
    if name != texts.name or about != texts.about:
        return "the bot's name or about text is not the neutral one: start `leeward serve` once, it sets both"
    return "the bot shows a list of commands: start `leeward serve` once, it removes them" if commands else ""


def signal(settings: Settings) -> str:
    """Ask signal-cli-rest-api whether it is new enough, pushes messages, and keeps nothing it should not."""
    set_up_logs("text")
    numbers = (settings.signal_number, settings.duty_signal_number)
    return _each(asyncio.run(_signal(number, settings.signal_service)) for number in numbers if number)


async def _signal(number: str, service: str) -> str:
    import aiohttp  # noqa: PLC0415 - where the channel is configured, as said above

    from bot.signal.adapter import SignalAdapter  # noqa: PLC0415 - where the channel is configured, as said above
    from bot.signal.hygiene import left_behind  # noqa: PLC0415 - where the channel is configured, as said above

    adapter = SignalAdapter(number, service)
    try:
        async with asyncio.timeout(SECONDS):
            return await adapter.why_not_ready() or await left_behind(number, service)
    except (TimeoutError, aiohttp.ClientError):
        return "signal-cli-rest-api does not answer: check LEEWARD_SIGNAL_SERVICE and that it runs"
    finally:
        await adapter.close()


def unheard(settings: Settings) -> str:
    """Return whether somebody with a new key is not heard: an officer, or everybody while the service does not run."""
    numbers = [number for number in (settings.signal_number, settings.duty_signal_number) if number]
    count = sum(asyncio.run(_unheard(number, settings.signal_service)) for number in numbers)
    if not count:
        return ""
    return f"{count} accounts have a new key and are not heard: officers wait for you, others for `leeward serve`"


async def _unheard(number: str, service: str) -> int:
    import aiohttp  # noqa: PLC0415 - where the channel is configured, as said above

    from bot.signal.hygiene import unheard as not_heard  # noqa: PLC0415 - where the channel is configured, as said above

    try:
        return await not_heard(number, service)
    except (TimeoutError, aiohttp.ClientError):
        return 0


def mail(settings: Settings) -> str:
    """Greet the mail server."""
    if settings.smtp_url is None:
        return ""
    return asyncio.run(_mail(settings.smtp_url.get_secret_value()))


async def _mail(url: str) -> str:
    from aiosmtplib import SMTP, SMTPException  # noqa: PLC0415 - where the channel is configured, as said above

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


def heartbeat(settings: Settings) -> str:
    """Post one sign of life, where somebody outside is to watch for it."""
    if settings.heartbeat_url is None:
        return ""
    from bot.pager import OK, post  # noqa: PLC0415 - where the channel is configured, as said above

    taken = 0 < asyncio.run(post(settings.heartbeat_url.get_secret_value(), "alive")) < OK
    return "" if taken else "the sign of life is not taken: check LEEWARD_HEARTBEAT_URL"


def pager(settings: Settings) -> str:
    """Ask whether the pager's address answers; nobody is called."""
    if settings.pager_url is None:
        return ""
    return (
        ""
        if asyncio.run(_answers(settings.pager_url.get_secret_value()))
        else ("the pager does not answer: check LEEWARD_PAGER_URL")
    )


async def _answers(url: str) -> bool:
    import aiohttp  # noqa: PLC0415 - where the channel is configured, as said above

    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session, session.head(url):
            return True
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


def roster(settings: Settings) -> str:
    """Look for times in the next thirty days in which nobody could be told at an office, by level."""
    if settings.telegram_token is None and not settings.signal_number and settings.smtp_url is None:
        return ""  # no channel is configured yet: there is nothing to be told, and no way to tell it
    path = settings.home / ROSTER
    if not path.is_file():
        return f"{ROSTER} is missing, so nobody is told of an alert; make one with `leeward init` or copy it here"
    own = settings.home / DIRECTORY
    policy = load_policy(
        settings.policy_dir, lambda kind, words: f"{kind} {words}", offices=own if own.is_file() else None, duty=path
    )
    if not policy.roster.people:
        return f"it names nobody, so nobody is told of an alert; add people and shifts to {ROSTER}"
    if strange := strange_offices(policy.roster, policy.directory.offices):
        return (
            f"{', '.join(strange)} of {ROSTER} is no office of {DIRECTORY}; correct it in people, shifts or focal_point"
        )
    watched = offices_of(policy.roster, policy.directory.offices.values())
    bare = [level for level in policy.triage.targets if level != OUT_OF_SCOPE and level not in policy.roster.ladders]
    if bare:
        return f"there is no ladder for {', '.join(bare)}, so that of another level is climbed; add it to {ROSTER}"
    found = list(holes(policy.roster, watched, SystemClock().now(), DAYS_AHEAD))
    if not found:
        return ""
    more = f" and {len(found) - MOST_HOLES} more" if len(found) > MOST_HOLES else ""
    return f"{'; '.join(found[:MOST_HOLES])}{more}; add a shift with a role of the ladder to {ROSTER}"
