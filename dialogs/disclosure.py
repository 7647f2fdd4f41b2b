"""Disclosure control: which numbers of a release are printed, and how, so that nobody can be counted out (spec 7.4).

All tables of a release are looked at together, for a number withheld in one can be computed from another. What the
reader may use is written down as sums: the rows of a table add up to the number of cases, the regions of a group of
acts to that group in the world table. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

STEP: Final = 5
"""Numbers are printed to the nearest multiple of it (DC-4)."""

FEWEST_UNRELATED: Final = 3
"""So many unrelated reporters, and incidents, stand at least behind a number (DC-6)."""

_OFF: Final = STEP // 2
"""By how much a printed number differs from the true one at most."""

_ENDLESS: Final = 10**9

Key = tuple[str, str, str]
"""Table, row and column of a number; the column is "" in a table of one dimension."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A true number: how many cases, and from how many reporters who are not known to be the same."""

    count: int
    reporters: int
    k: int  # the threshold
    zero_shown: bool = True  # a zero is printed as such; else it looks like a number that is hidden

    @property
    def few(self) -> bool:
        """Whether it is below the threshold, and not a zero that may be shown."""
        return self.count < self.k and not (self.zero_shown and self.count == 0)

    @property
    def dominated(self) -> bool:
        """Whether one or two reporters, or incidents, stand behind it."""
        return 0 < min(self.count, self.reporters) < FEWEST_UNRELATED

    @property
    def shown(self) -> range:
        """What a reader knows of the true number when it is printed."""
        if self.count == 0:
            return range(1)
        return range(max(self.k, rounded(self.count) - _OFF), rounded(self.count) + _OFF + 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """The parts add up to the total, or, where a case may be in several of them, to at least as much."""

    parts: tuple[Key, ...]
    total: Key
    exact: bool = True


class SumsDoNotHold(Exception):
    """Tables contradict what they are said to add up to, so nothing is printed: mend `inside` in trends.yaml."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


def rounded(count: int) -> int:
    """Return the number as it is printed."""
    return (count + _OFF) // STEP * STEP


def share(part: int, whole: int, *, fewest: int, rough_below: int) -> int | None:
    """Return a share in per cent, or None when it may not be printed: the base, or one of the two sides, is too few.

    It is made of the rounded numbers, so that it tells nothing they do not. `fewest`: below this base none is given;
    `rough_below`: below this base it is a multiple of 5.
    """
    if whole < fewest:
        return None
    exact = 100 * rounded(part) / rounded(whole)
    return min(100, rounded(round(exact)) if whole < rough_below else round(exact))


def protect(cells: Mapping[Key, Cell], sums: Sequence[Sum]) -> frozenset[Key]:
    """Return which numbers are hidden: those that are few or dominated, and what they could be computed from (DC-3).

    What is hidden beside them is the next smallest as printed, and its equals. It ends when the reader, even one who
    knows which numbers are few, is left with half of what is possible for each of them. Raises: SumsDoNotHold.
    """
    for each in sums:
        _check(each, cells)
    hidden = {key for key, cell in cells.items() if cell.few or cell.dominated}
    nothing, open_to = _nothing(cells, sums), _open_to(cells, sums)
    while True:
        known = _known(cells, sums, hidden)
        bare = {key for key in hidden - nothing if cells[key].few and len(known[key]) <= open_to[key] // 2}
        more = {key for each in sums for key in _next(each, cells, hidden, bare, nothing)}
        if not more:
            return frozenset(hidden)
        hidden.update(more)


def _check(each: Sum, cells: Mapping[Key, Cell]) -> None:
    found, total = sum(cells[key].count for key in each.parts), cells[each.total].count
    if found < total or (each.exact and found != total):
        raise SumsDoNotHold


def _nothing(cells: Mapping[Key, Cell], sums: Sequence[Sum]) -> set[Key]:
    """Return the zeros that follow from a zero that is shown: there is nobody to protect."""
    zero = {key for key, cell in cells.items() if cell.zero_shown and cell.count == 0}
    found = {key for each in sums if each.total in zero for key in each.parts}
    return found | {each.total for each in sums if zero.issuperset(each.parts)}


def _next(
    each: Sum, cells: Mapping[Key, Cell], hidden: Collection[Key], bare: Collection[Key], nothing: Collection[Key]
) -> list[Key]:
    """Return what has to be hidden beside what this sum would give away; nothing: all is well, or nothing is left."""
    inside = [key for key in each.parts if key in hidden and key not in nothing]
    alone = len(inside) == 1 and each.total not in hidden
    if not alone and not any(key in bare for key in inside):
        return []
    left = {key: rounded(cells[key].count) for key in each.parts if key not in hidden and cells[key].count}
    return [key for key, printed in left.items() if printed == min(left.values())]


def _open_to(cells: Mapping[Key, Cell], sums: Sequence[Sum]) -> dict[Key, int]:
    """Return how many values are possible for a number that is few: no more than for a few that it is part of."""
    found = {key: cell.k for key, cell in cells.items()}
    for each in sums:
        if len(each.parts) == 1 and cells[each.parts[0]].few:
            found[each.total] = min(found[each.total], found[each.parts[0]])
        if each.exact and cells[each.total].few:
            found.update({key: min(found[key], found[each.total]) for key in each.parts})
    return found


def _known(cells: Mapping[Key, Cell], sums: Sequence[Sum], hidden: Collection[Key]) -> dict[Key, range]:
    """Return what a reader can work out about every number, from all that is printed and all sums."""
    first = {key: _hidden(cell) if key in hidden else cell.shown for key, cell in cells.items()}
    low = {key: known.start for key, known in first.items()}
    high = {key: known.stop - 1 for key, known in first.items()}
    for each in sums:
        _chosen_as_smallest(each, cells, hidden, high)
    changed = True
    while changed:
        changed = False
        for each in sums:
            for key, least, most in _narrowed(each, low, high):
                if least > low[key] or most < high[key]:
                    low[key], high[key] = max(low[key], least), min(high[key], most)
                    changed = True
    return {key: range(low[key], high[key] + 1) for key in cells}


def _hidden(cell: Cell) -> range:
    if cell.few:
        return range(1 if cell.zero_shown else 0, cell.k)
    return range(1 if cell.dominated else cell.k, _ENDLESS)


def _chosen_as_smallest(each: Sum, cells: Mapping[Key, Cell], hidden: Collection[Key], high: dict[Key, int]) -> None:
    """Whoever knows the rule knows that what is hidden beside a few would be printed smaller than what is printed."""
    smallest = min(
        (rounded(cells[key].count) for key in each.parts if key not in hidden and cells[key].count), default=0
    )
    for key in each.parts:
        cell = cells[key]
        if key in hidden and not (cell.few or cell.dominated) and rounded(cell.count) < smallest:
            high[key] = min(high[key], smallest - STEP + _OFF)


def _narrowed(each: Sum, low: Mapping[Key, int], high: Mapping[Key, int]) -> Iterator[tuple[Key, int, int]]:
    """Yield what one sum says about its numbers: at least, at most."""
    lows, highs = sum(low[key] for key in each.parts), sum(high[key] for key in each.parts)
    yield each.total, lows if each.exact else 0, highs
    for key in each.parts:
        most = high[each.total] - (lows - low[key]) if each.exact else _ENDLESS
        yield key, low[each.total] - (highs - high[key]), most
