"""A pair of words for a case, so that officers can speak of it; it says nothing and is not the id."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

COLOURS: Final = (
    "amber", "azure", "beige", "black", "blue", "bronze", "brown", "copper", "coral", "cream", "crimson", "dark",
    "emerald", "golden", "green", "grey", "indigo", "ivory", "jade", "light", "lilac", "lime", "navy", "olive",
    "orange", "pale", "pink", "purple", "red", "silver", "white", "yellow",
)  # fmt: skip
ANIMALS: Final = (
    "badger", "bear", "beaver", "bison", "camel", "crane", "cricket", "deer", "dolphin", "dove", "eagle", "egret",
    "falcon", "ferret", "finch", "fox", "gecko", "goat", "goose", "gull", "hare", "hawk", "hedgehog", "heron", "horse",
    "ibis", "jackdaw", "kestrel", "kingfisher", "kite", "lark", "lemur", "lion", "lizard", "lynx", "magpie", "marten",
    "moose", "moth", "newt", "otter", "owl", "panda", "parrot", "pelican", "penguin", "plover", "puffin", "rabbit",
    "raven", "robin", "salmon", "seal", "sparrow", "squirrel", "starling", "stork", "swallow", "swan", "swift", "tern",
    "thrush", "tiger", "turtle",
)  # fmt: skip


def name_of(case: str) -> str:
    """Return the pair of a case: the same one always."""
    drawn = sha256(f"name of {case}".encode()).digest()
    return f"{COLOURS[drawn[0] % len(COLOURS)]} {ANIMALS[drawn[1] % len(ANIMALS)]}"
