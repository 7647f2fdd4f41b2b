"""Reading what people type: digits of any script, words in a normal form. Never raises on user input."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s,;/+.:()\[\]\-–،、؛)#*'\"]+")
_KEYCAP: Final = dict.fromkeys((0xFE0F, 0x20E3), None)
_DIRECTION: Final = frozenset([0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Controls that change the direction of text: an answer must read the same for everybody."""

_INVISIBLE: Final = "Cf"
"""The category of what has no width: marks of direction, joiners, what is pasted along from a web page."""

_KEPT_CONTROLS: Final = ("\n", "\t")
_MAX_MARKS: Final = 4  # combining marks on one letter; real scripts need no more
_MAX_KEY_CHARS: Final = 40
_NEWLINES: Final = re.compile(r"\n{3,}")


def too_long(text: str, limit: int) -> bool:
    """Tell whether the text has more than `limit` characters."""
    return len(text) > limit


def clean(text: str) -> str:
    """Return the words as they are kept: NFC, no controls, no direction tricks, no piles of marks. Idempotent."""
    if text.isascii() and text.isprintable():
        return text.strip()
    valid = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", valid):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        control = category == "Cc" and character not in _KEPT_CONTROLS
        if not control and marks <= _MAX_MARKS and ord(character) not in _DIRECTION:
            kept.append(character)
    text = unicodedata.normalize("NFC", "".join(kept))
    return _NEWLINES.sub("\n\n", text).strip()


def read_keys(text: str) -> tuple[str, ...] | None:
    """Return the digits of a numbered answer, each once, in the order typed; None when it is something else.

    `0`, `00` and `000` are keys of their own; digits without separators are several answers (`135`).
    """
    if len(text) == 1 and text.isascii() and text.isdecimal():
        return (text,)  # nearly all there is to read
    if len(text) > _MAX_KEY_CHARS:
        return None
    plain = _digits(text)
    parts = [part for part in _SEPARATORS.split(plain) if part]
    if not parts or not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    if len(parts) == 1 and set(parts[0]) == {"0"}:
        return (parts[0],)
    if any(len(set(part)) != len(part) for part in parts):
        return None  # "99" and "11" are no answers: a slip of the finger must not count
    keys = [digit for part in parts for digit in part]
    return None if "0" in keys else tuple(dict.fromkeys(keys))


def _digits(text: str) -> str:
    """Bring digits of all scripts, key caps and circled digits to 0-9; what nobody sees is no part of an answer."""
    if text.isascii():
        return text
    shown = []
    for character in text.translate(_KEYCAP):
        if unicodedata.category(character) == _INVISIBLE:
            continue
        value = unicodedata.digit(character, None)
        shown.append(character if value is None else str(value))
    return "".join(shown)


def same_words(text: str) -> str:
    """Return the normal form in which whole messages and labels are compared: no case, no punctuation."""
    if text.isascii() and text.isalnum():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    letters = [c if unicodedata.category(c)[0] in "LMN" or c.isspace() else " " for c in folded]
    return " ".join("".join(letters).split())
