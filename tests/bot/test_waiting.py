"""Waiting for an event, for a limited time."""

from __future__ import annotations

import asyncio

from bot.waiting import came


def test_what_happens_in_time_came() -> None:
    """Nobody waits longer than until it happens."""

    async def wait() -> bool:
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon(event.set)
        return await came(event, 60)

    assert asyncio.run(wait())


def test_what_does_not_happen_in_time_has_not_come() -> None:
    """The time is limited."""
    assert asyncio.run(came(asyncio.Event(), 0.001)) is False


def test_what_came_and_is_over_again_came() -> None:
    """Somebody else may clear the event before its waiter runs."""

    async def wait() -> bool:
        event = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(came(event, 60))
            await asyncio.sleep(0)
            event.set()
            event.clear()
        return waiting.result()

    assert asyncio.run(wait())


def test_who_is_ended_in_the_moment_of_the_event_ends() -> None:
    """A loop that waits again and again would otherwise go on for ever, and the service with it."""

    async def ended_as_it_happens() -> None:
        event = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(came(event, 60))
            await asyncio.sleep(0)
            event.set()
            waiting.cancel()
        assert waiting.cancelled()

    asyncio.run(ended_as_it_happens())
