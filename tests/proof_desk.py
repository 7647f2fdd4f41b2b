"""The long figures of the desk's server."""

from __future__ import annotations

import tempfile  # noqa: TID251 - a folder for an encrypted database that is removed at the end; nothing plain is in it
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.clock import FixedClock
from bot.desk.table import routes_of
from dialogs.replace import replace
from handlers.accounts import Role
from tests.conftest import NOON
from tests.desk_server.fuzzing import LEFT_OUT, fuzzed
from tests.desk_server.world import DUTY, HRC, SENIOR, World, card_of, desk_world, given

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS_IN_ALL: Final = 10_000
TOGETHER: Final = 100
CASES: Final = 10_000
LOOKS: Final = 20


def fuzz() -> Iterator[str]:
    """Send ten thousand requests drawn from the description."""
    with _world() as world:
        operations = len([route for route in routes_of(world.desk.place) if route.path not in LEFT_OUT])
        statuses = fuzzed(world, REQUESTS_IN_ALL, together=TOGETHER)
    shown = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    yield (
        f"{statuses.total():,} requests drawn by schemathesis for {operations} operations, half of them wrong on purpose "
        f"({shown}): answers of 5xx: 0; answers not as described: 0; answers without the headers: 0."
    )


def queue() -> Iterator[str]:
    """Look at a queue of ten thousand cases, as each kind of office."""
    with _world() as world:
        _fill(world)
        for office, role in ((HRC, Role.FIRST_RESPONDENT), (SENIOR, Role.FOCAL_POINT), (DUTY, Role.DUTY_OFFICER)):
            browser = world.logged_in(f"a-{office.lower()}", office, role)
            took, worked = [], []
            for _ in range(LOOKS + 1):
                started, begun = time.perf_counter(), time.process_time()
                answer = browser.get("/api/cases", limit=200)
                took.append(time.perf_counter() - started)
                worked.append(time.process_time() - begun)
                assert answer.status_code == 200
            seen = sum(count for level, count in answer.json()["counts"].items() if level.startswith("L"))
            yield (
                f"A queue of {CASES:,} cases, of which {office} sees {seen:,}: {_median(took[1:]):,.0f} ms until the first "
                f"200 lines are there, {_median(worked[1:]):,.0f} ms of processor time (medians of {LOOKS} looks, in "
                f"process, with login check and encoding); the first look after a start {worked[0] * 1000:,.0f} ms of "
                "processor time."
            )


def _median(seconds: list[float]) -> float:
    """Return the median in milliseconds."""
    return sorted(seconds)[len(seconds) // 2] * 1000


def _fill(world: World) -> None:
    levels = Counter(L1=1, L2=9, L3=40, L4=50)
    drawn = list(levels.elements())
    with world.service.store.transaction() as work:
        for number in range(CASES):
            consents = [given("C-FWD", HRC), given("C-CONT"), given("C-STAT")]
            consents += [given("C-ASG", SENIOR)] if number % 4 == 0 else []
            consents += [given("C-EMER", DUTY, scope="report")] if number % 3 == 0 else []
            card = card_of(f"LW-{number:05}", level=drawn[number % len(drawn)], consents=tuple(consents))
            minute = f"2026-11-{1 + number % 23:02}T{number % 24:02}:{number % 60:02}Z"
            work.cases.open(replace(card, submitted_at=minute), None)


@contextmanager
def _world() -> Iterator[World]:
    with (
        tempfile.TemporaryDirectory(prefix="leeward-desk-") as folder,
        desk_world(Path(folder), FixedClock(NOON)) as made,
    ):
        yield made


PROOFS = {"desk fuzz": fuzz, "desk queue": queue}
