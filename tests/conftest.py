"""Few, typed fixtures. The environment is emptied of our settings, so that a developer's own never count."""

from __future__ import annotations

import os
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

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


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
