"""What values of a file or a setting have to look like, said by annotated fields; all mistakes are found at once.

A shape is a subclass of `Shape`. Its fields are text, numbers, yes and no, days, times, paths, words of a list (Literal
or an Enum), tuples, mappings, other shapes, each with `| None` where it may be nothing; `Annotated` adds bounds
(`msgspec.Meta`), and what is done to a value before (`Before`) and after (`After`) it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

from msgspec import Meta
from msgspec.structs import fields

from config.documents import Place
from config.secret import Secret
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from config.documents import Document

Note: TypeAlias = Callable[[Place, str, str], None]
"""Takes a mistake: where it is, what is wrong, what to do."""

Reader: TypeAlias = Callable[[object, Place, Note], object]
"""Returns what a value means; WRONG, and notes why, where it means nothing."""

WRONG: Final = object()
_COMPARE: Final = "Compare with the file that came with Leeward"
_LONGEST_NUMBER: Final = 100
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]+(_[0-9]+)*(\.0+)?\s*", re.ASCII)
_SAID: Final = {
    **dict.fromkeys(("yes", "y", "true", "t", "on", "1"), True),
    **dict.fromkeys(("no", "n", "false", "f", "off", "0"), False),
}


class Shape(Frozen):
    """A mapping with exactly these keys; one that has a default may be left out."""


class Before(Frozen):
    """What is done to a value before it is read."""

    change: Callable[[Any], Any]


class After(Frozen):
    """What is done to a value that was read; a ValueError says what is wrong with it."""

    change: Callable[[Any], Any]


Texts = Annotated[tuple[str, ...], Before(lambda value: [value] if isinstance(value, str) else value)]
"""One text or a list of them."""

Shaped = TypeVar("Shaped", bound=Shape)


def validated(document: Document, shape: type[Shaped]) -> Shaped | None:
    """Return the file in this shape; on mistakes note all of them in the document and return None."""
    return read_as(shape, document.data if document.data is not None else {}, document.note)


def read_as(shape: type[Shaped], value: object, note: Note) -> Shaped | None:
    """Return the value in this shape; on mistakes note all of them and return None."""
    found = _reader(shape)(value, (), note)
    return found if isinstance(found, shape) else None


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401 - whatever stands in an annotation
    """Return what reads this kind of value."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _or_nothing(_reader(inner))
    if origin is Literal:
        return _word({word: word for word in arguments})
    if origin is tuple:
        return _items(_reader(arguments[0]))
    if origin is dict:
        return _mapping(_reader(arguments[0]), _reader(arguments[1]))
    if issubclass(kind, Enum):
        return _word({word.value: word for word in kind})
    return _shape(kind)


def _shape(shape: type[Shape]) -> Reader:
    parts = [(part.encode_name, part.name, _reader(part.type), part.required) for part in fields(shape)]
    known = frozenset(key for key, *_rest in parts)

    def read(value: object, place: Place, note: Note) -> object:
        if not isinstance(value, dict):
            return _wrong(note, place, "is no mapping", "Write `key: value`")
        found = {}
        for key, name, reader, required in parts:
            if key in value:
                found[name] = reader(value[key], (*place, key), note)
            elif required:
                found[name] = _wrong(note, (*place, key), "is missing", "Add it")
        unknown = [key for key in value if key not in known]
        for key in unknown:
            note((*place, key), "is unknown here", "Remove it, or check its spelling")
        return WRONG if unknown or _any_wrong(found.values()) else shape(**found)

    return read


def _annotated(kind: object, marks: tuple[object, ...]) -> Reader:
    reader = _reader(kind)
    for mark in marks:
        if isinstance(mark, Before):
            reader = _before(mark.change, reader)
        elif isinstance(mark, After):
            reader = _after(mark.change, reader)
        elif isinstance(mark, Meta):
            reader = _after(_bounds(mark), reader)
    return reader


def _before(change: Callable[[Any], Any], reader: Reader) -> Reader:
    return lambda value, place, note: reader(change(value), place, note)


def _after(change: Callable[[Any], Any], reader: Reader) -> Reader:
    def read(value: object, place: Place, note: Note) -> object:
        found = reader(value, place, note)
        try:
            return found if found is WRONG else change(found)
        except ValueError as exc:
            return _wrong(note, place, str(exc), _COMPARE)

    return read


