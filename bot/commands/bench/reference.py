"""The bare reference: the least a durable, encrypted turn can be, as one straight line without layers.

Decode the update (msgspec), drop duplicates, read the state by a 63-bit keyed hash, open it (AES-256-GCM-SIV), look up
the answer in a table, render the prompt (Fluent), seal state and reply, write the same rows with as many bytes as
Leeward writes, and commit once for all that wait (WAL, synchronous=FULL). What was sent is removed in the next commit.
It has no consent, no interview, no report, no error handling: nobody could run it. It is the floor under `bench turn`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
from fluent.runtime import FluentBundle, FluentResource

from bot.clock import SystemEntropy
from storage.crypto.key_ring import KEY_BYTES, NONCE_BYTES, KeyRing, RingKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON")
"""Those of storage.store that change what a commit costs; written here, for the reference imports no SQLAlchemy."""

NODES = 64
PROMPT = "prompt = { $what }: please answer with a number.\n    1 Yes\n    2 No\n    3 I am not sure\n    0 Skip"
TABLES = (
    "CREATE TABLE IF NOT EXISTS state (row INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS inbox (digest BLOB PRIMARY KEY, hour INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, person INTEGER, due INTEGER, payload BLOB)",
    "CREATE TABLE IF NOT EXISTS timers (person INTEGER PRIMARY KEY, due INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS traces (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, ref BLOB NOT NULL)",
)


class Chat(msgspec.Struct):
    """Of an update, what is read of it."""

    id: int


class Message(msgspec.Struct):
    """As above."""

    message_id: int
    chat: Chat
    text: str = ""


class Update(msgspec.Struct):
    """As above."""

    update_id: int
    message: Message


class State(msgspec.Struct):
    """A conversation; `filler` brings it to the bytes of one of ours."""

    node: int
    answers: list[str]
    filler: bytes


class Reply(msgspec.Struct):
    """What is sent."""

    chat_id: int
    text: str
    filler: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many bytes one conversation and one reply of ours have in the database, encrypted."""

    body: int
    payload: int


class Turn:
    """What the reference computes, whatever the database."""

    def __init__(self, sizes: Sizes, key: bytes) -> None:
        """Prepare what is done once: decoders, cipher, table, prompt. `key`: 32 bytes."""
        self._ring = KeyRing([RingKey("r", key)])
        self._key = key
        self._update = msgspec.json.Decoder(Update)
        self._state = msgspec.msgpack.Decoder(State)
        self._pack, self._json = msgspec.msgpack.Encoder(), msgspec.json.Encoder()
        self._table = {node: dict.fromkeys("0123456789", (node + 1) % NODES) for node in range(NODES)}
        bundle = FluentBundle(["en"], use_isolating=False)
        bundle.add_resource(FluentResource(PROMPT))
        prompt = bundle.get_message("prompt").value
        if prompt is None:
            raise AssertionError
        self._bundle, self._prompt = bundle, prompt
        self._sizes = sizes
        self._reply_filler = "x" * max(0, sizes.payload - 141)

    def row(self, chat: int) -> int:
        """Return the row of a chat."""
        return int.from_bytes(blake2b(b"chat %d" % chat, key=self._key, digest_size=8).digest(), "big") >> 1

    def digest(self, update_id: int) -> bytes:
        """Return by what an update is known again."""
        return blake2b(b"update %d" % update_id, key=self._key, digest_size=32).digest()

    def decode(self, update: bytes) -> Update:
        """Return the update."""
        return self._update.decode(update)

    def seal(self, content: bytes, row: int) -> bytes:
        """Return the content encrypted."""
        return self._ring.wrap(content, "state", str(row), SystemEntropy().bytes(NONCE_BYTES))

    def begun(self, row: int) -> bytes:
        """Return the state of somebody who waits in the middle, encrypted."""
        filler = SystemEntropy().bytes(max(0, self._sizes.body - 70))
        return self.seal(self._pack.encode(State(3, ["1"] * 10, filler)), row)

    def advance(self, sealed: bytes, update: Update, row: int) -> tuple[bytes, bytes]:
        """Return the next state and the reply, both encrypted."""
        state = self._state.decode(self._ring.unwrap("r", sealed, "state", str(row)))
        state.node = self._table[state.node].get(update.message.text[:1], state.node)
        state.answers.append(update.message.text)
        text, _errors = self._bundle.format_pattern(self._prompt, {"what": f"Question {state.node}"})
        reply = Reply(update.message.chat.id, str(text), self._reply_filler)
        return self.seal(self._pack.encode(state), row), self.seal(self._json.encode(reply), row)


class SqliteReference:
    """The straight line over one SQLite file."""

    def __init__(self, path: Path, sizes: Sizes, key: bytes | None = None) -> None:
        """Open the file, made where it is missing; `key`: the 32 bytes it was made with."""
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in (*PRAGMAS, *TABLES):
            self.connection.execute(statement)
        self.key = key or SystemEntropy().bytes(KEY_BYTES)
        self._turn = Turn(sizes, self.key)
        self._sent: list[tuple[int, int]] = []

    def park(self, chats: Iterable[int]) -> None:
        """Let these chats wait in the middle."""
        self.connection.execute("BEGIN IMMEDIATE")
        for chat in chats:
            row = self._turn.row(chat)
            self.connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (row, self._turn.begun(row)))
            self.connection.execute("INSERT OR REPLACE INTO timers VALUES (?, ?)", (row, 0))
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def group(self, updates: Sequence[bytes]) -> int:
        """Take these updates in one transaction; return how many replies go out after its commit."""
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        for outbox_id, row in self._sent:
            execute("DELETE FROM outbox WHERE id = ?", (outbox_id,))
            execute("INSERT INTO traces (person, ref) VALUES (?, ?)", (row, self._turn.seal(b"12345", row)))
        self._sent = []
        for raw in updates:
            self._one(raw)
        execute("COMMIT")
        return len(self._sent)

    def _one(self, raw: bytes) -> None:
        execute, turn = self.connection.execute, self._turn
        update = turn.decode(raw)
        if execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (turn.digest(update.update_id), 1)).rowcount == 0:
            return
        row = turn.row(update.message.chat.id)
        execute("INSERT INTO traces (person, ref) VALUES (?, ?)", (row, turn.seal(b"12345", row)))
        found = execute("SELECT body FROM state WHERE row = ?", (row,)).fetchone()
        body, reply = turn.advance(found[0], update, row)
        execute("UPDATE state SET body = ? WHERE row = ?", (body, row))
        execute("INSERT OR REPLACE INTO timers VALUES (?, ?)", (row, update.update_id))
        queued = execute("INSERT INTO outbox (person, due, payload) VALUES (?, ?, ?)", (row, 1, reply))
        self._sent.append((queued.lastrowid or 0, row))

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
