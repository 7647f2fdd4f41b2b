"""The fast path end to end: the alert, the officer's one word, the two words the person sees."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.faults import until
from tests.forking import fork_command
from tests.serving import ROOT, Served, served, talk

pytestmark = pytest.mark.slow

CANARY = "Canary4242"
ROSTER = """
people:
  - {id: amina, office: OFF-EML, roles: [operator], channels: [{channel: signal, address: aci-amina}]}
shifts:
  - {office: OFF-EML, role: operator, people: [amina]}
ladders:
  L1: {repeat: 2, rungs: [{after: 0, role: operator}]}
  L2: {repeat: 30, rungs: [{after: 0, role: operator}]}
"""


async def leeward(running: Served, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command beside the service."""
    return await asyncio.to_thread(fork_command, *args, settings=running.settings, folder=ROOT)


@pytest.mark.parametrize("reach", ["1", "2"])
def test_somebody_in_danger_is_answered_on_telegram(tmp_path: Path, reach: str) -> None:
    """SC-05 on the other channel; nothing of the case is in what the officer gets, in the log, or readable at rest."""
    (tmp_path / "roster.yaml").write_text(ROSTER)

    async def play() -> None:
        async with served(tmp_path, "signal", "telegram", forked=True) as running:
            amina, mina = running.signal.person("aci-amina"), running.telegram.person(77)
            await talk(mina, ("help me", "1"))
            await until(lambda: amina.received)
            assert "country" in _shown(mina)
            assert re.fullmatch(r"Desk: please open the console\. \d{4}", amina.last)
            await talk(mina, ("Dravania", "1", reach, "1", f"they ring, {CANARY}"))
            await talk(amina, (amina.last.split()[-1],))
            assert "It is yours" in amina.last
            before = len(mina.received)
            done = await leeward(running, "begin", await _case(running), "--by", "amina")
            assert done.returncode == (0 if reach == "1" else 1), done.stderr
            if reach == "1":
                await until(lambda: len(mina.received) > before)
                assert re.fullmatch(r"\w+ \w+", _shown(mina))
            else:
                assert len(mina.received) == before
            await _says_nothing(running, amina.received)

    asyncio.run(play())


def _shown(person: Any) -> str:  # noqa: ANN401 - somebody on the Telegram of tests
    return str(person.last)


async def _says_nothing(running: Served, received: list[str]) -> None:
    """Neither words, nor country, nor case id in what an officer gets and in the log; the words nowhere at rest."""
    case = await _case(running)
    said = "\n".join(received) + running.log.decode()
    assert not [word for word in (CANARY, "Dravania", "XD", case, "OFF-", "L1") if word in said]
    for path in running.home.glob("leeward.db*"):
        assert CANARY.encode() not in path.read_bytes()


@pytest.mark.parametrize("reach", ["1", "2"])
def test_somebody_in_danger_is_answered(tmp_path: Path, reach: str) -> None:
    """The alert is out before FP2; one word takes it; `begin` shows the person the officer's two words, or nothing."""
    (tmp_path / "roster.yaml").write_text(ROSTER)

    async def play() -> None:
        async with served(tmp_path, "signal", forked=True) as running:
            amina, mina = running.signal.person("aci-amina"), running.signal.person("aci-mina")
            await talk(mina, ("help me", "1"))
            await until(lambda: amina.received)
            assert "Where" in mina.last or "country" in mina.last
            assert re.fullmatch(r"Desk: please open the console\. \d{4}", amina.last)
            await talk(mina, ("Dravania", "1", reach, "1", "they ring the bell"))
            code = amina.last.split()[-1]
            await talk(amina, ("hello", "ack 0000"))
            assert "nothing open with this code" in amina.last
            await talk(amina, (f"Ack {code}",))
            assert "It is yours" in amina.last
            case = await _case(running)
            before = len(mina.received)
            done = await leeward(running, "begin", case, "--by", "amina")
            if reach == "2":
                assert (done.returncode, "no live consent" in done.stderr) == (1, True)
                assert len(mina.received) == before
                return
            assert done.returncode == 0, done.stderr
            await until(lambda: len(mina.received) > before)
            two_words = mina.last
            assert re.fullmatch(r"\w+ \w+", two_words)
            (tmp_path / "words").write_text("Is there a back door?")
            queued = await leeward(running, "write", case, "--content", str(tmp_path / "words"), "--by", "amina")
            assert (queued.returncode, "when they have answered" in queued.stdout) == (0, True), queued.stderr
            await talk(mina, ("yes, it is safe",))
            await until(lambda: mina.last == f"{two_words}\nIs there a back door?")
            assert any("Passed on, locked" in text for text in mina.received[before:])

    asyncio.run(play())


async def _case(running: Served) -> str:
    """Return the id of the only case, from the ids in the database: they say nothing."""
    import sqlite3

    connection = sqlite3.connect(running.home / "leeward.db")
    (case,) = connection.execute("SELECT id FROM cases").fetchone()
    connection.close()
    return str(case)
