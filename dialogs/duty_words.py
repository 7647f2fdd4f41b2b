"""What an officer wrote in the chat of the desk, as a command. Pure; the words are policy (duty_words.yaml)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from dialogs.answers import same_words
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE_DIGITS: Final = 4
MOST_CHARS: Final = 120
MOST_WORDS: Final = 3
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Command(Frozen):
    """What is wanted: take, pass_on, on, off, queue, hand_over, swap, accept, help; "" where nobody understood it."""

    kind: str
    code: str = ""  # four digits, in any script
    day: str = ""  # ISO date
    rest: tuple[str, ...] = ()  # the words after the command, in normal form


def read_command(text: str, words: Mapping[str, str]) -> Command:
    """Return the command of a message; a code alone takes what it is the code of."""
    if len(text) > MOST_CHARS:
        return Command("")
    days = [day for day in _DAY.findall(text) if _is_day(day)]
    said = same_words(_DAY.sub(" ", text)).split()
    codes = ["".join(str(int(c)) for c in word) for word in said if word.isdecimal() and len(word) == CODE_DIGITS]
    code, day = (codes or [""])[0], (days or [""])[0]
    if len(said) == 1 and code:
        return Command("take", code)
    for count in range(min(MOST_WORDS, len(said)), 0, -1):
        kind = words.get(" ".join(said[:count]))
        if kind is not None:
            return Command(kind, code, day, tuple(said[count:]))
    return Command("", code, day)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
