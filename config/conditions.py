"""Conditions of policy files as values of dialogs.conditions; every mistake is noted at its place.

Form: a mapping whose entries must all hold. `field: pattern` or `field: [patterns]`; `all`, `any` (lists of
conditions), `not` (one), `missing` (field or fields), `at_most: {field: number}`, `at_least: {field: count}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.conditions import All, AnyOf, AtLeast, AtMost, Condition, In, Missing, Not

if TYPE_CHECKING:
    from config.documents import Document, Place

ALWAYS = All(())
_REMEDY = "A condition is a mapping such as `acts: [ACT-LIB-*]`, or all, any, not, missing, at_most, at_least"


def condition(document: Document, data: Any, place: Place) -> Condition:  # noqa: ANN401 - parsed YAML
    """Return the condition; notes what is wrong and returns one that always holds where nothing can be made of it."""
    if not isinstance(data, dict) or not data:
        document.note(place, "is no condition", _REMEDY)
        return ALWAYS
    parts = [_entry(document, key, value, (*place, key)) for key, value in data.items()]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _entry(document: Document, key: str, value: Any, place: Place) -> Condition:  # noqa: ANN401 - parsed YAML
    if key in ("all", "any"):
        if not isinstance(value, list):
            document.note(place, "is no list", _REMEDY)
            return ALWAYS
        parts = tuple(condition(document, item, (*place, index)) for index, item in enumerate(value))
        return All(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(condition(document, value, place))
    if key == "missing":
        fields = [value] if isinstance(value, str) else value
        return All(tuple(Missing(field) for field in _texts(document, fields, place)))
    if key in ("at_most", "at_least"):
        return _numbers(document, key, value, place)
    return In(key, _texts(document, [value] if isinstance(value, str) else value, place))


def _numbers(document: Document, key: str, value: Any, place: Place) -> Condition:  # noqa: ANN401 - parsed YAML
    if not isinstance(value, dict) or not all(str(number).lstrip("-").isdecimal() for number in value.values()):
        document.note(place, "is no mapping of a field to a whole number", _REMEDY)
        return ALWAYS
    kind = AtMost if key == "at_most" else AtLeast
    parts = tuple(kind(field, int(number)) for field, number in value.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _texts(document: Document, value: Any, place: Place) -> tuple[str, ...]:  # noqa: ANN401 - parsed YAML
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        document.note(place, "is neither a word nor a list of words", _REMEDY)
        return ()
    return tuple(value)
