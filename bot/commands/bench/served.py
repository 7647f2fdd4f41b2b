"""A real `leeward serve` process between an installation of this run and a Bot API server of this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from subprocess import DEVNULL, PIPE
from sys import executable
from typing import TYPE_CHECKING, Self

from bot.commands.bench.installation import TOKEN, chat_of, settings_of
from bot.commands.bench.sealing import memory_of
from bot.commands.bench.updates import update_bytes
from bot.listening import listen_at

if TYPE_CHECKING:
    from bot.commands.bench.server import Running

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60.0
GLANCE_SECONDS = 0.002


def _free_port() -> int:
    """Return a port for the desk, so that another service on this machine is in nobody's way."""
    with listen_at(HOST, 0) as listening:
        return int(listening.getsockname()[1])


class Served:
    """The process, started and killed as often as it is asked; none is left behind at the end of `async with`."""

    def __init__(self, folder: Path, running: Running) -> None:
        """Take the installation and the server it talks to."""
        settings = settings_of(folder)
        self._environment = {
            "LEEWARD_HOME": str(folder), "LEEWARD_ROOT_KEY": settings.root_key, "LEEWARD_TELEGRAM_TOKEN": TOKEN,
            "LEEWARD_TELEGRAM_API_URL": running.url, "LEEWARD_TELEGRAM_PER_SECOND": "0",
            "LEEWARD_TELEGRAM_CHAT_SECONDS": "0", "LEEWARD_DESK_LISTEN": f"{HOST}:{_free_port()}",
        }  # fmt: skip
        self._running = running
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Begin without a process."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Kill the process, whatever went wrong meanwhile."""
        await self.kill()

    async def start(self) -> None:
        """Start the process."""
        self._process = await asyncio.create_subprocess_exec(
            executable, "-m", "bot", "serve", env=self._environment, stdout=PIPE, stderr=DEVNULL
        )

    async def ready(self) -> None:
        """Wait until it says that it serves."""
        if self._process is None or self._process.stdout is None:
            raise AssertionError
        async with asyncio.timeout(PATIENCE_SECONDS):
            if b"Serving" not in await self._process.stdout.readline():
                raise AssertionError

    async def kill(self) -> None:
        """Kill it at once (kill -9)."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def answers(self, count: int) -> list[tuple[float, str]]:
        """Wait for so many messages; return (time, chat) of each."""
        return await answers(self._running, count)

    async def ask(self, numbers: list[int]) -> None:
        """Let these parked people write their next answer."""
        ids = self._running.update_ids
        await self._running.queue([update_bytes(next(ids), chat_of(number), "0") for number in numbers])

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        if self._process is None:
            raise AssertionError
        return self._process.pid

    @property
    def memory_bytes(self) -> float:
        """Return the resident memory of the process."""
        return memory_of(Path(f"/proc/{self.pid}/status"), "VmRSS") * 1024


async def answers(running: Running, count: int) -> list[tuple[float, str]]:
    """Wait for so many messages at the server; return (time, chat) of each."""
    sent: list[tuple[float, str]] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(sent) < count:
            await asyncio.sleep(GLANCE_SECONDS)
            sent += await running.sent()
    return sent
