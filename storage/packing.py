"""The outer form of a stored conversation, before it is encrypted: its first byte says what follows.

Written by name (JSON) a conversation was mostly names: deflate with a preset dictionary brought 3,000 bytes to 600, in
fifty microseconds. By place (msgpack) it has 1,000 bytes as it is, so only a long one is deflated, which would take a
second page. What a length tells is told by the length of the encrypted row in either case.
"""

from __future__ import annotations

import zlib
from typing import Final

from storage.errors import StorageError

BY_NAME: Final = b"\x01"
"""JSON, deflated with the dictionary: as rows were written at first; they are read for as long as there are any."""

_PLAIN: Final = b"\x02"
_DEFLATED: Final = b"\x03"

LONG_BYTES: Final = 3800
"""What is longer is deflated: encrypted, with its row around it, it would not fit into one page (4 KiB)."""

_LEVEL: Final = 1
_WINDOW: Final = -12  # 4 KiB, without header and checksum: the encryption tells what was changed
_MEMORY: Final = 5  # larger tables take longer to clear than our few kilobytes take to pack
_MOST_BYTES: Final = 16 * 1024 * 1024

_DICTIONARY: Final = b"".join((
    b'"files":[{"blob":"","name":"","type":"image/jpeg","size":,"sha256":""}],"typed":"","misread":1},',
    b'"recipient":"OFF-","scope":"report","scope":"card","status":"refused","status":"withdrawn","channel":"telegram",',
    b'"C-CHAN-TG","C-SENS","C-FILE","C-CONT","C-FWD","C-EMER","C-ASG","Q45","Q47","Q48","Q50","Q52","TALK",',
    b'{"node":"Q23-1","keys":["1","2"],"text":"","value":""},{"node":"Q24","keys":[],"text":"","value":"voice"},',
    b'{"node":"Q33","keys":["2"],"text":"","value":""},{"node":"Q40","keys":["3"],"text":"","value":""},',
    b'{"address":["telegram","signal","practice",""],"conversation":{"id":"","channel":"signal","interview":"","started_at":',
    b'"2026-11-25T10:00:00.000000+00:00","last_at":"2026-11-25T10:00:00.000000+00:00","schema":1,"node":"Q","turn":,"lang":"en",',
    b'"question":{"node":"Q22","turn":,"text_id":"Q22","text_hash":"","options":[["1","1"],["2","2"],["3","3"],["4","4"],',
    b'["5","5"],["6","6"],["7","7"],["8","8"]],"offset":0,"typed":"","misread":0},"came_from":[],"draft":{"answers":[',
    b'{"node":"Q01","keys":["1"],"text":"","value":""},{"node":"Q02","keys":["1"],"text":"","value":""},',
    b'{"node":"Q03","keys":["3"],"text":"","value":""},{"node":"Q04","keys":["1"],"text":"","value":""},',
    b'{"node":"C-CHAN-SIG","keys":["1"],"text":"","value":""},{"node":"Q06-TIMER","keys":["2"],"text":"","value":""},',
    b'{"node":"Q06-PHRASE","keys":["1"],"text":"","value":""},{"node":"Q06-PANIC","keys":[],"text":"","value":""},',
    b'{"node":"C-START","keys":["1"],"text":"","value":""},{"node":"Q08","keys":["1"],"text":"","value":""},',
    b'{"node":"Q10","keys":["1"],"text":"","value":""},{"node":"Q12","keys":["2"],"text":"","value":""},',
    b'{"node":"Q16-ROLE","keys":["1"],"text":"","value":""},{"node":"Q16-GENDER","keys":[],"text":"","value":""}],"reask":[],',
    b'"consents":[{"record_id":"CR-","id":"C-CHAN","status":"given","at":"2026-11-25T10:00Z","text_id":"C-CHAN-SIG","text_hash":"',
    b'","lang":"en","channel":"signal","asked_by":"bot","recipient":"","scope":"","name_mode":"","content_version":"",',
    b'"comprehension":"not asked","pressure":"not asked","expires":"","measure":"","collision":[]},{"record_id":"CR-',
    b'","id":"C-START","status":"given","at":"2026-11-25T10:00Z","text_id":"C-START","text_hash":"","lang":"en",',
    b'"channel":"practice","asked_by":"bot","recipient":"","scope":"","name_mode":"","content_version":"",',
    b'"comprehension":"not asked","pressure":"not asked","expires":"","measure":"","collision":[]}],"flags":[],',
    b'"files":[],"file_identity":"","alert_id":"","off_words":"","your_words":"","phrase":"","chosen_office":"","agreed":"",',
    b'"tg_full_offered":false,"voice_warned":false,"coi_asked":false},"phrase_hash":"","panic_hash":"",',
    b'"resume_failures":0,"resume_locked_until":"","hidden":false,"lost":false,"active_case":"","open_card":"","cards":[]}}',
))  # fmt: skip
"""What stood in most conversations of the first form, the most frequent last. Never change it: rows need it."""


class CannotUnpack(StorageError):
    """A stored value was packed by a newer program: update this one."""


def pack(body: bytes) -> bytes:
    """Return the body, written by place, as it is stored."""
    if len(body) <= LONG_BYTES:
        return _PLAIN + body
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    return _DEFLATED + packer.compress(body) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """Return the body; of BY_NAME it is JSON. Raises: CannotUnpack."""
    if packed.startswith(_PLAIN):
        return packed[1:]
    if packed.startswith(_DEFLATED):
        return _inflated(packed, b"")
    if packed.startswith(BY_NAME):
        return _inflated(packed, _DICTIONARY)
    raise CannotUnpack


def _inflated(packed: bytes, dictionary: bytes) -> bytes:
    unpacker = zlib.decompressobj(_WINDOW, dictionary)
    try:
        body = unpacker.decompress(packed[1:], _MOST_BYTES)
    except zlib.error as exc:
        raise CannotUnpack from exc
    if not unpacker.eof:
        raise CannotUnpack
    return body
