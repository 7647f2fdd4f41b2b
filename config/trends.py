"""config/policy/trends.yaml as dialogs.trend_plan.Plan: read by `leeward trends` and `leeward doctor` alone."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from config import countries, taxonomy
from config.documents import PolicyMistakes, Record, Texts, YesNo, read, validated
from config.policies import packaged
from dialogs.counting import CODES, PAIRS, WORKED_OUT, Lists
from dialogs.trend_plan import Category, Dimension, Limits, Missing, Plan, Table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from config.documents import Document

FILE: Final = "trends.yaml"
FACTS: Final = frozenset({*CODES, *WORKED_OUT, *(side for pair in PAIRS.values() for side in pair)})
"""What may be tabled (DC-5, DC-8)."""

_HASH_SHOWN: Final = 12
_WORLD, _REGION, _CONSENTS, _SHARE_BASE, _ROUGH_BELOW = 5, 10, 20, 20, 100
"""The thresholds of the specification."""


class _Category(Record):
    label: str
    of: Texts = ()
    sensitive: YesNo = False


def _label(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


class _Dimension(Record):
    facts: Texts
    categories: dict[str, Annotated[_Category, BeforeValidator(_label)]]
    otherwise: str = ""
    one: YesNo = False


class _Inside(Record):
    table: str
    columns: dict[str, str]


class _Table(Record):
    id: str
    title: str
    rows: str
    columns: str = ""
    limit: Literal["world", "region", "consents"] = "world"
    pairs: str = ""
    shares: YesNo = False
    note: str = ""
    inside: _Inside | None = None


class _Missing(Record):
    id: str
    title: str
    reason: str


class _Limits(Record):
    world: Annotated[int, Field(ge=_WORLD)]
    region: Annotated[int, Field(ge=_REGION)]
    sensitive: Annotated[int, Field(ge=_REGION)]
    consents: Annotated[int, Field(ge=_CONSENTS)]
    share_base: Annotated[int, Field(ge=_SHARE_BASE)]
    share_rough_below: Annotated[int, Field(ge=_ROUGH_BELOW)]


class _File(Record):
    version: str
    limits: _Limits
    dimensions: dict[str, _Dimension]
    tables: Annotated[tuple[_Table, ...], Field(min_length=1)]
    missing: tuple[_Missing, ...] = ()
    regions: dict[str, Texts]
    no_region: Texts = ()


def load_trends(folder: Path | None) -> tuple[Plan, Lists]:
    """Return the plan of a policy folder, the packaged one where the folder has none, and what its codes mean.

    Raises PolicyMistakes with all mistakes.
    """
    packed = packaged("policy")
    path = folder / FILE if folder is not None and (folder / FILE).is_file() else packed / FILE
    document, codes = read(path), read((folder or packed) / "taxonomy.yaml")
    known, meaning = taxonomy.load(codes), taxonomy.details(codes)
    plan = load(document)
    mistakes = [*document.mistakes, *dict.fromkeys(codes.mistakes)]
    if mistakes or plan is None:
        raise PolicyMistakes(mistakes)
    return plan, Lists(known, meaning.nexus, plan.regions)


def load(document: Document) -> Plan | None:
    """Return the plan; notes mistakes in the document, and returns None where nothing can be made of it."""
    file = validated(document, _File)
    if file is None:
        return None
    regions = _regions(document, file)
    for name, raw in file.dimensions.items():
        _check_dimension(document, name, raw)
    for index, table in enumerate(file.tables):
        _check_table(document, index, table, file)
    _check_ids(document, file)
    if document.mistakes:
        return None
    return Plan(
        f"{file.version} ({sha256(document.raw).hexdigest()[:_HASH_SHOWN]})",
        Limits(**file.limits.model_dump()),
        {name: _dimension(raw) for name, raw in file.dimensions.items()},
        tuple(_table(raw) for raw in file.tables),
        tuple(Missing(raw.id, raw.title, raw.reason) for raw in file.missing),
        regions,
    )


def _dimension(raw: _Dimension) -> Dimension:
    categories = tuple(
        Category(code, category.label, frozenset(category.of or (code,)), category.sensitive)
        for code, category in raw.categories.items()
    )
    return Dimension(raw.facts, categories, raw.otherwise, raw.one)


def _table(raw: _Table) -> Table:
    inside = raw.inside
    return Table(
        raw.id, raw.title, raw.rows, raw.columns, raw.limit, raw.pairs, raw.shares, raw.note,
        tuple(inside.columns.items()) if inside is not None else (), inside.table if inside is not None else "",
    )  # fmt: skip


def _regions(document: Document, file: _File) -> dict[str, str]:
    """Return the region of every country; every country has exactly one, or stands in `no_region`."""
    known = countries.names()
    found: dict[str, str] = {}
    for region, codes in (*file.regions.items(), ("", file.no_region)):
        for code in codes:
            place = ("regions", region) if region else ("no_region",)
            if code not in known:
                document.note(place, f"{code} is no country", "Use the two letters of ISO 3166")
            elif code in found:
                document.note(place, f"{code} stands twice", "Keep one of them")
            found[code] = region
    if missing := sorted(set(known) - set(found)):
        document.note(("regions",), f"leaves out {', '.join(missing)}", "Add each country to its region")
    return {code: region for code, region in found.items() if region}


def _check_dimension(document: Document, name: str, raw: _Dimension) -> None:
    place = ("dimensions", name)
    for fact in raw.facts:
        if fact not in FACTS:
            document.note((*place, "facts"), f"{fact} is nothing that is counted", f"Use {', '.join(sorted(FACTS))}")
    if raw.otherwise and raw.otherwise not in raw.categories:
        document.note((*place, "otherwise"), f"{raw.otherwise} is none of its categories", "Name one of them")


def _check_table(document: Document, index: int, raw: _Table, file: _File) -> None:
    place = ("tables", index)
    for side in ("rows", "columns"):
        name = str(getattr(raw, side))
        if name not in file.dimensions and (name or side == "rows"):
            document.note((*place, side), f"{name} is no dimension", f"Use {', '.join(file.dimensions)}")
    if raw.pairs and raw.pairs not in PAIRS:
        document.note((*place, "pairs"), f"{raw.pairs} are no pairs", f"Use {', '.join(PAIRS)}")
    if raw.shares and raw.columns:
        document.note((*place, "shares"), "is a table of shares with columns", "Remove the columns")
    by_region = any("region" in _facts(file, name) for name in (raw.rows, raw.columns))
    if by_region and raw.limit == "world":
        document.note((*place, "limit"), "is world in a table by region", "Write `limit: region`")
    within = next((other for other in file.tables if raw.inside is not None and other.id == raw.inside.table), None)
    if raw.inside is not None and (within is None or within.rows != raw.rows):
        document.note((*place, "inside"), "names no table of the same rows", "Name one, or remove it")


def _facts(file: _File, name: str) -> Collection[str]:
    return file.dimensions[name].facts if name in file.dimensions else ()


def _check_ids(document: Document, file: _File) -> None:
    ids = [*(table.id for table in file.tables), *(each.id for each in file.missing)]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        document.note(("tables",), f"{name} stands twice", "Give every table an id of its own")
    first = file.tables[0]
    if _facts(file, first.rows) != ("counted",) or first.columns or first.shares or first.limit != "world":
        document.note(("tables", 0), "is not the number of all cases", "Put the table of `facts: counted` first")
