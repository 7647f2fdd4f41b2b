"""Commands for a service that runs: on SQLite one process writes, so other commands are handed to it.

A socket in the home folder (mode 600, for the owner of the process alone) takes one JSON object a line and answers
with one. What it can do is what the command line could do with the same folder.
"""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from storage.errors import InUse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SOCKET_FILE: Final = "leeward.sock"
LOCK_FILE: Final = "leeward.sock.lock"
"""Held by the process whose socket it is: of several in one folder (PostgreSQL) only the first takes commands."""

MOST_BYTES: Final = 256 * 1024
ANSWER_SECONDS: Final = 30.0


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
            connection.connect(str(home / SOCKET_FILE))
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
