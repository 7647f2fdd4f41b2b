"""Every benchmark runs, with numbers too small to mean anything, and prints a ratio. Nothing here is about speed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.cli import BENCHMARKS
from bot.commands.bench import workers
from bot.commands.bench.figures import Figures, percentile
from bot.commands.bench.installation import settings_of
from bot.commands.bench.reference import Sizes, SqliteReference, Turn
from bot.commands.bench.run import WHERE, bench
from bot.commands.bench.served import Served
from bot.commands.bench.server import server
from bot.commands.bench.updates import update_bytes
from bot.commands.failure import Refused
from storage.store import make_engine
from tests.postgres import postgres_url

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

PEOPLE = {"park": 200}  # fewer fit into the pages the file has anyway


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_measures_a_reference_in_the_same_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a handful of people and one round each prints figures with a positive ratio."""
    assert bench(name, people=PEOPLE.get(name, 3), rounds=1, database="", as_json=True) == 0

    figures = json.loads(capsys.readouterr().out)["figures"]
    ratios = [value["median"] for figure, value in figures.items() if figure.startswith("ratio")]
    assert ratios
    assert min(ratios) > 0


def test_a_benchmark_that_fails_leaves_no_process_behind(tmp_path: Path) -> None:
    """Whatever goes wrong while a service is measured, it is killed."""
    settings_of(tmp_path)

    async def fail(served: Served) -> None:
        async with served:
            await served.start()
            raise TimeoutError

    async def play() -> int:
        async with server() as running:
            served = Served(tmp_path, running)
            with pytest.raises(TimeoutError):
                await fail(served)
            return served.pid

    assert not Path(f"/proc/{asyncio.run(play())}").exists()


def test_the_command_line_offers_what_there_is() -> None:
    """Every name leads to a module."""
    assert set(BENCHMARKS) == set(WHERE)


def test_a_database_is_refused_where_it_has_no_part() -> None:
    """Sealing a file is the same on every database; silently measuring SQLite would be a wrong figure."""
    with pytest.raises(Refused, match="--database is for turn"):
        bench("seal", people=1, rounds=1, database="postgresql+psycopg://x", as_json=True)


def test_the_reference_keeps_what_it_promises(tmp_path: Path) -> None:
    """A known update is dropped, a reply is sent once, and a conversation and its reply have the bytes of ours."""
    sizes = Sizes(body=2000, payload=450)
    reference = SqliteReference(tmp_path / "x.db", sizes)
    reference.park([7, 8])
    assert reference.group([update_bytes(1, "7", "1"), update_bytes(2, "8", "1")]) == 2
    assert reference.group([update_bytes(1, "7", "1")]) == 0
    assert reference.group([update_bytes(3, "7", "2")]) == 1

    row = Turn(sizes, reference.key).row(7)
    assert 0 <= row < 2**63
    rows = reference.connection.execute("SELECT length(body) FROM state").fetchall()
    assert [abs(length - sizes.body) < 20 for (length,) in rows] == [True, True]
    ((payload,),) = reference.connection.execute("SELECT length(payload) FROM outbox").fetchall()
    assert abs(payload - sizes.payload) < 20
    reference.close()


def test_figures_show_median_range_and_ratio() -> None:
    """Of three rounds the middle one counts, and the ratio is of the same round."""
    figures = Figures("x")
    for ours, bare in ((2.0, 1.0), (4.0, 1.0), (9.0, 3.0)):
        figures.add("ours", ours)
        figures.add("bare", bare)
        figures.ratio("ratio", "bare", "ours")

    assert figures.lines()[1:] == ["  ours: 4 (2 to 9)", "  bare: 1 (1 to 3)", "  ratio: 0.333 (0.25 to 0.5)"]
    assert json.loads(figures.json())["figures"]["ours"] == {"median": 4.0, "min": 2.0, "max": 9.0}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """Of a hundred values, 99 in a hundred lie below the largest."""
    assert percentile([float(n) for n in range(100)], 0.99) == 99.0


def empty_database() -> str:
    """Return the URL of a database of its own, dropped by the next call."""
    engine = make_engine(postgres_url())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS bench")
        connection.exec_driver_sql("CREATE DATABASE bench")
    engine.dispose()
    return engine.url.set(database="bench").render_as_string(hide_password=False)


@pytest.mark.slow
@pytest.mark.postgres
def test_the_turn_on_postgresql_is_measured_with_one_and_several_processes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real processes share an empty database; the same updates go over bare connections. Two are enough here."""
    monkeypatch.setattr(workers, "MANY_WORKERS", 2)

    assert bench("turn", people=4, rounds=1, database=empty_database(), as_json=True) == 0

    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["ratio, 2 workers (ours / bare)"]["median"] > 0
    assert figures["ours, 2 workers, turns/s"]["median"] > 0
