"""Strangers who flood the desk delay no message of a person and keep no officer out."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from typing import TypeAlias

import httpx

from bot.desk.app import desk_app
from bot.desk.connections import Connections, Counted, Most
from bot.desk.lanes import AGAIN_AFTER_SECONDS, STRANGERS, source_of
from bot.desk.serving import serve_at
from bot.desk.state import Place
from bot.listening import listen_at
from dialogs.replace import replace
from tests.desk_server.test_login import invitation, passkey
from tests.desk_server.world import Browser, World

CODE = {"code": "x" * 32}
OWN = {"Sec-Fetch-Site": "same-origin"}
SOURCES = 40


async def _ask(browser: Browser, done: list[str], name: str) -> httpx.Response:
    answer = await browser.client.post("/api/invitations/options", json=CODE, headers=OWN)
    done.append(name if answer.status_code != 503 else "busy")
    return answer


async def _until(done: list[str], count: int) -> None:
    async with asyncio.timeout(20):
        while len(done) < count:  # noqa: ASYNC110 - what is waited for is the answers of a server
            await asyncio.sleep(0.005)


async def _flood(world: World, strangers: list[Browser], known: Browser) -> tuple[list[str], list[httpx.Response]]:
    """Have strangers ask while the writer is held up, then a person write and an officer ask; return who came when."""
    held, done = threading.Event(), list[str]()

    async def message() -> None:
        await world.desk.writer.run(lambda: None)
        done.append("message")

    async with asyncio.TaskGroup() as group:
        group.create_task(world.desk.writer.run(lambda: held.wait(30)))
        asked = [group.create_task(_ask(stranger, done, "stranger")) for stranger in strangers]
        waiting = min(STRANGERS.waiting, STRANGERS.of_source * len({id(one) for one in strangers}))
        await _until(done, len(strangers) - waiting)
        group.create_task(message())
        officer = group.create_task(_ask(known, done, "officer"))
        held.set()
    return done, [task.result() for task in (*asked, officer)]


def test_a_flood_from_one_source_waits_for_itself(world: World) -> None:
    """Of 100 posts four wait, the others are told at once when to try again; a person's message overtakes what waits."""
    stranger = world.browser("192.0.2.66")

    done, answers = world.run(_flood(world, [stranger] * 100, world.browser("192.0.2.1")))

    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) == 100 - STRANGERS.of_source
    assert {answer.headers["retry-after"] for answer in busy} == {str(AGAIN_AFTER_SECONDS)}
    assert {answer.json()["error"] for answer in busy} == {"busy"}
    served = [name for name in done if name != "busy"]
    assert served.index("message") <= STRANGERS.at_once
    assert "officer" in served  # another source had its own places


def test_a_flood_from_everywhere_never_keeps_an_officer_out_of_a_browser_they_know(world: World) -> None:
    """The lane of strangers is full; who has logged in there before is answered before what waits in it."""
    key, officer = passkey(), world.browser("192.0.2.1")
    assert officer.accept(invitation(world), key).status_code == 200
    officer.post("/api/logout")
    strangers = [world.browser(f"198.51.100.{number}") for number in range(SOURCES)]

    done, answers = world.run(_flood(world, strangers, officer))

    assert Counter(done)["busy"] == SOURCES - STRANGERS.waiting
    assert answers[-1].status_code == 403  # the code is wrong; but it was looked at
    served = [name for name in done if name != "busy"]
    assert served.index("officer") <= STRANGERS.at_once + 1
    assert officer.login(key).status_code == 200


def test_a_forged_mark_of_a_known_browser_is_none(world: World) -> None:
    """Whoever makes one up waits with the strangers."""
    forger = world.browser("192.0.2.66")
    forger.client.cookies.set(world.desk.place.known_cookie, f"99999999999.{'0' * 24}.{'0' * 64}")

    _done, answers = world.run(_flood(world, [forger] * 30, world.browser("192.0.2.1")))

    assert Counter(answer.status_code for answer in answers)[503] == 30 - STRANGERS.of_source


def test_whoever_has_a_whole_network_is_one_source() -> None:
    """With IPv6 an attacker has more addresses than there are places."""
    assert source_of("2001:db8:1:2::1") == source_of("2001:db8:1:2:ffff::9") != source_of("2001:db8:1:3::1")
    assert source_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert source_of("testclient") == "testclient"


Line: TypeAlias = "tuple[asyncio.StreamReader, asyncio.StreamWriter]"


async def _crowd(port: int, count: int) -> list[Line]:
    """Open connections that say nothing, or half of a request."""
    crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    for _reader, writer in crowd[::2]:
        with suppress(ConnectionError):
            writer.write(b"GET /api/session HTTP/1.1\r\nHost:")
            await writer.drain()
    return crowd


async def _over(line: Line) -> None:
    """Wait until the other side ends a connection."""
    reader, writer = line
    async with asyncio.timeout(20):
        with suppress(ConnectionError):
            assert not await reader.read(1)
    writer.close()


def test_connections_that_say_nothing_make_room_and_end(world: World) -> None:
    """Where 20 may be open the oldest of 30 end; an officer is answered all the same, and the rest end by themselves."""

    async def play(client: httpx.AsyncClient, port: int) -> None:
        assert (await client.get("/api/session")).status_code == 200
        crowd = await _crowd(port, 30)
        for line in crowd[:11]:
            await _over(line)
        assert not any(reader.at_eof() for reader, _writer in crowd[11:])
        assert (await client.get("/api/session")).status_code == 200
        for line in crowd[11:]:
            await _over(line)

    async def whole() -> None:
        async with asyncio.TaskGroup() as group:
            served = group.create_task(serve_at(desk_app(world.desk), listening, Most(20, head_seconds=4.0)))
            headers = {"Host": f"localhost:{port}", **OWN}
            cookies = dict(officer.client.cookies)
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers=headers, cookies=cookies
            ) as client:
                await play(client, port)
            served.cancel()

    with listen_at("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        world.desk = replace(world.desk, place=Place(f"http://localhost:{port}"))
        officer = world.logged_in("ana")
        world.run(whole())


class _Kept(Counted):
    """A connection of which only the end is looked at."""

    def __init__(self) -> None:
        """Begin."""
        self.over = False
        self.transport = self  # type: ignore[assignment] # only abort() is asked of it

    def abort(self) -> None:
        """End it."""
        self.over = True


def test_a_source_has_so_many_connections_and_officers_keep_theirs() -> None:
    """The oldest of a stranger goes; who is known stays, and where only known ones are there is no room."""
    connections = Connections(Most(in_all=4, of_source=2))
    lines = [_Kept() for _ in range(8)]

    assert all(connections.add(line, "192.0.2.66") for line in lines[:3])
    assert [line.over for line in lines[:3]] == [True, False, False]
    connections.keep(lines[1])
    assert all(connections.add(line, "192.0.2.66") for line in lines[3:5])
    assert [line.over for line in lines[:5]] == [True, False, True, False, False]
    for line in lines[3:5]:
        connections.keep(line)
    assert connections.add(lines[5], "::1")
    connections.keep(lines[5])
    assert not connections.add(lines[6], "192.0.2.1")
    connections.lost(lines[5])
    assert connections.add(lines[7], "192.0.2.1")
    assert len(connections) == 4
