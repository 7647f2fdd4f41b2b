"""The practice phone over HTTP: both sides of the chat, its buttons, hiding, and time that passes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.practice import phone as phone_module
from handlers.types import Address, Outgoing
from tests.bot.practice.phones import Chat, a_chat, texts
from tests.conftest import NOON


def test_the_first_questions_are_answered_by_digits(chat: Chat) -> None:
    """Language, safety, danger: each answer brings the next question, with both sides in the chat."""
    screen = chat.say("Hello", "1", "1")

    assert [message["mine"] for message in screen["messages"]] == [True, False] * 3
    assert [message["node"] for message in screen["messages"] if not message["mine"]] == ["Q01", "Q02", "Q03"]
    assert screen["messages"][-1]["text"].startswith("Are you, or the person you want to write about, in danger")
    assert ["3", "No"] in screen["messages"][-1]["choices"]


def test_a_button_is_an_answer_and_shows_its_words(chat: Chat) -> None:
    """Pressing the newest question's button leads on, and the own bubble says what was pressed."""
    chat.say("Hello", "1")
    asked = chat.newest()
    screen = chat.press(asked["node"], asked["turn"], "1")

    assert texts(screen)[-2] == "1  Yes"
    assert screen["messages"][-1]["node"] == "Q03"


def test_an_old_button_is_told_from_the_present_question(chat: Chat) -> None:
    """A stale button changes nothing; the present question is asked again."""
    chat.say("Hello", "1")
    old = chat.newest()
    chat.say("1")
    screen = chat.press(old["node"], old["turn"], "3")

    assert screen["messages"][-1]["node"] == "Q03"
    assert "That button belongs to an older question" in screen["messages"][-1]["text"]


def test_a_button_that_never_was_is_shown_by_its_digit(chat: Chat) -> None:
    """Nothing is known about it but the digit."""
    chat.say("Hello")

    assert texts(chat.press("Q77", 4000, "2"))[-2] == "2"


def test_hiding_empties_the_chat_and_what_follows_gets_an_everyday_answer(chat: Chat) -> None:
    """000: no bubble of either side stays, on no page; then the decoy."""
    before = chat.say("Hello", "1")
    hidden = chat.say("000")
    after = chat.say("who are you")

    assert hidden["messages"] == []
    assert hidden["cleared"] > before["last"]
    assert texts(after)[0] == "who are you"
    assert texts(after)[1].startswith("Notices.")


def test_a_second_tab_shows_the_same_chat_and_is_told_of_what_comes(chat: Chat) -> None:
    """A waiting page is answered as soon as somebody says something elsewhere."""
    screen = chat.say("Hello")
    heard: list[dict[str, Any]] = []
    second = threading.Thread(
        target=lambda: heard.append(
            chat.client.get("/messages", params={"after": screen["last"], "run": screen["run"]}).json()
        )
    )
    second.start()
    chat.say("1")
    second.join(10)

    assert not second.is_alive()
    assert heard[0]["messages"][0]["text"] == "1"


def test_a_page_of_an_earlier_run_gets_everything_at_once(chat: Chat) -> None:
    """The numbers of another process mean nothing here."""
    chat.say("Hello")
    screen = chat.client.get("/messages", params={"after": 5000, "run": "another"}).json()

    assert texts(screen)[0] == "Hello"


def test_nothing_new_is_answered_after_a_while(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting page is not left waiting for ever."""
    monkeypatch.setattr(phone_module, "WAIT_SECONDS", 0.05)
    screen = chat.say("Hello")
    again = chat.client.get("/messages", params={"after": screen["last"], "run": screen["run"]}).json()

    assert (again["messages"], again["last"]) == ([], screen["last"])


def test_the_open_question_is_there_after_a_restart(home: Path) -> None:
    """The chat is gone with the process, the conversation is not."""
    with a_chat(home, FixedClock(NOON)) as chat:
        chat.client.post("/again", json={})
        chat.say("Hello")
    with a_chat(home, FixedClock(NOON)) as chat:
        messages = chat.screen()["messages"]

    assert [(message["mine"], message["node"]) for message in messages] == [(False, "Q01")]


def test_starting_again_forgets_the_conversation(chat: Chat) -> None:
    """Also a hidden one, which nothing else would bring back."""
    chat.say("Hello", "1", "000")
    assert chat.client.post("/again", json={}).status_code == 200

    assert chat.screen()["messages"] == []
    assert chat.say("Hello")["messages"][-1]["node"] == "Q01"


def test_time_passes_on_the_phone_too(chat: Chat, clock: FixedClock) -> None:
    """Timers are handled before each message: after half an hour of silence the person is unknown again."""
    chat.say("Hello", "1")
    clock.at = clock.at.replace(hour=clock.at.hour + 1)

    assert chat.say("1")["messages"][-1]["node"] == "Q01"


def test_time_passes_while_nobody_writes(home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast path asks after two minutes whether somebody is there."""
    monkeypatch.setattr(phone_module, "TICK_SECONDS", 0.02)
    with a_chat(home, clock) as chat:
        chat.client.post("/again", json={})
        chat.say("Hello", "1", "SOS")
        clock.at = clock.at.replace(minute=3)
        deadline = time.monotonic() + 8
        while chat.newest()["node"] != "T-ARE-YOU-THERE" and time.monotonic() < deadline:
            time.sleep(0.02)

        assert chat.newest()["text"].startswith("Are you there?")


def test_what_is_for_the_terminal_chat_is_left_for_it(chat: Chat) -> None:
    """Messages for another address of the same channel are neither shown nor lost."""
    other = Address("practice", "terminal")
    with chat.service.store.transaction() as work:
        work.outbox.add(Outgoing(other, "for the terminal", "", 0), NOON)
    screen = chat.say("Hello")
    with chat.service.store.transaction() as work:
        waiting = work.outbox.waiting()
        work.outbox.drop_for(other)

    assert "for the terminal" not in texts(screen)
    assert waiting == 1


def test_half_a_character_does_no_harm(chat: Chat) -> None:
    """A lone surrogate, which no database could store, in a text or on a button."""
    bodies = (b'{"text": "\\ud800 hello"}', b'{"button": {"node": "Q01", "turn": 1, "key": "\\ud800"}}')
    for body in bodies:
        assert chat.client.post("/say", content=body, headers={"Content-Type": "application/json"}).status_code == 200

    assert [message["text"] for message in chat.screen()["messages"] if message["mine"]] == ["? hello", "?"]
