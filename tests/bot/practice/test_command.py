"""`leeward practice` as a process that serves the phone."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.practice.phone import PHONE
from handlers.types import Address
from tests.command_line import LEEWARD, environment_of, run
from tests.stores import make_practice_files

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def started(home: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    make_practice_files(home / "practice")
    child = subprocess.Popen(
        [*LEEWARD, "practice", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment_of(home), cwd=home,
    )  # fmt: skip
    with child:
        try:
            yield child
        finally:
            child.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_served_until_the_program_is_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    """Its address is printed once it answers; a waiting page does not hold the end up; the exit code is 0."""
    with started(tmp_path, "--port", "0") as child:  # without a terminal: who names a port wants the page
        assert child.stdout is not None
        said = [child.stdout.readline(), child.stdout.readline()]
        waiting = HTTPConnection("127.0.0.1", int(said[1].strip().removeprefix("http://localhost:")), timeout=10)
        waiting.request("GET", "/messages", headers={"Host": "localhost"})
        screen = json.loads(waiting.getresponse().read())
        waiting.request("GET", f"/messages?run={screen['run']}&after={screen['last']}", headers={"Host": "localhost"})
        time.sleep(0.2)
        child.send_signal(number)
        last = json.loads(waiting.getresponse().read())
        waiting.close()
        _out, err = child.communicate(timeout=10)

    assert "PRACTICE" in said[0]
    assert last["messages"] == []
    assert (child.returncode, err) == (0, "")


def test_a_taken_port_gives_one_line_with_the_remedy(tmp_path: Path) -> None:
    """And exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        make_practice_files(tmp_path / "practice")
        done = run("practice", "--serve", "--port", str(port), home=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"Port {port} cannot be used")
    assert "--port" in done.stderr


def test_the_address_of_the_phone_is_its_own() -> None:
    """Not that of the terminal chat."""
    assert Address("practice", "phone") == PHONE
