"""What values the options of the command line take. A wrong one is refused with exit code 2."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click import Context, Parameter


class Amount(click.FloatRange):
    """A number between two others; what is "not a number" is in no order with them, and click would take it."""

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:  # noqa: ANN401 - the signature is click's
        """Return the number. Raises: BadParameter."""
        amount = super().convert(value, param, ctx)
        if isnan(amount):
            self.fail(f"{value!r} is no number.", param, ctx)
        return amount


FILE = click.Path(path_type=Path)
POSITIVE, COUNT, DAYS = click.IntRange(min=1), click.IntRange(min=0), click.IntRange(1, 36500)
HOURS, MINUTES, SHARE = Amount(0, 7 * 24), Amount(0, 24 * 60), Amount(0, 1)
