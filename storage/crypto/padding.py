"""Hiding lengths: sealed plaintexts have few sizes (docs/sealed-report.md, Padding).

A report is JSON, so spaces after it change nothing for whoever reads it. A file ends with a trailer that says
how long it really is, so that it can be sealed while it streams in.
"""

from __future__ import annotations

import re

from storage.crypto.errors import MalformedPadding

KIB = 1024
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


def file_padding(size: int) -> bytes:
    """Return what follows a file of `size` bytes: zeros, and the trailer with its size."""
    trailer = f"\nleeward-file-1 {size:020d}".encode().ljust(TRAILER_BYTES - 1) + b"\n"
    return b"\0" * (padded_size(size + TRAILER_BYTES) - size - TRAILER_BYTES) + trailer


def file_size(last_bytes: bytes) -> int:
    """Return the real size of a padded file from its last 64 bytes. Raises: MalformedPadding."""
    match = TRAILER.match(last_bytes[-TRAILER_BYTES:])
    if match is None:
        raise MalformedPadding
    return int(match[1])
