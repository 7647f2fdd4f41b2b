"""Packing: exact, small where it counts, and readable for as long as there are rows that were packed."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import packing
from storage.packing import LONG_BYTES, CannotUnpack, pack, unpack

WORDS = b"what somebody wrote at length, "


@given(st.binary(max_size=5000) | st.text(max_size=5000).map(str.encode))
def test_what_was_packed_comes_back(body: bytes) -> None:
    """Any bytes at all."""
    assert unpack(pack(body)) == body


def test_what_is_short_stays_as_it_is_and_what_is_long_becomes_small() -> None:
    """Deflating costs more time than writing a few hundred bytes, and less than a second page."""
    short, long = (WORDS * LONG_BYTES)[:LONG_BYTES], (WORDS * LONG_BYTES)[: LONG_BYTES + 1]

    assert len(pack(short)) == LONG_BYTES + 1
    assert len(pack(long)) < LONG_BYTES / 4
    assert (unpack(pack(short)), unpack(pack(long))) == (short, long)


def test_the_dictionary_never_changes() -> None:
    """Rows that were packed with it could not be read any more."""
    assert sha256(packing._DICTIONARY).hexdigest() == "3bda2e2fd383ff22616049d0c1c02e4f325d314ee8f94227ed76bde3b7fbc287"


def test_what_is_packed_otherwise_or_cut_is_refused() -> None:
    """With a remedy, and without a word of what it holds."""
    packed = pack(WORDS * LONG_BYTES)
    for wrong in (b"", b"{}", b"\x04" + packed[1:], packed[:-4], packed[:1] + b"\xff" * 40):
        with pytest.raises(CannotUnpack, match="newer program"):
            unpack(wrong)
