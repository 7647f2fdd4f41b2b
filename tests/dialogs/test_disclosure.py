"""Disclosure control: what is printed gives nobody away, not even to a reader who knows every rule of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import pytest

from dialogs.disclosure import Cell, Key, Sum, SumsDoNotHold, protect, rounded, share

ALL: Key = ("all", "", "")
WORLD_K, REGION_K = 5, 10


def row(number: int, table: str = "table") -> Key:
    return (table, str(number), "")


def cells_of(counts: Iterable[int], k: int = WORLD_K, *, zero_shown: bool = True) -> dict[Key, Cell]:
    return {row(number): Cell(count, count, k, zero_shown) for number, count in enumerate(counts)}


def with_total(cells: Mapping[Key, Cell]) -> tuple[dict[Key, Cell], list[Sum]]:
    """Return a table whose rows add up to the number of cases."""
    count = sum(cell.count for cell in cells.values())
    return {**cells, ALL: Cell(count, count, WORLD_K)}, [Sum(tuple(cells), ALL)]


def hidden_rows(*counts: int, k: int = WORLD_K) -> list[int]:
    """Return which rows of a table with its total are hidden."""
    hidden = protect(*with_total(cells_of(counts, k)))
    return [number for number in range(len(counts)) if row(number) in hidden]


def test_one_to_four_are_hidden_and_a_zero_is_shown() -> None:
    """DC-2: a cell of 1 to k-1 is suppressed."""
    assert protect(cells_of((0, 1, 4, 5, 9)), []) == {row(1), row(2)}


def test_a_zero_is_hidden_where_zeros_are_not_shown() -> None:
    """DC-2: elsewhere than in a world table of one dimension it looks like a number that is hidden."""
    assert protect(cells_of((0, 5), zero_shown=False), []) == {row(0)}


@pytest.mark.parametrize(("reporters", "shown"), [(1, False), (2, False), (3, True)])
def test_a_number_behind_which_one_or_two_stand_is_hidden(reporters: int, *, shown: bool) -> None:
    """DC-6: at least three unrelated reporters."""
    assert (protect({ALL: Cell(40, reporters, WORLD_K)}, []) == frozenset()) is shown


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((3, 20, 8), [0, 2]),
        ((3, 20, 7, 6), [0, 2, 3]),
        ((20, 8), []),
        ((2, 3, 30), [0, 1]),
        ((3, 0, 20, 12), [0, 3]),
    ],
    ids=["the next smallest", "its equals as printed", "nothing few", "two are enough", "never a zero"],
)
def test_a_hidden_number_is_never_alone_beside_its_total(counts: tuple[int, ...], hidden: list[int]) -> None:
    """DC-3: what is printed smallest is hidden too."""
    assert hidden_rows(*counts) == hidden


def test_rounding_that_would_give_a_number_away_hides_more() -> None:
    """13, 13 and 13 are printed 15 each and 41 is printed 40: then 1 and 1 could be nothing else."""
    assert hidden_rows(13, 13, 13, 1, 1) == [0, 1, 2, 3, 4]


def test_a_zero_that_follows_from_a_zero_hides_nothing_by_itself() -> None:
    """A kind nobody cooperated with is zero in every row: no other number is hidden for it."""
    kind, line = ("kinds", "x", ""), [("crossed", "a", column) for column in "xyz"]
    cells = {key: Cell(count, count, WORLD_K, zero_shown=False) for key, count in zip(line, (0, 20, 12), strict=True)}
    sums = [Sum((kind,), line[0], exact=False), Sum(tuple(line), ALL)]

    assert protect({**cells, kind: Cell(0, 0, WORLD_K), ALL: Cell(32, 32, WORLD_K)}, sums) == {line[0]}


def test_a_zero_that_follows_from_a_zero_is_no_cover_for_another_number() -> None:
    """Of 0, 20, 3 and 12 the reader knows the zero: 12 is hidden beside the 3."""
    kind, line = ("kinds", "x", ""), [("crossed", "a", column) for column in "wxyz"]
    counts = zip(line, (0, 20, 3, 12), strict=True)
    cells = {key: Cell(count, count, WORLD_K, zero_shown=False) for key, count in counts}
    sums = [Sum((kind,), line[0], exact=False), Sum(tuple(line), ALL)]

    assert line[3] in protect({**cells, kind: Cell(0, 0, WORLD_K), ALL: Cell(35, 35, WORLD_K)}, sums)


def test_tables_that_contradict_each_other_are_not_printed() -> None:
    """A mistake in the list of tables is refused, and named."""
    with pytest.raises(SumsDoNotHold, match=r"inside.*trends\.yaml"):
        protect({ALL: Cell(9, 9, WORLD_K), **cells_of((3,))}, [Sum((row(0),), ALL, exact=False)])


@pytest.mark.parametrize(("count", "printed"), [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (98, 100)])
def test_numbers_are_printed_to_the_nearest_five(count: int, printed: int) -> None:
    """DC-4."""
    assert rounded(count) == printed


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [(6, 19, None), (6, 20, 25), (33, 99, 35), (33, 100, 35), (330, 998, 33), (0, 50, 0), (50, 50, 100), (52, 52, 100)],
)
def test_a_share_tells_no_more_than_the_rounded_numbers(part: int, whole: int, printed: int | None) -> None:
    """DC-4: none below a base of 20, steps of five below 100."""
    assert share(part, whole, fewest=20, rough_below=100) == printed


# ---- A reader who knows every rule ----------------------------------------------------------------------------------
# All small tables are made, and those that are printed alike are put together: that is all such a reader can know. In
# none of these heaps has a hidden number one value only.

Printed = tuple[tuple[Key, int | None], ...]
Truth = dict[Key, int]


def printed(cells: Mapping[Key, Cell], sums: list[Sum]) -> Printed:
    hidden = protect(cells, sums)
    return tuple((key, None if key in hidden else rounded(cell.count)) for key, cell in cells.items())


def given_away(releases: Iterable[tuple[dict[Key, Cell], list[Sum]]], edge: int) -> list[tuple[Printed, Key]]:
    """Return what can be computed. `edge`: heaps with such a number are cut off, for larger tables belong to them."""
    heaps: dict[Printed, list[Truth]] = defaultdict(list)
    for cells, sums in releases:
        heaps[printed(cells, sums)].append({key: cell.count for key, cell in cells.items()})
    return [
        (seen, key)
        for seen, truths in heaps.items()
        if not any(edge in [count for key, count in truth.items() if key != ALL] for truth in truths)
        for key, shown in seen
        if shown is None and len(values := {truth[key] for truth in truths}) == 1 and values != {0}
    ]


def tables(
    rows: int, top: int, ks: tuple[int, ...], *, zero_shown: bool
) -> Iterator[tuple[dict[Key, Cell], list[Sum]]]:
    for counts in product(range(top + 1), repeat=rows):
        if sum(counts) >= WORLD_K:  # of fewer cases nothing is printed at all
            cells = {row(n): Cell(c, c, ks[n % len(ks)], zero_shown) for n, c in enumerate(counts)}
            yield with_total(cells)


@pytest.mark.parametrize(
    ("rows", "top", "ks", "zero_shown"),
    [
        (2, 20, (5,), True), (3, 15, (5,), True), (3, 18, (10,), True), (3, 15, (5, 5, 10), True), (4, 9, (5,), True),
        (3, 15, (5,), False), (3, 18, (10,), False),
    ],
)  # fmt: skip
def test_no_hidden_number_of_a_table_and_its_total_can_be_computed(
    rows: int, top: int, ks: tuple[int, ...], *, zero_shown: bool
) -> None:
    """Every table of so many rows, with rounding, zeros and thresholds of several kinds."""
    assert given_away(tables(rows, top, ks, zero_shown=zero_shown), top) == []


def overlapping(top: int, k: int) -> Iterator[tuple[dict[Key, Cell], list[Sum]]]:
    """Yield tables whose cases may stand in both rows."""
    for first, second, both in product(range(top + 1), repeat=3):
        if (count := first + second + both) >= WORLD_K:
            cells = {**cells_of((first + both, second + both), k), ALL: Cell(count, count, WORLD_K)}
            yield cells, [Sum((row(0), row(1)), ALL, exact=False), *(Sum((ALL,), row(n), exact=False) for n in (0, 1))]


@pytest.mark.parametrize("k", [5, 10])
def test_no_hidden_number_can_be_computed_where_a_case_stands_in_several_rows(k: int) -> None:
    """The rows add up to at least the number of cases, and none is above it."""
    assert given_away(overlapping(13, k), 26) == []


def crossed(top: int) -> Iterator[tuple[dict[Key, Cell], list[Sum]]]:
    """Yield tables of two rows and two columns with the tables of their rows and of their columns."""
    inside = [("crossed", r, c) for r in "ab" for c in "xy"]
    lines = [(("rows", r, ""), tuple(key for key in inside if key[1] == r)) for r in "ab"]
    lines += [(("columns", c, ""), tuple(key for key in inside if key[2] == c)) for c in "xy"]
    sums = [Sum(parts, total, exact=False) for total, parts in lines]
    sums += [Sum((total,), key, exact=False) for total, parts in lines for key in parts]
    sums += [Sum((lines[n][0], lines[n + 1][0]), ALL, exact=False) for n in (0, 2)]
    for counts in product(range(top + 1), repeat=4):
        if (count := sum(counts)) >= WORLD_K:
            cells = {key: Cell(c, c, WORLD_K, zero_shown=False) for key, c in zip(inside, counts, strict=True)}
            for total, parts in lines:
                part = sum(cells[key].count for key in parts)
                cells[total] = Cell(part, part, WORLD_K)
            yield {**cells, ALL: Cell(count, count, WORLD_K)}, sums


def test_no_hidden_number_can_be_computed_from_the_tables_of_its_row_and_its_column() -> None:
    """Tables of two dimensions are printed beside those of one."""
    assert given_away(crossed(6), 6) == []


def test_the_search_finds_what_a_careless_table_gives_away() -> None:
    """Control: where nobody looks at sums, the few alone are hidden, and some of them are known."""
    careless: dict[Printed, set[int]] = defaultdict(set)
    for cells, _sums in tables(2, 20, (5,), zero_shown=True):
        careless[printed(cells, [])].add(cells[row(0)].count)

    assert any(seen[0][1] is None and len(values) == 1 for seen, values in careless.items())
