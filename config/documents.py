"""Reading policy files: every mistake is found at once, with file, place, line and remedy.

Nothing is executed and nothing is expanded: aliases, anchors, tags and merge keys are refused, never followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES: Final = 2 * 1024 * 1024  # the largest policy file of ours has 30 KiB
MAX_DEPTH: Final = 30  # three times what the interview needs
Place = tuple[str | int, ...]
"""Keys and indexes that lead to a value in a document."""


class ConfigError(Exception):
    """Something in the configuration is wrong: the message says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it is, what is wrong and what to do. `line` 0: the whole file."""

    file: str
    place: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where} {self.place}: {self.what}. {self.remedy}"


class PolicyMistakes(ConfigError):
    """The policy files have mistakes: mend the lines named below, then run `leeward doctor`."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(slots=True)
class Document:
    """A parsed file and the line of every place in it."""

    name: str
    data: Any
    lines: dict[Place, int]
    raw: bytes
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, place: Place, what: str, remedy: str) -> None:
        """Note one mistake at a place."""
        line = next((self.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self.lines), 0)
        self.mistakes.append(Mistake(self.name, spell(place), line, what, remedy))


def spell(place: Place) -> str:
    """Return a place as people write it: `nodes[3].choices.2.goto`; what cannot be printed is escaped."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{_printable(key)}" for key in place)
    return text.removeprefix(".") or "(file)"


def _printable(key: str) -> str:
    return key if key.isprintable() else ascii(key)


def read(path: Path) -> Document:
    """Return the parsed file; all scalars are text. Raises PolicyMistakes when it cannot be read at all."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as exc:
        mistake = Mistake(path.name, "(file)", 0, "cannot be read", "Check that it exists and may be read")
        raise PolicyMistakes([mistake]) from exc
    return parse(path.name, raw)


def parse(name: str, raw: bytes) -> Document:
    """Return the parsed bytes; all scalars are text, an empty plain one and `null` are None. Raises PolicyMistakes."""
    document = Document(name, None, {}, raw)
    if len(raw) > MAX_BYTES:
        document.note((), f"has more than {MAX_BYTES} bytes", "A policy file is much smaller: check what it is")
        raise PolicyMistakes(document.mistakes)
    builder = _Builder(document)
    try:
        for event in yaml.parse(raw.decode(), Loader=_LOADER):
            builder.take(event)
    except UnicodeDecodeError as exc:
        document.note((), "is not UTF-8 text", "Save it as UTF-8")
        raise PolicyMistakes(document.mistakes) from exc
    except (yaml.YAMLError, UnicodeEncodeError, ValueError) as exc:
        mark = getattr(exc, "problem_mark", None)
        document.lines[()] = mark.line + 1 if mark is not None else 0
        document.note((), "is no valid YAML here", "Check indentation, quotes and brackets around this line")
        raise PolicyMistakes(document.mistakes) from exc
    if document.mistakes:
        raise PolicyMistakes(document.mistakes)
    document.data = builder.result
    return document


# libyaml reads the same language ten times faster; its parser has no recursion to exhaust, and neither have we.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled; `key` is the key of a mapping whose value comes next."""

    into: dict[str, Any] | list[Any]
    place: Place
    key: str | None = None


