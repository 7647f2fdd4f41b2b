"""`leeward` in a process that is forked from one which has imported everything: ready in a fraction of the time.

It is the same program as the command line starts, with its own environment, folder and streams, and can be killed as
often as a proof wants.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile  # noqa: TID251 - what a command of a test reads and prints; removed when it has ended
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.context import ForkServerProcess

COMMANDS = (
    "chat", "checks", "directories", "drill", "invitations", "keys", "ledger", "officers", "operations", "replaying",
    "serve", "setup", "trends",
)  # fmt: skip
MEASURED = "COVERAGE_PROCESS_CONFIG"
"""What tells a process to measure coverage, and how."""

CONTEXT = multiprocessing.get_context("forkserver")
LATE = ("alembic.command", "alembic.autogenerate", "fluent.runtime", "sqlalchemy.dialects.sqlite")
"""What a command loads when it needs it, and most of those that a test starts do."""

CONTEXT.set_forkserver_preload(
    ["coverage", "tests.forking", "bot.cli", "bot.web", *(f"bot.commands.{name}" for name in COMMANDS), *LATE]
)


@contextmanager
def asking_for_coverage(*, asked: bool) -> Iterator[None]:
    """Ask the processes that begin here to measure coverage, if that was asked of this one; or ask none of them."""
    kept = os.environ.get(MEASURED)  # noqa: TID251 - of this process, for its children
    if not asked:
        os.environ.pop(MEASURED, None)  # noqa: TID251 - as above
    try:
        yield
    finally:
        if kept is not None:
            os.environ[MEASURED] = kept  # noqa: TID251 - as above


def _start(process: ForkServerProcess) -> None:
    """Start it; the server it is forked from never measures, or all would, and three times as slow."""
    with asking_for_coverage(asked=False):
        process.start()


def _measure_if_asked(settings: Mapping[str, str]) -> None:
    if MEASURED in settings:
        import coverage

        coverage.process_startup()


def _serve(settings: dict[str, str], log: str, options: tuple[str, ...]) -> None:
    for name in [name for name in os.environ if name.startswith("LEEWARD_")]:  # noqa: TID251 - of this process, before it serves
        del os.environ[name]  # noqa: TID251 - as above
    os.environ.update(settings)  # noqa: TID251 - as above
    _measure_if_asked(settings)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    _main("serve", *options)


def _main(*args: str) -> None:
    from bot.cli import main

    sys.argv = ["leeward", *args]
    main()


def fork_service(settings: Mapping[str, str], log: Path, options: tuple[str, ...] = ()) -> ForkServerProcess:
    """Start the service with these settings and options; what it prints is added to `log`."""
    process = CONTEXT.Process(target=_serve, args=(dict(settings), str(log), options))
    _start(process)
    return process


def _command(args: tuple[str, ...], settings: dict[str, str], folder: str, streams: str) -> None:
    os.environ.clear()  # noqa: TID251 - of this process, before it begins
    os.environ.update(settings)  # noqa: TID251 - as above
    _measure_if_asked(settings)
    os.chdir(folder)
    for number, name in enumerate(("in", "out", "err")):
        os.dup2(os.open(Path(streams) / name, os.O_RDWR), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace")
    _main(*args)


def fork_command(
    *args: str, settings: Mapping[str, str], folder: Path, text: str = "", seconds: float = 120,
    until: Callable[[str], bool] | None = None,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run `leeward ARGS` in this environment and folder with `text` as its input. Raises TimeoutExpired.

    `until`: it is killed (-9) as soon as this holds of what it has printed.
    """
    with tempfile.TemporaryDirectory() as place:
        streams = {name: Path(place, name) for name in ("in", "out", "err")}
        streams["in"].write_text(text, encoding="utf-8", errors="surrogateescape")
        streams["out"].touch()
        streams["err"].touch()
        process = CONTEXT.Process(target=_command, args=(args, dict(settings), str(folder), place))
        _start(process)
        if until is not None:
            while process.exitcode is None and not until(streams["out"].read_text("utf-8", "replace")):
                process.join(0.001)
            process.kill()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(args, seconds)
        said = [streams[name].read_text(encoding="utf-8", errors="surrogateescape") for name in ("out", "err")]
        return subprocess.CompletedProcess(args, process.exitcode, *said)
