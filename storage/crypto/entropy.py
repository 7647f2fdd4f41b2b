"""The only source of chance in `storage.crypto`; every function that needs chance takes it as an argument.

Primitives that draw their own chance inside the library (HPKE, Cobblestone, ML-DSA) take none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

EntropySource = Callable[[int], bytes]
"""Returns that many fresh, uniform, secret bytes at every call."""


def fresh_bytes(count: int) -> bytes:
    """Return `count` fresh bytes of the operating system's generator."""
    return secrets.token_bytes(count)  # the one place that draws chance; tests pass an EntropySource of their own
