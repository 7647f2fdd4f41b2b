"""The parts of the age format: keys as the specification writes them, chunks, armor, and what each refuses."""

from __future__ import annotations

import copy
import io
import pickle  # noqa: TID251 - to show that keys refuse it
import tracemalloc
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.crypto.age import armor, bech32, files
from storage.crypto.age.hybrid import PUBLIC_BYTES, HybridIdentity, HybridRecipient
from storage.crypto.age.identity_file import protect, read_identity_file
from storage.crypto.age.keys import generate_identity, parse_identity, parse_recipient
from storage.crypto.age.scrypt import PassphraseIdentity, PassphraseRecipient
from storage.crypto.age.stream import CHUNK_BYTES, TAG_BYTES
from storage.crypto.age.x25519 import X25519Identity
from storage.crypto.entropy import fresh_bytes
from storage.crypto.errors import (
    ClassicRecipients,
    CryptoError,
    MalformedArmor,
    MalformedHeader,
    MalformedKey,
    TamperedPayload,
    UnsupportedVersion,
    WorkFactorTooHigh,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

OFFICE = generate_identity(b"\x01" * 32)
OFFICE_RECIPIENT = OFFICE.recipient()
SPECIFIED_IDENTITY = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
SPECIFIED_RECIPIENT_SHA256 = "a091dd7e0ee9d62b75173dcc98441a0424baa941e66a8776e570a4ae60ff61ea"
FAST = 4  # work factor of passphrases in tests


def _sealed(*pieces: bytes) -> bytes:
    sealed = io.BytesIO()
    files.encrypt(pieces, [OFFICE_RECIPIENT], fresh_bytes, sealed)
    return sealed.getvalue()


def _opened(sealed: bytes) -> bytes:
    return b"".join(files.decrypt(io.BytesIO(sealed), [OFFICE]))


def test_the_identity_of_the_specification_has_the_recipient_of_the_specification() -> None:
    """The example of c2sp.org/age, whose recipient of 1,960 characters is compared by its SHA-256."""
    recipient = HybridIdentity.parse(SPECIFIED_IDENTITY).recipient().text()

    assert sha256(recipient.encode()).hexdigest() == SPECIFIED_RECIPIENT_SHA256
    assert HybridIdentity.parse(SPECIFIED_IDENTITY).text() == SPECIFIED_IDENTITY


@given(st.binary(max_size=80))
def test_bech32_writes_and_reads_any_bytes(data: bytes) -> None:
    """What is written is read back."""
    assert bech32.decode("age1pq", bech32.encode("age1pq", data)) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1pq1",
        "age1pq1qqqqq",
        OFFICE_RECIPIENT.text().upper(),
        OFFICE_RECIPIENT.text()[:-1] + OFFICE_RECIPIENT.text()[-1].upper(),
        OFFICE_RECIPIENT.text()[:-1] + ("q" if OFFICE_RECIPIENT.text()[-1] != "q" else "p"),
        OFFICE_RECIPIENT.text()[:-1],
        OFFICE_RECIPIENT.text()[:-1] + "b",
        bech32.encode("age1pq", b"short"),
        bech32.encode("age1pq", b"\xff" * PUBLIC_BYTES),
        OFFICE.text(),
    ],
)
def test_a_text_that_is_no_public_key_is_refused(text: str) -> None:
    """Empty, cut, mistyped, in capitals, of the wrong length, impossible, or the secret key."""
    with pytest.raises(MalformedKey):
        parse_recipient(text)


@pytest.mark.parametrize(("leftover", "characters"), [("q", 1), ("p", 2)])
def test_a_key_of_an_impossible_length_or_with_bits_left_over_is_refused(leftover: str, characters: int) -> None:
    """Even when its check characters fit: base32 knows no single character, and spare bits are zero."""
    values = bech32._expanded("age1pq") + [bech32.CHARSET.index(leftover)] * characters
    register = bech32._polymod(values + [0] * 6) ^ 1
    check = "".join(bech32.CHARSET[register >> 5 * (5 - index) & 31] for index in range(6))
    with pytest.raises(MalformedKey, match=r"length|left over"):
        bech32.decode("age1pq", f"age1pq1{leftover * characters}{check}")


def test_a_key_nobody_can_hold_receives_nothing() -> None:
    """An X25519 half of zeros would make the same secret for everybody."""
    weak = HybridRecipient.from_raw(OFFICE_RECIPIENT.raw[:-32] + bytes(32))
    with pytest.raises(MalformedKey):
        weak.wrap(b"k" * 16)


@pytest.mark.parametrize("entropy", [b"", b"x" * 31, b"x" * 33])
def test_entropy_of_the_wrong_length_makes_no_key(entropy: bytes) -> None:
    """32 bytes or none, for either kind of identity."""
    for kind in (generate_identity, X25519Identity):
        with pytest.raises(MalformedKey):
            kind(entropy)


@pytest.mark.parametrize("text", ["", "hello", "AGE-SECRET-KEY-PQ-1", "AGE-SECRET-KEY-1QQ", OFFICE_RECIPIENT.text()])
def test_a_text_that_is_no_secret_key_is_refused_without_being_quoted(text: str) -> None:
    """The error says what a key looks like, and never what was typed."""
    with pytest.raises(MalformedKey) as refused:
        parse_identity(text)
    assert text == "" or text not in str(refused.value).removesuffix("AGE-SECRET-KEY-PQ-1)")


def test_a_classic_recipient_is_refused_as_classic() -> None:
    """Also `age1tag…`, and any other kind that is not ours."""
    with pytest.raises(ClassicRecipients):
        parse_recipient("age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e")


