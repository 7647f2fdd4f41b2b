"""Facts follow from answers: what the short ways through the fold give is what the long way gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.conversation import Answer
from dialogs.facts import _apply, _folds
from tests.conftest import practice_policy

if TYPE_CHECKING:
    from dialogs.conditions import Value


def test_an_answer_that_only_sets_fields_sets_them_as_when_it_is_put_one_by_one() -> None:
    """Every such answer of the interview; most of what people answer is one."""
    _places, folds = _folds(practice_policy().interview)
    short = [(fold, keys) for fold in folds for keys in fold.single]

    for fold, keys in short:
        facts: dict[str, Value] = {}
        flags: list[str] = []
        _apply(fold, Answer(fold.node.id, keys=keys), facts, flags)
        assert (facts, flags) == (fold.single[keys], []), f"{fold.node.id} {keys}"
    assert len(short) > 200
