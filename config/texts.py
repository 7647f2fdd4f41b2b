"""The sentences of config/locales as a catalog: parsed once, only complete languages offered."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from fluent.syntax import FluentParser, ast

from config.documents import Mistake, PolicyMistakes
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fluent.runtime import FluentBundle
    from fluent.syntax.stream import FluentParserStream

ORDER: Final = ("en", "fr", "es", "ar", "zh", "ru")
"""Languages in the order of their digit at Q01; a digit never changes its language."""

RIGHT_TO_LEFT: Final = frozenset({"ar"})
AFTER: Final = "after"
MAX_ANSWERS: Final = 8
_WORDS: Final = re.compile(r"(?:[^{}\r\n]|\r(?!\n))*")
"""What stands in a line before a brace; a carriage return alone is a character like others."""

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
Node = TypeVar("Node", ast.TextElement, ast.Identifier)

MOST_FILES: Final = 64
"""So many parsed files of sentences are kept; Leeward comes with fewer."""


class UnknownText(LookupError):
    """There is no such sentence: add it to config/locales, or run `leeward doctor` to see where it is named."""

    def __init__(self, text_id: str) -> None:
        super().__init__(f"there is no text {text_id}: add it to config/locales")


class FluentCatalog:
    """dialogs.policy.Catalog over Project Fluent."""

    def __init__(
        self, sources: Mapping[str, Mapping[str, ast.Message]], files: Mapping[str, list[ast.Resource]]
    ) -> None:
        """Take the messages and the parsed files of each complete language, English first."""
        self._messages = sources
        self._files = files
        self._bundles: dict[str, FluentBundle] = {}
        self._compiled: dict[tuple[str, str, str], _Pieces | None] = {}
        self._variables = {text_id: _variables(message) for text_id, message in sources["en"].items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the complete languages in the order of their digit."""
        return tuple(lang for lang in ORDER if lang in self._files)

    def has(self, text_id: str) -> bool:
        """Tell whether the text exists."""
        return text_id in self._variables

    def ids(self) -> tuple[str, ...]:
        """Return all text ids."""
        return tuple(self._variables)

    def answers(self, text_id: str) -> tuple[str, ...]:
        """Return the digits the text has labels for."""
        message = self._messages["en"].get(text_id)
        names = [attribute.id.name for attribute in message.attributes] if message is not None else []
        return tuple(name[1:] for name in names if name != AFTER)

    def variables(self, text_id: str) -> frozenset[str]:
        """Return the variables of the text. Raises UnknownText."""
        try:
            return self._variables[text_id]
        except KeyError as exc:
            raise UnknownText(text_id) from exc

    def body(self, text_id: str, lang: str, args: Mapping[str, str]) -> str:
        """Return the sentence. Raises UnknownText."""
        return self._format(text_id, "", lang, args)

    def label(self, text_id: str, key: str, lang: str, args: Mapping[str, str]) -> str:
        """Return the label of an answer. Raises UnknownText."""
        return self._format(text_id, f"c{key}", lang, args)

    def after(self, text_id: str, lang: str, args: Mapping[str, str]) -> str:
        """Return what stands below the answers, or an empty text."""
        message = self._messages["en"].get(text_id)
        if message is None or all(attribute.id.name != AFTER for attribute in message.attributes):
            return ""
        return self._format(text_id, AFTER, lang, args)

    def _format(self, text_id: str, attribute: str, lang: str, args: Mapping[str, str]) -> str:
        key = (lang if lang in self._files else "en", text_id, attribute)
        if key not in self._compiled:
            self._compiled[key] = _compiled(self._messages[key[0]].get(text_id), attribute, key[0])
        pieces = self._compiled[key]
        if pieces is None or not pieces.names <= args.keys():
            return self._by_fluent(*key, args)
        return pieces.filled(args)

    def _by_fluent(self, lang: str, text_id: str, attribute: str, args: Mapping[str, str]) -> str:
        bundle = self._bundles.get(lang) or self._bundles.setdefault(lang, _bundle(lang, self._files[lang]))
        try:
            message = bundle.get_message(text_id)
            pattern = message.attributes[attribute] if attribute else message.value
        except (LookupError, AttributeError) as exc:
            raise UnknownText(f"{text_id}.{attribute}" if attribute else text_id) from exc
        if pattern is None:
            raise UnknownText(text_id)
        formatted, _errors = bundle.format_pattern(pattern, dict(args))
        return str(formatted)


class _Pieces(Frozen):
    """A sentence of words and variables only: what Fluent makes of it, without asking it each time."""

    pieces: tuple[tuple[str, str], ...]  # words, and the variable after them
    last: str  # the words after the last variable
    names: frozenset[str]

    def filled(self, args: Mapping[str, str]) -> str:
        return "".join([words + args[name] for words, name in self.pieces]) + self.last


def _compiled(message: ast.Message | None, attribute: str, lang: str) -> _Pieces | None:
    """Return the sentence as pieces; None: it is unknown, or asks more of Fluent, or reads from right to left."""
    patterns = {"": message.value, **{a.id.name: a.value for a in message.attributes}} if message is not None else {}
    pattern = patterns.get(attribute)
    if pattern is None or lang in RIGHT_TO_LEFT:
        return None
    pieces: list[tuple[str, str]] = []
    words = ""
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            words += element.value
        elif isinstance(element.expression, ast.VariableReference):
            pieces.append((words, element.expression.id.name))
            words = ""
        else:
            return None
    return _Pieces(tuple(pieces), words, frozenset(name for _words, name in pieces))