def test_a_secret_key_is_neither_pickled_nor_copied() -> None:
    """A pickle is a copy of the key at a place nobody thinks of."""
    for refused in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            refused(OFFICE)


@pytest.mark.parametrize("chunks", [0, 1, 2])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_lengths_around_every_chunk_boundary_come_back(chunks: int, more: int) -> None:
    """Whole, and in pieces of another size than a chunk."""
    body = bytes(range(256)) * 600
    body = body[: max(0, chunks * CHUNK_BYTES + more)]

    assert _opened(_sealed(body)) == body
    assert _opened(_sealed(*(body[at : at + 1000] for at in range(0, len(body), 1000)))) == body


@pytest.mark.parametrize("size", [CHUNK_BYTES * 3, CHUNK_BYTES * 2 + 5])
def test_a_file_cut_at_a_chunk_boundary_is_tampered_with(size: int) -> None:
    """Whole chunks that are missing, dropped from the middle, exchanged or doubled are noticed."""
    sealed = _sealed(bytes(size))
    step, start = CHUNK_BYTES + TAG_BYTES, len(_sealed(b"")) - TAG_BYTES
    head = sealed[:start]
    chunks = [sealed[at : at + step] for at in range(start, len(sealed), step)]
    first, second, third = chunks
    for wrong in (
        [], [first], [first, second], [second, third], [first, third], [second, first, third],
        [first, first, second, third], [first, second, third, third], [first, second, third, b"x"],
    ):  # fmt: skip
        with pytest.raises(TamperedPayload):
            _opened(head + b"".join(wrong))


def test_a_file_that_ends_before_its_nonce_is_not_a_file() -> None:
    """The header alone tells nothing about the content."""
    with pytest.raises(MalformedHeader):
        _opened(_sealed(b"")[: -TAG_BYTES - 1])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_changed_header_gives_only_our_errors(data: st.DataObject) -> None:
    """A byte replaced anywhere in the header is refused by name, never opened, never a crash."""
    sealed = bytearray(HEADER_SAMPLE)
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] = data.draw(st.integers(0, 255).filter(lambda value: value != sealed[place]))
    with pytest.raises(CryptoError):
        _opened(bytes(sealed))


HEADER_SAMPLE = _sealed(b"")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", MalformedHeader),
        (b"x" * 1_000_000, MalformedHeader),
        (b"age-encryption.org/v1\n" + b"-> x\n\n" * 200_000, MalformedHeader),
        (b"age-encryption.org/v2\n", UnsupportedVersion),
        (b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n", MalformedHeader),
    ],
)
def test_a_header_that_is_none_is_refused_early(content: bytes, error: type[CryptoError]) -> None:
    """Also one without an end: no more than 256 KiB of it are read."""
    with pytest.raises(error):
        _opened(content)


def test_streaming_holds_a_few_chunks_only(tmp_path: Path) -> None:
    """8 MiB pass through sealing and opening in less than 1 MiB."""
    path = tmp_path / "sealed"
    tracemalloc.start()
    try:
        with path.open("wb") as sink:
            files.encrypt(_zeros(8 * 1024 * 1024), [OFFICE_RECIPIENT], fresh_bytes, sink)
        with path.open("rb") as source:
            opened = sum(len(chunk) for chunk in files.decrypt(_Trickle(source), [OFFICE]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert opened == 8 * 1024 * 1024
    assert peak < 1024 * 1024


def _zeros(size: int) -> Iterator[bytes]:
    for _ in range(size // CHUNK_BYTES):
        yield bytes(CHUNK_BYTES)


class _Trickle:
    """Gives less than asked for, as sockets do."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, count: int, /) -> bytes:
        return self._source.read(min(count, 50_000))


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 96])
def test_armor_is_taken_off_again(size: int) -> None:
    """Around every length of a line, with CRLF and with white space around it."""
    text = armor.encode(b"x" * size)

    assert armor.decode(text) == b"x" * size
    assert armor.decode(b" \r\n" + text.replace(b"\n", b"\r\n") + b"\n\t") == b"x" * size


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        armor.BEGIN,
        armor.END,
        b"\n" * 1025 + armor.encode(b"x"),
        armor.encode(b"x").replace(b"eA==", b"eB=="),
    ],
)
def test_text_that_is_no_armor_is_refused(text: bytes) -> None:
    """Nothing, half of it, lost in white space, or not canonical."""
    with pytest.raises(MalformedArmor):
        armor.decode(text)


def test_a_passphrase_that_asks_for_too_much_work_is_refused_at_once() -> None:
    """A stranger's file cannot occupy the machine."""
    stanza = PassphraseRecipient("words", b"s" * 16, FAST + 1).wrap(b"k" * 16)
    with pytest.raises(WorkFactorTooHigh):
        PassphraseIdentity("words", max_work_factor=FAST).unwrap([stanza])


@pytest.mark.parametrize("passphrase", ["", "words\udce9"])
def test_a_passphrase_that_cannot_be_typed_again_is_refused(passphrase: str) -> None:
    """Empty, or with bytes of a terminal that are no characters; the error does not quote it."""
    with pytest.raises(MalformedKey) as refused:
        protect(b"x", passphrase, work_factor=FAST)
    assert "words" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_key_file_sealed_to_keys_is_not_called_a_wrong_passphrase() -> None:
    """Typing it again would not help."""
    with pytest.raises(CryptoError, match="other keys"):
        read_identity_file(_sealed(b"x"), "words")
