"""Hiding lengths: sealed plaintexts have few sizes (docs/sealed-report.md, Padding).

A report is JSON, so spaces after it change nothing for whoever reads it. A file ends with a trailer that says
how long it really is, so that it can be sealed while it streams in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.crypto.errors import MalformedPadding

if TYPE_CHECKING:
    from collections.abc import Iterator

KIB = 1024
PIECE_BYTES = 1024 * KIB  # files and their zeros go through in pieces: each is one write, and worth a second thread
SIZES = (16 * KIB, 64 * KIB, 256 * KIB)
TRAILER_BYTES = 64
TRAILER = re.compile(rb"\nleeward-file-1 ([0-9]{20}) *\n$")


def padded_size(size: int) -> int:
    """Return the size in bytes that `size` bytes are padded to: 16, 64, 256 KiB, then powers of two."""
    for bucket in SIZES:
        if size <= bucket:
            return bucket
    return 1 << (size - 1).bit_length()


def pad_document(document: bytes) -> bytes:
    """Return the JSON document with spaces and a newline after it."""
    return document + b" " * (padded_size(len(document) + 1) - len(document) - 1) + b"\n"


def unpad_document(padded: bytes) -> bytes:
    """Return the JSON document alone."""
    return padded.rstrip(b" \n")


def file_padding(size: int) -> Iterator[bytes]:
    """Yield what follows a file of `size` bytes, in pieces: zeros, and the trailer with its size."""
    left = padded_size(size + TRAILER_BYTES) - size - TRAILER_BYTES
    while left:
        yield bytes(piece := min(left, PIECE_BYTES))
        left -= piece
    yield f"\nleeward-file-1 {size:020d}".encode().ljust(TRAILER_BYTES - 1) + b"\n"


def file_size(last_bytes: bytes) -> int:
    """Return the real size of a padded file from its last 64 bytes. Raises: MalformedPadding."""
    match = TRAILER.match(last_bytes[-TRAILER_BYTES:])
    if match is None:
        raise MalformedPadding
    return int(match[1])


def unpad_file(padded: bytes) -> bytes:
    """Return the file alone. Raises: MalformedPadding, also for a size that is not the one that was padded.

    Whoever knows a recipient can seal to it: a trailer that lies must neither add bytes to a file nor hide some.
    """
    size = file_size(padded)
    if padded_size(size + TRAILER_BYTES) != len(padded) or padded[size:-TRAILER_BYTES].strip(b"\0"):
        raise MalformedPadding
    return padded[:size]
