"""Shown only on demand: what was agreed ("my choices"), which questions are answered, one answer.

Each is a message of its own that goes from the chat by itself where the platform allows (INV-16, Q50).
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING

from dialogs.conditions import values_of
from dialogs.facts import LIVE
from dialogs.gate import Act
from dialogs.identity_box import is_gone
from dialogs.policy import Kind
from dialogs.variables import labels, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.conversation import Answer, ConsentEvent
    from dialogs.turn import Turn

_TITLE_CHARS = 60
_UNSPOKEN = ("Q15-NAME", "Q06-PANIC")
"""Never shown back in the chat, not even on demand."""


def say_choices(turn: Turn) -> None:
    """Say what was agreed and refused, in plain words; who learns of it is A, B, C: no office is named (INV-16)."""
    events = _events(turn)
    letters = _letters(events)
    lines = []
    for event in _standing(events):
        line = _choice(turn, event)
        lines += [f"{line} ({letters[event.recipient]})" if _is_lettered(event) else line] if line else []
    if lines:
        turn.show(sentence(turn, "T-CHOICES", LIST="\n".join(lines)))
    else:
        turn.say("T-CHOICES-EMPTY")


def say_who(turn: Turn, letter: str) -> bool:
    """Say whom a letter of "my choices" stands for, as briefly as these are shown; False when it stands for nobody."""
    events = _events(turn)
    shown = {event.recipient for event in _standing(events) if _is_lettered(event)}
    recipient = next((one for one, known in _letters(events).items() if known == letter.upper()), None)
    if recipient not in shown or recipient is None:
        return False
    office = turn.policy.directory.offices.get(recipient)
    name = recipient if office is None else office.name
    turn.show(sentence(turn, "T-CHOICES-WHO", LETTER=letter.upper(), NAME=name))
    return True


def _events(turn: Turn) -> list[ConsentEvent]:
    events = [event for card in turn.conversation.cards for event in card.consents]
    return [*events, *(event for event in turn.draft.consents if event not in events)]


def _standing(events: Sequence[ConsentEvent]) -> list[ConsentEvent]:
    """Return the last word on every consent and recipient; where some recipient has a yes, only the yeses."""
    last = {(event.id, event.recipient): event for event in events}
    agreed = {event.id for event in last.values() if event.status in LIVE}
    shown = {
        (event.id, event.recipient if event.measure or event.id in agreed else ""): event
        for event in last.values()
        if event.measure or event.status in LIVE or event.id not in agreed
    }
    return list(shown.values())


def _choice(turn: Turn, event: ConsentEvent) -> str:
    """Return what was agreed or not, as it stands now; nothing for what a person was not asked in so many words."""
    state = "given" if event.status in (*LIVE, "used") else event.status
    if event.id == Act.NAME and state == "given" and is_gone(turn.conversation.cards, turn.draft.consents):
        state = "erased"
    if event.measure:
        return sentence(turn, "CH-MEASURE", STATE=state, DO=sentence(turn, f"DO-{event.measure}"))
    return sentence(turn, f"CH-{event.id}", STATE=state) if turn.policy.texts.has(f"CH-{event.id}") else ""


def _is_lettered(event: ConsentEvent) -> bool:
    return bool(event.recipient) and (bool(event.measure) or event.status in LIVE)


def _letters(events: Sequence[ConsentEvent]) -> dict[str, str]:
    """Return a letter for every recipient, in the order in which they were named: a receipt must not name offices."""
    recipients = dict.fromkeys(event.recipient for event in events if event.recipient)
    return {recipient: _letter(index) for index, recipient in enumerate(recipients)}


def _letter(index: int) -> str:
    first = ascii_uppercase[index % len(ascii_uppercase)]
    return first if index < len(ascii_uppercase) else f"{_letter(index // len(ascii_uppercase) - 1)}{first}"


def say_summary(turn: Turn) -> None:
    """Say which questions are answered, without the answers: the chat is itself a risk, and nothing under pressure."""
    if _under_pressure(turn):
        turn.say("T-SUMMARY-NOT-NOW")
        return
    lines = [f"{number} {_title(turn, answer)}" for number, answer in enumerate(answered_questions(turn), start=1)]
    turn.show(sentence(turn, "T-SUMMARY", LIST="\n".join(lines)))


def _under_pressure(turn: Turn) -> bool:
    """T-FREE: somebody may be reading along."""
    return "FLG-PRESS" in values_of(turn.facts, "flags")


def show_answer(turn: Turn, number: int) -> bool:
    """Say one answer of the summary; False when there is no such number."""
    answers = answered_questions(turn)
    if _under_pressure(turn) or not 1 <= number <= len(answers):
        return False
    answer = answers[number - 1]
    words = answer_words(turn, answer, turn.conversation.lang)
    turn.show(sentence(turn, "T-SHOW-ANSWER", QUESTION=_title(turn, answer), ANSWER=words))
    return True


def answered_questions(turn: Turn) -> list[Answer]:
    """Return the answers that belong to the report and may be shown, in the order given."""
    return [
        answer
        for answer in turn.draft.answers
        if (answer.keys or answer.text or answer.value)
        and answer.node not in _UNSPOKEN
        and turn.node(answer.node).field not in (None, "lang", "safe_chat", "disappear")
        and turn.node(answer.node).kind is not Kind.CONSENT
    ]


def _title(turn: Turn, answer: Answer) -> str:
    node = turn.node(answer.node)
    first = sentence(turn, node.text or node.id).split("\n", maxsplit=1)[0]
    return first if len(first) <= _TITLE_CHARS else first[: _TITLE_CHARS - 1].rstrip() + "…"


def answer_words(turn: Turn, answer: Answer, lang: str) -> str:
    """Return an answer in words: the labels of the digits chosen, or the words that were written."""
    node = turn.node(answer.node)
    texts = turn.policy.texts
    if not answer.keys:
        return answer.text or _spoken(turn, node.kind, answer.value)
    if node.id.startswith("Q23-"):
        codes = {choice.key: str(choice.value) for choice in node.choices}
        return ", ".join(texts.body(codes[key], lang, {}) for key in answer.keys if key in codes)
    return ", ".join(labels(turn, node.text or node.id, answer.keys, lang).values())


def _spoken(turn: Turn, kind: Kind, value: str) -> str:
    if kind is Kind.COUNTRY:
        names = turn.policy.directory.countries.get(value, ())
        return names[0] if names else value
    if kind is Kind.OFFICES:
        office = turn.policy.directory.offices.get(value.removeprefix("EXC-OFF:"))
        return office.name if office is not None else value
    return value
