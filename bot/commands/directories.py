"""The directory of offices: edited as a file, signed offline, verified everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import click

from bot.clock import SystemClock, SystemEntropy
from bot.commands.failure import Refused
from bot.directory_files import (
    DIRECTORY,
    ROOT_SEED_BYTES,
    key_record,
    sign_directory,
    verify_directory,
    write_directory,
)
from config.documents import PolicyMistakes, read
from config.load import load_settings
from config.policies import load_directory
from dialogs.keys import IDENTITY, lacking
from storage.crypto.age.keys import parse_recipient
from storage.crypto.signatures import RootKey
from storage.keys import write_private

CHANGED = "Changed. Sign the directory again: leeward directory sign -k root.key"
PUBLIC_KEY: Final = re.compile(r"age1[a-z0-9]+")


def _folder(folder: Path | None) -> Path:
    return folder or load_settings().home


def _data(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = read(folder / DIRECTORY).data
    return data


def _save(folder: Path, data: dict[str, Any]) -> None:
    """Put the changed directory in the place of the other, once it is found to be right. Raises: PolicyMistakes."""
    changed = folder / f"{DIRECTORY}.new"
    try:
        write_directory(changed, data)
        load_directory(changed)
        changed.replace(folder / DIRECTORY)
    except PolicyMistakes:
        load_directory(folder / DIRECTORY)  # what was wrong before is said of the file they know, at its own lines
        raise
    finally:
        changed.unlink(missing_ok=True)
    click.echo(CHANGED)


def make_root(output: Path) -> int:
    """Make a root key file and print the fingerprint."""
    root = RootKey(SystemEntropy().bytes(ROOT_SEED_BYTES))
    try:
        write_private(output, f"# Root key of a Leeward directory. Keep it offline.\n{root.text()}\n".encode())
    except FileExistsError as exc:
        raise Refused(f"{output.name} exists already: choose another name. Keys are never overwritten.") from exc
    click.echo(f"Pin this as LEEWARD_ROOT_KEY: {root.fingerprint()}")
    return 0


def add_office(  # noqa: PLR0913 - the fields of an office
    office: str, *, name: str, kind: str, country: str | None, zone: str, mailbox: str, folder: Path | None
) -> int:
    """Add an office with usual hours."""
    place = _folder(folder)
    data = _data(place)
    if any(record["id"] == office for record in data["offices"]):
        raise Refused(f"{office} is in the directory already: edit {DIRECTORY} to change it.")
    record: dict[str, Any] = {"id": office, "name": name, "kind": kind}
    if country is not None:
        record.update(country=country, covers_countries=[country])
    record.update(
        languages=["en"], tz=zone, hours=[{"weekdays": ["0", "1", "2", "3", "4"], "opens": "09:00", "closes": "17:00"}],
        coi_group=f"GRP-{office}", mailbox=mailbox,
    )  # fmt: skip
    data["offices"].append(record)
    _save(place, data)
    return 0


def add_key(office: str, recipient: str, *, use: str, days: int, folder: Path | None) -> int:
    """Add a public key to an office."""
    place = _folder(folder)
    data = _data(place)
    record = next((record for record in data["offices"] if record["id"] == office), None)
    if record is None:
        raise Refused(f"{office} is not in the directory: add it with `leeward directory add-office`.")
    text = parse_recipient(_recipient(recipient.strip())).text()
    keys = record.setdefault("keys", [])
    if any(key["recipient"] == text and key["use"] == use for key in keys):
        raise Refused(f"{office} has this key already.")
    keys.append(key_record(text, use, f"{office}-{use}-{len(keys) + 1}", SystemClock().now(), days))
    _save(place, data)
    return 0


def _recipient(said: str) -> str:
    """Return a public key, or the first one that stands in the file of this name."""
    if said.startswith("age1") or not Path(said).is_file():
        return said
    found = PUBLIC_KEY.search(Path(said).read_text(encoding="ascii", errors="replace"))
    return found[0] if found is not None else said


def sign(key: Path, *, days: int, folder: Path | None) -> int:
    """Sign the directory."""
    place = _folder(folder)
    load_directory(place / DIRECTORY)
    root = RootKey.parse(key.read_text(encoding="ascii", errors="replace"))
    statement = sign_directory(place, root, SystemClock().now(), days=days)
    click.echo(f"Signed by {statement.root} until {statement.expires_at:%Y-%m-%d}.")
    return 0


def verify(root: str | None, *, folder: Path | None) -> int:
    """Check signature and content."""
    place = _folder(folder)
    now = SystemClock().now()
    pinned = root or load_settings().root_key
    if not pinned:
        raise Refused("No root key is pinned: set LEEWARD_ROOT_KEY, or give --root.")
    statement = verify_directory(place, pinned, now)
    directory = load_directory(place / DIRECTORY)
    lack = {office: uses for office in directory.offices if (uses := lacking(directory, office, now))}
    click.echo(
        f"Signed by {statement.root}, valid until {statement.expires_at:%Y-%m-%d}; {len(directory.offices)} offices."
    )
    for office, uses in lack.items():
        remedy = f"leeward directory add-key {office} … --use {uses[0]}"
        if uses == (IDENTITY,):
            click.echo(f"{office}: no report with a real name can be sealed to it ({remedy})", err=True)
        else:
            click.echo(f"{office}: FAIL (no {' or '.join(uses)} key valid today: {remedy})")
    return 1 if any(uses != (IDENTITY,) for uses in lack.values()) else 0


def diff(other: Path, *, folder: Path | None) -> int:
    """Show what differs from another directory file."""
    mine = {record["id"]: record for record in _data(_folder(folder))["offices"]}
    theirs = {record["id"]: record for record in read(other).data["offices"]}
    lines = [f"- {office}" for office in mine.keys() - theirs.keys()]
    lines.extend(f"+ {office}" for office in theirs.keys() - mine.keys())
    for office in mine.keys() & theirs.keys():
        fields = sorted(mine[office].keys() | theirs[office].keys())
        changed = [field for field in fields if mine[office].get(field) != theirs[office].get(field)]
        lines.extend(f"~ {office}: {field}" for field in changed)
    for line in sorted(lines):
        click.echo(line)
    return 1 if lines else 0
