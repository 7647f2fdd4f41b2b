"""The server's own key for officers' words: made, rotated, and never for anything else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SystemEntropy
from dialogs.conversation import CaseCard
from handlers.message_ports import WAITING, Message
from storage import schema
from storage.crypto.age.keys import generate_identity
from storage.crypto.errors import MalformedKey
from storage.crypto.sealing import seal_report
from storage.crypto.talk import TalkIdentities, seal_words
from storage.errors import KeysReadable
from storage.keys import TALK_FILE, create_keys, load_keys
from storage.operations import rotate_talk
from storage.store import SqlStore, make_engine, sqlite_url

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def sealed(recipient: str) -> bytes:
    """Return what a page would seal."""
    return seal_words(b"words", recipient)


def test_an_older_folder_gets_a_key_and_keeps_it(tmp_path: Path) -> None:
    """Of mode 600, as all others."""
    create_keys(tmp_path, SystemEntropy())
    (tmp_path / TALK_FILE).unlink()
    first = load_keys(tmp_path).talk
    assert load_keys(tmp_path).talk.recipient == first.recipient
    (tmp_path / TALK_FILE).chmod(0o640)
    with pytest.raises(KeysReadable):
        load_keys(tmp_path)


def test_it_opens_what_pages_seal_to_it_and_nothing_else(tmp_path: Path) -> None:
    """Neither another's file, nor a changed one, nor no file at all."""
    create_keys(tmp_path, SystemEntropy())
    key = load_keys(tmp_path).talk
    other = generate_identity(b"o" * 32).recipient().text()
    mine = sealed(key.recipient)
    assert key.open(mine) == b"words"
    assert key.open(seal_report(b"report", [other, generate_identity(b"p" * 32).recipient().text()])) is None
    for changed in (mine[:-1], mine[:-1] + bytes([mine[-1] ^ 1]), b"", b"words"):
        assert key.open(changed) is None
    with pytest.raises(MalformedKey):
        TalkIdentities([])
    assert repr(key) == "<TalkIdentities>"


def test_rotation_keeps_older_keys_only_while_words_wait(tmp_path: Path) -> None:
    """The key before the last one goes as soon as nothing waits for it."""
    create_keys(tmp_path / "keys", SystemEntropy())
    engine = make_engine(sqlite_url(tmp_path))
    schema.upgrade(engine)
    store = SqlStore(engine, load_keys(tmp_path / "keys"), SystemEntropy(), tmp_path / "blobs")
    words = sealed(load_keys(tmp_path / "keys").talk.recipient)
    waiting = Message("m1", "LW-1", 1, "p1", NOW, WAITING, due_at=NOW, for_bot=words)
    with store.transaction() as work:
        work.cases.open(
            CaseCard("LW-1", "OFF-HRC", "L2", "ST-ACK", "2026-11-24T09:00Z", "en", "signal", "", "", ""), None
        )
        work.messages.add(waiting)

    for _ in range(3):
        rotate_talk(engine, tmp_path / "keys", SystemEntropy())
    assert load_keys(tmp_path / "keys").talk.open(words) == b"words"
    with store.transaction() as work:
        work.cases.erase("LW-1")
    rotate_talk(engine, tmp_path / "keys", SystemEntropy())
    rotated = load_keys(tmp_path / "keys").talk
    store.close()

    assert rotated.open(words) is None
    assert len(rotated.texts()) == 2
