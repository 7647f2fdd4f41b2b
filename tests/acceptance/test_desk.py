"""The desk of a running service: invited on the command line, logged in by passkey, a report arrives and is opened."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import httpx
import pytest

from storage.crypto.age.identity_file import read_identity_file
from storage.crypto.sealing import open_report
from storage.store import make_engine
from storage.tables import metadata
from tests.fakes.authenticator import Authenticator
from tests.fakes.signal_server import SignalServer
from tests.fakes.telegram_server import TelegramServer
from tests.forking import fork_command
from tests.postgres import postgres_url
from tests.serving import ROOT, TO_FILES, TO_SEND, Forked, Served, install, served, talk

pytestmark = pytest.mark.slow


async def invited(running: Served, office: str, *roles: str) -> str:
    """Invite somebody beside the running service; return the code."""
    named = [part for role in roles for part in ("--role", role)]
    done = await asyncio.to_thread(
        fork_command, "invite", "--office", office, *named, settings=running.settings, folder=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[0].partition("#invite=")[2]


def browser_at(settings: dict[str, str]) -> httpx.AsyncClient:
    """Return a browser that asks the desk by its name."""
    address = settings["LEEWARD_DESK_LISTEN"]
    own = f"http://localhost:{address.rpartition(':')[2]}"
    headers = {"Host": own.removeprefix("http://"), "Origin": own}
    return httpx.AsyncClient(base_url=f"http://{address}", headers=headers, timeout=30)


async def accepted(client: httpx.AsyncClient, code: str) -> httpx.Response:
    """Take an invitation with a passkey."""
    authenticator = Authenticator(str(client.headers["Origin"]), "localhost")
    asked = await client.post("/api/invitations/options", json={"code": code})
    credential = authenticator.make(asked.json()["options"])
    return await client.post("/api/invitations", json={"code": code, "name": "Ana", "credential": credential})


def test_an_officer_opens_a_report_minutes_after_it_was_sent(tmp_path: Path) -> None:
    """The whole way on the real service: from a message on Signal to the plaintext at the office, and nowhere else."""

    async def play() -> None:
        async with served(tmp_path, "signal") as running:
            async with browser_at(running.settings) as client:
                session = await accepted(client, await invited(running, "OFF-HRC", "first-respondent"))
                assert session.status_code == 200, session.text
                cookie = {"Cookie": f"leeward={session.cookies['leeward']}"}
                mina = running.signal.person("aci-mina")
                await talk(mina, (*TO_FILES, *TO_SEND))

                shown = (await client.get("/api/cases", headers=cookie)).json()["cases"]
                assert [line["office"] for line in shown] == ["OFF-HRC"]
                case = shown[0]["case"]
                sealed = (await client.get(f"/api/cases/{case}/blobs/report/1", headers=cookie)).content
                owned = await client.post(f"/api/cases/{case}/own", json={}, headers=cookie)
                assert owned.json()["status"] == "ST-ACK"

            key = running.home / "offices" / "keys" / "OFF-HRC.key"
            document = json.loads(open_report(sealed, read_identity_file(key.read_bytes())))
            assert document["case"] == case
            assert "desk" in running.log.decode().splitlines()[0]

    asyncio.run(play())


@pytest.mark.postgres
def test_the_desk_runs_alone_beside_a_database_of_many(tmp_path: Path) -> None:
    """On PostgreSQL, without a channel; it ends cleanly, an open event stream holds it up by seconds only."""

    async def play() -> None:
        settings = {**install(tmp_path), "LEEWARD_DATABASE_URL": postgres_url()}
        running = Forked(tmp_path, settings, TelegramServer(), SignalServer())
        running.options = ("--only", "desk")
        await running.start()
        try:
            async with browser_at(settings) as client:
                session = await accepted(client, await invited(running, "OFF-HRC", "first-respondent"))
                cookie = {"Cookie": f"leeward={session.cookies['leeward']}"}
                assert (await client.get("/api/cases", headers=cookie)).json()["cases"] == []
                assert (await client.get("/desk")).headers["content-type"].startswith("text/html")
                async with client.stream("GET", "/api/events", headers=cookie) as events:
                    assert await anext(events.aiter_lines()) == "event: alive"
                    await running.stop()
        finally:
            await running.stop()
        assert b"Serving desk." in running.log

    asyncio.run(play())
    engine = make_engine(postgres_url())
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    """With the setting to change."""
    settings = install(tmp_path)
    host, _colon, port = settings["LEEWARD_DESK_LISTEN"].rpartition(":")
    with socket.create_server((host, int(port))):
        settings |= {"LEEWARD_SIGNAL_NUMBER": "+41790000000", "LEEWARD_SIGNAL_SERVICE": "127.0.0.1:1"}
        done = fork_command("serve", settings=settings, folder=tmp_path)

    assert (done.returncode, done.stderr.count("\n"), "LEEWARD_DESK_LISTEN" in done.stderr) == (1, 1, True)
