"""Names of countries in the six languages of the United Nations, and the fictional countries of the practice policy."""

from __future__ import annotations

from typing import Final

from babel import Locale

LANGUAGES: Final = ("en", "fr", "es", "ar", "zh", "ru")
FICTIONAL: Final = {
    "XA": ("Arlenia",), "XB": ("Bordavia",), "XC": ("Costaluna",), "XD": ("Dravania",), "XE": ("Estmark",),
    "XF": ("Feroland",), "XG": ("Galdora",), "XH": ("Hestia",), "XI": ("Isla Norte",), "XJ": ("Jarabia",),
    "XL": ("Lomaria",), "XM": ("Mirador",),
}  # fmt: skip
_NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XK"})
_CODE_LETTERS: Final = 2


def names() -> dict[str, tuple[str, ...]]:
    """Return country code to names, English first; about 270 countries and territories."""
    found: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        for code, name in Locale(lang).territories.items():
            if len(code) == _CODE_LETTERS and code.isalpha() and code not in _NOT_COUNTRIES and code[0] != "X":
                found.setdefault(code, []).append(name)
    countries = {code: tuple(dict.fromkeys(values)) for code, values in found.items()}
    return {**countries, **FICTIONAL}
