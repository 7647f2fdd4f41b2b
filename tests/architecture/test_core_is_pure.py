"""The core does no I/O: while whole conversations are played, nothing is opened, connected or started."""

from __future__ import annotations

import sys
from hashlib import sha256

from dialogs.engine import advance, begin
from dialogs.events import TextReceived
from tests.conftest import NOON, practice_policy

FORBIDDEN = ("open", "socket.", "subprocess.", "sqlite3.", "os.")
_watching = False
_seen: list[str] = []


def _hook(event: str, _args: object) -> None:
    if _watching and event.startswith(FORBIDDEN):
        _seen.append(event)


sys.addaudithook(_hook)  # a hook stays for the life of the process; it only notes while it is told to watch


def _play(texts: list[str]) -> None:
    policy = practice_policy()
    conversation = begin("c", "signal", policy, NOON)
    for number, text in enumerate(texts):
        event = TextReceived(at=NOON, entropy=sha256(bytes([number])).digest(), text=text)
        conversation, _effects = advance(conversation, event, policy)


def watched(action: object) -> list[str]:
    """Return what the action did to the outside."""
    global _watching  # noqa: PLW0603 - an audit hook has no other way to be told
    _seen.clear()
    _watching = True
    try:
        action()  # type: ignore[operator]  # a function without arguments
    finally:
        _watching = False
    return list(_seen)


def test_a_conversation_touches_nothing_outside() -> None:
    """Interview, menu, fast path, hiding."""
    texts = [
        "hi",
        "1",
        "1",
        "3",
        "1",
        "1",
        "3",
        "1",
        "0",
        "1",
        "1",
        "1",
        "00",
        "1",
        "1",
        "2",
        "1",
        "Mina",
        "SOS",
        "1",
        "000",
    ]
    _play(texts)  # once before, so that what is imported and built once is not counted

    assert watched(lambda: _play(texts)) == []


def test_something_outside_would_be_noticed() -> None:
    """Control: opening a file is seen."""
    assert watched(lambda: open("/dev/null").close()) != []  # noqa: PTH123 - the shortest way to open something
