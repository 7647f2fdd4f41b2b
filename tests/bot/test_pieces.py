"""What `make pieces` measures does what its name says: a piece that fails would be quick."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "pieces.py"


@pytest.fixture(scope="module")
def pieces() -> ModuleType:
    """The script, loaded as a module."""
    spec = spec_from_file_location("pieces", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_one_piece_makes_another_opens(pieces: ModuleType) -> None:
    """A conversation in the middle of the interview is encoded, encrypted, decrypted and decoded without a change."""
    stored = pieces.midway().stored
    assert stored.conversation.draft.answers
    assert pieces.decoding_a_conversation()() == stored
    assert pieces.decrypting_a_conversation()() == pieces.encoding_a_conversation()()
    assert len(pieces.unwrapping_a_key()()) == pieces.KEY_BYTES


def test_the_engine_answers_with_the_next_question(pieces: ModuleType) -> None:
    """The piece that advances goes on in the interview, and what is said to the person has buttons."""
    after, effects = pieces.advancing()()
    assert after.node != pieces.midway().conversation.node
    assert effects
    assert pieces.laying_out_buttons()()["inline_keyboard"]


def test_every_piece_can_be_measured(pieces: ModuleType) -> None:
    """Each is prepared once, run as often as it is told, and takes time."""
    made: list[Any] = []

    def prepare() -> Any:  # noqa: ANN401 - a piece may return anything
        made.append(1)
        return lambda: made.append(2)

    seconds = pieces.timed(prepare)
    assert seconds(3) > 0
    assert seconds(2) > 0
    assert made == [1, 2, 2, 2, 2, 2]
    assert all(pieces.timed(piece)(1) > 0 for piece in pieces.PIECES.values())
