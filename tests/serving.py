"""A real `leeward serve` process against servers of this machine, and people who talk to it."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import SystemEntropy
from bot.directory_files import ROOT_PIN
from storage.keys import create_keys
from tests.fakes.faults import serving, until
from tests.fakes.signal_server import SignalServer
from tests.fakes.telegram_server import TelegramServer
from tests.forking import fork_service
from tests.stores import make_practice_files

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from multiprocessing.context import ForkServerProcess

ROOT = Path(__file__).parents[1]
TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
NUMBER = "+41790000000"
DUTY_TOKEN = "654321:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
DUTY_NUMBER = "+41790000001"

TO_FILES = (
    "hi", "1", "1", "2", "2", "1", "1", "3", "1", "0", "1", "1", "1", "1", "2", "1", "Mina", "3", "1", "Real Name", "0",
    "0", "5", "0", "4", "2", "2", "1", "5", "words", "1", "Arlenia", "0", "0", "1", "0", "1", "4", "0", "0", "0", "0",
    "0", "0", "0", "0", "1", "1", "1",
)  # fmt: skip
"""What somebody on Signal writes up to the files (Q45)."""

TO_SEND = ("0", "1", "1", "3", "0", "1", "1", "1", "1", "1", "1", "2", "2", "2", "3", "1")
"""And on to the sealed report. Danger is soon, so the duty desk is asked about at every hour."""


_NUMBERS = itertools.count(1)


def free_port() -> int:
    """Return a port nothing listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def install(home: Path) -> dict[str, str]:
    """Make an installation with throw-away keys; return the settings it needs."""
    if not (home / "keys").is_dir():
        create_keys(home / "keys", SystemEntropy())
    make_practice_files(home)
    pin = (home / ROOT_PIN).read_text(encoding="ascii").strip()
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - of the child
        "PYTHONPATH": str(ROOT), "LEEWARD_HOME": str(home), "LEEWARD_ROOT_KEY": pin,
        "LEEWARD_DESK_LISTEN": f"127.0.0.1:{free_port()}",
        "LEEWARD_TELEGRAM_PER_SECOND": "0", "LEEWARD_TELEGRAM_CHAT_SECONDS": "0", "LEEWARD_SIGNAL_PER_SECOND": "0",
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},  # noqa: TID251 - as above
    }  # fmt: skip


class Served:
    """The servers and the process that serves between them."""

    def __init__(self, home: Path, settings: dict[str, str], telegram: TelegramServer, signal_: SignalServer) -> None:
        self.home, self.settings = home, settings
        self.telegram, self.signal = telegram, signal_
        self.duty_telegram, self.duty_signal = telegram.bot(DUTY_TOKEN), signal_.number(DUTY_NUMBER)
        self.process: asyncio.subprocess.Process | None = None
        self.log = b""
        self.options: tuple[str, ...] = ()
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process and wait until it serves."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", *self.options, env=self.settings, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reader = asyncio.ensure_future(self._read())  # noqa: TID251 - ended in stop
        await until(lambda: b"Serving" in self.log or self.process is None or self.process.returncode is not None, 60)
        assert b"Serving" in self.log, self.log.decode()

    async def _read(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            while piece := await self.process.stdout.read(4096):
                self.log += piece

    async def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process with a signal and wait for it."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            async with asyncio.timeout(20):
                await self.process.wait()
        if self._reader is not None:
            await self._reader
        self.log = self.log if how == signal.SIGTERM else b""
        self.process = None

    async def kill(self) -> None:
        """Kill it at once (kill -9)."""
        await self.stop(signal.SIGKILL)


class Forked(Served):
    """The same, with the process forked from one that has imported everything: for many starts and kills."""

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - those of Served
        super().__init__(*args)
        self._child: ForkServerProcess | None = None
        self._path = self.home.parent / f"{self.home.name}-{next(_NUMBERS)}.log"

    async def start(self) -> None:
        """Start the process and wait until it serves."""
        self._path.write_bytes(b"")
        self._child = await asyncio.to_thread(fork_service, self.settings, self._path, self.options)
        child = self._child
        await until(lambda: b"Serving" in self._path.read_bytes() or not child.is_alive(), 60)
        assert b"Serving" in self._path.read_bytes(), self._path.read_text()

    async def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process with a signal and wait for it."""
        child, self._child = self._child, None
        if child is None or child.pid is None:
            return
        if child.is_alive():
            os.kill(child.pid, how)
        await asyncio.to_thread(child.join, 20)
        self.log = self._path.read_bytes()


@asynccontextmanager
async def served(home: Path, *channels: str, forked: bool = False, **changes: str) -> AsyncIterator[Served]:
    """Serve these channels from a folder; the process is started, and ended at the end. No call broke a contract.

    `duty-telegram` and `duty-signal` are the desk's own bot and number.
    """
    telegram, signal_server = TelegramServer(), SignalServer()
    async with serving(telegram.app()) as telegram_port, serving(signal_server.app()) as signal_port:
        settings = {**install(home), **changes}
        if "telegram" in channels:
            settings |= {
                "LEEWARD_TELEGRAM_TOKEN": TOKEN, "LEEWARD_TELEGRAM_API_URL": f"http://127.0.0.1:{telegram_port}",
            }  # fmt: skip
        if "signal" in channels:
            settings |= {"LEEWARD_SIGNAL_NUMBER": NUMBER, "LEEWARD_SIGNAL_SERVICE": f"127.0.0.1:{signal_port}"}
        if "duty-telegram" in channels:
            settings["LEEWARD_DUTY_TELEGRAM_TOKEN"] = DUTY_TOKEN
        if "duty-signal" in channels:
            settings["LEEWARD_DUTY_SIGNAL_NUMBER"] = DUTY_NUMBER
        running = (Forked if forked else Served)(home, settings, telegram, signal_server)
        try:
            await running.start()
            if "signal" in channels:
                await until(lambda: signal_server.sockets)
            if "duty-signal" in channels:
                await until(lambda: running.duty_signal.sockets)
            yield running
        finally:
            await running.stop()
    for server in (telegram, signal_server, running.duty_telegram, running.duty_signal):
        assert server.violations == []


async def talk(person: Any, texts: Sequence[str], seconds: float = 40) -> None:  # noqa: ANN401 - somebody on either channel
    """Write one message after the other, each when the one before was answered. Raises AssertionError."""
    for text in texts:
        before = len(person.received)
        person.say(text)
        try:
            await until(lambda before=before: len(person.received) > before, seconds)
        except TimeoutError:
            raise AssertionError(f"no answer to {text!r} after {person.last!r}") from None
