"""Stored conversations of older schemas, brought to the present one: one pure function for each version.

Each function takes the plain mapping of its version and returns that of the next, and says why it was needed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from dialogs.conversation import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Stored = dict[str, Any]

STEPS: Final[Mapping[int, Callable[[Stored], Stored]]] = MappingProxyType({})
"""Version to the function that leads to the next; empty while there has been one version only."""


def upgrade(stored: Stored) -> Stored:
    """Return the mapping at the present schema. Raises KeyError for a version nobody knows."""
    while stored["schema"] != SCHEMA:
        stored = STEPS[stored["schema"]](stored)
    return stored
