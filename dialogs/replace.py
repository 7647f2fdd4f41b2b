"""Changing a frozen value: the one `replace`, for structs of msgspec and for dataclasses.

mypy knows `dataclasses.replace`, and checks names and types of the fields of either; msgspec's takes anything.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

if TYPE_CHECKING:
    from dataclasses import replace  # noqa: TID251 - the one place that may
else:
    _Value = TypeVar("_Value")

    def replace(value: _Value, /, **changes: object) -> _Value:
        """Return the value with these fields changed. Raises: TypeError for a field it does not have."""
        if hasattr(value, "__struct_fields__"):
            return structs.replace(value, **changes)
        return dataclasses.replace(value, **changes)  # noqa: TID251 - the one place that may


__all__ = ["replace"]
