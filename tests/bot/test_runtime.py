"""What a running service does by the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.app import practice_service
from bot.runtime import KEYS_REMEMBERED, PRUNED_IN, TRACES_REMEMBERED, Runtime
from config.load import load_settings
from handlers.types import Address


def test_after_an_hour_of_minutes_nothing_old_is_left_and_everything_young_is(tmp_path: Path) -> None:
    """Each minute looks at another slice of the message keys, and of the people whose chats are remembered."""
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
