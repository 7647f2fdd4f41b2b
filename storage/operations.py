"""Looking after an installation: forgetting what is over, changing the ring, copying away what may be copied."""

from __future__ import annotations

import base64
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from storage.audit import ENTRIES
from storage.crypto.key_ring import NONCE_BYTES, KeyRing, RingKey
from storage.desk import ACCOUNT, PASSKEY
from storage.errors import CannotWrite, StorageError
from storage.keys import RING_FILE, SEED_BYTES, TALK_FILE, load_keys, ring_line, talk_lines, write_private
from storage.queues import DEAD, seconds
from storage.releases import FOLDER as RELEASES
from storage.store import DATABASE_FILE
from storage.tables import accounts, alerts, attachments, audit, duty, inbox, keys, messages, outbox, passkeys, traces

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

    from handlers.ports import Entropy

ORPHAN_SECONDS: Final = 3600
INBOX_SECONDS: Final = 3 * 24 * 3600
TRACE_SECONDS: Final = 48 * 3600
DEAD_SECONDS: Final = 30 * 24 * 3600
_HOUR: Final = 3600
PINS_FILE: Final = "ledger.pins"
BLOBS: Final = "blobs"
FOLDERS: Final = (BLOBS, RELEASES)
"""What of a folder goes along whole: sealed attachments, and what was published."""

NEVER_COPIED: Final = (
    "keys", "conversations", "messages", "outbox", "timers", "traces", "moves",
    "boxes", "sessions", "invitations", "passkeys", "accounts", "duty",
)  # fmt: skip
"""What a backup holds no row of: keys, and all that only they open or that leads to a person."""


_SEALED: Final = 'SELECT "case", office, purpose, sequence, sealed FROM blobs'
_ATTACHED: Final = """SELECT blobs.office, attachments.name FROM attachments
    JOIN blobs ON blobs."case" = attachments."case" AND blobs.purpose = 'report'"""
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class BackupBroken(StorageError):
    """This is not a backup of Leeward, or it is not whole: take another one."""


class WouldOverwrite(StorageError):
    """There is something already: name a folder that does not exist. Nothing is ever overwritten."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was forgotten."""

    orphans: int
    message_keys: int
    traces: int
    dead_letters: int


