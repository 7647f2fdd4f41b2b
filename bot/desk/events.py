"""Events for whoever listens: that a case changed, never what. A page asks then, and passes every check again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec

from bot.desk.refusals import refused
from bot.desk.routes import EVERYBODY, Nothing, Route, Stream
from handlers.access import Sight, role_sees

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.desk.routes import Allowed, Call
    from bot.desk.snapshot import Snapshot
    from bot.desk.state import Desk
    from dialogs.conversation import CaseCard

MOST_STREAMS: Final = 12
"""Of one account at once, each some KiB and a look a second: more than windows anybody has open."""

MOST_OF_ALL: Final = 256
"""Of all accounts together: less than there may be connections, so that streams alone never fill the desk."""

MOST_NAMED: Final = 200
"""Cases named in one event; when more have changed, the page is to load the queue anew."""


def listen(call: Call[Nothing]) -> Stream:
    """Answer a stream of events; it ends when the login does. Raises: Refused when the account has enough of them."""
    if call.desk.listening[call.account.id] >= MOST_STREAMS:
        raise refused("slow_down", "The desk is open in too many windows. Close some of them.", retry_after=60)
    if call.desk.listening.total() >= MOST_OF_ALL:
        raise refused("busy", retry_after=60)
    return Stream(lambda: _counted(call.desk, call.allowed))


async def _counted(desk: Desk, allowed: Allowed) -> AsyncIterator[bytes]:
    account = allowed.account.id
    desk.listening[account] += 1
    try:
        async for told in _events(desk, allowed):
            yield told
    finally:
        desk.listening[account] -= 1
        if not desk.listening[account]:
            del desk.listening[account]


async def _events(desk: Desk, allowed: Allowed) -> AsyncIterator[bytes]:
    last = await desk.changes.look()
    seen = _seen(desk, allowed, last)
    yield event("alive", {})
    quiet = 0.0
    while True:
        await asyncio.sleep(desk.limits.poll_seconds)
        snapshot = await desk.changes.look()
        if allowed.session.id not in snapshot.live:
            return
        changed: list[str] = []
        if not snapshot.same_as(last):
            now = _seen(desk, allowed, snapshot)
            changed = [case for case in {**seen, **now} if seen.get(case) != now.get(case)]
            seen = now
        last, quiet = snapshot, 0.0 if changed else quiet + desk.limits.poll_seconds
        if changed:
            yield event("queue", {"cases": changed if len(changed) <= MOST_NAMED else []})
            for case in changed[:MOST_NAMED]:
                yield event("case", {"case": case})
        elif quiet >= desk.limits.alive_seconds:
            quiet = 0.0
            yield event("alive", {})


def _seen(desk: Desk, allowed: Allowed, snapshot: Snapshot) -> dict[str, tuple[CaseCard, int]]:
    """Return what this account sees, as of a snapshot."""
    unread = snapshot.unread.get(allowed.account.office, {})
    return {
        card.case: (card, unread.get(card.case, 0))
        for card in desk.index.of_office(allowed.account.office, snapshot.cards.values(), desk.now())
        if role_sees(allowed.account, card) > Sight.NOTHING
    }


def event(name: str, data: Mapping[str, object]) -> bytes:
    """Return one event as it travels."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


ROUTES: Final = (Route("GET", "/api/events", "What changes, as it changes", EVERYBODY, listen, gives=str),)
