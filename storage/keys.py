"""Key files of a folder: made once by `leeward init`, read at start, never printed.

`draft.keys` is the ring that wraps the keys of conversations and cases, the newest key first, one line
`id base64`; `lookup.key` is the look-up key. Both are of mode 600 in a folder of mode 700.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.crypto.errors import CryptoError
from storage.crypto.key_ring import KEY_BYTES, KeyRing, RingKey
from storage.crypto.lookup import LookupKey
from storage.errors import CannotWrite, KeysBroken, KeysMissing, KeysReadable

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.ports import Entropy

RING_FILE, LOOKUP_FILE = "draft.keys", "lookup.key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys the server holds; none of them opens a report."""

    ring: KeyRing
    lookup: LookupKey


def create_keys(folder: Path, entropy: Entropy) -> None:
    """Make the key files. Raises: CannotWrite, also when they exist."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        write_private(folder / RING_FILE, f"{ring_line(entropy)}\n".encode())
        write_private(folder / LOOKUP_FILE, base64.b64encode(entropy.bytes(KEY_BYTES)) + b"\n")
    except OSError as exc:
        raise CannotWrite(folder.name) from exc


def ring_line(entropy: Entropy) -> str:
    """Return the line of a fresh ring key."""
    return f"{entropy.bytes(_ID_BYTES).hex()} {base64.b64encode(entropy.bytes(KEY_BYTES)).decode()}"


def write_private(path: Path, content: bytes) -> None:
    """Write a new file of mode 600 and wait until it is on the disk. Raises: OSError, FileExistsError too."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_keys(folder: Path) -> Keys:
    """Return the keys of a folder. Raises: KeysMissing, KeysReadable, KeysBroken."""
    ring_text, lookup_text = (_read(folder / name) for name in (RING_FILE, LOOKUP_FILE))
    try:
        lines = [line.split() for line in ring_text.splitlines() if line.strip()]
        ring = KeyRing([RingKey(key_id, base64.b64decode(key, validate=True)) for key_id, key in lines])
        lookup = base64.b64decode(lookup_text.strip(), validate=True)
    except (ValueError, binascii.Error, CryptoError) as exc:
        raise KeysBroken from exc
    if len(lookup) != KEY_BYTES:
        raise KeysBroken
    return Keys(ring, LookupKey(lookup))


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise KeysReadable(path.name)
        return path.read_text(encoding="ascii")
    except FileNotFoundError as exc:
        raise KeysMissing(path.name) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise KeysBroken(path.name) from exc