def _bounds(mark: Meta) -> Callable[[Any], Any]:
    """Return what refuses a value out of these bounds. Raises there: ValueError."""

    def check(value: Any) -> Any:  # noqa: ANN401 - a number, a text or a tuple
        if mark.ge is not None and not value >= mark.ge:
            raise ValueError(f"input should be greater than or equal to {mark.ge}")
        if mark.gt is not None and not value > mark.gt:
            raise ValueError(f"input should be greater than {mark.gt}")
        if mark.le is not None and not value <= mark.le:
            raise ValueError(f"input should be less than or equal to {mark.le}")
        if mark.min_length is not None and len(value) < mark.min_length:
            raise ValueError(f"has fewer {_parts(value)} than {mark.min_length}")
        if mark.max_length is not None and len(value) > mark.max_length:
            raise ValueError(f"has more {_parts(value)} than {mark.max_length}")
        return value

    return check


def _parts(value: object) -> str:
    return "characters" if isinstance(value, str) else "items"


def _or_nothing(reader: Reader) -> Reader:
    return lambda value, place, note: None if value is None else reader(value, place, note)


def _word(words: dict[Any, Any]) -> Reader:
    *most, last = (repr(str(word)) for word in words)
    expected = f"input should be {', '.join(most)} or {last}" if most else f"input should be {last}"

    def read(value: object, place: Place, note: Note) -> object:
        if isinstance(value, str) and value in words:
            return words[value]
        return _wrong(note, place, expected, _COMPARE)

    return read


def _items(reader: Reader) -> Reader:
    def read(value: object, place: Place, note: Note) -> object:
        if not isinstance(value, list | tuple):
            return _wrong(note, place, "is no list", "Write a list: [one, two]")
        found = tuple([reader(item, (*place, index), note) for index, item in enumerate(value)])
        return WRONG if _any_wrong(found) else found

    return read


def _mapping(key_reader: Reader, reader: Reader) -> Reader:
    def read(value: object, place: Place, note: Note) -> object:
        if not isinstance(value, dict):
            return _wrong(note, place, "is no mapping", "Write `key: value`")
        found = {
            key_reader(key, (*place, key, "[key]"), note): reader(part, (*place, key), note)
            for key, part in value.items()
        }
        return WRONG if _any_wrong(found) or _any_wrong(found.values()) else found

    return read


def _text(value: object, place: Place, note: Note) -> object:
    return value.strip() if isinstance(value, str) else _wrong(note, place, "is no text", "Write a text")


def _secret(value: object, place: Place, note: Note) -> object:
    return Secret(value) if isinstance(value, str) else _wrong(note, place, "is no text", "Write a text")


def _path(value: object, place: Place, note: Note) -> object:
    return Path(value) if isinstance(value, str | Path) else _wrong(note, place, "input is not a valid path", _COMPARE)


def _integer(value: object, place: Place, note: Note) -> object:
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and _INTEGER.fullmatch(value):
        return int(value.partition(".")[0])
    return _wrong(note, place, "is no whole number", "Write a number without a point")


def _number(value: object, place: Place, note: Note) -> object:
    if not isinstance(value, str | int | float):
        return _wrong(note, place, "input should be a valid number", _COMPARE)
    try:
        return float(value)
    except (ValueError, OverflowError):
        return _wrong(note, place, "input should be a valid number, unable to parse string as a number", _COMPARE)


def _yes_no(value: object, place: Place, note: Note) -> object:
    said = _SAID.get(value.lower()) if isinstance(value, str) else None
    return _wrong(note, place, "is neither yes nor no", "Write yes or no") if said is None else said


def _time(value: object, place: Place, note: Note) -> object:
    try:
        if isinstance(value, str) and _DAY.match(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    return _wrong(note, place, "is no day and time", "Write both: 2026-01-31T09:00:00+00:00")


def _day(value: object, place: Place, note: Note) -> object:
    found = _time(value, place, lambda *_mistake: None)
    if not isinstance(found, datetime) or found.time() != time(0):
        return _wrong(note, place, "is no day", "Write year, month and day: 2026-01-31")
    return found.date()


def _wrong(note: Note, place: Place, what: str, remedy: str) -> object:
    note(place, what, remedy)
    return WRONG


def _any_wrong(found: Iterable[object]) -> bool:
    return any(one is WRONG for one in found)


_PLAIN: Final[dict[Any, Reader]] = {
    str: _text, Secret: _secret, Path: _path, int: _integer, float: _number, bool: _yes_no, datetime: _time, date: _day,
    Any: lambda value, _place, _note: value,
}  # fmt: skip
