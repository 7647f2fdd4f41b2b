"""Synchronous work off the event loop: one thread that writes on SQLite, a few on PostgreSQL."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

POSTGRES_THREADS = 6
FILE_THREADS = 2


class Writer:
    """Runs database work in its own thread or threads, and files in others, so that a slow upload delays nobody."""

    def __init__(self, *, several: bool) -> None:
        """Take several threads (PostgreSQL), or one (SQLite)."""
        self._database = ThreadPoolExecutor(POSTGRES_THREADS if several else 1, thread_name_prefix="writer")
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="files")

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run database work; return its result or raise its error."""
        return await asyncio.get_running_loop().run_in_executor(self._database, work)

    async def run_file(self, work: Callable[[], Result]) -> Result:
        """Run work on a file."""
        return await asyncio.get_running_loop().run_in_executor(self._files, work)

    def close(self) -> None:
        """Finish what was begun and end the threads."""
        self._files.shutdown(wait=True)
        self._database.shutdown(wait=True)