class _Builder:
    """Makes plain values of YAML events, without recursion, and refuses what a policy file does not need.

    YAML as of 1.2 and less: every scalar stays the text it is, so that yes, no, on, off and 0123 mean themselves.
    """

    def __init__(self, document: Document) -> None:
        self.result: Any = None
        self._document = document
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises PolicyMistakes on what is refused; doubled keys are noted and passed over."""
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        match event:  # most of them are scalars
            case yaml.ScalarEvent():
                self._check(event, line)
                self._scalar(event, line)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(line, "begins a second document", "Keep one document in a file: remove the `---`")
            case yaml.AliasEvent():
                self._refuse(line, "repeats another part by an alias (*)", "Write the part out")
            case yaml.MappingStartEvent():
                self._check(event, line)
                self._begin({}, line)
            case yaml.SequenceStartEvent():
                self._check(event, line)
                self._begin([], line)
            case yaml.CollectionEndEvent():
                self._open.pop()
            case _:
                pass  # the beginning and the end of the stream and of the document carry nothing

    def _refuse(self, line: int, what: str, remedy: str) -> None:
        place = self._place()
        self._document.lines[place] = line
        self._document.note(place, what, remedy)
        raise PolicyMistakes(self._document.mistakes)

    def _check(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, "has an anchor (&)", "Remove it")
        if getattr(event, "tag", None) is not None:
            self._refuse(line, "has a tag (!)", "Remove it: everything in a policy file is text")

    def _place(self) -> Place:
        if not self._open:
            return ()
        top = self._open[-1]
        if isinstance(top.into, list):
            return (*top.place, len(top.into))
        return (*top.place, top.key) if top.key is not None else top.place

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text = str(event.value)
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            self._refuse(line, "has half a character (a lone surrogate)", "Write the character itself")
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.into, dict) and top.key is None:
            self._key(top, top.into, text, line)
            return
        self._put(None if event.implicit[0] and text in _NOTHING else text, line)

    def _key(self, top: _Open, into: dict[str, Any], text: str, line: int) -> None:
        top.key = text
        if not text or text == "<<":
            self._refuse(line, "has no plain key", "Write a word before the colon")
        if text in into:
            self._document.lines[(*top.place, text)] = line
            self._document.note((*top.place, text), "stands twice", "Keep one of them")

    def _put(self, value: Any, line: int) -> None:  # noqa: ANN401 - text, None, a mapping or a list
        self._document.lines[self._place()] = line
        if not self._open:
            self.result = value
            return
        top = self._open[-1]
        if isinstance(top.into, list):
            top.into.append(value)
        else:
            top.into[top.key or ""] = value
            top.key = None

    def _begin(self, into: dict[str, Any] | list[Any], line: int) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.into, dict) and top.key is None:
            self._refuse(line, "has a list or a mapping as key", "Write a word before the colon")
        if len(self._open) >= MAX_DEPTH:
            self._refuse(line, f"is nested more than {MAX_DEPTH} deep", "Write it flat")
        place = self._place()
        self._put(into, line)
        self._open.append(_Open(into, place))


class Record(BaseModel):
    """A part of a policy file: no unknown keys, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _one_or_many(value: Any) -> Any:  # noqa: ANN401 - before validation anything may come
    return [value] if isinstance(value, str) else value


def _yes_no(value: Any) -> Any:  # noqa: ANN401 - before validation anything may come
    words = {"yes": True, "true": True, "no": False, "false": False}
    return words.get(value, value) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
"""One text or a list of them."""

YesNo = Annotated[bool, BeforeValidator(_yes_no)]
"""yes or no."""

Model = TypeVar("Model", bound=BaseModel)

_SAID: Final = {
    "missing": ("is missing", "Add it"),
    "extra_forbidden": ("is unknown here", "Remove it, or check its spelling"),
    "string_type": ("is no text", "Write a text"),
    "tuple_type": ("is no list", "Write a list: [one, two]"),
    "dict_type": ("is no mapping", "Write `key: value`"),
    "model_type": ("is no mapping", "Write `key: value`"),
    "bool_type": ("is neither yes nor no", "Write yes or no"),
    "bool_parsing": ("is neither yes nor no", "Write yes or no"),
    "int_type": ("is no whole number", "Write a number without a point"),
    "int_parsing": ("is no whole number", "Write a number without a point"),
}
_FROM_PYDANTIC: Final = "Compare with the file that came with Leeward"


def validated(document: Document, model: type[Model]) -> Model | None:
    """Return the file as this model; on mistakes note all of them in the document and return None."""
    try:
        return model.model_validate(document.data if document.data is not None else {})
    except ValidationError as exc:
        for place, what, remedy in _told(exc):
            document.note(place, what, remedy)
        return None


def _told(error: ValidationError) -> Iterator[tuple[Place, str, str]]:
    for each in error.errors(include_input=False, include_url=False):
        place = tuple(part for part in each["loc"] if not (isinstance(part, str) and part.startswith("function-")))
        said = each["msg"][:1].lower() + each["msg"][1:]
        what, remedy = _SAID.get(each["type"], (said, _FROM_PYDANTIC))
        yield place, what, remedy
