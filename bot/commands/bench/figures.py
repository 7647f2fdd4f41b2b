"""What a benchmark measured: a value for each round, shown as median and range; only ratios travel between machines."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

MICROSECONDS = 1_000_000
_SMALL = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    people: int
    rounds: int
    database: str = ""  # empty: SQLite in a folder that is removed at the end


@dataclass(slots=True)
class Figures:
    """The figures of one benchmark, by name with unit, and notes that say what was compared."""

    bench: str
    values: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Add the value of one round."""
        self.values.setdefault(name, []).append(value)

    def ratio(self, name: str, above: str, below: str) -> None:
        """Add the ratio of the newest values of two figures."""
        self.add(name, self.values[above][-1] / self.values[below][-1])

    def lines(self) -> list[str]:
        """Return one line a figure."""
        shown = [f"{self.bench}"]
        for name, values in self.values.items():
            median = statistics.median(values)
            spread = f" ({_number(min(values))} to {_number(max(values))})" if len(values) > 1 else ""
            shown.append(f"  {name}: {_number(median)}{spread}")
        shown += [f"  {name}: {value}" for name, value in self.notes.items()]
        return shown

    def json(self) -> str:
        """Return one JSON object: median, least and most of each figure, and the notes."""
        figures = {
            name: {"median": statistics.median(values), "min": min(values), "max": max(values)}
            for name, values in self.values.items()
        }
        return json.dumps({"bench": self.bench, "figures": figures, "notes": self.notes})


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < _SMALL else f"{value:,.0f}"


class Watch:
    """Measures a block: seconds by the clock, and of this process's processors (all threads)."""

    def __enter__(self) -> Self:
        self._wall, self._cpu = perf_counter(), process_time()
        self.wall = self.cpu = 0.0
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.wall, self.cpu = perf_counter() - self._wall, process_time() - self._cpu


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
