"""A drill beside a service that runs in the same folder: nothing of it is touched, and nobody is written to by mistake."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from storage.tables import metadata
from tests.fakes.faults import until
from tests.forking import fork_command
from tests.serving import ROOT, install, served, talk

pytestmark = pytest.mark.slow

ROSTER = """
people:
  - {id: amina, office: OFF-EML, roles: [operator], channels: [{channel: signal, address: aci-amina}]}
shifts:
  - {office: OFF-EML, role: operator, people: [amina]}
ladders:
  L1: {repeat: 60, rungs: [{after: 0, role: operator}]}
  L2: {repeat: 60, rungs: [{after: 0, role: operator}]}
drill_word: exercise
"""
MINUTES = 1 / 60


async def leeward(settings: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the settings of an installation."""
    return await asyncio.to_thread(fork_command, *args, settings=settings, folder=ROOT)


def kept(home: Path) -> dict[str, object]:
    """Return every file by its digest, and of the database how many rows every table has, and which cases there are."""
    files: dict[str, object] = {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("leeward.")
    }
    with closing(sqlite3.connect(f"file:{home / 'leeward.db'}?mode=ro", uri=True)) as database:
        for table in metadata.tables:
            files[f"rows of {table}"] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own tables
        files["cases"] = database.execute("SELECT id FROM cases").fetchall()
    return files


def test_a_night_is_played_beside_a_running_service_and_touches_nothing_of_it(tmp_path: Path) -> None:
    """Keys, cases, outbox and ledger are as before; the real alert is still open and nobody was written to."""
    (tmp_path / "roster.yaml").write_text(ROSTER)

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            amina, mina = running.signal.person("aci-amina"), running.signal.person("aci-mina")
            await talk(mina, ("help me", "1"))
            await until(lambda: amina.received, 60)
            await talk(amina, ("queue",))
            await until(lambda: kept(tmp_path)["rows of outbox"] == 0, 60)  # what was sent is written down, too
            before, told = await asyncio.to_thread(kept, tmp_path), list(amina.received)
            played = await leeward(
                running.settings, "drill", "--cooperators", "2", "--reports", "1", "--hours", "0.2", "--json"
            )
            assert json.loads(played.stdout)["cases"] == 3, played.stderr
            assert await asyncio.to_thread(kept, tmp_path) == before
            assert amina.received == told
            assert list(running.signal.people) == ["aci-amina", "aci-mina"]
            await talk(amina, ("queue",))
            assert amina.last == "Open now: 1."
            assert not (tmp_path / "drill").exists()

    asyncio.run(play())


def test_whoever_is_on_duty_is_really_paged_by_the_service_that_runs(tmp_path: Path) -> None:
    """With the word that marks it; what they write is timed, and nothing becomes a case or an alert."""
    (tmp_path / "roster.yaml").write_text(ROSTER)

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            amina = running.signal.person("aci-amina")
            paging = asyncio.ensure_future(leeward(running.settings, "drill", "--really-page", "2", "--json"))  # noqa: TID251 - awaited below
            await until(lambda: amina.received, 60)
            assert amina.last.startswith("Desk: please open the console. ")
            assert amina.last.endswith(" exercise")
            await talk(amina, (f"ack {amina.last.split()[-2]}",))
            assert "nothing open with this code" in amina.last
            done = await paging
            assert done.returncode == 0, done.stderr
            result = json.loads(done.stdout)
            assert result["paged"] == ["amina"]
            assert 0 <= result["answered_minutes"]["amina"] <= 2
            assert kept(tmp_path)["cases"] == []

            late = await leeward(running.settings, "drill", "--really-page", str(MINUTES))
            assert (late.returncode, late.stdout) == (1, "amina: never\n")

    asyncio.run(play())


def test_without_a_service_nobody_is_paged_later(tmp_path: Path) -> None:
    """It is refused with what to do, and nothing waits in the outbox for the next start."""
    settings = {**install(tmp_path), "LEEWARD_SIGNAL_NUMBER": "+41790000000", "LEEWARD_SIGNAL_SERVICE": "127.0.0.1:9"}
    (tmp_path / "roster.yaml").write_text(ROSTER)
    done = asyncio.run(leeward(settings, "drill", "--really-page", "1"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "start `leeward serve` first" in done.stderr
    assert not (tmp_path / "leeward.db").exists()
