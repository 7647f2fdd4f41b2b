"""All test vectors of C2SP/CCTV for age: each file fails in exactly the way it says, or opens to the bytes it says."""

from __future__ import annotations

import base64
import io
import json
import zlib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import pytest

from storage.crypto.age import armor, files
from storage.crypto.age.keys import parse_identity
from storage.crypto.age.scrypt import PassphraseIdentity
from storage.crypto.errors import MalformedArmor, MalformedHeader, NotForThisIdentity, TamperedHeader, TamperedPayload
from tests.node import node

VECTORS = 143
HELD_BACK = {
    "armor_garbage_encoded": 0,
    "stream_no_final_full": 0,
    "stream_no_final_two_chunks_full": 64 * 1024,
    "stream_trailing_garbage_long": 0,
    "stream_trailing_garbage_short": 0,
    "stream_two_final_chunks": 0,
    "stream_two_final_chunks_full": 0,
    "stream_two_final_chunks_second": 64 * 1024,
}
"""Bytes released of files that are damaged around their last chunk: one chunk less than the collection allows.

A chunk is only tried once it is known whether another one follows, so it is never released in the wrong place.
"""

EXPECTED = {
    "no match": NotForThisIdentity,
    "HMAC failure": TamperedHeader,
    "header failure": MalformedHeader,
    "armor failure": MalformedArmor,
    "payload failure": TamperedPayload,
}

pytestmark = pytest.mark.node


@dataclass(frozen=True)
class Vector:
    """One file of the collection."""

    fields: dict[str, list[str]]
    body: bytes

    def one(self, name: str) -> str:
        return self.fields.get(name, [""])[0]


def _parse(raw: bytes) -> Vector:
    head, _blank, body = raw.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        name, _colon, value = line.partition(": ")
        fields.setdefault(name, []).append(value)
    compressed = fields.get("compressed", [""])[0] == "zlib"
    return Vector(fields, zlib.decompress(body) if compressed else body)


@cache
def vectors() -> dict[str, Vector]:
    """Return all vectors by name."""
    lines = (json.loads(line) for line in node("vectors.mjs").splitlines())
    return {line["name"]: _parse(base64.b64decode(line["body"])) for line in lines}


def _open(vector: Vector) -> tuple[bytes, Exception | None]:
    identities: list[files.Identity] = [parse_identity(text) for text in vector.fields.get("identity", [])]
    identities += [PassphraseIdentity(text) for text in vector.fields.get("passphrase", [])]
    opened = b""
    try:
        body = armor.decode(vector.body) if vector.one("armored") else vector.body
        for piece in files.decrypt(io.BytesIO(body), identities):
            opened += piece
    except Exception as exc:  # noqa: BLE001 - the test is about which one it is
        return opened, exc
    return opened, None


def test_there_are_as_many_vectors_as_ever() -> None:
    """The collection is whole: a smaller one would prove less."""
    assert len(vectors()) == VECTORS


@pytest.mark.parametrize("share", range(4))
def test_every_vector_ends_as_it_says(share: int) -> None:
    """Each file opens, or is refused with the error of its kind, and releases no byte that does not belong to it."""
    wrong = []
    for name in sorted(vectors())[share::4]:
        vector = vectors()[name]
        opened, error = _open(vector)
        expect = vector.one("expect")
        right = error is None if expect == "success" else isinstance(error, EXPECTED[expect])
        if expect == "success":
            right = right and sha256(opened).hexdigest() == vector.one("payload")
        elif expect == "payload failure":
            released = len(opened) == HELD_BACK.get(name, -1) or sha256(opened).hexdigest() == vector.one("payload")
            right = right and released
        else:
            right = right and opened == b""
        if not right:
            wrong.append((name, expect, type(error).__name__))

    assert wrong == []
