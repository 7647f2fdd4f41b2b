"""Migrations that rebuild tables keep every row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from handlers.types import Outgoing
from storage import schema
from storage.crypto.lookup import row_key
from storage.store import SqlStore, make_engine, sqlite_url
from tests.postgres import own_database
from tests.stores import MINA, NOW, sql_store

OLD: dict[str, tuple[dict[str, Any], ...]] = {
    "inbox": ({"digest": bytes(range(32)), "hour": 7}, {"digest": bytes(range(1, 33)), "hour": 9}),
    "traces": (
        {"id": 3, "person": 1 << 62, "hour": 7, "ring_key": "r", "ref": b"a", "due": None},
        {"id": 5, "person": 8, "hour": 7, "ring_key": "r", "ref": b"b", "due": 12},
    ),
    "outbox": tuple(
        {
            "id": number, "person": 8, "channel": "signal", "priority": 1, "due": 4, "attempts": number,
            "leased_until": 0, "doubtful": number == 9, "state": state, "ring_key": "r", "payload": b"p",
        }
        for number, state in ((4, "dead"), (9, "waiting"))
    ),
    "timers": ({"person": 8, "name": "idle", "due": 5}, {"person": 8, "name": "draft", "due": 6}),
}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at the revision before the tables lay in the order of their keys."""
    if request.param == "sqlite":
        made = make_engine(sqlite_url(tmp_path))
        schema.upgrade(made, "0007")
        yield made
        made.dispose()
        return
    with own_database("rebuilt") as url:
        made = make_engine(url)
        schema.upgrade(made, "0007")
        yield made
        made.dispose()


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for table, rows in OLD.items():
            names = ", ".join(rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), list(rows))  # noqa: S608 - names of our own tables


def _rows(engine: Engine, table: str) -> list[dict[str, Any]]:
    names = ", ".join(OLD[table][0])
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {names} FROM {table} ORDER BY {names}"))  # noqa: S608 - as above
        return [dict(row) for row in found.mappings()]


def _in_order(table: str) -> list[dict[str, Any]]:
    return sorted(OLD[table], key=lambda row: tuple(row.values())[:2])


def test_every_row_stays_when_the_tables_are_laid_in_the_order_of_their_keys(engine: Engine) -> None:
    """Of a message's key 16 bytes stay; everything else is as it was, and the schema is that of the program."""
    _fill(engine)
    schema.upgrade(engine)

    shortened = [{**row, "digest": row["digest"][:16]} for row in OLD["inbox"]]
    assert schema.differences(engine) == []
    assert _rows(engine, "inbox") == shortened
    assert {table: _rows(engine, table) for table in ("traces", "outbox", "timers")} == {
        table: _in_order(table) for table in ("traces", "outbox", "timers")
    }


def test_every_row_stays_on_the_way_back(engine: Engine) -> None:
    """Up and down again: only the keys of messages have become short, and stay so."""
    _fill(engine)
    schema.upgrade(engine)
    schema.downgrade(engine, "0007")

    assert [row["hour"] for row in _rows(engine, "inbox")] == [7, 9]
    assert {table: _rows(engine, table) for table in ("traces", "outbox", "timers")} == {
        table: _in_order(table) for table in ("traces", "outbox", "timers")
    }
    schema.upgrade(engine)
    assert schema.differences(engine) == []


_QUEUED = """
INSERT INTO outbox
    (id, person, channel, priority, due, attempts, leased_until, doubtful, state, ring_key, payload)
VALUES (70, :person, 'signal', 1, 0, 0, 0, false, 'waiting', :ring, :payload)
"""


def test_what_the_program_before_stored_is_still_known_and_goes_out(tmp_path: Path) -> None:
    """A message taken before is not taken again; a queued one is claimed before a newer one of the same person."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    schema.downgrade(store.engine, "0007")
    digest = store._keys.lookup.digest("message", "signal", "7")
    sealed = _sealed(store, Outgoing(MINA, "old", "Q01", 1))
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO inbox VALUES (:digest, 1)"), {"digest": digest})
        connection.execute(text(_QUEUED), sealed)
    schema.upgrade(store.engine)
    with store.transaction() as work:
        assert not work.inbox.is_new("signal", "7", NOW)
        work.outbox.add(Outgoing(MINA, "new", "Q01", 1), NOW)
        for text_ in ("old", "new"):
            (item,) = work.outbox.claim(NOW, 10, 60, "signal")
            assert item.outgoing.text == text_
            assert work.outbox.sent(item)
    store.close()


def _sealed(store: SqlStore, outgoing: Outgoing) -> dict[str, Any]:
    """Return the person, ring and payload of a queued message, as a store writes them."""
    from storage import forms

    lookup, ring = store._keys.lookup, store._keys.ring
    person = row_key(lookup.digest("address", outgoing.address.channel, outgoing.address.value))
    payload = ring.wrap(forms.encode_outgoing(outgoing), "outbox", str(person), bytes(12))
    return {"person": person, "ring": ring.newest, "payload": payload}