def purge(engine: Engine, blobs: Path, now: datetime) -> Purged:
    """Forget what is over: files nobody's draft or case knows, old message keys, traces and dead letters."""
    at = seconds(now)
    with engine.begin() as connection:
        known = set(connection.scalars(select(attachments.c.name)))
        old = connection.execute(delete(inbox).where(inbox.c.hour < (at - INBOX_SECONDS) // _HOUR)).rowcount
        gone = connection.execute(delete(traces).where(traces.c.hour < (at - TRACE_SECONDS) // _HOUR)).rowcount
        dead = delete(outbox).where(outbox.c.state == DEAD, outbox.c.due < at - DEAD_SECONDS)
        letters = connection.execute(dead).rowcount
    orphans = 0
    for path in blobs.iterdir() if blobs.is_dir() else ():
        if path.name not in known and path.stat().st_mtime < at - ORPHAN_SECONDS:
            path.unlink(missing_ok=True)
            orphans += 1
    return Purged(orphans, old, gone, letters)


def rotate_ring(engine: Engine, folder: Path, entropy: Entropy, *, only: str | None = None) -> int:
    """Wrap everything under a fresh key and destroy the old ones; return how many rows were wrapped anew.

    A crash leaves a ring with both keys, which opens everything; running it again finishes the work. `only`: keys of
    this purpose alone (the ring of drafts in memory). Raises: KeysMissing, CannotWrite.
    """
    old = load_keys(folder).ring if only is None else _ring_of(folder)
    fresh = ring_line(entropy)
    ring_file = folder / RING_FILE
    _replace(ring_file, f"{fresh}\n{ring_file.read_text(encoding='ascii')}")
    both = _ring_of(folder)
    with engine.begin() as connection:
        count = _rewrap_keys(connection, both, entropy, only)
        if only is None:
            count += sum(
                _rewrap(connection, both, entropy, table, column, purpose, row)
                for table, column, purpose, row in (
                    (outbox, "payload", "outbox", "person"), (traces, "ref", "trace", "person"),
                    (alerts, "body", "alert", "id"), (audit, "entry", ENTRIES, "sequence"),
                    (accounts, "body", ACCOUNT, "id"), (passkeys, "body", PASSKEY, "digest"),
                    (duty, "body", "duty", "id"),
                )
            )  # fmt: skip
    _replace(ring_file, f"{fresh}\n")
    del old
    return count


def rotate_talk(engine: Engine, folder: Path, entropy: Entropy) -> None:
    """Have pages seal officers' words to a fresh key. Older keys stay for as long as words sealed to them may wait.

    Raises: KeysMissing, CannotWrite.
    """
    with engine.begin() as connection:
        waits = connection.scalar(select(messages.c.id).where(messages.c.due.is_not(None)).limit(1)) is not None
    talk_file = folder / TALK_FILE
    old = load_keys(folder).talk.texts()
    kept = old if waits else old[:1]  # a page that was opened before this seals to the last one still
    _replace(talk_file, "".join(f"{line}\n" for line in (talk_lines(entropy.bytes(SEED_BYTES)).decode(), *kept)))


def _ring_of(folder: Path) -> KeyRing:
    lines = [line.split() for line in (folder / RING_FILE).read_text(encoding="ascii").splitlines() if line.strip()]
    return KeyRing([RingKey(key_id, base64.b64decode(key)) for key_id, key in lines])


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        write_private(new, text.encode("ascii"))
        new.replace(path)
    except OSError as exc:
        raise CannotWrite(path.name) from exc


def _rewrap_keys(connection: Connection, ring: KeyRing, entropy: Entropy, only: str | None) -> int:
    wanted = select(keys) if only is None else select(keys).where(keys.c.purpose == only)
    count = 0
    for row in connection.execute(wanted).all():
        if row.ring_key not in ring.key_ids:
            continue  # a draft whose key is kept in memory
        plain = ring.unwrap(row.ring_key, bytes(row.wrapped), row.purpose, row.id)
        wrapped = ring.wrap(plain, row.purpose, row.id, entropy.bytes(NONCE_BYTES))
        connection.execute(update(keys).where(keys.c.id == row.id).values(ring_key=ring.newest, wrapped=wrapped))
        count += 1
    return count


def _rewrap(  # noqa: PLR0913, PLR0917 - one table's columns, each named
    connection: Connection, ring: KeyRing, entropy: Entropy, table: Table, column: str, purpose: str, row: str
) -> int:
    count = 0
    own = tuple(table.primary_key.columns)
    for name, ring_key, sealed, *key in connection.execute(
        select(table.c[row], table.c.ring_key, table.c[column], *own)
    ).all():
        if sealed is None or ring_key is None:  # erased, or under a case key
            continue
        bound = str(name)
        plain = ring.unwrap(ring_key, bytes(sealed), purpose, bound)
        wrapped = ring.wrap(plain, purpose, bound, entropy.bytes(NONCE_BYTES))
        change = update(table).where(*(part == value for part, value in zip(own, key, strict=True)))
        connection.execute(change.values({"ring_key": ring.newest, column: wrapped}))
        count += 1
    return count


def read_pins(home: Path) -> tuple[str, ...]:
    """Return the fingerprints of keys that signed checkpoints before the present one, from backups put back."""
    path = home / PINS_FILE
    return tuple(path.read_text(encoding="ascii").split()) if path.is_file() else ()


def backup(home: Path, target: Path, pin: str) -> int:
    """Copy sealed reports, attachments, ledger, tallies, releases and policy of a SQLite folder; return bytes written.

    `pin`: the fingerprint of the key that signs checkpoints now; it goes along, so that they can still be checked.
    No key, no conversation and no address is in it: what only this server could open is not worth stealing from it.
    Raises: WouldOverwrite, CannotWrite.
    """
    if target.exists():
        raise WouldOverwrite(target.name)
    try:
        target.mkdir(mode=0o700, parents=True)
        with (
            closing(sqlite3.connect(home / DATABASE_FILE)) as source,
            closing(sqlite3.connect(target / DATABASE_FILE)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA secure_delete=ON")
            copy.execute("UPDATE cases SET key = NULL, card = NULL, person = NULL, phrase = NULL")
            copy.execute("UPDATE ledger SET event = NULL")
            copy.execute("UPDATE audit SET entry = NULL, ring_key = NULL")
            copy.execute("UPDATE alerts SET body = NULL, due = NULL, ring_key = NULL")
            for table in NEVER_COPIED:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
            copy.commit()
            copy.execute("VACUUM")
        (target / DATABASE_FILE).chmod(0o600)
        for folder in FOLDERS:
            if (home / folder).is_dir():
                shutil.copytree(home / folder, target / folder)
        for path in home.glob("*.yaml*"):
            shutil.copy2(path, target / path.name)
        (target / PINS_FILE).write_text("\n".join((pin, *read_pins(home))) + "\n", encoding="ascii")
    except (OSError, sqlite3.Error) as exc:
        raise CannotWrite(target.name) from exc
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


def restore(source: Path, home: Path) -> None:
    """Put a backup into a folder without a database; keys are made by `leeward init`, never restored.

    Raises: BackupBroken, WouldOverwrite, CannotWrite.
    """
    if (home / DATABASE_FILE).exists():
        raise WouldOverwrite(home.name)
    try:
        with closing(sqlite3.connect(f"file:{source / DATABASE_FILE}?mode=ro", uri=True)) as copy:
            fine = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            secrets = sum(copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in NEVER_COPIED)  # noqa: S608 - our own names
    except (sqlite3.Error, OSError) as exc:
        raise BackupBroken(source.name) from exc
    if not fine or secrets:
        raise BackupBroken(source.name)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in FOLDERS:
            if (source / folder).is_dir():
                shutil.copytree(source / folder, home / folder, dirs_exist_ok=True)
        for path in (*source.glob("*.yaml*"), source / PINS_FILE):
            if not (home / path.name).exists():
                shutil.copy2(path, home / path.name)
        shutil.copy2(source / DATABASE_FILE, home / DATABASE_FILE)
    except OSError as exc:
        raise CannotWrite(home.name) from exc


def hand_out(home: Path, folder: Path) -> int:
    """Write what was sealed to each office into a folder of its own there; return how many files.

    A report is `CASE.age` and has its attachments beside it, as `leeward open --files` looks for them; what else was
    sealed bears its purpose and number. Raises: BackupBroken for a name that is no name of a file, CannotWrite.
    """
    count = 0
    try:
        with closing(sqlite3.connect(f"file:{home / DATABASE_FILE}?mode=ro", uri=True)) as database:
            for case, office, purpose, number, sealed in database.execute(_SEALED):
                name = f"{case}.age" if purpose == "report" else f"{case}.{purpose}.{number}.age"
                count += _put(folder, office, name, sealed)
            for office, blob in database.execute(_ATTACHED):
                if (file := home / BLOBS / blob).is_file():
                    count += _put(folder, office, f"{blob}.age", file.read_bytes())
    except OSError as exc:
        raise CannotWrite(folder.name) from exc
    return count


def _put(folder: Path, office: str, name: str, content: bytes) -> int:
    if not (_FILE_NAME.fullmatch(office) and _FILE_NAME.fullmatch(name)):
        raise BackupBroken
    place = folder / office
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(place / name, content)
    return 1
