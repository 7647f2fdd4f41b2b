"""init, migrate, verify, diagram: setting up and looking after an installation."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from bot.clock import SystemEntropy
from bot.commands.failure import Refused
from bot.directory_files import DIRECTORY, example_offices, write_directory
from config.load import FILE, load_settings
from config.policies import ROSTER, load_policy, packaged
from config.settings import Settings
from dialogs.diagram import mermaid
from storage import schema
from storage.keys import create_keys
from storage.lock import locked
from storage.store import make_engine, sqlite_url

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_NOT_SET = ("telegram_token", "smtp_url")


def init(folder: Path) -> int:
    """Make a new folder; refuse one that has something in it."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: choose a new folder. Nothing is ever overwritten.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / FILE).write_text(example_settings(folder), encoding="utf-8")
    create_keys(folder / "keys", SystemEntropy())
    write_directory(folder / DIRECTORY, example_offices(None))
    (folder / ROSTER).write_bytes((packaged("policy") / ROSTER).read_bytes())
    engine = make_engine(sqlite_url(folder))
    schema.upgrade(engine)
    engine.dispose()
    click.echo(f"Made {folder}: {FILE}, keys, an example {DIRECTORY} and {ROSTER}, the database.")
    click.echo("Next:\n  1. leeward directory root -o root.key     (keep root.key offline)")
    click.echo(f'     and write the fingerprint it prints into {FILE}: root_key = "…"')
    click.echo(
        "  2. edit directory.yaml, add the offices' keys, one for each use (report, identity, recovery):\n"
        f"     leeward directory add-key OFFICE age1pq1… --use USE -d {folder}"
    )
    click.echo(f"  3. leeward directory sign -k root.key -d {folder}\n  4. cd {folder} && leeward doctor")
    return 0


def example_settings(folder: Path) -> str:
    """Return leeward.toml with every setting, what it is for and its default; TOML quotes as JSON does."""
    lines = ["# Settings of Leeward. The environment (LEEWARD_HOME and so on) wins over this file."]
    for name, field in Settings.model_fields.items():
        default = str(folder.resolve()) if name == "home" else "" if field.default is None else str(field.default)
        mark = "" if name == "home" else "# "
        lines.extend(["", f"# {field.description}", f"{mark}{name} = {json.dumps(default, ensure_ascii=False)}"])
    return "\n".join(lines) + "\n"


def migrate(to: str) -> int:
    """Bring the database to a revision."""
    settings = load_settings()
    with locked(settings.home):
        engine = make_engine(settings.database_url or sqlite_url(settings.home))
        if to == "base":
            schema.downgrade(engine, to)
        else:
            schema.upgrade(engine, to)
        click.echo(f"The database is at {schema.revision(engine) or 'base'}.")
        engine.dispose()
    return 0


def diagram() -> int:
    """Print the dialog."""
    policy = load_policy(load_settings().policy_dir, _no_secret)
    click.echo(mermaid(policy.interview))
    return 0


def _no_secret(kind: str, words: str) -> str:
    return sha256(f"{kind} {words}".encode()).hexdigest()
