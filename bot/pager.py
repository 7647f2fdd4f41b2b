"""The pager and the heartbeat: two addresses outside that are posted to. Neither learns anything but times.

The pager is a channel like the others: the constant words go to an address that calls somebody. The heartbeat is a sign
of life for a monitoring service that raises the alarm when it stays away (a dead-man switch).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import aiohttp

from bot.adapter import Outcome, Sending, SendsOnly

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.types import Outgoing

LOG: Final = logging.getLogger("leeward")
CHANNEL: Final = "pager"
SECONDS: Final = 10.0
HEARTBEAT_EVERY: Final = 60.0
OK: Final = 300


class PagerAdapter(SendsOnly):
    """bot.adapter.Adapter for a pager: it only sends, the text of the message and nothing else."""

    channel = CHANNEL

    def __init__(self, url: str) -> None:
        """Take the address."""
        self._url = url
        self.healthy, self.problem = True, ""

    async def send(self, outgoing: Outgoing) -> Sending:
        """Post the words."""
        status = await post(self._url, outgoing.text)
        self.healthy = 0 < status < OK
        self.problem = "" if self.healthy else "the pager does not take messages: check LEEWARD_PAGER_URL"
        return Sending(Outcome.SENT) if self.healthy else Sending(Outcome.LATER, wait_seconds=5.0)


async def post(url: str, text: str) -> int:
    """Post a text; return the status of the answer, 0 when none came."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"}) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return 0


async def beat(url: str, is_well: Callable[[], bool], every: float = HEARTBEAT_EVERY) -> None:
    """Post a sign of life for ever while the service is well; where it is not, silence is the alarm."""
    while True:
        if is_well() and not 0 < await post(url, "alive") < OK:
            LOG.error("the sign of life was not taken: check LEEWARD_HEARTBEAT_URL")
        await asyncio.sleep(every)
