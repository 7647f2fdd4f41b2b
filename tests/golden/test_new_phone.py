"""Golden conversations: a new phone, with the words, with wrong ones, without any, and in danger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dialogs.replace import replace
from tests.conftest import hashed
from tests.playbook import TO_THE_QUESTIONS, Play

PHRASE = "four words of mine"
CHANGES = "(new phone)"
SHOWN_CHARS = 90
"""Long enough to tell the two sentences apart."""

TO_A_NAME = ("1", "1", "1", "1", "2", "1", "Mina")
PLAYS = {
    "known": ("1", CHANGES, "hello", PHRASE, "1", "2"),
    "unknown": ("1", CHANGES, "hello", "four words I forgot", "show 1", "9", "00", "1"),
    "none": ("2", CHANGES, "hello", "2", "00", "1", "1", "1"),
    "danger": ("1", CHANGES, "SOS", "1", "Dravania", "1", "1", "1", "men at the door", "00", PHRASE, "1"),
}
"""The answer to the question of the phrase, and what happens after the name."""


@pytest.mark.parametrize("name", PLAYS)
def test_the_conversation_goes_as_it_was_agreed(name: str, request: pytest.FixtureRequest) -> None:
    """Question, the beginning of what was shown there, and the answer, for each turn."""
    phrase, *rest = PLAYS[name]
    play, turns = Play().say(*TO_THE_QUESTIONS[:7], phrase, "0", *TO_A_NAME), []
    if phrase == "1":
        play.conversation = replace(play.conversation, phrase_hash=hashed("phrase", PHRASE))
    for answer in rest:
        turns.append([play.node, play.said[:SHOWN_CHARS], answer])
        if answer == CHANGES:
            play.change_phone()
        else:
            play.say(answer)
    turns.append([play.node, play.said[:SHOWN_CHARS], ""])
    golden = Path(__file__).parent / f"new-phone-{name}.json"
    if request.config.getoption("--update", default=False):
        lines = ",\n".join(json.dumps(turn, ensure_ascii=False) for turn in turns)
        golden.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

    assert json.loads(golden.read_text(encoding="utf-8")) == turns
