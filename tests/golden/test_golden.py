"""Golden conversations: every example, turn by turn, through engine and database, as it was read and agreed to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.practice.replay import replay
from config.load import load_settings

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
SHOWN_CHARS = 38
"""The beginning of what was said: long enough to see which sentence, short enough to end before drawn words."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_was_agreed(path: Path, request: pytest.FixtureRequest) -> None:
    """Question, the beginning of what was shown there, and the answer, for each turn."""
    (replayed,) = replay([path], load_settings({}, Path("nowhere")), None)
    turns = [[turn["node"], turn["text"][:SHOWN_CHARS], turn["answer"]] for turn in replayed.result["transcript"]]
    golden = Path(__file__).parent / f"{path.stem}.json"
    if request.config.getoption("--update", default=False):
        lines = ",\n".join(json.dumps(turn, ensure_ascii=False) for turn in turns)
        golden.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    assert json.loads(golden.read_text(encoding="utf-8")) == turns
