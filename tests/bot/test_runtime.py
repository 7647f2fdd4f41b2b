"""What a running service does by the clock."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import practice_service
from bot.late import loaded
from bot.runtime import KEYS_REMEMBERED, LET_GO_EVERY, PRUNED_IN, TRACES_REMEMBERED, Runtime
from config.load import load_settings
from handlers.types import Address
from tests.stores import make_empty_file, make_practice_files


def test_after_an_hour_of_minutes_nothing_old_is_left_and_everything_young_is(tmp_path: Path) -> None:
    """Each minute looks at another slice of the message keys, and of the people whose chats are remembered."""
    make_practice_files(tmp_path)
    make_empty_file(tmp_path)
    with practice_service(load_settings(), tmp_path) as service:
        now, store = service.reception.clock.now(), service.store
        ages = {"old": (KEYS_REMEMBERED, TRACES_REMEMBERED), "young": (timedelta(), timedelta())}
        names = {age: [f"{age}-{number}" for number in range(200)] for age in ages}
        with store.transaction() as work:
            for age, (key_age, trace_age) in ages.items():
                for name in names[age]:
                    work.inbox.is_new("signal", name, now - key_age - timedelta(hours=2))
                    work.traces.add(Address("signal", name), "1", now - trace_age - timedelta(hours=2))
        runtime = Runtime(service, {}, {}, several=False)
        for _ in range(PRUNED_IN):
            runtime._prune()
        with store.transaction() as work:
            known = [name for group in names.values() for name in group if not work.inbox.is_new("signal", name, now)]
            noted = [name for group in names.values() for name in group if work.traces.take(Address("signal", name))]

    assert known == noted == names["young"]


class Circle:
    """What only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def circle() -> Iterator[weakref.ref[Circle]]:
    """A circle nobody needs any more, which is not looked for by itself."""
    gc.disable()
    yield weakref.ref(Circle())
    gc.unfreeze()
    gc.enable()


@pytest.mark.parametrize("keeps_time", [True, False])
def test_what_was_said_is_let_go_of_within_a_minute(
    keeps_time: bool,  # noqa: FBT001 - of two kinds of processes
    circle: weakref.ref[Circle],
    tmp_path: Path,
) -> None:
    """Every process looks for circles of objects by the clock, and not only when many have been made."""
    make_practice_files(tmp_path)
    make_empty_file(tmp_path)
    with practice_service(load_settings(), tmp_path) as service:
        runtime = Runtime(service, {}, {}, several=False, keeps_time=keeps_time)
        (every,) = [every for every, chore in runtime._chores() if chore == runtime._let_go]
        asyncio.run(runtime._let_go())
    assert (every, circle()) == (LET_GO_EVERY, None)


def test_what_was_said_while_something_was_loaded_late_is_not_kept_with_it(
    circle: weakref.ref[Circle], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is loaded stays for good: the collector never looks at it again."""
    (tmp_path / "loaded_late_here.py").write_text("HERE = True")
    monkeypatch.syspath_prepend(tmp_path)
    assert asyncio.run(loaded("loaded_late_here")).HERE
    assert circle() is None
