"""The runner of mutants: what it changes, and that it notices what tests notice."""

from __future__ import annotations

import ast

from tests.mutants import mutants
from tests.proof_mutations import tried

SOURCE = """
LIMIT: int = 3

def allowed(count: int) -> bool:
    \"\"\"Tell.\"\"\"
    return count < LIMIT and True
"""


def test_each_mutant_changes_one_thing_that_matters() -> None:
    """No type and no docstring; a comparison also at its boundary."""
    found = mutants(ast.parse(SOURCE))

    assert [mutant.what for mutant in found if not mutant.in_function] == ["3 -> 4"]
    assert {mutant.what for mutant in found if mutant.in_function} == {
        "return count < LIMIT and True -> return None",
        "count < LIMIT and True -> count < LIMIT or True", "count < LIMIT and True -> True",
        "count < LIMIT and True -> count < LIMIT", "count < LIMIT -> count <= LIMIT", "count < LIMIT -> count >= LIMIT",
        "True -> False",
    }  # fmt: skip


def test_every_mutant_of_the_check_at_the_sink_is_noticed() -> None:
    """The short form of `python -m tests.proof mutations`."""
    assert tried("handlers/sink.py") == (10, [])
