"""Asking: one message a turn, notices first, then the question with its numbered answers."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from dialogs.conversation import Question
from dialogs.draws import PAIR_WORDS, PHRASE_WORDS, draw_words
from dialogs.effects import Say, WakeAt
from dialogs.facts import MORE
from dialogs.flow import only_numbers
from dialogs.frozen import Frozen
from dialogs.limits import TIMER_FAST_SILENT
from dialogs.lists import Option, kinds_asked, options_of
from dialogs.machine import INTERVIEWS_IN_USE
from dialogs.policy import Kind
from dialogs.replace import replace
from dialogs.variables import sentence, variables

if TYPE_CHECKING:
    from dialogs.policy import Catalog, Directory, Interview, Node
    from dialogs.turn import Turn

URGENT_PART = "fast"
SHOWS_PHRASE = ("Q06-PHRASE", "Q06-PHRASE-AGAIN")
SHOWS_PAIR = ("Q48", "FP6")
MOST_KEPT = 2_000
"""So many questions are kept as they are shown: some hundred, and pages of lists."""

_What: TypeAlias = tuple[str, str, tuple[int, tuple[str, ...]] | None]
"""What a question without variables depends on: node, language, and of a list the page and what is asked for."""


def ask(turn: Turn, node_id: str, *, again: bool = False, offset: int = 0, typed: str = "") -> None:
    """Open a question and say it. `again`: it was asked before, so no edge of the table is needed."""
    before = turn.conversation
    place = turn.moves.restore(node_id) if again else turn.moves.forward(before.node, node_id)
    node = turn.node(node_id)
    _prepare(turn, node)
    for text_id in node.before:
        turn.say(text_id)
    shown = shown_question(turn, node, offset=offset, typed=typed)
    said = _said(turn)
    misread = before.question.misread if again and before.question is not None else 0
    question = Question(
        node=node_id,
        turn=before.turn + 1,
        text_id=shown.text_id,
        text_hash=shown.text_hash,
        options=shown.options,
        offset=offset,
        typed=typed,
        misread=misread,
    )
    turn.set(node=place, turn=question.turn, question=question)
    _speak(turn, [*said, shown.text], node_id, shown.choices, urgent=node.part == URGENT_PART)


class Shown(Frozen):
    """A question as it is shown: its exact text and the SHA-256 (hex) of it, and its numbered answers."""

    text_id: str
    text: str
    text_hash: str
    options: tuple[tuple[str, str], ...]  # digit and the code it means
    choices: tuple[tuple[str, str], ...]  # digit and its label


def shown_question(turn: Turn, node: Node, *, offset: int, typed: str) -> Shown:
    """Return the question as it is shown now; one that is the same for many is put together once."""
    if node.kind is Kind.OFFICES or typed:
        return _shown(turn, node, offset, typed)
    texts = turn.policy.texts
    known = _same_for_many(turn.interview, texts, turn.policy.directory)
    listed = (offset, kinds_asked(turn)) if node.kind is Kind.SEARCH and only_numbers(turn.facts) else None
    key = node.id, turn.conversation.lang, listed
    shown = known.get(key)
    if shown is not None:
        return shown
    shown = _shown(turn, node, offset, typed)
    if not _has_variables(node, shown.text_id, texts):
        if len(known) >= MOST_KEPT:
            known.clear()
        known[key] = shown
    return shown


@lru_cache(maxsize=INTERVIEWS_IN_USE)
def _same_for_many(_interview: Interview, _texts: Catalog, _directory: Directory) -> dict[_What, Shown]:
    """Return what is known by now of the questions without variables: the same policy shows the same to all."""
    return {}


def _has_variables(node: Node, text_id: str, texts: Catalog) -> bool:
    labels = [str(choice.value) for choice in node.choices if node.id.startswith("Q23-")]
    return any(texts.variables(used) for used in (text_id, MORE, *labels))


def _shown(turn: Turn, node: Node, offset: int, typed: str) -> Shown:
    text_id, options = options_of(turn, node, offset=offset, typed=typed)
    text = question_text(turn, text_id, options)
    codes = tuple((option.key, option.code) for option in options)
    choices = tuple((option.key, option.label) for option in options)
    return Shown(text_id, text, sha256(text.encode()).hexdigest(), codes, choices)


def ask_again(turn: Turn) -> None:
    """Repeat the open question, with the page and the words it had."""
    question = turn.conversation.question
    if question is None:
        return
    ask(turn, question.node, again=True, offset=question.offset, typed=question.typed)


def speak_only(turn: Turn, *, message: str = "") -> None:
    """Say the notices of this turn without a question; `message`: they are an officer's, and this is its id."""
    said = _said(turn)
    if said:
        _speak(turn, said, turn.conversation.node, (), urgent=False, message=message)


def question_text(turn: Turn, text_id: str, options: tuple[Option, ...]) -> str:
    """Return the exact text of a question as it is shown: sentence, numbered answers, what follows them."""
    texts, lang = turn.policy.texts, turn.conversation.lang
    args = variables(turn, text_id, {})
    lines = [texts.body(text_id, lang, args), *(f"{option.key} {option.label}" for option in options)]
    after = texts.after(text_id, lang, args)
    return "\n".join([*lines, after] if after else lines)


def _said(turn: Turn) -> list[str]:
    """Fill the notices while the question they answer is still the open one."""
    said = [sentence(turn, text_id, **args) for text_id, args in turn.notices]
    turn.notices.clear()
    return said


def _speak(
    turn: Turn, said: list[str], node: str, choices: tuple[tuple[str, str], ...], *, urgent: bool, message: str = ""
) -> None:
    words = "\n\n".join(said)
    effect = Say(
        words, node, turn.conversation.turn, choices, urgent=urgent, message=message,
        disappear_seconds=turn.conversation.disappear_seconds,
    )  # fmt: skip
    turn.do(effect)


def _prepare(turn: Turn, node: Node) -> None:
    if node.id in SHOWS_PHRASE and not turn.draft.phrase:
        words = draw_words(turn.event.entropy, "phrase", turn.policy.secret_words, PHRASE_WORDS)
        turn.set_draft(phrase=" ".join(words))
    if node.id in SHOWS_PAIR:
        ensure_pair(turn)
    if node.id == "FP1":
        wait = timedelta(minutes=turn.policy.settings.silent_fast_minutes)
        turn.do(WakeAt(TIMER_FAST_SILENT, turn.event.at + wait))


def ensure_pair(turn: Turn) -> None:
    """Draw the two word pairs of this conversation once."""
    if turn.draft.off_words:
        return
    words = draw_words(turn.event.entropy, "pair", turn.policy.secret_words, 2 * PAIR_WORDS)
    off, yours = " ".join(words[:PAIR_WORDS]), " ".join(words[PAIR_WORDS:])
    turn.set(draft=replace(turn.draft, off_words=off, your_words=yours))
