"""Finding a country or a UN body by a person's own words: case, accents, order and small slips do not matter."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from dialogs.answers import same_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.policy import Directory, UnBody

_SLIP: Final = 2  # letters more or less
_CLOSE: Final = 0.84  # one slip in a word of six letters
_MIN_PREFIX: Final = 4
_SMALL_WORDS: Final = frozenset(
    [
        "the",
        "of",
        "on",
        "and",
        "for",
        "to",
        "in",
        "a",
        "an",
        "un",
        "united",
        "nations",
        "right",
        "rights",
        "special",
        "rapporteur",
        "expert",
    ]
)
_KNOWN_WORDS: Final = 4096
_DIRECTORIES: Final = 2  # the one in use, and the one before it while a turn still reads that


def plain(text: str) -> str:
    """Return the words without accents, in normal form."""
    decomposed = unicodedata.normalize("NFD", same_words(text))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


_known: Final = lru_cache(maxsize=_KNOWN_WORDS)(plain)
"""As `plain`, and kept: for the words of the directory, never for anything a person typed."""


def _close(one: str, two: str) -> bool:
    if one == two:
        return True
    if min(len(one), len(two)) >= _MIN_PREFIX and (one.startswith(two) or two.startswith(one)):
        return True
    return (
        abs(len(one) - len(two)) <= _SLIP
        and len(one) >= _MIN_PREFIX
        and (SequenceMatcher(None, one, two).ratio() >= _CLOSE)
    )


def find_country(typed: str, directory: Directory) -> str | tuple[str, ...] | None:
    """Return the code of the country meant, several codes when it could be any of them, or None."""
    wanted = plain(typed)
    if not wanted:
        return None
    names = _country_names(directory)
    found = names.get(wanted) or tuple(
        dict.fromkeys(code for name, codes in names.items() if _like(wanted, name) for code in codes)
    )
    return found[0] if len(found) == 1 else found or None


@lru_cache(maxsize=_DIRECTORIES)
def _country_names(directory: Directory) -> Mapping[str, tuple[str, ...]]:
    """Return the codes of the countries that have a name, by the name in normal form."""
    names: dict[str, tuple[str, ...]] = {}
    for code, spoken in directory.countries.items():
        for name in dict.fromkeys(_known(one) for one in spoken):
            names[name] = (*names.get(name, ()), code)
    return names


def _like(wanted: str, name: str) -> bool:
    if abs(len(wanted) - len(name)) > _SLIP or wanted[0] != name[0]:
        return False
    return len(wanted) >= _MIN_PREFIX and SequenceMatcher(None, wanted, name).ratio() >= _CLOSE


def find_bodies(typed: str, directory: Directory, kinds: Sequence[str]) -> tuple[UnBody, ...]:
    """Return the bodies of these kinds (all, when none is given) that the words may mean, the best first.

    A single best match stands alone; equals are all returned. Unknown words give ().
    """
    wanted = [word for word in plain(typed).split() if word not in _SMALL_WORDS]
    if not wanted:
        return ()
    pool = [body for body in directory.bodies if not kinds or body.kind in kinds]
    scored = [(score, body) for body in pool if (score := max(_scores(wanted, body))) > 0]
    if not scored:
        return ()
    best = max(score for score, _body in scored)
    return tuple(body for score, body in scored if score >= best - 0.01)


def _scores(wanted: list[str], body: UnBody) -> list[float]:
    return [
        _score(wanted, [w for w in _known(name).split() if w not in _SMALL_WORDS]) for name in (body.name, *body.words)
    ]


def _score(wanted: list[str], name: list[str]) -> float:
    """All words found and none left over is 1; every word of the person must be found, or nearly all of the name."""
    found = sum(1 for word in wanted if any(_close(word, other) for other in name))
    if found == 0 or not name:
        return 0.0
    covered = found / len(wanted)
    of_name = found / len(name)
    return covered * (0.7 + 0.3 * min(1.0, of_name)) if covered >= 2 / 3 else 0.0
