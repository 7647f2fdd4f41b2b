"""Conditions of policy files as values of dialogs.conditions; every mistake is noted at its place.

Form: a mapping whose entries must all hold. `field: pattern` or `field: [patterns]`; `all`, `any` (lists of
conditions), `not` (one), `missing` (field or fields), `at_most: {field: number}`, `at_least: {field: count}`.
`all: []` always holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dialogs.conditions import All, AnyOf, AtLeast, AtMost, Condition, In, Missing, Not

if TYPE_CHECKING:
    from config.documents import Document, Place

ALWAYS: Final = All(())
MAX_DIGITS: Final = 9  # more is no number of hours, and a very long one takes long to read
_REMEDY: Final = "A condition is a mapping such as `acts: [ACT-LIB-*]`, or all, any, not, missing, at_most, at_least"


def condition(document: Document, data: Any, place: Place) -> Condition:  # noqa: ANN401 - parsed YAML has any shape
    """Return the condition; notes what is wrong and returns one that always holds where nothing can be made of it."""
    if not isinstance(data, dict) or not data:
        document.note(place, "is no condition", _REMEDY)
        return ALWAYS
    return _together([_entry(document, key, value, (*place, key)) for key, value in data.items()])


def _together(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _entry(document: Document, key: str, value: Any, place: Place) -> Condition:  # noqa: ANN401 - parsed YAML
    match key:
        case "all":
            return All(_conditions(document, value, place))
        case "any":
            # An empty `any` never holds, and a rule that never fires is not what somebody meant to write.
            if value == []:
                document.note(place, "is an empty list", _REMEDY)
            return AnyOf(_conditions(document, value, place))
        case "not":
            return Not(condition(document, value, place))
        case "missing":
            return _together([Missing(field) for field in _texts(document, value, place)])
        case "at_most":
            return _together([AtMost(field, limit) for field, limit in _numbers(document, value, place)])
        case "at_least":
            return _together([AtLeast(field, count) for field, count in _numbers(document, value, place)])
        case _:
            return In(key, _texts(document, value, place))


def _conditions(document: Document, value: Any, place: Place) -> tuple[Condition, ...]:  # noqa: ANN401 - parsed YAML
    if not isinstance(value, list):
        document.note(place, "is no list of conditions", _REMEDY)
        return ()
    return tuple(condition(document, item, (*place, index)) for index, item in enumerate(value))


def _numbers(document: Document, value: Any, place: Place) -> list[tuple[str, int]]:  # noqa: ANN401 - parsed YAML
    if not isinstance(value, dict) or not value or not all(_is_number(number) for number in value.values()):
        document.note(place, "is no mapping of a field to a whole number", _REMEDY)
        return []
    return [(field, int(number)) for field, number in value.items()]


def _is_number(value: Any) -> bool:  # noqa: ANN401 - parsed YAML has any shape
    digits = value.removeprefix("-") if isinstance(value, str) else ""
    return digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS


def _texts(document: Document, value: Any, place: Place) -> tuple[str, ...]:  # noqa: ANN401 - parsed YAML
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(item, str) for item in texts):
        document.note(place, "is neither a word nor a list of words", _REMEDY)
        return ()
    return tuple(texts)
