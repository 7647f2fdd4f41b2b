"""The bare reference on PostgreSQL: the same straight line over psycopg, one transaction a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from bot.commands.bench.reference import Sizes, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLES = (
    "DROP SCHEMA IF EXISTS bench_reference CASCADE",
    "CREATE SCHEMA bench_reference",
    "CREATE TABLE bench_reference.state (row BIGINT PRIMARY KEY, body BYTEA NOT NULL)",
    "CREATE TABLE bench_reference.inbox (digest BYTEA PRIMARY KEY, hour INTEGER NOT NULL)",
    "CREATE TABLE bench_reference.outbox (id BIGSERIAL PRIMARY KEY, person BIGINT, due INTEGER, payload BYTEA)",
    "CREATE TABLE bench_reference.timers (person BIGINT PRIMARY KEY, due INTEGER NOT NULL)",
    "CREATE TABLE bench_reference.traces (id BIGSERIAL PRIMARY KEY, person BIGINT NOT NULL, ref BYTEA NOT NULL)",
)
KEEP_TIMER = "INSERT INTO timers VALUES (%s, %s) ON CONFLICT (person) DO UPDATE SET due = excluded.due"
KEEP_STATE = "INSERT INTO state VALUES (%s, %s) ON CONFLICT (row) DO UPDATE SET body = excluded.body"


class PostgresReference:
    """The straight line over one connection."""

    def __init__(self, url: str, sizes: Sizes, key: bytes, *, new: bool = False) -> None:
        """Connect; `new`: make the tables, empty. `url` as SQLAlchemy spells it."""
        self._connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        for statement in TABLES if new else ():
            self._connection.execute(statement.encode())
        self._connection.execute("SET search_path TO bench_reference")
        self._turn = Turn(sizes, key)
        self._sent: list[tuple[int, int]] = []

    def park(self, chats: Iterable[int]) -> None:
        """Let these chats wait in the middle."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            rows = [self._turn.row(chat) for chat in chats]
            cursor.executemany(KEEP_STATE, [(row, self._turn.begun(row)) for row in rows])
            cursor.executemany(KEEP_TIMER, [(row, 0) for row in rows])

    def turn(self, raw: bytes) -> None:
        """Take one update in one transaction, and remove what was sent after the last one."""
        with self._connection.transaction():
            self._remove_sent()
            self._one(raw)

    def _remove_sent(self) -> None:
        for outbox_id, row in self._sent:
            with self._connection.pipeline():
                self._connection.execute("DELETE FROM outbox WHERE id = %s", (outbox_id,))
                self._trace(row)
        self._sent = []

    def _trace(self, row: int) -> None:
        ref = self._turn.seal(b"12345", row)
        self._connection.execute("INSERT INTO traces (person, ref) VALUES (%s, %s)", (row, ref))

    def _one(self, raw: bytes) -> None:
        execute, turn = self._connection.execute, self._turn
        update = turn.decode(raw)
        row = turn.row(update.message.chat.id)
        digest = turn.digest(update.update_id)
        if execute("INSERT INTO inbox VALUES (%s, 1) ON CONFLICT DO NOTHING", (digest,)).rowcount == 0:
            return
        found = execute("SELECT body FROM state WHERE row = %s FOR UPDATE", (row,)).fetchone()
        if found is None:
            raise AssertionError
        body, reply = turn.advance(found[0], update, row)
        queue = "INSERT INTO outbox (person, due, payload) VALUES (%s, 1, %s) RETURNING id"
        with self._connection.pipeline():
            self._trace(row)
            execute("UPDATE state SET body = %s WHERE row = %s", (body, row))
            execute(KEEP_TIMER, (row, 1))
            queued = execute(queue, (row, reply))
        number = queued.fetchone()
        if number is None:
            raise AssertionError
        self._sent.append((int(number[0]), row))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