def _bundle(lang: str, files: list[ast.Resource]) -> FluentBundle:
    from fluent.runtime import FluentBundle  # noqa: PLC0415 - few sentences need it, and it takes long to load

    bundle = FluentBundle([lang], use_isolating=lang in RIGHT_TO_LEFT)
    for file in files:
        bundle.add_resource(file)
    return bundle


def load_catalog(locales: Path) -> FluentCatalog:
    """Return the catalog; unfinished languages are left out. Raises PolicyMistakes when English is not whole."""
    mistakes, messages, files = _read_all(locales)
    english = [mistake for mistake in mistakes if mistake.file.startswith("en/")]
    if english or "en" not in messages:
        raise PolicyMistakes(english or [Mistake("en", "(folder)", 0, "is missing", "Restore config/locales/en")])
    whole = {lang for lang in messages if not any(mistake.file.startswith(f"{lang}/") for mistake in mistakes)}
    return FluentCatalog(
        {k: v for k, v in messages.items() if k in whole}, {k: v for k, v in files.items() if k in whole}
    )


def problems(locales: Path) -> list[Mistake]:
    """Return every mistake in every language: syntax, repeated, missing or unknown texts, answers and variables."""
    return _read_all(locales)[0]


def _read_all(locales: Path) -> tuple[list[Mistake], dict[str, dict[str, ast.Message]], dict[str, list[ast.Resource]]]:
    mistakes: list[Mistake] = []
    messages: dict[str, dict[str, ast.Message]] = {}
    files: dict[str, list[ast.Resource]] = {}
    for folder in sorted(path for path in locales.iterdir() if path.is_dir()):
        messages[folder.name], files[folder.name] = {}, []
        for path in sorted(folder.glob("*.ftl")):
            source = path.read_text(encoding="utf-8")
            parsed = _parsed(source)
            files[folder.name].append(parsed)
            mistakes.extend(_collect(f"{folder.name}/{path.name}", source, parsed, messages[folder.name]))
    for lang in messages.keys() - {"en"}:
        mistakes.extend(_compare(lang, messages.get("en", {}), messages[lang]))
    return mistakes, messages, files


@lru_cache(maxsize=MOST_FILES)
def _parsed(source: str) -> ast.Resource:
    """Return a file as a tree that nobody changes; parsing costs more than all other files of a policy together."""
    return _Parser().parse(source)


class _Parser(FluentParser):
    """The parser of the library, but words and names are taken as a whole: letter by letter is most of its time."""

    def get_text_element(self, ps: FluentParserStream) -> ast.TextElement:
        words = _WORDS.match(ps.string, ps.index)
        if words is None:  # it matches nothing, too
            raise AssertionError
        return _taken(ps, words, ast.TextElement(words[0]))

    def get_identifier(self, ps: FluentParserStream) -> ast.Identifier:
        name = _NAME.match(ps.string, ps.index)
        if name is None:
            found: ast.Identifier = super().get_identifier(ps)  # it says what is wrong
            return found
        return _taken(ps, name, ast.Identifier(name[0]))


def _taken(ps: FluentParserStream, found: re.Match[str], node: Node) -> Node:
    ps.index, ps.peek_offset = found.end(), 0
    node.add_span(*found.span())
    return node


def _collect(name: str, source: str, parsed: ast.Resource, into: dict[str, ast.Message]) -> Iterator[Mistake]:
    for entry in parsed.body:
        line = source.count("\n", 0, entry.span.start) + 1 if entry.span is not None else 0
        if isinstance(entry, ast.Junk):
            yield Mistake(name, "(entry)", line, "is not understood", "Check the indentation and the braces")
        if not isinstance(entry, ast.Message):
            continue
        text_id = entry.id.name
        if text_id in into:
            yield Mistake(name, text_id, line, "stands twice", "Keep one of them")
        if entry.value is None:
            yield Mistake(name, text_id, line, "has no sentence", "Write one, or remove the entry")
        into[text_id] = entry


def _compare(lang: str, english: Mapping[str, ast.Message], other: Mapping[str, ast.Message]) -> Iterator[Mistake]:
    file = f"{lang}/*.ftl"
    for text_id, message in english.items():
        theirs = other.get(text_id)
        if theirs is None:
            yield Mistake(file, text_id, 0, "is missing", "Translate it")
            continue
        if _attributes(message) != _attributes(theirs):
            yield Mistake(file, text_id, 0, "has other answers than English", "Give it the same .c1 … .c8 and .after")
        wrong = _variables(theirs) ^ _variables(message)
        if wrong:
            names = ", ".join(sorted(wrong))
            yield Mistake(file, text_id, 0, f"differs in the variables {names}", "Use exactly those of English")
    for text_id in other.keys() - english.keys():
        yield Mistake(file, text_id, 0, "does not exist in English", "Remove it, or check its spelling")


def _attributes(message: ast.Message) -> frozenset[str]:
    return frozenset(attribute.id.name for attribute in message.attributes)


def _variables(message: ast.Message) -> frozenset[str]:
    found: set[str] = set()
    for pattern in (message.value, *(attribute.value for attribute in message.attributes)):
        for element in pattern.elements if pattern is not None else ():
            if isinstance(element, ast.Placeable):  # most are words
                _walk(element, found)
    return frozenset(found)


def _walk(node: object, found: set[str]) -> None:
    if isinstance(node, ast.VariableReference):
        found.add(node.id.name)
    elif isinstance(node, ast.BaseNode):
        for name, value in vars(node).items():
            if name != "span":
                _walk(value, found)
    elif isinstance(node, list):
        for item in node:
            _walk(item, found)
