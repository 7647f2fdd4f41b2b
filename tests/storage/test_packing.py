"""Packing: small, exact, and readable for as long as there are rows that were packed."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.conversation import Answer, Draft
from dialogs.replace import replace
from storage import codec, packing
from storage.packing import CannotUnpack, pack, unpack
from tests.contract.test_stores import TALK

LONG = replace(TALK, draft=Draft(answers=tuple(Answer(f"Q{n:02}", keys=("1",)) for n in range(24))))


@given(st.binary(max_size=5000) | st.text(max_size=5000).map(str.encode))
def test_what_was_packed_comes_back(body: bytes) -> None:
    """Any bytes at all."""
    assert unpack(pack(body)) == body


def test_a_conversation_becomes_much_smaller() -> None:
    """Its words stay as long as they are; the names of its fields all but vanish."""
    body = codec.encode(codec.StoredConversation(("signal", "aci-1"), LONG))

    assert len(pack(body)) < len(body) / 4
    assert codec.decode_conversation(unpack(pack(body))).conversation == LONG


def test_the_dictionary_never_changes() -> None:
    """Rows that were packed with it could not be read any more; a better one gets the next number."""
    assert sha256(packing._DICTIONARY).hexdigest() == "3bda2e2fd383ff22616049d0c1c02e4f325d314ee8f94227ed76bde3b7fbc287"


def test_what_is_packed_otherwise_or_cut_is_refused() -> None:
    """With a remedy, and without a word of what it holds."""
    packed = pack(b"words of a person" * 40)
    for wrong in (b"", b"{}", b"\x02" + packed[1:], packed[:-4], packed[:1] + b"\xff" * 40):
        with pytest.raises(CannotUnpack, match="newer program"):
            unpack(wrong)
