"""Events over a real connection: what changes is told within seconds, and the stream ends with the login."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bot.desk.app import desk_app
from bot.desk.serving import serve_at
from bot.desk.state import Limits, Place
from bot.listening import listen_at
from dialogs.replace import replace
from handlers.accounts import Role
from handlers.types import SealedBlob
from tests.desk_server.world import HRC, OTHER, Browser, World, card_of, desk_world

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

    from bot.clock import FixedClock

QUICK = Limits(poll_seconds=0.05, alive_seconds=0.2)


async def events(client: httpx.AsyncClient, browser: Browser) -> AsyncIterator[tuple[str, str]]:
    """Yield name and data of every event, until the stream ends."""
    cookie = {"Cookie": f"leeward={browser.client.cookies['leeward']}"}
    async with client.stream("GET", "/api/events", headers=cookie) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, line.removeprefix("data: ")


async def next_change(heard: AsyncIterator[tuple[str, str]]) -> tuple[str, str]:
    """Return the next event that is not a sign of life."""
    async with asyncio.timeout(20):
        while (told := await anext(heard))[0] == "alive":
            pass
        return told


def test_an_open_page_hears_of_changes_until_its_login_ends(tmp_path: Path, clock: FixedClock) -> None:
    """A new case, an unread message, an erased case of the own office, nothing of others; revoked: over within 5 s."""
    with desk_world(tmp_path, clock, QUICK) as world, listen_at("127.0.0.1", 0) as listening:
        world.desk = replace(world.desk, place=Place(f"http://localhost:{listening.getsockname()[1]}"))
        world.open_case(card_of("LW-1"))
        officer, chief = world.logged_in("ana"), world.logged_in("chief", HRC, Role.ADMINISTRATOR)
        world.run(_play(world, officer, chief, listening))


async def _play(world: World, officer: Browser, chief: Browser, listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    headers = {"Host": f"localhost:{port}", "Sec-Fetch-Site": "same-origin"}
    async with (
        asyncio.TaskGroup() as group,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client,
    ):
        served = group.create_task(serve_at(desk_app(world.desk), listening))
        heard = events(client, officer)
        assert (await anext(heard))[0] == "alive"

        await asyncio.to_thread(world.open_case, card_of("LW-9", OTHER))
        await asyncio.to_thread(world.open_case, card_of("LW-2"))
        assert await next_change(heard) == ("queue", '{"cases":["LW-2"]}')
        assert await next_change(heard) == ("case", '{"case":"LW-2"}')

        await asyncio.to_thread(_message, world)
        assert await next_change(heard) == ("queue", '{"cases":["LW-1"]}')
        assert await next_change(heard) == ("case", '{"case":"LW-1"}')

        await asyncio.to_thread(_erase, world)
        assert await next_change(heard) == ("queue", '{"cases":["LW-2"]}')

        begun = asyncio.get_running_loop().time()
        path = "/api/people/ana/revoke"
        revoked = await client.post(path, json={}, headers={"Cookie": f"leeward={chief.client.cookies['leeward']}"})
        assert revoked.status_code == 200
        assert {name async for name, _data in heard} <= {"alive", "case"}
        assert asyncio.get_running_loop().time() - begun < 5
        served.cancel()


def _message(world: World) -> None:
    with world.service.store.transaction() as work:
        work.blobs.put(SealedBlob("LW-1", HRC, "message", 1, b"sealed"))


def _erase(world: World) -> None:
    with world.service.store.transaction() as work:
        work.cases.erase("LW-2")
