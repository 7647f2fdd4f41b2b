"""bench ledger: recording consent events and verifying all of them, against bare rows and bare hashes."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from bot.app import cover_ledger
from bot.clock import SystemClock, SystemEntropy
from bot.commands.bench.figures import MICROSECONDS, Figures, Watch
from bot.commands.bench.installation import average, installed, rows_of
from bot.commands.bench.reference import PRAGMAS
from dialogs.conversation import CaseCard, ConsentEvent
from dialogs.replace import replace
from storage.auditing import problems, read_ledger
from storage.crypto import chain

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Service
    from bot.commands.bench.figures import Options

EVENTS_A_CASE = 10
GIVEN = ConsentEvent("CR-1", "C-FWD", "given", "2026-11-24T10:00Z", "C-FWD", "00", "en", "signal")
CARD = CaseCard(
    "", "OFF-HRC", "L2", "ST-SUB", "2026-11-24T10:00Z", "en", "signal", "two words", "other words", "hash"
)  # fmt: skip


def ledger(options: Options, folder: Path) -> Figures:
    """Cases of ten events each, as many events as `people`: one commit a case, then verify the whole ledger."""
    figures = Figures("ledger")
    cases = max(1, options.people // EVENTS_A_CASE)
    with installed(folder, options.database) as service:
        for number in range(options.rounds):
            _record(figures, service, number, cases)
            _verify(figures, service)
            _rows(figures, folder / f"reference-{number}.db", service, cases)
            figures.ratio("ratio record (bare rows / ours)", "bare rows, us an event", "record, us an event")
    figures.notes["events of a round"] = cases * EVENTS_A_CASE
    return figures


def _record(figures: Figures, service: Service, number: int, cases: int) -> None:
    with Watch() as watch:
        for case in range(cases):
            with service.store.transaction() as work:
                work.cases.open(replace(CARD, case=f"LW-{number}-{case}"), None)
                work.cases.record(f"LW-{number}-{case}", (GIVEN,) * EVENTS_A_CASE)
    figures.add("record, us an event", watch.wall / cases / EVENTS_A_CASE * MICROSECONDS)
    cover_ledger(service.store, SystemClock())


def _verify(figures: Figures, service: Service) -> None:
    with Watch() as watch:
        with service.store.engine.connect() as connection:
            copy = read_ledger(connection)
        if problems(copy, service.keys.ledger.fingerprint()):
            raise AssertionError
    count = len(copy.entries)
    figures.add("verify, us an event", watch.wall / count * MICROSECONDS)
    with Watch() as watch, service.store.engine.connect() as connection:
        head, case = b"", ""
        for row in connection.exec_driver_sql("SELECT * FROM ledger ORDER BY 1, 2"):
            head = chain.link(head if row[0] == case else chain.genesis(row[0]), row[1], bytes(row[2]))
            case = row[0]
            if head != bytes(row[3]):
                raise AssertionError
    figures.add("bare rows and hashes, us an event", watch.wall / count * MICROSECONDS)
    figures.ratio("ratio verify (bare / ours)", "bare rows and hashes, us an event", "verify, us an event")
    figures.add("events verified", rows_of(service, "ledger"))


def _rows(figures: Figures, path: Path, service: Service, cases: int) -> None:
    """Write as many rows of as many bytes with as many commits: card and key once a case, ten events."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (*PRAGMAS, "CREATE TABLE rows (id INTEGER PRIMARY KEY, hash BLOB, head BLOB, body BLOB)"):
        connection.execute(statement)
    event, card = (
        SystemEntropy().bytes(int(average(service, table, name)))
        for table, name in (("ledger", "event"), ("cases", "card"))
    )
    with Watch() as watch:
        for case in range(cases):
            connection.execute("BEGIN IMMEDIATE")
            for row in range(EVENTS_A_CASE + 2):
                salt = b"%d %d" % (case, row)
                committed = chain.commitment(salt, event)
                body = salt + (card if row == 0 else event if row > 1 else b"")
                values = (committed, chain.link(committed, row, committed), body)
                connection.execute("INSERT INTO rows (hash, head, body) VALUES (?, ?, ?)", values)
            connection.execute("COMMIT")
    figures.add("bare rows, us an event", watch.wall / cases / EVENTS_A_CASE * MICROSECONDS)
    connection.close()
