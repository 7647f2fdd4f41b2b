"""The person asks: where is my report, who opened it. Days and roles, never names, offices or hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs.replace import replace
from handlers.actor import Actor
from tests.conftest import NOON
from tests.handlers.chat import CARD, CASE, OFFICER, Chat

ELSEWHERE = "I cannot see it when a copy is read on other machines."


def opened(chat: Chat) -> None:
    """Two people read the report, one of them twice, and one looks at a message."""
    duty = Actor("p7", "duty-officer", "OFF-EML")
    with chat.store.transaction() as work:
        for by, days, what in (
            (OFFICER, 2, "report 1"), (OFFICER, 2, "report 1"), (duty, 1, "copy 1"), (duty, 0, "message 1"),
        ):  # fmt: skip
            work.audit.record(by.did("read", NOON - timedelta(days=days), case=CASE, new=what))


@pytest.mark.parametrize("asked", ["Who opened my report?", "has anyone read my report"])
def test_the_person_learns_who_opened_the_report(asked: str) -> None:
    """By role and day, each once; and that opening elsewhere cannot be seen."""
    chat = Chat()
    opened(chat)
    (said,) = chat.say(asked)
    assert said.splitlines() == [
        "This was opened here:", "an officer of the office, 2 days ago", "a duty officer, yesterday", ELSEWHERE,
    ]  # fmt: skip


def test_nobody_opened_it_yet() -> None:
    """That is said as it is."""
    assert chat_says("who opened it") == [f"Nobody has opened it here yet. {ELSEWHERE}"]


def chat_says(text: str) -> list[str]:
    """Return what is answered in a fresh chat."""
    return Chat(replace(CARD, status="ST-VER", status_at="2026-11-22T23:59Z")).say(text)


def test_the_person_learns_where_the_report_is() -> None:
    """In the words of 3.6, with the day of the last change."""
    assert chat_says("Where is my report?") == [
        "Where your report is: a person is working on it. Last change: 2 days ago."
    ]


def test_my_choices_say_both() -> None:
    """Q54, 3: what was agreed, where it is, who opened it; and the menu again."""
    chat = Chat(node="Q54")
    opened(chat)
    chat.say("00")
    said = chat.say("3")
    assert len(said) == 3
    assert said[0].startswith("Your choices.")
    assert said[1].startswith("This was opened here:")
    assert "Last change: today." in said[2]
    assert "What do you want to do?" in said[2]


def test_without_a_report_the_words_mean_nothing() -> None:
    """Nobody learns here that reports exist."""
    chat = Chat()
    with chat.store.transaction() as work:
        work.cases.erase(CASE)
    assert not any("opened here" in text for text in chat.say("who opened my report"))
