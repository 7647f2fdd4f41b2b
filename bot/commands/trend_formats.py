"""A release as text: one long table (csv), the whole document (json), or a page that stands alone (html)."""

from __future__ import annotations

import csv
import io
from html import escape
from typing import TYPE_CHECKING, Final

from storage.releases import CAUTION, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dialogs.trends import Heading, PrintedTable, Release

COLUMNS: Final = ("table", "title", "row", "column", "value", "unit", "status", "note", "period", "rules")
SHOWN, WITHHELD, MISSING = "shown", "withheld", "not available"
COUNTED: Final = (
    "Counted are cases in scope whose report was sent in this period, whose person agreed to be counted and had not "
    "taken that back, and whose sealed report the keys opened that were brought along. Cases erased before the day of "
    "the release are not in it."
)
PRINTED: Final = (
    "Numbers are rounded to the nearest 5. A dash stands for a number that is withheld: because too few cases, or too "
    "few people, stand behind it, or because another number could be computed from it. In tables of two dimensions "
    "and by region it may also be a zero."
)

_COMMANDS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(release: Release) -> str:
    """Return one line a number, with names of columns; nothing in it is taken for a formula."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    period = f"{release.begins} to {release.ends}"
    for line in (*_numbers(release), *_absences(release)):
        lines.writerow([_harmless(each) for each in (*line, period, release.rules)])
    return text.getvalue()


def _numbers(release: Release) -> Iterator[tuple[str, ...]]:
    for table in release.tables:
        rows, columns = _labels(table.rows), _labels(table.columns)
        for cell in table.cells:
            value, status = ("", WITHHELD) if cell.value is None else (str(cell.value), SHOWN)
            row, column = rows[cell.row], columns.get(cell.column, "")
            yield table.id, table.title, row, column, value, table.unit, status, f"{CAUTION} {table.note}".strip()


def _absences(release: Release) -> Iterator[tuple[str, ...]]:
    for each in release.missing:
        yield each.id, each.title, "", "", "", "", MISSING, each.reason


def _labels(headings: Iterable[Heading]) -> Mapping[str, str]:
    return {heading.code: heading.label for heading in headings}


def _harmless(value: str) -> str:
    """Return a field that no spreadsheet runs."""
    return f"'{value}" if value.startswith(_COMMANDS) else value


def as_json(release: Release) -> str:
    """Return the document of docs/trends.schema.json."""
    return written(release).decode()


def as_html(release: Release) -> str:
    """Return a page without scripts, pictures or links to elsewhere."""
    title = f"Intimidation and reprisals for cooperation with the United Nations, {release.begins} to {release.ends}"
    missing = "".join(
        f"<li><b>{escape(each.id)} {escape(each.title)}.</b> {escape(each.reason)}</li>\n" for each in release.missing
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<p><strong>{CAUTION}</strong></p>\n<p>{COUNTED}</p>\n<p>{PRINTED}</p>\n"
        f"<p>Released on {escape(release.made_on)}, by rules {escape(release.rules)}.</p>\n"
        + "".join(_table(table, release) for table in release.tables)
        + f"<section>\n<h2>Not available</h2>\n<ul>\n{missing}</ul>\n</section>\n</main>\n</body>\n</html>\n"
    )


def _table(table: PrintedTable, release: Release) -> str:
    values = {(cell.row, cell.column): cell.value for cell in table.cells}
    unit = "" if table.unit == "cases" else f", {escape(table.unit)}"
    heads = "".join(f'<th scope="col">{escape(heading.label)}</th>' for heading in table.columns)
    head = f"<thead><tr><td></td>{heads}</tr></thead>\n" if table.columns else ""
    codes = [heading.code for heading in table.columns] or [""]
    rows = "".join(
        f'<tr><th scope="row">{escape(row.label)}</th>'
        + "".join(_number(values[row.code, code]) for code in codes)
        + "</tr>\n"
        for row in table.rows
    )
    note = f"{escape(table.note)} " if table.note else ""
    return (
        f'<section>\n<div class="wide" tabindex="0" role="region" aria-label="{escape(table.title)}">'
        f"<table>\n<caption>{escape(table.id)} {escape(table.title)}{unit}</caption>\n"
        f"{head}<tbody>\n{rows}</tbody>\n</table></div>\n"
        f"<p>{note}{_least(table)} {CAUTION} {escape(release.begins)} to {escape(release.ends)}, "
        f"rules {escape(release.rules)}.</p>\n</section>\n"
    )


def _number(value: int | None) -> str:
    return '<td>–<span class="said"> withheld</span></td>' if value is None else f"<td>{value}</td>"


def _least(table: PrintedTable) -> str:
    """Return which thresholds hold in a table."""
    headings: tuple[Heading, ...] = (*table.rows, *table.columns)
    usual = min(heading.fewest for heading in headings)
    higher = [heading for heading in headings if heading.fewest > usual]
    more = "; ".join(f"{heading.label} {heading.fewest}" for heading in higher)
    return f"Withheld below {usual} cases" + (f" ({escape(more)})." if more else ".")


SHAPES: Final[Mapping[str, Callable[[Release], str]]] = {"csv": as_csv, "json": as_json, "html": as_html}

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 75rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.1rem; }
main > p { max-width: 45rem; } section { margin: 2rem 0; } section p { font-size: .875rem; margin: .25rem 0; }
.wide { overflow-x: auto; position: relative; } table { border-collapse: collapse; }
caption { text-align: start; font-weight: 600; padding: .25rem 0; }
th, td { border-block-end: 1px solid #8886; padding: .25rem .75rem; vertical-align: bottom; }
th { font-weight: 400; text-align: start; }
tbody th { min-width: 10rem; }
thead th { font-size: .875rem; max-width: 9rem; text-align: end; }
td { font-variant-numeric: tabular-nums; text-align: end; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print {
  body { margin: 0; max-width: none; font-size: 11px; } section { break-inside: avoid; } .wide { overflow: visible; }
}
"""
