"""Reading policy files: every mistake is found at once, with file, place, line and remedy. Nothing is executed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from typing_extensions import Annotated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 2 * 1024 * 1024
_MAX_DEPTH = 30
Place = tuple[str | int, ...]
"""Keys and indexes that lead to a value in a document."""


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
        return f"{where} {self.place}: {self.what}. {self.remedy}".replace(" : ", ": ")


class PolicyMistakes(Exception):  # noqa: N818 - it carries many
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
    """Return a place as people write it: `nodes[3].choices.2.goto`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return text.removeprefix(".") or "(file)"


class _Loader(yaml.SafeLoader):
    """YAML as of 1.2: only true and false are booleans, so that yes, no, on and off stay words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:null",)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Document:
    """Return the parsed file; all scalars are text. Raises PolicyMistakes when it cannot be read at all."""
    name = path.name
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise PolicyMistakes([Mistake(name, "(file)", 0, "cannot be read", "Check that it exists and may be read")]) from exc
    return parse(name, raw)


def parse(name: str, raw: bytes) -> Document:
    """Return the parsed bytes. Raises PolicyMistakes."""
    document = Document(name, None, {}, raw)
    if len(raw) > MAX_BYTES:
        document.note((), f"has more than {MAX_BYTES} bytes", "A policy file is much smaller: check what it is")
        raise PolicyMistakes(document.mistakes)
    try:
        node = yaml.compose(raw.decode(), Loader=_Loader)
    except UnicodeDecodeError as exc:
        document.note((), "is not UTF-8 text", "Save it as UTF-8")
        raise PolicyMistakes(document.mistakes) from exc
    except (yaml.YAMLError, RecursionError, ValueError) as exc:
        mark = getattr(exc, "problem_mark", None)
        document.lines[()] = mark.line + 1 if mark is not None else 0
        document.note((), "is no valid YAML here", "Check indentation, quotes and brackets around this line")
        raise PolicyMistakes(document.mistakes) from exc
    document.data = _plain(document, node, (), set()) if node is not None else None
    if document.mistakes:
        raise PolicyMistakes(document.mistakes)
    return document


def _plain(document: Document, node: yaml.Node, place: Place, above: set[int]) -> Any:  # noqa: ANN401 - YAML has any shape
    document.lines[place] = node.start_mark.line + 1
    if len(place) > _MAX_DEPTH or id(node) in above:
        document.note(place, "is nested too deeply", "Write it flat")
        return None
    inside = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        return dict(_entries(document, node, place, inside))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, item, (*place, index), inside) for index, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _entries(document: Document, node: yaml.MappingNode, place: Place, inside: set[int]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        if not key or key in seen:
            document.note(place, f"has the key {key!r} twice or no plain key", "Keep one of them")
            continue
        seen.add(key)
        yield key, _plain(document, value_node, (*place, key), inside)


class Record(BaseModel):
    """A part of a policy file: no unknown keys, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _one_or_many(value: Any) -> Any:  # noqa: ANN401 - before validation anything may come
    return [value] if isinstance(value, str) else value


def _yes_no(value: Any) -> Any:  # noqa: ANN401 - as above
    return {"yes": True, "true": True, "no": False, "false": False}.get(value, value) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
"""One text or a list of them."""

YesNo = Annotated[bool, BeforeValidator(_yes_no)]
"""yes or no."""

Model = TypeVar("Model", bound=BaseModel)

_REMEDIES = {
    "missing": "Add it",
    "extra_forbidden": "Remove it, or check its spelling",
    "string_type": "Write a text",
    "enum": "Choose one of the words named",
    "literal_error": "Choose one of the words named",
}


def validated(document: Document, model: type[Model]) -> Model | None:
    """Return the file as this model; on mistakes note all of them in the document and return None."""
    try:
        return model.model_validate(document.data if document.data is not None else {})
    except ValidationError as exc:
        for error in exc.errors(include_input=False, include_url=False):
            place = tuple(part for part in error["loc"] if not (isinstance(part, str) and part.startswith("function-")))
            remedy = _REMEDIES.get(error["type"], "Compare with the file that came with Leeward")
            document.note(place, error["msg"][0].lower() + error["msg"][1:], remedy)
        return None
