"""Key files of a folder: made once by `leeward init`, read at start, never printed.

`draft.keys` is the ring that wraps the keys of conversations and cases, the newest key first, one line
`id base64`; `lookup.key` is the look-up key; `ledger.key` signs the
checkpoints of the consent ledger; `talk.key` opens what officers write to people, until it is passed on. All are of
mode 600 in a folder of mode 700.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from typing import TYPE_CHECKING

from dialogs.frozen import Frozen
from storage.crypto.age.identity_file import read_identity_file, write_identity_file
from storage.crypto.age.keys import generate_identity
from storage.crypto.entropy import fresh_bytes
from storage.crypto.errors import CryptoError
from storage.crypto.key_ring import KEY_BYTES, KeyRing, RingKey
from storage.crypto.lookup import LookupKey
from storage.crypto.signatures import RootKey
from storage.crypto.talk import TalkIdentities
from storage.errors import CannotWrite, KeysBroken, KeysMissing, KeysReadable

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.ports import Entropy

RING_FILE, LOOKUP_FILE, LEDGER_FILE, TALK_FILE = "draft.keys", "lookup.key", "ledger.key", "talk.key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
SEED_BYTES = 32
_ID_BYTES, _SIGNING_BYTES = 4, 64


class Keys(Frozen):
    """All keys the server holds; none of them opens a report."""

    ring: KeyRing
    lookup: LookupKey
    ledger: RootKey
    draft_ring: KeyRing  # wraps the keys of drafts; the same as `ring` unless it is kept in memory
    talk: TalkIdentities  # opens officers' words on their way to a person


def create_keys(folder: Path, entropy: Entropy) -> None:
    """Make the key files. Raises: CannotWrite, also when they exist."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        write_private(folder / RING_FILE, f"{ring_line(entropy)}\n".encode())
        write_private(folder / LOOKUP_FILE, base64.b64encode(entropy.bytes(KEY_BYTES)) + b"\n")
        write_private(folder / LEDGER_FILE, f"{RootKey(entropy.bytes(_SIGNING_BYTES)).text()}\n".encode())
        write_private(folder / TALK_FILE, talk_lines(entropy.bytes(SEED_BYTES)))
    except OSError as exc:
        raise CannotWrite(folder.name) from exc


def ring_line(entropy: Entropy) -> str:
    """Return the line of a fresh ring key."""
    return f"{entropy.bytes(_ID_BYTES).hex()} {base64.b64encode(entropy.bytes(KEY_BYTES)).decode()}"


def talk_lines(seed: bytes) -> bytes:
    """Return the key file of a fresh identity for officers' words; `seed`: 32 random bytes."""
    return write_identity_file(generate_identity(seed))


def write_private(path: Path, content: bytes) -> None:
    """Write a new file of mode 600 and wait until it is on the disk. Raises: OSError, FileExistsError too."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_keys(folder: Path, drafts: Path | None = None, entropy: Entropy | None = None) -> Keys:
    """Return the keys of a folder, with a ring for drafts of its own where `drafts` is another folder.

    That ring lives in memory (a tmpfs): it is made when it is missing, and unfinished drafts are lost with it.
    Raises: KeysMissing, KeysReadable, KeysBroken, CannotWrite.
    """
    ring_text, lookup_text, ledger_text = (_read(folder / name) for name in (RING_FILE, LOOKUP_FILE, LEDGER_FILE))
    in_memory = drafts is not None and drafts.resolve() != folder.resolve()
    draft_text = _draft_ring(drafts, entropy) if in_memory and drafts is not None and entropy is not None else ""
    try:
        ring = _ring(ring_text)
        draft_ring = _ring(draft_text) if draft_text else ring
        lookup = base64.b64decode(lookup_text.strip(), validate=True)
        signer = RootKey.parse(ledger_text)
        talk = TalkIdentities(read_identity_file(_talk_text(folder).encode()))
    except (ValueError, binascii.Error, CryptoError) as exc:
        raise KeysBroken from exc
    if len(lookup) != KEY_BYTES:
        raise KeysBroken
    return Keys(ring, LookupKey(lookup), signer, draft_ring, talk)


def _talk_text(folder: Path) -> str:
    """Return the key file for officers' words; an older folder that has none gets one."""
    path = folder / TALK_FILE
    if not path.exists():
        try:
            write_private(path, talk_lines(fresh_bytes(SEED_BYTES)))
        except FileExistsError:
            pass  # another process was quicker
        except OSError as exc:
            raise CannotWrite(path.name) from exc
    return _read(path)


def _ring(text: str) -> KeyRing:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return KeyRing([RingKey(key_id, base64.b64decode(key, validate=True)) for key_id, key in lines])


def _draft_ring(folder: Path, entropy: Entropy) -> str:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / RING_FILE).exists():
            write_private(folder / RING_FILE, f"{ring_line(entropy)}\n".encode())
    except OSError as exc:
        raise CannotWrite(folder.name) from exc
    return _read(folder / RING_FILE)


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise KeysReadable(path.name)
        return path.read_text(encoding="ascii")
    except FileNotFoundError as exc:
        raise KeysMissing(path.name) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise KeysBroken(path.name) from exc
