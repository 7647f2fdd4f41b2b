"""The table of countries is Babel's."""

from __future__ import annotations

from config.countries import FICTIONAL, names, names_of_babel


def test_the_table_of_countries_holds_what_babel_says() -> None:
    """After an update of Babel it may not: then `python -m config.countries` writes it anew."""
    assert names() == {**names_of_babel(), **FICTIONAL}
