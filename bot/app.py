"""The composition root: settings, keys, policy and database become one service."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock, SystemEntropy
from bot.directory_files import DIRECTORY, make_practice_directory, verify_directory
from config import interview
from config.documents import parse
from config.policies import load_policy, packaged
from handlers.receive import Reception
from storage import schema
from storage.crypto.sealing import AgeSealer
from storage.keys import RING_FILE, create_keys, load_keys
from storage.lock import locked
from storage.store import SqlStore, make_engine, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from config.settings import Settings
    from dialogs.policy import Interview, Policy
    from handlers.ports import Clock, Entropy
    from handlers.types import IncomingFile
    from storage.keys import Keys

PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: the store and who receives messages."""

    store: SqlStore
    reception: Reception
    policy: Policy


@contextmanager
def practice_service(
    settings: Settings, home: Path, *, keys_out: Path | None = None, clock: Clock | None = None
) -> Iterator[Service]:
    """Run with throw-away keys in a folder of its own; what is missing is made. Raises StorageError, PolicyMistakes."""
    entropy = SystemEntropy()
    clock = clock or SystemClock()
    with locked(home):
        keys_folder = home / "keys"
        if not (keys_folder / RING_FILE).is_file():
            create_keys(keys_folder, entropy)
        keys = load_keys(keys_folder)
        pinned = make_practice_directory(home, keys_out or home / "offices", settings.policy_dir, entropy, clock.now())
        verify_directory(home, pinned, clock.now())
        policy = load_policy(settings.policy_dir, keys.lookup.secret_hash, offices=home / DIRECTORY)
        with _service(sqlite_url(home), home, keys, policy, settings, entropy=entropy, clock=clock) as service:
            yield service


@contextmanager
def _service(  # noqa: PLR0913 - the parts of a service, each named
    url: str, home: Path, keys: Keys, policy: Policy, settings: Settings, *, entropy: Entropy, clock: Clock
) -> Iterator[Service]:
    engine = make_engine(url)
    schema.upgrade(engine)
    store = SqlStore(engine, keys, entropy, home / "blobs")
    try:
        document = ((settings.policy_dir or packaged("policy")) / "interview.yaml").read_bytes()
        policy = replace(policy, older_interviews=older_interviews(store, policy))
        reception = Reception(store, AgeSealer(), policy, clock, entropy, document, open_local_file)
        yield Service(store, reception, policy)
    finally:
        store.close()


def older_interviews(store: SqlStore, policy: Policy) -> dict[str, Interview]:
    """Return the stored interviews that conversations began with and that are not the present one."""
    with store.transaction() as work:
        stored = work.versions.all()
    return {
        version: replace(interview.load(parse("interview.yaml", document), policy.taxonomy), version=version)
        for version, document in stored.items()
        if version != policy.interview.version
    }


def open_local_file(incoming: IncomingFile) -> BinaryIO:
    """Open a file of this machine for practice; real channels stream from their transport."""
    return Path(incoming.source).open("rb")
