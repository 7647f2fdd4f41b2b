"""The signed directory as files: `directory.yaml`, its signature beside it, and the keys of practice offices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import yaml

from config.documents import read
from config.policies import OFFICES, packaged
from storage.crypto.age.identity_file import write_identity_file
from storage.crypto.age.keys import generate_identity
from storage.crypto.signatures import RootKey, Statement, verify
from storage.keys import write_private

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from handlers.ports import Entropy

DIRECTORY, SIGNATURE, ROOT_KEY, ROOT_PIN = "directory.yaml", "directory.yaml.sig", "root.key", "root.pub"
PURPOSE = "directory"
PRACTICE_DAYS, KEY_DAYS = 3650, 730
SEED_BYTES, ROOT_SEED_BYTES = 32, 64
# libyaml writes the same file fifteen times faster, which a first start in practice waits for.
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def example_offices(policy_dir: Path | None) -> dict[str, Any]:
    """Return the offices file of the policy as plain data."""
    data: dict[str, Any] = read((policy_dir or packaged("policy")) / OFFICES).data
    return data


def write_directory(path: Path, data: dict[str, Any]) -> None:
    """Write the directory file in a stable form."""
    text = yaml.dump(data, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")


def key_record(recipient: str, use: str, key_id: str, now: datetime, days: int = KEY_DAYS) -> dict[str, str]:
    """Return the record of a key, valid from today."""
    start = now.date()
    return {
        "key_id": key_id, "recipient": recipient, "use": use, "valid_from": start.isoformat(),
        "valid_to": (start + timedelta(days=days)).isoformat(),
    }  # fmt: skip


def sign_directory(folder: Path, root: RootKey, now: datetime, *, days: int) -> Statement:
    """Sign directory.yaml of the folder for some days; the signature lies beside it."""
    content = (folder / DIRECTORY).read_bytes()
    expires = now + timedelta(days=days)
    signature = root.sign(content, PURPOSE, signed_at=now.replace(microsecond=0), expires_at=expires)
    (folder / SIGNATURE).write_bytes(signature)
    return Statement(PURPOSE, now, expires, root.fingerprint())


def verify_directory(folder: Path, pinned: str, now: datetime) -> Statement:
    """Return what the signature says. Raises CryptoError when it does not count, OSError when a file is missing."""
    content, signature = (folder / DIRECTORY).read_bytes(), (folder / SIGNATURE).read_bytes()
    return verify(content, signature, PURPOSE, pinned=pinned, now=now)


def make_practice_directory(
    folder: Path, keys: Path, policy_dir: Path | None, entropy: Entropy, now: datetime, *,
    offices: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """Make throw-away keys for every office, a directory with them, and sign it; return the pinned fingerprint.

    `offices`: the directory to take them from, instead of the example of the policy; its own keys are left out.

    `keys/<OFFICE>.key` opens what the office receives, `recovery/<OFFICE>.key` is its recovery key. What exists
    already is kept, so that older files stay readable.
    """
    pin = folder / ROOT_PIN
    if pin.is_file() and (folder / SIGNATURE).is_file():
        return pin.read_text(encoding="ascii").strip()
    data = example_offices(policy_dir) if offices is None else offices
    for office in data["offices"]:
        office["keys"] = [
            _practice_key(keys / "keys" / f"{office['id']}.key", office["id"], "report", entropy, now),
            _practice_key(keys / "keys" / f"{office['id']}.key", office["id"], "identity", entropy, now),
            _practice_key(keys / "recovery" / f"{office['id']}.key", office["id"], "recovery", entropy, now),
        ]
    folder.mkdir(parents=True, exist_ok=True)
    write_directory(folder / DIRECTORY, data)
    root = RootKey(entropy.bytes(ROOT_SEED_BYTES))
    statement = sign_directory(folder, root, now - timedelta(days=PRACTICE_DAYS // 2), days=PRACTICE_DAYS)
    pin.write_text(f"{statement.root}\n", encoding="ascii")
    return statement.root


def _practice_key(path: Path, office: str, use: str, entropy: Entropy, now: datetime) -> dict[str, str]:
    public = path.with_suffix(".pub")
    if not public.is_file():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = generate_identity(entropy.bytes(SEED_BYTES))
        write_private(path, write_identity_file(identity, f"PRACTICE key of {office}", "opens nothing real"))
        public.write_text(f"{identity.recipient().text()}\n", encoding="ascii")
    recipient = public.read_text(encoding="ascii").strip()
    return key_record(recipient, use, f"{office}-{use}", now - timedelta(days=KEY_DAYS), KEY_DAYS * 4)
