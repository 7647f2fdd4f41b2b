"""duty_words.yaml: the words officers write in the chat of the desk, by language, as one table word -> command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.documents import Document, Record, Texts, validated
from dialogs.answers import same_words

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Words(Record):
    take: Texts
    pass_on: Texts
    on: Texts
    off: Texts
    queue: Texts
    hand_over: Texts
    swap: Texts
    accept: Texts
    help: Texts


def load(document: Document) -> Mapping[str, str]:
    """Return word -> command for all languages; notes mistakes, and a word that means two things, in the document."""
    table: dict[str, str] = {}
    data = document.data if isinstance(document.data, dict) else {}
    for lang, entry in data.items():
        part = Document(document.name, entry, {(): document.lines.get((lang,), 0)}, b"")
        words = validated(part, _Words)
        document.mistakes.extend(part.mistakes)
        for command, said in words.model_dump().items() if words is not None else ():
            for phrase in said:
                if table.setdefault(same_words(phrase), command) != command:
                    document.note((lang, command), f"{phrase} means two things", "Choose another word for one of them")
    return table
