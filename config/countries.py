"""Names of countries in the six languages of the United Nations, and the fictional countries of the practice policy.

The names are Babel's. Reading them there takes as long as all files of a policy, so they stand in country_names.json:
`python -m config.countries` writes it anew, and a test tells when that is due.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from config.documents import Record, Texts, validated

if TYPE_CHECKING:
    from config.documents import Document

NAMES_FILE: Final = Path(__file__).with_name("country_names.json")
LANGUAGES: Final = ("en", "fr", "es", "ar", "zh", "ru")
FICTIONAL: Final = {
    "XA": ("Arlenia",), "XB": ("Bordavia",), "XC": ("Costaluna",), "XD": ("Dravania",), "XE": ("Estmark",),
    "XF": ("Feroland",), "XG": ("Galdora",), "XH": ("Hestia",), "XI": ("Isla Norte",), "XJ": ("Jarabia",),
    "XL": ("Lomaria",), "XM": ("Mirador",),
}  # fmt: skip
_NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XK"})
_CODE_LETTERS: Final = 2
_PARTS: Final = re.compile(r"[^()]*[^() ]")


class _File(Record):
    names: dict[str, Texts]


def load(document: Document) -> dict[str, tuple[str, ...]]:
    """Return country code to names: those of the six languages and the further ones of the file; notes mistakes."""
    file = validated(document, _File)
    known = names()
    for code, further in (file.names if file is not None else {}).items():
        if code not in known:
            document.note(("names", code), f"{code} is no country", "Use the two letters of ISO 3166")
            continue
        known[code] = tuple(dict.fromkeys((*known[code], *further)))
    return known


def names() -> dict[str, tuple[str, ...]]:
    """Return country code to names, English first; about 270 countries and territories."""
    return {**msgspec.json.decode(NAMES_FILE.read_bytes(), type=dict[str, tuple[str, ...]]), **FICTIONAL}


def names_of_babel() -> dict[str, tuple[str, ...]]:
    """Return what country_names.json is made of.

    "Myanmar (Burma)" is three names: the whole, and each of the two.
    """
    from babel import Locale  # noqa: PLC0415 - never for a start

    found: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        for code, name in Locale(lang).territories.items():
            if len(code) == _CODE_LETTERS and code.isalpha() and code not in _NOT_COUNTRIES and code[0] != "X":
                found.setdefault(code, []).extend((name, *_PARTS.findall(name)) if "(" in name else (name,))
    return {code: tuple(dict.fromkeys(values)) for code, values in found.items()}


if __name__ == "__main__":
    lines = [msgspec.json.encode({code: said})[1:-1].decode() for code, said in names_of_babel().items()]
    NAMES_FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
