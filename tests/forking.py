"""`leeward serve` in a process that is forked from one which has imported everything: ready in a fraction of the time.

It is the same program as the command line starts, and can be killed as often as a proof wants.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.context import ForkServerProcess

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.forking", "bot.cli", "bot.commands.serve", "storage.schema"])


def _serve(settings: dict[str, str], log: str) -> None:
    for name in [name for name in os.environ if name.startswith("LEEWARD_")]:  # noqa: TID251 - of this process, before it serves
        del os.environ[name]  # noqa: TID251 - as above
    os.environ.update(settings)  # noqa: TID251 - as above
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    from bot.cli import main

    sys.argv = ["leeward", "serve"]
    main()


def fork_service(settings: Mapping[str, str], log: Path) -> ForkServerProcess:
    """Start the service with these settings; what it prints is added to `log`."""
    process = CONTEXT.Process(target=_serve, args=(dict(settings), str(log)))
    process.start()
    return process
