"""Words and ids drawn from the chance an event brings: the same entropy always gives the same draw."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PHRASE_WORDS = 4
PAIR_WORDS = 2
_GROUP = 4  # characters between the dashes of an id


def draw_words(entropy: bytes, purpose: str, words: Sequence[str], count: int) -> tuple[str, ...]:
    """Return `count` different words; `purpose` keeps two draws of one turn apart."""
    drawn: list[str] = []
    counter = 0
    while len(drawn) < count:
        number = int.from_bytes(sha256(entropy + purpose.encode() + counter.to_bytes(4, "big")).digest(), "big")
        word = words[number % len(words)]
        if word not in drawn:
            drawn.append(word)
        counter += 1
    return tuple(drawn)


def draw_id(entropy: bytes, purpose: str, prefix: str, *, groups: int = 4) -> str:
    """Return a random id such as `LW-7K3M-Q9ZT-4XWB-2HRD` (20 bits a group; it says nothing)."""
    letters = b32encode(sha256(entropy + purpose.encode()).digest()).decode()
    return "-".join((prefix, *(letters[index * _GROUP : (index + 1) * _GROUP] for index in range(groups))))


_RECORD_GROUPS = 7


def draw_record(entropy: bytes, purpose: str) -> str:
    """Return the random id of one consent record: 140 bits, since spec 4.9 asks for 128."""
    return draw_id(entropy, purpose, "CR", groups=_RECORD_GROUPS)
