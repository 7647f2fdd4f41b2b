"""What the annual report tables: rows, columns, thresholds, and what of a case stands where. Pure.

The values come from config/policy/trends.yaml; dialogs/trends.py makes tables of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.disclosure import Key

WORLD, REGION, CONSENTS = "world", "region", "consents"
"""What threshold a table has."""

_FIRST_MONTH: Final = 5


@dataclass(frozen=True, slots=True)
class Period:
    """The reporting period of one annual report: from 1 May of the year before to 30 April, UTC."""

    year: int

    @property
    def begins(self) -> datetime:
        """Return its first moment."""
        return datetime(self.year - 1, _FIRST_MONTH, 1, tzinfo=UTC)

    @property
    def until(self) -> datetime:
        """Return the first moment after it."""
        return datetime(self.year, _FIRST_MONTH, 1, tzinfo=UTC)

    @property
    def last_day(self) -> str:
        """Return its last day, ISO 8601."""
        return (self.until - timedelta(days=1)).date().isoformat()

    def holds(self, moment: str) -> bool:
        """Tell whether a moment (ISO 8601, UTC) is in it."""
        return self.begins <= datetime.fromisoformat(moment) < self.until


@dataclass(frozen=True, slots=True)
class Category:
    """One row or column: which codes of a case put it there."""

    code: str
    label: str
    of: frozenset[str]
    sensitive: bool = False  # sexual violence, children, detention, sexual orientation or gender identity (DC-1)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Rows, or columns, and the facts of a case they are read from."""

    facts: tuple[str, ...]
    categories: tuple[Category, ...]
    otherwise: str = ""  # where a case belongs that fits nowhere; "": it stands in no row then
    one: bool = False  # a case stands in one row at most, the first that fits

    def of(self, facts: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        """Return the categories of a case."""
        codes = frozenset[str]().union(*(facts.get(name, frozenset()) for name in self.facts))
        found = tuple(category.code for category in self.categories if category.of & codes)
        if not found:
            return (self.otherwise,) if self.otherwise else ()
        return found[:1] if self.one else found


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the list. `columns` "": it has one dimension."""

    id: str
    title: str
    rows: str
    columns: str = ""
    limit: str = WORLD
    pairs: str = ""  # facts that are pairs of a row and a column already, such as a measure and what became of it
    shares: bool = False  # of all cases, in per cent
    note: str = ""
    inside: tuple[tuple[str, str], ...] = ()  # column -> column of `inside_of` whose cases hold all of this one's
    inside_of: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of DC-1 and DC-4; an office may raise them."""

    world: int
    region: int
    sensitive: int
    consents: int
    share_base: int
    share_rough_below: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A table of the list that cannot be given, and why."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tabled, and by which rules. The first table is the number of all cases."""

    version: str  # of the rules, with the beginning of the hash of their file
    limits: Limits
    dimensions: Mapping[str, Dimension]
    tables: tuple[Table, ...]
    missing: tuple[Missing, ...]
    regions: Mapping[str, str]  # country -> region

    @property
    def total(self) -> Key:
        """Return where the number of all cases stands."""
        return (self.tables[0].id, self.dimensions[self.tables[0].rows].categories[0].code, "")


@dataclass(frozen=True, slots=True)
class Counted:
    """One case as it is counted: codes only. `reporter`: the same number, perhaps the same person wrote."""

    reporter: int
    facts: Mapping[str, frozenset[str]]
    pairs: Mapping[str, frozenset[tuple[str, str]]]
