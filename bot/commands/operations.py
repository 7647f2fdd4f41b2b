"""purge, rotate-keys, backup, restore: looking after an installation."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from bot.app import installation
from bot.clock import SystemClock, SystemEntropy
from bot.commands.failure import Refused
from config.load import load_settings
from storage import operations, schema
from storage.alone import shared
from storage.keys import RING_FILE, create_keys, load_keys
from storage.lock import locked
from storage.row_keys import DRAFTS
from storage.store import SqlStore, make_engine, sqlite_url

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings


def purge() -> int:
    """Forget what is over."""
    settings = load_settings()
    home = installation(settings)
    with locked(home):
        engine = make_engine(settings.database_url or sqlite_url(home))
        schema.check(engine)
        done = operations.purge(engine, home / "blobs", SystemClock().now())
        keys = load_keys(settings.keys_folder if home == settings.home else home / "keys")
        erased = SqlStore(engine, keys, SystemEntropy(), home / "blobs").finish_erasure()
        engine.dispose()
    click.echo(
        f"Forgot {done.orphans} files of nobody, {done.message_keys} message keys, {done.traces} traces, "
        f"{done.dead_letters} dead letters."
    )
    if not erased:
        raise Refused("Something still reads the database, so erased text may stay on the disk: try again soon.")
    return 0


def rotate_keys() -> int:
    """Wrap everything under fresh keys."""
    settings = load_settings()
    home = installation(settings)
    folder = settings.keys_folder if home == settings.home else home / "keys"
    with locked(home), shared(settings.database_url, alone=True) if settings.several else nullcontext():
        engine = make_engine(settings.database_url or sqlite_url(home))
        schema.check(engine)
        count = operations.rotate_ring(engine, folder, SystemEntropy())
        operations.rotate_talk(engine, folder, SystemEntropy())
        drafts = settings.draft_keys_folder
        if home == settings.home and drafts.resolve() != folder.resolve() and drafts.is_dir():
            count += operations.rotate_ring(engine, drafts, SystemEntropy(), only=DRAFTS)
        engine.dispose()
    click.echo(f"Wrapped {count} keys and messages anew; the old key of the ring is destroyed.")
    return 0


def backup(target: Path) -> int:
    """Copy what may be copied."""
    settings = _sqlite_only()
    home = installation(settings)
    with locked(home):
        keys = load_keys(settings.keys_folder if home == settings.home else home / "keys")
        size = operations.backup(home, target, keys.ledger.fingerprint())
    click.echo(f"Wrote {target}: {size} bytes. It holds sealed reports and the ledger, no key and no address.")
    return 0


def restore(source: Path, *, reports: Path | None) -> int:
    """Put a backup back. `reports`: a new folder for what was sealed to each office; no case leads to it any more."""
    settings = _sqlite_only()
    if reports is not None and reports.exists():
        raise Refused(f"{reports} exists already: name a folder that does not. Nothing is ever overwritten.")
    with locked(settings.home):
        operations.restore(source, settings.home)
        if not (settings.keys_folder / RING_FILE).exists():
            create_keys(settings.keys_folder, SystemEntropy())
    click.echo(f"Restored into {settings.home}, with fresh keys. Sealed reports and the ledger are there.")
    if reports is not None:
        count = operations.hand_out(settings.home, reports)
        click.echo(f"Wrote {count} sealed files into {reports}, a folder for each office: give them to it.")
    return 0


def _sqlite_only() -> Settings:
    settings = load_settings()
    if settings.database_url:
        raise Refused(
            "This is for the database in LEEWARD_HOME. On PostgreSQL use its own tools, and leave out the tables named "
            "in docs/operations.md."
        )
    return settings
