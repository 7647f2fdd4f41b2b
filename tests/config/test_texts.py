"""Sentences: read as the library of Fluent reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from config.texts import _parsed

PARTS = (
    "word",
    " ",
    "\n",
    "\r",
    "\r\n",
    "    ",
    "{",
    "}",
    "{ $name }",
    '{ "text" }',
    ".c1 = ",
    "*",
    "[",
    "#",
    "é",
    "=",
)
FILES = sorted((Path(config.__file__).parent / "locales").glob("*/*.ftl"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
def test_any_sentence_is_read_as_the_library_reads_it(words: str) -> None:
    """The same tree, every place in the source included, also of what cannot be understood."""
    source = f"one = {words}\ntwo = word\n"

    assert _parsed(source).equals(FluentParser().parse(source), ignored_fields=[])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_our_files_are_read_as_the_library_reads_them(path: Path) -> None:
    """Whole files, comments included."""
    source = path.read_text(encoding="utf-8")

    assert _parsed(source).equals(FluentParser().parse(source), ignored_fields=[])
