"""The socket by which other commands reach the service that runs in a folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import control
from bot.control import SOCKET_FILE, Control, ask_running
from storage.errors import InUse


def taker(home: Path, name: str) -> Control:
    """Return what answers every command in the folder with a name."""

    async def carry_out(line: bytes) -> bytes:
        assert b"who" in line
        return f'{{"result": "{name}"}}\n'.encode()

    return Control(home, carry_out)


async def asked(home: Path) -> str:
    """Return who takes commands."""
    answer: str = await asyncio.to_thread(ask_running, home, "who", {})
    return answer


def test_another_process_takes_the_commands_when_the_first_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not before; what it leaves behind at its end is nothing."""
    monkeypatch.setattr(control, "TRY_AGAIN_SECONDS", 0.01)

    async def play() -> None:
        first, second = taker(tmp_path, "first"), taker(tmp_path, "second")
        assert await first.take()
        assert not await second.take()
        assert await asked(tmp_path) == "first"
        first.close()
        await second.keep()
        assert await asked(tmp_path) == "second"
        second.close()
        with pytest.raises(InUse):
            await asked(tmp_path)

    asyncio.run(play())
    assert not (tmp_path / SOCKET_FILE).exists()


def test_a_place_that_cannot_be_taken_now_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is given back when the socket cannot be made."""
    monkeypatch.setattr(control, "TRY_AGAIN_SECONDS", 0.01)
    obstacle = tmp_path / SOCKET_FILE

    async def play() -> None:
        waiting = taker(tmp_path, "late")
        obstacle.mkdir()
        keeping = asyncio.ensure_future(waiting.keep())  # noqa: TID251 - ended below
        await asyncio.sleep(0.05)
        assert not keeping.done()
        obstacle.rmdir()
        await keeping
        assert await asked(tmp_path) == "late"
        waiting.close()

    asyncio.run(play())


def test_the_path_of_the_folder_may_be_longer_than_the_address_of_a_socket(tmp_path: Path) -> None:
    """The system takes little more than a hundred bytes."""
    home = tmp_path / ("far" * 30) / ("away" * 20)
    home.mkdir(parents=True)

    async def play() -> None:
        far = taker(home, "far")
        assert await far.take()
        assert await asked(home) == "far"
        far.close()

    asyncio.run(play())
    assert not (home / SOCKET_FILE).exists()
