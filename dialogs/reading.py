"""Reading an answer: digits, a label, or words where words are asked. Never raises on what a person writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.answers import clean, read_keys, same_words, too_long
from dialogs.conversation import Answer
from dialogs.dates import read_clock, read_date, utc_offset_minutes
from dialogs.facts import MORE
from dialogs.flow import only_numbers
from dialogs.frozen import Frozen
from dialogs.limits import MAX_SHORT_CHARS, MAX_TEXT_CHARS
from dialogs.lists import found_bodies
from dialogs.policy import Kind
from dialogs.search import find_country
from dialogs.variables import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dialogs.policy import Node, Words
    from dialogs.turn import Turn

SKIP = ("0",)
LONG_TEXTS = ("Q24", "Q28", "T-SUPPLEMENT", "T-FEEDBACK-WRITE", "FP6-LINE")
"""Nodes where a whole message is welcome; elsewhere a short line is enough."""


class Rejected(Frozen):
    """The answer was not understood or not allowed here; `text_id` says so, kindly."""

    text_id: str
    args: tuple[tuple[str, str], ...] = ()


class LookedUp(Frozen):
    """Words that several entries match: the person chooses among them."""

    typed: str


class NextPage(Frozen):
    """The person asked for more entries of a list."""


Reading = Answer | Rejected | LookedUp | NextPage


def read_answer(turn: Turn, node: Node, text: str) -> Reading:
    """Return what the text means at this node."""
    keys = read_keys(text)
    if keys == SKIP:
        return Answer(node.id) if node.skippable and node.kind is not Kind.CONSENT else Rejected("T-NO-SKIP")
    return _READERS[node.kind](turn, node, text, keys)


def _numbered(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    options = _open_options(turn)
    chosen = keys if keys is not None else _by_label(turn, node, text)
    several = node.kind is Kind.MULTI
    if not chosen or not options.keys() >= {*chosen}:
        return Rejected("T-ERR")
    if len(chosen) > 1 and (not several or any(choice.alone and choice.key in chosen for choice in node.choices)):
        return Rejected("T-ERR")
    return Answer(node.id, keys=tuple(sorted(chosen)) if several else chosen)


def _open_options(turn: Turn) -> dict[str, str]:
    question = turn.conversation.question
    return dict(question.options) if question is not None else {}


def _by_label(turn: Turn, node: Node, text: str) -> tuple[str, ...]:
    """A label typed word for word is that answer; nothing else is guessed."""
    wanted = same_words(text)
    if not wanted or too_long(text, MAX_SHORT_CHARS):
        return ()
    texts, lang, text_id = turn.policy.texts, turn.conversation.lang, node.text or node.id
    if node.id.startswith("Q23-"):
        shown = {choice.key: texts.body(str(choice.value), lang, {}) for choice in node.choices}
    else:
        shown = labels(turn, text_id, [choice.key for choice in node.choices], lang)
    found = [key for key, label in shown.items() if same_words(label) == wanted]
    return (found[0],) if len(found) == 1 else ()


def _words(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    del keys
    if only_numbers(turn.facts) and not node.lite:
        return Rejected("T-NUMBERS-ONLY")
    limit = MAX_TEXT_CHARS if node.id in LONG_TEXTS else MAX_SHORT_CHARS
    kept = clean(text)
    if too_long(kept, limit):
        return Rejected("T-ERR-LONG", (("LIMIT", str(limit)),))
    return Answer(node.id, text=kept) if kept else Rejected("T-ERR")


def _country(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    if keys is not None or too_long(text, MAX_SHORT_CHARS):
        return Rejected("T-COUNTRY-UNKNOWN")
    wanted, words = same_words(text), words_here(turn)
    for value, known in (("online", words.online), ("several", words.several)):
        if wanted in known:
            return Answer(node.id, value=value)
    found = find_country(clean(text), turn.policy.directory)
    if isinstance(found, str):
        return Answer(node.id, value=found)
    misread = turn.conversation.question.misread if turn.conversation.question is not None else 0
    if misread and not only_numbers(turn.facts) and node.part != "fast":
        return Answer(node.id, text=clean(text))
    return Rejected("T-COUNTRY-UNKNOWN")


def words_here(turn: Turn) -> Words:
    """Return the words with a meaning in the person's language, English where it has none of its own."""
    return turn.policy.words.get(turn.conversation.lang) or turn.policy.words["en"]


def _search(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    question, options = turn.conversation.question, _open_options(turn)
    if options:
        if keys is not None:
            return _from_list(node, options, keys, question.typed if question is not None else "")
        if only_numbers(turn.facts):
            return Rejected("T-NUMBERS-ONLY")
    if too_long(text, MAX_SHORT_CHARS):
        return Rejected("T-ERR-LONG", (("LIMIT", str(MAX_SHORT_CHARS)),))
    typed = clean(text)
    if not typed:
        return Rejected("T-ERR")
    found = found_bodies(turn, typed)
    if len(found) == 1:
        return Answer(node.id, value=found[0].name)
    return LookedUp(typed) if found else Answer(node.id, text=typed)


def _from_list(node: Node, options: dict[str, str], keys: tuple[str, ...], typed: str) -> Reading:
    if len(keys) != 1 or keys[0] not in options:
        return Rejected("T-ERR")
    code = options[keys[0]]
    if code == MORE:
        return NextPage()
    return Answer(node.id, value=code, text="" if code else typed)


def _offices(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    options = _open_options(turn)
    if keys is not None:
        reading = _from_list(node, options, keys, "")
        if isinstance(reading, Answer) and node.field == "exclude":
            return Answer(node.id, value=f"EXC-OFF:{reading.value}")
        return reading
    typed = same_words(text)
    return LookedUp(typed) if typed and not too_long(text, MAX_SHORT_CHARS) else Rejected("T-ERR")


def _date(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    del keys
    if too_long(text, MAX_SHORT_CHARS):
        return Rejected("T-DATE-UNKNOWN")
    kept = clean(text)
    rough = read_date(kept, turn.event.at.date())
    if rough is None:
        return Rejected("T-DATE-UNKNOWN")
    return Answer(node.id, value=rough.first.isoformat(), text="" if only_numbers(turn.facts) else kept)


def _clock(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    del keys
    local = read_clock(text) if not too_long(text, MAX_SHORT_CHARS) else None
    if local is None:
        return Rejected("T-CLOCK-UNKNOWN")
    return Answer(node.id, value=str(utc_offset_minutes(local, turn.event.at)))


def _files(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    del turn, node, text, keys
    return Rejected("T-FILE-OR-ZERO")


def _nothing(turn: Turn, node: Node, text: str, keys: tuple[str, ...] | None) -> Reading:
    del turn, node, text, keys
    return Rejected("T-ERR")


_READERS: Final[Mapping[Kind, Callable[[Turn, Node, str, tuple[str, ...] | None], Reading]]] = {
    Kind.CHOICE: _numbered,
    Kind.MULTI: _numbered,
    Kind.CONSENT: _numbered,
    Kind.TEXT: _words,
    Kind.COUNTRY: _country,
    Kind.SEARCH: _search,
    Kind.OFFICES: _offices,
    Kind.DATE: _date,
    Kind.CLOCK: _clock,
    Kind.FILES: _files,
    Kind.REST: _nothing,
}
