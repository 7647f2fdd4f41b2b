"""What is loaded once people are served, in a thread and one module at a time.

People have the process for themselves at first. Two imports side by side that need each other's modules would wait for
each other; Python notices, and hands one of them a module that is half loaded.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import ModuleType

HEAD_START_SECONDS: Final = 0.5
"""How long after a start what is late may be loaded: it takes the interpreter from those who write just then."""

_ONE: Final = Lock()


async def loaded(name: str) -> ModuleType:
    """Return this module, loaded without stopping the loop when it was not yet."""
    return await asyncio.to_thread(_load, name)


def _load(name: str) -> ModuleType:
    with _ONE:
        if name not in sys.modules:
            import_module(name)
            gc.collect()  # or what people said meanwhile would be kept for good with what was loaded
            gc.freeze()  # as the runtime does with what was loaded before
        return sys.modules[name]
