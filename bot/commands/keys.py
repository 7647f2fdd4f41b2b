"""keygen and open: what an officer does with a key."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.clock import SystemEntropy
from bot.commands.failure import Refused
from storage.crypto.age.identity_file import is_protected, protect, read_identity_file, write_identity_file
from storage.crypto.age.keys import generate_identity, parse_identity
from storage.crypto.errors import CryptoError
from storage.crypto.sealing import open_file, open_report
from storage.keys import write_private

if TYPE_CHECKING:
    from storage.crypto.age.keys import AgeIdentity

SEED_BYTES = 32
MORE_FOLDER = "more"
_KEPT = ("\n", "\t")


def keygen(output: Path | None, *, passphrase: bool) -> int:
    """Make an identity; print or write it."""
    identity = generate_identity(SystemEntropy().bytes(SEED_BYTES))
    content = write_identity_file(identity)
    if passphrase:
        content = protect(content, click.prompt("Passphrase", hide_input=True, confirmation_prompt=True))
    if output is None:
        click.echo(content.decode(), nl=False)
        return 0
    try:
        write_private(output, content)
    except FileExistsError as exc:
        raise Refused(f"{output} exists already: choose another name. Keys are never overwritten.") from exc
    except FileNotFoundError as exc:
        raise Refused(f"There is no folder {output.parent}: make it first, or choose another one.") from exc
    click.echo(f"Public key: {identity.recipient().text()}")
    return 0


def open_files(files: tuple[Path, ...], identities: tuple[Path, ...], *, as_json: bool, files_to: Path | None) -> int:
    """Open sealed reports and print them; 1 when one of them does not open: the others are printed all the same."""
    keys = [identity for path in identities for identity in identities_of(path)]
    closed = False
    for path in files:
        try:
            document = _document(open_report(path.read_bytes(), keys), path)
        except CryptoError as exc:
            closed = True
            click.echo(f"{path.name}: {exc}", err=True)
            continue
        if as_json:
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            click.echo(harmless(readable(document)))
        if files_to is not None:
            _put_attachments(document, path, files_to)
    return 1 if closed else 0


def identities_of(path: Path) -> tuple[AgeIdentity, ...]:
    """Return the identities of a key file, asking for its passphrase. Raises: CryptoError, OSError."""
    content = path.read_bytes()
    passphrase = (
        click.prompt(f"Passphrase of {path.name}", hide_input=True, err=True) if is_protected(content) else None
    )
    return read_identity_file(content, passphrase)


def opened_document(path: Path, identity: Path) -> dict[str, Any]:
    """Return the document inside a sealed report. Raises: Refused, CryptoError, OSError."""
    return _document(open_report(path.read_bytes(), identities_of(identity)), path)


def _document(opened: bytes, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(opened)
    except ValueError as exc:
        raise Refused(f"{path.name} opened, but it is no Leeward document: open it with `age -d` and look.") from exc
    if not isinstance(document, dict):
        raise Refused(f"{path.name} opened, but it is no Leeward document: open it with `age -d` and look.")
    return document


def readable(document: dict[str, Any]) -> str:
    """Return a report, or a message or box, as a person reads it: the summary first."""
    if "answers" not in document:
        return "\n".join(f"{name}: {value}" for name, value in document.items())
    lines = [
        f"Report {document['case']} for {document['office']}",
        f"Level {document['level']} ({', '.join(document['rules'])})",
        f"Sent {document['submitted_at']} by {document['channel']}, {document['mode']}, language {document['lang']}",
        "", document["summary"], "", "Answers",
    ]  # fmt: skip
    lines.extend(f"  {answer['node']}  {answer['label'] or '(skipped)'}" for answer in document["answers"])
    lines.extend(["", "Consents"])
    lines.extend(f"  {event['id']}  {event['status']}  {event['at']}" for event in document["consents"])
    if document["attachments"]:
        lines.extend(["", "Attachments (open with --files FOLDER)"])
        lines.extend(f"  {file['name']}  {file['type']}  {file['size']} bytes" for file in document["attachments"])
    return "\n".join(lines)


def harmless(text: str) -> str:
    """Return the text without anything that could command a terminal or turn its direction around."""
    return "".join(
        c if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _put_attachments(document: dict[str, Any], report: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, file in enumerate(document.get("attachments", ()), start=1):
        name = f"{file['sealed']}.age"
        places = (report.parent / name, report.parent / MORE_FOLDER / name)
        sealed = next((place for place in places if place.is_file()), None)
        if sealed is None:
            click.echo(f"{name} is not beside the report: fetch it too.", err=True)
            continue
        content = open_file(sealed.read_bytes(), [parse_identity(document["file_identity"])])
        suffix = Path(str(file["name"])).suffix[:8]
        target = folder / f"{number}{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
        write_private(target, content)
        click.echo(f"{target}: from a stranger. Open it on a machine meant for that.")
