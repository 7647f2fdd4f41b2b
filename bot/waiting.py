"""Waiting for something, for a limited time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Event


async def came(event: Event, seconds: float) -> bool:
    """Wait until this happens, for so many seconds at most; return whether it happened.

    Not asyncio.wait_for: before Python 3.12 it loses a cancellation that arrives in the moment of the event, and
    whoever was to end goes on for ever.
    """
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
