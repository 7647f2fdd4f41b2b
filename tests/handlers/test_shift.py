"""The shift report on PostgreSQL, beside officers who say something about their duty."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from dialogs.duty_book import DutyBook
from dialogs.policy import Policy
from handlers.actor import Actor
from handlers.shift import Span, report
from tests.conftest import NOON
from tests.postgres import own_database
from tests.stores import sql_store

LEAD = Actor("lead", "shift-lead", "OFF-HRC")
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.mark.postgres
def test_who_looks_at_the_report_and_who_goes_on_duty_do_not_wait_for_each_other(
    policy: Policy, tmp_path: Path
) -> None:
    """Both take the duty book before the log: whoever came second is answered when the first has written."""
    looked: list[str] = []
    with own_database("shift_report") as url:
        store = sql_store(url, tmp_path)
        with store.transaction() as work:
            work.duty.save(DutyBook())

        def look() -> None:
            with store.transaction() as work:
                looked.append(report(work, policy, LEAD, (), Span.of(NOON, 8)).office)

        with store.transaction() as work:
            work.duty.load()
            looking = threading.Thread(target=look)
            looking.start()
            with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as watching:
                while looking.is_alive() and not watching.scalar(WAITING):
                    pass
            work.audit.record(Actor("ana", "duty", "OFF-HRC").did("duty-on", NOON))
        looking.join()
        with store.transaction() as work:
            acts = [one.entry.act for one in work.audit.page(0, 10) if one.entry is not None]
        store.close()

    assert (looked, acts) == (["OFF-HRC"], ["duty-on", "shift-report"])
