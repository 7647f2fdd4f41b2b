"""Persona files: what a person types at each node. Read here, played by bot.practice.player."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import field

from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from pathlib import Path

CHANNELS = ("signal", "telegram", "practice")
DEFAULTS = ("skip", "fail")
KNOWN = frozenset({"name", "about", "channel", "now", "answers", "default", "files", "then", "expect"})
USUAL_NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class PersonaMistake(Exception):
    """The persona file cannot be played: mend what is named below."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"{file}: {what}")


class Persona(Frozen):
    """One person to play."""

    name: str
    channel: str
    now: datetime
    answers: dict[str, tuple[str, ...]]
    lists: frozenset[str]  # nodes answered by a list: one entry for each visit
    default: str = "skip"
    files: tuple[Path, ...] = ()
    then: tuple[str, ...] = ()
    expect: dict[str, Any] = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """YAML as of 1.2: yes and no stay words; numbers, true, false and null are what they are."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|[1-9][0-9]*)$"), list("0123456789"))


def load_persona(path: Path) -> Persona:
    """Return the persona of a file. Raises PersonaMistake."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
    except FileNotFoundError as exc:
        raise PersonaMistake(str(path), "there is no such file") from exc
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as exc:
        raise PersonaMistake(path.name, "cannot be read as YAML") from exc
    if not isinstance(data, dict) or not isinstance(data.get("answers"), dict):
        raise PersonaMistake(path.name, "needs a mapping `answers:`")
    if unknown := sorted(set(map(str, data)) - KNOWN):
        raise PersonaMistake(path.name, f"has unknown entries: {', '.join(unknown)}")
    channel = str(data.get("channel", "practice"))
    if channel not in CHANNELS:
        raise PersonaMistake(path.name, f"channel is one of {', '.join(CHANNELS)}")
    default = str(data.get("default", "skip"))
    if default not in DEFAULTS:
        raise PersonaMistake(path.name, f"default is one of {', '.join(DEFAULTS)}")
    if not isinstance(data.get("expect") or {}, dict):
        raise PersonaMistake(path.name, "`expect` is a mapping of fields")
    answers = data["answers"]
    if odd := [str(node) for node, answer in answers.items() if not _is_answer(answer)]:
        raise PersonaMistake(path.name, f"an answer is a text or a list of texts: {', '.join(odd)}")
    return Persona(
        name=path.stem.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        channel=channel,
        now=_time(path, data.get("now")),
        answers={str(node): _texts(answer) for node, answer in answers.items()},
        lists=frozenset(str(node) for node, answer in answers.items() if isinstance(answer, list)),
        default=default,
        files=_files(path, data.get("files") or []),
        then=_texts(data.get("then") or []),
        expect=data.get("expect") or {},
    )


def _is_answer(answer: object) -> bool:
    """Tell whether it is one text, number or yes, or a list of them."""
    one_each = answer if isinstance(answer, list) else [answer]
    return not any(isinstance(item, dict | list) for item in one_each)


def _files(path: Path, names: object) -> tuple[Path, ...]:
    if not isinstance(names, list):
        raise PersonaMistake(path.name, "`files` is a list of names")
    files = tuple(path.parent / str(name) for name in names)
    if missing := [file.name for file in files if not file.is_file()]:
        raise PersonaMistake(path.name, f"these files are not beside it: {', '.join(missing)}")
    return files


def _texts(answer: object) -> tuple[str, ...]:
    if isinstance(answer, list):
        return tuple(_text(item) for item in answer)
    return (_text(answer),)


def _text(value: object) -> str:
    if value is None:
        return "0"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _time(path: Path, value: object) -> datetime:
    if value is None:
        return USUAL_NOW
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as exc:
        raise PersonaMistake(path.name, "`now` is no time such as 2026-11-21T21:40:00Z") from exc
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
