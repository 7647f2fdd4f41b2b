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


@pytest.fixture(scope="module")
def transcripts() -> dict[str, list[dict[str, str]]]:
    """Every example, played on one service: to make the keys of all offices takes longer than to play."""
    played = replay(EXAMPLES, load_settings({}, Path("nowhere")), None)
    return {one.persona.name: one.result["transcript"] for one in played}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_conversation_goes_as_it_was_agreed(
    path: Path, transcripts: dict[str, list[dict[str, str]]], request: pytest.FixtureRequest
) -> None:
    """Question, the beginning of what was shown there, and the answer, for each turn."""
    turns = [[turn["node"], turn["text"][:SHOWN_CHARS], turn["answer"]] for turn in transcripts[path.stem]]
    golden = Path(__file__).parent / f"{path.stem}.json"
    if request.config.getoption("--update", default=False):
        lines = ",\n".join(json.dumps(turn, ensure_ascii=False) for turn in turns)
        golden.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    assert json.loads(golden.read_text(encoding="utf-8")) == turns
