"""Tests read as sentences."""

from __future__ import annotations

import ast

from tests.architecture.sources import python_files, text_of


def silent_tests(source: str) -> list[str]:
    """Return the tests of a source that have no docstring."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]


def test_every_test_says_in_a_sentence_what_it_shows() -> None:
    """A test without a docstring leaves the reader to guess which behaviour broke."""
    silent = [
        f"{name}: {test}"
        for name in python_files("tests")
        if name.rsplit("/", maxsplit=1)[1].startswith("test_")
        for test in silent_tests(text_of(name))
    ]

    assert silent == []


def test_a_silent_test_would_be_found() -> None:
    """Control: one with a docstring passes, one without is reported."""
    source = 'def test_a() -> None:\n    """It holds."""\n\n\ndef test_b() -> None:\n    assert True\n'

    assert silent_tests(source) == ["test_b"]
