"""The composition root: settings, keys, policy and database become one service."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import SystemClock, SystemEntropy
from bot.directory_files import DIRECTORY, make_practice_directory, verify_directory
from bot.duty_lines import lines
from config import interview
from config.documents import parse
from config.policies import ROSTER, load_policy, packaged
from dialogs.frozen import Frozen
from dialogs.replace import replace
from handlers.alerting import Alerting
from handlers.lapsing import Lapsing
from handlers.messages import Messaging
from handlers.proposing import Proposing
from handlers.receive import Reception
from handlers.talking import Talking
from storage import schema
from storage.alone import shared
from storage.belonging import check_keys
from storage.crypto.errors import CryptoError
from storage.crypto.sealing import AgeSealer
from storage.errors import Collided
from storage.keys import RING_FILE, create_keys, load_keys
from storage.lock import locked
from storage.store import SqlStore, make_engine, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from config.settings import Settings
    from dialogs.policy import Interview, Policy
    from handlers.ports import Clock, Entropy
    from handlers.types import IncomingFile
    from storage.keys import Keys

PRACTICE = "practice"
"""Folder in the home folder that holds the practice installation, with throw-away keys."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Service(Frozen):
    """A running service: the store, who receives messages, who proposes measures."""

    store: SqlStore
    reception: Reception
    policy: Policy
    proposing: Proposing
    talking: Talking
    messaging: Messaging
    alerting: Alerting
    lapsing: Lapsing
    keys: Keys
    home: Path
    alarm: str = ""  # why nothing is forwarded now, when the directory does not hold


@contextmanager
def practice_service(
    settings: Settings,
    home: Path,
    *,
    keys_out: Path | None = None,
    clock: Clock | None = None,
    duty: Path | None = None,
    offices: dict[str, Any] | None = None,
) -> Iterator[Service]:
    """Run with throw-away keys in a folder of its own; what is missing is made. `duty`: a roster file to use.

    `offices`: a directory whose offices get these keys, instead of those of the example.

    Raises StorageError, PolicyMistakes.
    """
    entropy = SystemEntropy()
    clock = clock or SystemClock()
    with locked(home):
        keys_folder = home / "keys"
        if not (keys_folder / RING_FILE).is_file():
            create_keys(keys_folder, entropy)
        keys = load_keys(keys_folder)
        pinned = make_practice_directory(
            home, keys_out or home / "offices", settings.policy_dir, entropy, clock.now(), offices=offices
        )
        verify_directory(home, pinned, clock.now())
        policy = load_policy(settings.policy_dir, keys.lookup.secret_hash, offices=home / DIRECTORY, duty=duty)
        with _service(sqlite_url(home), home, keys, policy, settings, entropy=entropy, clock=clock) as service:
            yield service


@contextmanager
def live_service(
    settings: Settings, *, clock: Clock | None = None, open_file: Callable[[IncomingFile], BinaryIO] | None = None
) -> Iterator[Service]:
    """Run the installation the settings describe.

    A directory that is unsigned, expired or altered stops forwarding: the service runs, seals to nobody, and
    `alarm` says why. Raises StorageError, PolicyMistakes.
    """
    entropy = SystemEntropy()
    clock = clock or SystemClock()
    home = settings.home
    with shared(settings.database_url) if settings.several else locked(home):
        keys = load_keys(settings.keys_folder, settings.draft_keys_folder, entropy)
        path = home / DIRECTORY
        alarm, until = directory_alarm(settings, clock.now())
        offices = path if path.is_file() else None
        duty = home / ROSTER if (home / ROSTER).is_file() else None
        policy = load_policy(settings.policy_dir, keys.lookup.secret_hash, offices=offices, duty=duty)
        policy = replace(
            policy, mails=settings.smtp_url is not None, lines=lines(settings), pager=settings.pager_url is not None
        )
        until = min(until, policy.directory.expires or until)
        policy = replace(policy, directory=replace(policy.directory, expires=until))
        url = settings.database_url or sqlite_url(home)
        with _service(url, home, keys, policy, settings, entropy=entropy, clock=clock, open_file=open_file) as service:
            yield replace(service, alarm=alarm)


def directory_alarm(settings: Settings, now: datetime) -> tuple[str, datetime]:
    """Return why the directory does not hold, or "", and until when it holds: a service may run for longer."""
    if not settings.root_key:
        return "no root key is pinned (LEEWARD_ROOT_KEY), so nothing is forwarded", NEVER
    try:
        return "", verify_directory(settings.home, settings.root_key, now).expires_at
    except CryptoError as exc:
        return str(exc), NEVER
    except OSError:
        return f"{DIRECTORY} or its signature is missing: run `leeward directory sign`", NEVER


def installation(settings: Settings) -> Path:
    """Return the folder commands work on: the home folder, or the practice folder where only that exists."""
    practice = settings.home / PRACTICE
    there = (settings.keys_folder / RING_FILE).is_file()
    return settings.home if there or not (practice / "keys" / RING_FILE).is_file() else practice


@contextmanager
def command_service(settings: Settings) -> Iterator[Service]:
    """Open the installation for one command. Raises StorageError (InUse while the service runs), PolicyMistakes."""
    home = installation(settings)
    with practice_service(settings, home) if home != settings.home else live_service(settings) as service:
        yield service


@contextmanager
def _service(  # noqa: PLR0913 - the parts of a service, each named
    url: str, home: Path, keys: Keys, policy: Policy, settings: Settings, *, entropy: Entropy, clock: Clock,
    open_file: Callable[[IncomingFile], BinaryIO] | None = None,
) -> Iterator[Service]:  # fmt: skip
    engine = make_engine(url)
    schema.upgrade(engine)
    check_keys(engine, keys, with_drafts=keys.draft_ring is keys.ring)
    store = SqlStore(engine, keys, entropy, home / "blobs")
    try:
        document = ((settings.policy_dir or packaged("policy")) / "interview.yaml").read_bytes()
        policy = replace(policy, older_interviews=older_interviews(store, policy))
        sealer = AgeSealer()
        reception = Reception(store, sealer, policy, clock, entropy, document, open_file or open_local_file)
        proposing = Proposing(store, sealer, policy, clock, entropy)
        talking = Talking(store, sealer, policy, clock, entropy)
        messaging = Messaging(store, sealer, policy, clock, entropy, keys.talk)
        alerting = Alerting(store, policy, clock, entropy)
        lapsing = Lapsing(store, policy, clock, entropy)
        yield Service(store, reception, policy, proposing, talking, messaging, alerting, lapsing, keys, home)
        with suppress(Collided):  # another process does it in this moment
            cover_ledger(store, clock)
    finally:
        store.close()


def cover_ledger(store: SqlStore, clock: Clock) -> bool:
    """Make a signed checkpoint when there are events that none covers yet."""
    with store.transaction() as work:
        if not work.checkpoints.uncovered():
            return False
        work.checkpoints.make(clock.now())
    return True


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
