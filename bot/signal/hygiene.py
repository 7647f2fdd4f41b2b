"""What signal-cli-rest-api leaves behind, as far as its own interface tells (docs/signal.md has the rest)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from bot.signal.answers import without_trust

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CALL_SECONDS: Final = 5.0
LOOKS_APART_SECONDS: Final = 2.0
"""Between two looks at the attachments: one that is just being sealed is gone at the second."""

TALKATIVE: Final = ("debug", "trace")
TRUST: Final = "on-first-use"


async def left_behind(
    number: str, service: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> str:  # fmt: skip
    """Return what is wrong with the hygiene of the service, and the remedy; "" when nothing is seen.

    Raises: aiohttp.ClientError, TimeoutError when it does not answer.
    """
    async with aiohttp.ClientSession(f"http://{service}", timeout=aiohttp.ClientTimeout(CALL_SECONDS)) as session:
        level = _field(await _get(session, "/v1/configuration"), "logging", "Level", "level")
        if level.lower() in TALKATIVE:
            return "signal-cli-rest-api writes messages into its log: set LOG_LEVEL=error"
        trust = _field(await _get(session, f"/v1/configuration/{number}/settings"), "", "trust_mode")
        if trust and trust != TRUST:
            return f"new identity keys are not trusted on first use alone: set JSON_RPC_TRUST_NEW_IDENTITIES={TRUST}"
        first = await _get(session, "/v1/attachments")
        if first:
            await sleep(LOOKS_APART_SECONDS)
            kept = set(map(str, first)) & set(map(str, await _get(session, "/v1/attachments") or ()))
            if kept:
                return f"{len(kept)} attachments lie in clear with signal-cli-rest-api: `leeward serve` deletes them"
    return ""


async def unheard(number: str, service: str) -> int:
    """Return how many accounts have a new key that nobody trusted yet: signal-cli keeps back what they write.

    Raises: aiohttp.ClientError, TimeoutError when it does not answer.
    """
    async with aiohttp.ClientSession(f"http://{service}", timeout=aiohttp.ClientTimeout(CALL_SECONDS)) as session:
        known = await _get(session, f"/v1/identities/{number}")
    return len(without_trust(known))


async def _get(session: aiohttp.ClientSession, path: str) -> Any:  # noqa: ANN401 - a JSON value
    async with session.get(path) as answer:
        if not answer.ok:
            return None
        try:
            return await answer.json(content_type=None)
        except ValueError:
            return None


def _field(found: Any, *names: str) -> str:  # noqa: ANN401 - a JSON value
    """Return the last of these fields there is, going into the first one where it is an object; "" for none."""
    inner = found.get(names[0], found) if isinstance(found, dict) else {}
    return next((str(inner[name]) for name in names[1:] if isinstance(inner, dict) and name in inner), "")
