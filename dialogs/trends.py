"""The tables of the annual report: a fixed list, counted over the cases of one period, under disclosure control.

Pure. What is tabled is policy (dialogs/trend_plan.py); what one case says is worked out in dialogs/counting.py; which
numbers are printed is decided in dialogs/disclosure.py, for all tables of a release together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from dialogs.disclosure import Cell, Sum, protect, rounded, share
from dialogs.trend_plan import CONSENTS, REGION, WORLD, Missing  # Missing: a Release is read by the types of its fields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from dialogs.disclosure import Key
    from dialogs.trend_plan import Category, Counted, Dimension, Period, Plan, Table

REST: Final = "rest"
"""Of a share: all other cases."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as it is printed; None: it is withheld."""

    row: str
    column: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A row or a column."""

    code: str
    label: str
    fewest: int  # the threshold that holds here


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as it is printed."""

    id: str
    title: str
    unit: str  # cases | per cent of all cases
    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: tuple[Printed, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Release:
    """What is published of a period, once: rounded and withheld numbers, nothing else."""

    year: int
    begins: str  # first and last day, ISO 8601
    ends: str
    rules: str
    made_on: str
    tables: tuple[PrintedTable, ...]
    missing: tuple[Missing, ...]


def cells_of(plan: Plan, cases: Sequence[Counted]) -> dict[Key, Cell]:
    """Return every number of every table with how many unrelated reporters stand behind it."""
    return {key: cell for table in plan.tables for key, cell in _table_cells(plan, table, cases)}


def _table_cells(plan: Plan, table: Table, cases: Sequence[Counted]) -> Iterator[tuple[Key, Cell]]:
    reporters: dict[tuple[str, str], list[int]] = {place: [] for place in _places(plan, table)}
    for case in cases:
        standing = _standing(plan, table, case)
        for place in standing:
            reporters[place].append(case.reporter)
        if table.shares:
            for (row, column), others in reporters.items():
                if column == REST and (row, "") not in standing:
                    others.append(case.reporter)
    shown = table.limit == WORLD and not table.columns
    for (row, column), found in reporters.items():
        k = fewest(plan, table, row, column)
        yield (table.id, row, column), Cell(len(found), len(set(found)), k, shown)


def _places(plan: Plan, table: Table) -> Iterator[tuple[str, str]]:
    columns = [c.code for c in plan.dimensions[table.columns].categories] if table.columns else [""]
    rows = [c.code for c in plan.dimensions[table.rows].categories]
    yield from product(rows, [*columns, REST] if table.shares else columns)


def _standing(plan: Plan, table: Table, case: Counted) -> frozenset[tuple[str, str]]:
    """Return where in a table a case stands; it counts once in each place."""
    rows, columns = plan.dimensions[table.rows], plan.dimensions[table.columns] if table.columns else None
    if table.pairs and columns is not None:
        pairs = case.pairs.get(table.pairs, frozenset())
        return frozenset(
            place
            for row, column in pairs
            for place in product(_in(rows, row), _in(columns, column))
        )  # fmt: skip
    return frozenset(product(rows.of(case.facts), columns.of(case.facts) if columns is not None else ("",)))


def _in(dimension: Dimension, code: str) -> tuple[str, ...]:
    return dimension.of(dict.fromkeys(dimension.facts, frozenset({code})))


def fewest(plan: Plan, table: Table, row: str, column: str = "") -> int:
    """Return the threshold of a row, column or cell: that of the table, or of sensitive matters if that is higher."""
    limits = plan.limits
    k = {WORLD: limits.world, REGION: limits.region, CONSENTS: limits.consents}[table.limit]
    named = {(table.rows, row), (table.columns, column)}
    sensitive = any(
        category.sensitive and (name, category.code) in named
        for name in {table.rows, table.columns} - {""}
        for category in plan.dimensions[name].categories
    )
    return max(k, limits.sensitive) if sensitive else k


def sums_of(plan: Plan) -> list[Sum]:
    """Return what adds up, within the tables and between them: all that a reader may use to compute what is hidden."""
    margins = {t.rows: t for t in plan.tables[1:] if not (t.columns or t.shares) and t.limit == WORLD}
    return [each for table in plan.tables[1:] for each in _table_sums(plan, table, margins)]


def _table_sums(plan: Plan, table: Table, margins: Mapping[str, Table]) -> Iterator[Sum]:
    keys = [(table.id, row, column) for row, column in _places(plan, table)]
    for key in keys:
        yield Sum((plan.total,), key, exact=False)
    rows = plan.dimensions[table.rows]
    if table.shares:
        for category in rows.categories:
            yield Sum(tuple((table.id, category.code, column) for column in ("", REST)), plan.total)
        return
    if table.pairs:
        return
    columns = plan.dimensions[table.columns] if table.columns else None
    if rows.otherwise and (columns is None or columns.otherwise):
        yield Sum(tuple(keys), plan.total, exact=rows.one and (columns is None or columns.one))
    if columns is not None:
        yield from _margin_sums(keys, 1, columns, margins.get(table.rows))
        yield from _margin_sums(keys, 2, rows, margins.get(table.columns))
        for here, there in table.inside:
            for key in keys:
                if key[2] == here:
                    yield Sum(((table.inside_of, key[1], there),), key, exact=False)


def _margin_sums(keys: Collection[Key], place: int, across: Dimension, margin: Table | None) -> Iterator[Sum]:
    """Yield what a table of two dimensions has to do with the table of one of them."""
    if margin is None:
        return
    for code in dict.fromkeys(key[place] for key in keys):
        line, total = tuple(key for key in keys if key[place] == code), (margin.id, code, "")
        if across.otherwise:
            yield Sum(line, total, exact=across.one)
        for key in line:
            yield Sum((total,), key, exact=False)


def release_of(plan: Plan, period: Period, cases: Sequence[Counted], made_on: str) -> Release:
    """Return what may be published of these cases."""
    cells = cells_of(plan, cases)
    hidden = protect(cells, sums_of(plan))
    if plan.total in hidden:  # even a zero would tell something about so few
        hidden = frozenset(cells)
    return Release(
        period.year, period.begins.date().isoformat(), period.last_day, plan.version, made_on,
        tuple(_printed(plan, table, cells, hidden) for table in plan.tables), plan.missing,
    )  # fmt: skip


def _printed(plan: Plan, table: Table, cells: Mapping[Key, Cell], hidden: Collection[Key]) -> PrintedTable:
    places = [place for place in _places(plan, table) if place[1] != REST]
    return PrintedTable(
        table.id, table.title, "per cent of all cases" if table.shares else "cases",
        tuple(Heading(c.code, c.label, fewest(plan, table, c.code)) for c in plan.dimensions[table.rows].categories),
        tuple(Heading(c.code, c.label, fewest(plan, table, "", c.code)) for c in _columns(plan, table)),
        tuple(Printed(row, column, _value(plan, table, cells, hidden, row, column)) for row, column in places),
        table.note,
    )  # fmt: skip


def _columns(plan: Plan, table: Table) -> tuple[Category, ...]:
    return plan.dimensions[table.columns].categories if table.columns else ()


def _value(
    plan: Plan, table: Table, cells: Mapping[Key, Cell], hidden: Collection[Key], row: str, column: str
) -> int | None:
    key = (table.id, row, column)
    if key in hidden:
        return None
    if not table.shares:
        return rounded(cells[key].count)
    if (table.id, row, REST) in hidden:
        return None
    limits = plan.limits
    return share(
        cells[key].count, cells[plan.total].count, fewest=limits.share_base, rough_below=limits.share_rough_below
    )
