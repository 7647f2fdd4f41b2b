"""Shapes: what is read as what, and what is said about a value that is none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, field

from config.secret import Secret
from config.settings import Settings
from config.shapes import After, Before, Shape, Texts, read_as


class Colour(StrEnum):
    """Words of a list."""

    RED = "red"
    BLUE = "blue"


class Part(Shape):
    """A mapping inside another one."""

    name: str
    more: bool = False


def _short(value: str) -> str:
    if len(value) > 2:
        raise ValueError("is long")
    return value


class Whole(Shape):
    """One field of each kind."""

    text: str | None = None
    number: int = 0
    measured: float = 0.0
    bounded: Annotated[int, Meta(ge=1, le=5)] = 1
    above: Annotated[float, Meta(gt=0)] = 1.0
    yes: bool = False
    day: date | None = None
    moment: datetime | None = None
    path: Path | None = None
    secret: Secret | None = None
    word: Literal["a", "b", "c"] = "a"
    colour: Colour = Colour.RED
    texts: Texts = ()
    parts: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=2)] = (Part("x"),)
    by_name: dict[Literal["x", "y"], Texts] = field(default_factory=dict)
    anything: dict[str, Any] | None = None
    part: Annotated[Part, Before(lambda value: {"name": value} if isinstance(value, str) else value)] | None = None
    short: Annotated[str, After(_short)] = ""
    named: str = field(default="", name="class")


def read(**values: object) -> tuple[Whole | None, list[str]]:
    said: list[str] = []
    found = read_as(Whole, values, lambda place, what, _remedy: said.append(f"{'.'.join(map(str, place))} {what}"))
    return found, said


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [("text", " a b ", "a b"), ("text", None, None), ("number", "-12", -12), ("number", " 1_000.0 ", 1000),
     ("measured", "2.5", 2.5), ("measured", 3, 3.0), ("bounded", "5", 5), ("yes", "Yes", True), ("yes", "off", False),
     ("day", "2026-01-31", date(2026, 1, 31)), ("day", "2026-01-31T00:00:00", date(2026, 1, 31)),
     ("moment", "2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)), ("path", " a ", Path(" a ")),
     ("secret", " a ", Secret(" a ")), ("word", "c", "c"), ("colour", "blue", Colour.BLUE), ("texts", "one", ("one",)),
     ("texts", ["one", " two"], ("one", "two")), ("parts", [{"name": "n", "more": "yes"}], (Part("n", more=True),)),
     ("by_name", {"x": "one"}, {"x": ("one",)}), ("anything", {"x": [None]}, {"x": [None]}), ("part", "n", Part("n")),
     ("short", "ab", "ab")],
)  # fmt: skip
def test_a_value_is_read_as_what_its_field_says(name: str, value: object, meant: object) -> None:
    """From text, as YAML and the environment bring it."""
    found, said = read(**{name: value})

    assert (found is not None and getattr(found, name), said) == (meant, [])


def test_a_key_may_have_another_name_than_its_field() -> None:
    """`class` is no name of Python."""
    found, _said = read(**{"class": "A"})

    assert found is not None
    assert found.named == "A"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("text", ["a"], ["text is no text"]), ("number", "1.5", ["number is no whole number"]),
     ("number", "٣", ["number is no whole number"]), ("number", "9" * 5000, ["number is no whole number"]),
     ("measured", "much", ["measured input should be a valid number, unable to parse string as a number"]),
     ("measured", None, ["measured input should be a valid number"]),
     ("bounded", "0", ["bounded input should be greater than or equal to 1"]),
     ("bounded", "6", ["bounded input should be less than or equal to 5"]),
     ("above", "0", ["above input should be greater than 0"]), ("above", "nan", ["above input should be greater than 0"]),
     ("yes", "perhaps", ["yes is neither yes nor no"]), ("yes", None, ["yes is neither yes nor no"]),
     ("day", "2026-02-30", ["day is no day"]), ("day", "2026-01-31T09:00:00", ["day is no day"]),
     ("day", "20260131", ["day is no day"]), ("moment", "soon", ["moment is no day and time"]),
     ("path", 5, ["path input is not a valid path"]), ("secret", 5, ["secret is no text"]),
     ("word", "d", ["word input should be 'a', 'b' or 'c'"]), ("word", ["a"], ["word input should be 'a', 'b' or 'c'"]),
     ("colour", "green", ["colour input should be 'red' or 'blue'"]), ("texts", None, ["texts is no list"]),
     ("texts", ["one", None], ["texts.1 is no text"]), ("parts", [], ["parts has fewer items than 1"]),
     ("parts", [{"name": "n"}] * 3, ["parts has more items than 2"]),
     ("parts", [{}, {"name": "n", "x": ""}, ""], ["parts.0.name is missing", "parts.1.x is unknown here",
                                                  "parts.2 is no mapping"]),
     ("by_name", {"z": "one"}, ["by_name.z.[key] input should be 'x' or 'y'"]), ("by_name", "", ["by_name is no mapping"]),
     ("short", "abc", ["short is long"]), ("none", "", ["none is unknown here"])],
)  # fmt: skip
def test_every_mistake_is_named_with_its_place(name: str, value: object, said: list[str]) -> None:
    """All at once; nothing is returned then."""
    assert read(**{name: value}) == (None, said)


def test_no_secret_is_shown() -> None:
    """Neither a token nor the address of a database, which may hold a password."""
    shown = repr(Settings(telegram_token=Secret("1:canary"), database_url="postgresql+psycopg://u:canary@h/d"))

    assert "canary" not in shown
    assert "canary" not in f"{Secret('canary')} {Secret('canary')!r}"
