"""Few, typed fixtures. The environment is emptied of our settings, so that a developer's own never count."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.directory_files import key_record
from config.documents import Document
from config.policies import load_policy
from dialogs.policy import OfficeKey, Policy
from storage.crypto.age.keys import generate_identity
from tests.forking import asking_for_coverage

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
REPEATING = (
    "tests/architecture/", "tests/golden/", "tests/test_mutants.py", "tests/dialogs/test_disclosure.py",
    "tests/dialogs/test_people.py", "tests/dialogs/test_new_phones_at_random.py", "tests/dialogs/test_search.py",
    "tests/handlers/test_duty_trial.py", "tests/handlers/test_messages_at_random.py", "tests/dialogs/test_flow.py",
    "tests/dialogs/test_prompts.py", "tests/handlers/test_permission.py", "tests/desk_server/test_fuzzing.py",
    "tests/desk_server/test_every_route.py", "tests/acceptance/test_chatting.py",
    "tests/acceptance/test_strangers_at_the_command_line.py",
)  # fmt: skip
"""Tests that go a thousand times where others were once. They, and what is marked slow, are not measured for coverage:
the tracer makes Python three times as slow, and would find little new."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run what repeats what others cover without a tracer, and the processes it starts, too."""
    if item.nodeid.startswith(REPEATING) or item.get_closest_marker("slow"):
        with asking_for_coverage(asked=False), _untraced():
            return (yield)
    return (yield)


@contextmanager
def _untraced() -> Iterator[None]:
    """Take the tracer away for a while; to stop coverage itself, again and again, frees a tracer that is still at work."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
        threading.settrace(of_threads)


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LEEWARD_")]:  # noqa: TID251 - to empty it
        monkeypatch.delenv(name)


def hashed(kind: str, words: str) -> str:
    """Stand in for the keyed hash of storage."""
    return sha256(f"{kind}|{words}".encode()).hexdigest()


class CountingEntropy:
    """handlers.ports.Entropy that gives the same bytes in every run."""

    def __init__(self) -> None:
        self._count = 0

    def bytes(self, count: int) -> bytes:
        """Return the next bytes."""
        self._count += 1
        return (sha256(str(self._count).encode()).digest() * (count // 32 + 1))[:count]


@cache
def office_identity(office: str, use: str = "report") -> str:
    """Return the secret key of an office of the tests."""
    return generate_identity(sha256(f"{office} {use}".encode()).digest()).text()


@cache
def practice_policy() -> Policy:
    """Return the packaged policy with a key of each use for every office."""
    from dialogs.replace import replace

    policy = load_policy(None, hashed)
    offices = {}
    for office in policy.directory.offices.values():
        keys = tuple(_key(office.id, use) for use in ("report", "recovery", "identity"))
        offices[office.id] = replace(office, keys=keys)
    return replace(policy, directory=replace(policy.directory, offices=offices))


def _key(office: str, use: str) -> OfficeKey:
    recipient = generate_identity(sha256(f"{office} {use}".encode()).digest()).recipient().text()
    record = key_record(recipient, use, f"{office}-{use}", NOON)
    start = NOON.date() - timedelta(days=30)
    return OfficeKey(record["key_id"], recipient, use, start, start + timedelta(days=900))


@pytest.fixture
def policy() -> Policy:
    """The packaged policy, with keys."""
    return practice_policy()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that is set."""
    return FixedClock(NOON)


@pytest.fixture
def examples() -> Path:
    """The folder of the persona files."""
    return Path(__file__).parents[1] / "examples"


def document(text: str) -> Document:
    """Return a policy file of these lines."""
    from config.documents import parse

    return parse("test.yaml", text.encode())
