"""One process at a time for a folder with a SQLite file."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.errors import CannotWrite, InUse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = "leeward.lock"


@contextmanager
def locked(home: Path, name: str = LOCK_FILE) -> Iterator[None]:
    """Hold the lock of the folder, or another one of that name. Raises: InUse when a process has it, CannotWrite."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise CannotWrite(home.name) from exc
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise InUse from exc
        yield
    finally:
        os.close(handle)
