"""What is loaded once people are served, in a thread and one module at a time.

Two imports side by side that need each other's modules would wait for each other; Python notices, and hands one of them
a module that is half loaded.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_ONE = Lock()


async def loaded(name: str) -> ModuleType:
    """Return this module, loaded without stopping the loop."""
    return await asyncio.to_thread(_load, name)


def _load(name: str) -> ModuleType:
    with _ONE:
        return import_module(name)
