"""Who may ask the practice phone anything, in which shape, and what every answer carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.practice.phone import HEADERS
from storage.errors import CannotWrite
from tests.bot.practice.phones import Chat, a_chat, texts
from tests.conftest import NOON

REQUESTS = [("GET", "/"), ("GET", "/messages"), ("GET", "/static/phone.js"), ("POST", "/say"), ("POST", "/file"),
            ("POST", "/again"), ("POST", "/open"), ("GET", "/nowhere"), ("PUT", "/say")]  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1]:8080"])
def test_another_host_is_refused(chat: Chat, host: str) -> None:
    """A name that somebody pointed to this machine is not this machine."""
    assert {chat.client.request(*asked, headers={"Host": host}).status_code for asked in REQUESTS} == {421}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://localhost", "http://localhost:1"])
def test_another_origin_is_refused(chat: Chat, origin: str) -> None:
    """A page of somebody else may not write here."""
    assert {chat.client.request(*asked, headers={"Origin": origin}).status_code for asked in REQUESTS} == {403}


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:9", "LOCALHOST"])
def test_this_machine_is_taken(guarded: Chat, host: str) -> None:
    """By either name, on any port, with the origin that belongs to it."""
    headers = {"Host": host, "Origin": f"http://{host}"}

    assert guarded.client.post("/say", json={"text": "hi"}, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(chat: Chat, kind: str) -> None:
    """What a form of another page could send is refused."""
    for path in ("/say", "/open", "/again"):
        answer = chat.client.post(path, content=b'{"text": "hi"}', headers={"Content-Type": kind})
        assert answer.status_code == 415, path


SHAPES = (
    "", "[", "[]", "7", "{}", '{"text": 7}', '{"text": " "}', '{"text": "a", "more": 1}', '{"button": {"node": "Q01"}}',
    '{"button": {"node": "Q01", "turn": "1", "key": "1"}}', "[" * 60000,
    '{"button": {"node": "Q01", "turn": ' + "9" * 5000 + ', "key": "1"}}',
)  # fmt: skip


def test_what_has_another_shape_is_refused(chat: Chat) -> None:
    """And nothing appears in the chat."""
    for shape in SHAPES:
        answer = chat.client.post("/say", content=shape.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, shape[:80]

    assert chat.screen()["messages"] == []


def test_a_message_of_any_length_is_not_held(chat: Chat) -> None:
    """More than 64 KiB is refused before it is read."""
    assert chat.client.post("/say", json={"text": "x" * 70000}).status_code == 413


@pytest.mark.parametrize("after", ["-1", "x", "1" * 20, ""])
def test_a_number_is_a_number(guarded: Chat, after: str) -> None:
    """Nothing else is looked up."""
    assert guarded.client.get("/messages", params={"after": after}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_carries_the_headers(chat: Chat, host: str) -> None:
    """Pages, refusals and errors alike."""
    for asked in REQUESTS:
        answer = chat.client.request(*asked, headers={"Host": host})
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, asked
        assert "set-cookie" not in answer.headers


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    """Word by word."""
    assert HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def test_what_cannot_be_stored_is_not_taken(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and no bubble pretends otherwise."""
    chat.say("Hello")

    def fails(*_args: object) -> None:
        raise CannotWrite

    with monkeypatch.context() as broken:
        broken.setattr("handlers.receive.Reception.receive", fails)
        answer = chat.client.post("/say", json={"text": "1"})

    assert (answer.status_code, answer.json()) == (503, {"error": "storage"})
    assert texts(chat.screen())[0] == "Hello"
    assert len(chat.screen()["messages"]) == 2


def test_a_mistake_of_ours_is_answered_with_the_headers_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word about what it was."""

    def fails(*_args: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("bot.practice.phone.Phone.message", fails)
    with a_chat(home, FixedClock(NOON), raise_server_exceptions=False) as chat:
        answer = chat.client.post("/say", json={"text": "hi"})

    assert (answer.status_code, answer.json()) == (500, {"error": "broken"})
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
