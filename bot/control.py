"""Commands for a service that runs: on SQLite one process writes, so other commands are handed to it.

A socket in the home folder (mode 600, for the owner of the process alone) takes one JSON object a line and answers
with one. What it can do is what the command line could do with the same folder.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from storage.errors import InUse, StorageError
from storage.lock import locked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

LOG: Final = logging.getLogger("leeward")
SOCKET_FILE: Final = "leeward.sock"
LOCK_FILE: Final = "leeward.sock.lock"
"""Held by the process whose socket it is: of several in one folder (PostgreSQL) one at a time takes commands."""

OWNER_ALONE: Final = 0o177
MOST_BYTES: Final = 256 * 1024
MOST_ADDRESS_BYTES: Final = 100
"""The system takes a little more than this as the address of a socket, and no more."""

ANSWER_SECONDS: Final = 30.0
TRY_AGAIN_SECONDS: Final = 1.0


class Control:
    """Takes commands for the folder of a service; where another process of it does, as soon as that has ended."""

    def __init__(self, home: Path, carry_out: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Take the folder, and what answers one line."""
        self._home, self._carry_out = home, carry_out
        self._place = ExitStack()  # the lock, while this process has it
        self._server: asyncio.Server | None = None

    async def take(self) -> bool:
        """Begin to take commands, unless another process does."""
        with ExitStack() as place:
            try:
                place.enter_context(locked(self._home, LOCK_FILE))
            except InUse:
                return False
            self._server = await asyncio.start_unix_server(self._serve, sock=self._listening(), limit=MOST_BYTES)
            self._place = place.pop_all()
        return True

    def _listening(self) -> socket.socket:
        with suppress(FileNotFoundError):
            (self._home / SOCKET_FILE).unlink()  # of a process that was killed
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(OWNER_ALONE)
        try:
            with _address(self._home) as address:
                listening.bind(address)
        finally:
            os.umask(before)
        return listening

    async def keep(self) -> None:
        """Take the place of another process when it ends. To be cancelled."""
        if self._server is None:
            LOG.info("another process in this folder takes the commands")
        while self._server is None:
            await asyncio.sleep(TRY_AGAIN_SECONDS)
            with suppress(OSError, StorageError):  # a full disk, for one: people are served all the same
                await self.take()

    def close(self) -> None:
        """Take no more commands, and leave the place to others."""
        if self._server is not None:
            self._server.close()
            with suppress(FileNotFoundError):
                (self._home / SOCKET_FILE).unlink()
        self._place.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await self._carry_out(await reader.readline()))
        await writer.drain()
        writer.close()


@contextmanager
def _address(home: Path) -> Iterator[str]:
    """Give an address of the socket that the system takes, however long the path of the folder is."""
    path = str(home / SOCKET_FILE)
    if len(os.fsencode(path)) <= MOST_ADDRESS_BYTES:
        yield path
        return
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_FILE}"
    finally:
        os.close(folder)


class CommandFailed(Exception):
    """The running service refused the command; the message is its own."""


def ask_running(home: Path, command: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Have the service that runs in this folder carry out a command; return its answer.

    Raises: InUse when nobody answers there, CommandFailed with the reason of a refusal.
    """
    line = json.dumps({"command": command, "arguments": dict(arguments)}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_SECONDS)
            with _address(home) as address:
                connection.connect(address)
            connection.sendall(line)
            answer = json.loads(_line(connection))
    except (OSError, ValueError) as exc:
        raise InUse from exc
    if "error" in answer:
        raise CommandFailed(str(answer["error"]))
    return answer["result"]


def _line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n") and len(received) < MOST_BYTES:
        piece = connection.recv(65536)
        if not piece:
            break
        received += piece
    return received


def answer(line: bytes, commands: Mapping[str, Callable[..., Any]], refusals: tuple[type[Exception], ...]) -> bytes:
    """Return the answer to one line: the result, or the message of a refusal."""
    with suppress(ValueError, KeyError, TypeError):
        asked = json.loads(line)
        run = commands[asked["command"]]
        try:
            return json.dumps({"result": run(**asked["arguments"])}).encode() + b"\n"
        except refusals as exc:
            return json.dumps({"error": str(exc)}).encode() + b"\n"
    return json.dumps({"error": "the running service does not know this command"}).encode() + b"\n"
