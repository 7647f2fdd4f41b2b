"""Sealing: to whom it opens, how large it is, what is refused."""

from __future__ import annotations

import base64
import io
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.crypto.age import bech32
from storage.crypto.age.armor import encode
from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.age.identity_file import protect, read_identity_file, write_identity_file
from storage.crypto.age.keys import generate_identity, parse_identity
from storage.crypto.errors import (
    ClassicRecipients,
    CryptoError,
    MalformedKey,
    MalformedPadding,
    MixedRecipients,
    NotForThisIdentity,
    PassphraseNeeded,
    TooFewRecipients,
    TooLarge,
    TooManyRecipients,
    WrongPassphrase,
)
from storage.crypto.padding import KIB, file_padding, file_size, pad_document, padded_size, unpad_document, unpad_file
from storage.crypto.sealing import AgeSealer, open_file, open_report, recipients_of, seal_file, seal_report
from tests.node import ask

OFFICE, RECOVERY, STRANGER = (generate_identity(bytes([number]) * 32) for number in (1, 2, 3))
RECIPIENTS = [OFFICE.recipient().text(), RECOVERY.recipient().text()]
CLASSIC = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
FAST = 4  # work factor of passphrases in tests


def test_a_report_opens_for_the_office_and_for_its_recovery_key() -> None:
    """Both recipients read the same document."""
    sealed = seal_report(b'{"a": 1}', RECIPIENTS)

    assert [open_report(sealed, [key]) for key in (OFFICE, RECOVERY)] == [b'{"a": 1}'] * 2


def test_a_report_does_not_open_for_anybody_else() -> None:
    """Another office's key is refused with a sentence that says what to do."""
    with pytest.raises(NotForThisIdentity, match="use the key file of the office"):
        open_report(seal_report(b"{}", RECIPIENTS), [STRANGER])


@pytest.mark.parametrize(
    ("recipients", "error"),
    [
        (RECIPIENTS[:1], TooFewRecipients),
        ([RECIPIENTS[0]] * 2, TooFewRecipients),
        ([RECIPIENTS[0], CLASSIC], MixedRecipients),
        ([CLASSIC, CLASSIC + "x"], ClassicRecipients),
        (["nonsense", RECIPIENTS[0]], MalformedKey),
    ],
)
def test_unsuitable_recipients_are_refused(recipients: list[str], error: type[Exception]) -> None:
    """Fewer than two different keys, classic keys and mixtures never receive a report."""
    with pytest.raises(error):
        recipients_of(recipients)


@pytest.mark.parametrize(
    ("size", "padded"),
    [(0, 16), (1, 16), (16 * KIB, 16), (16 * KIB + 1, 64), (65 * KIB, 256), (257 * KIB, 512), (513 * KIB, 1024)],
)
def test_padded_sizes_are_few(size: int, padded: int) -> None:
    """16, 64, 256 KiB, then powers of two."""
    assert padded * KIB == padded_size(size)


def test_reports_of_very_different_length_look_the_same() -> None:
    """Whoever sees the sealed file learns nothing from its size."""
    assert len(seal_report(b"{}", RECIPIENTS)) == len(seal_report(b"x" * 16_000, RECIPIENTS))


def test_padding_is_taken_off_again() -> None:
    """What `age -d` shows is the document and spaces."""
    assert unpad_document(pad_document(b'{"story": "words"}')) == b'{"story": "words"}'


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200_000))
def test_a_file_comes_back_as_it_was(content: bytes) -> None:
    """Any bytes survive seal and padding, with their size and digest."""
    sealed = io.BytesIO()
    size, _digest = seal_file(io.BytesIO(content), sealed, OFFICE.text(), 10**9)

    assert (content, len(content)) == (open_file(sealed.getvalue(), [OFFICE]), size)


def test_a_file_larger_than_allowed_is_refused_while_it_streams() -> None:
    """The limit holds whatever size was announced."""
    with pytest.raises(TooLarge):
        seal_file(io.BytesIO(b"x" * 101), io.BytesIO(), OFFICE.text(), 100)


def test_a_trailer_that_is_none_is_refused() -> None:
    """Bytes that are not a Leeward file are not cut at random."""
    with pytest.raises(MalformedPadding):
        file_size(b"\0" * 64)
    assert file_size(b"abc" + b"".join(file_padding(3))) == 3


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_never_opens_to_something_else(data: st.DataObject) -> None:
    """One flipped bit anywhere, or a cut anywhere, gives one of our errors."""
    sealed = bytearray(seal_report(b'{"a": 1}', RECIPIENTS))
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(sealed) - 1))
        sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del sealed[data.draw(st.integers(0, len(sealed) - 1)) :]
    with pytest.raises(CryptoError):
        open_report(bytes(sealed), [OFFICE])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=4000))
def test_arbitrary_bytes_give_only_our_errors(content: bytes) -> None:
    """A stranger's file never crashes the opener."""
    with pytest.raises(CryptoError):
        open_report(content, [OFFICE])


def test_sealing_a_large_file_keeps_memory_flat(tmp_path: Path) -> None:
    """Source and seal are streams: a file of 8 MiB takes less than four."""
    tracemalloc.start()
    try:
        with (tmp_path / "sealed").open("wb") as sink:
            seal_file(_Zeros(8 * 1024 * KIB), sink, OFFICE.text(), 10**9)  # type: ignore[arg-type]  # reads like a file
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 4 * 1024 * KIB


class _Zeros(io.RawIOBase):
    """A source that is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        taken = min(size, self._left)
        self._left -= taken
        return bytes(taken)


def test_age_encryption_opens_what_we_seal() -> None:
    """The library of the browser reads our reports with each key."""
    sealed = base64.b64encode(seal_report(b'{"to": "browser"}', RECIPIENTS)).decode()

    for key in (OFFICE, RECOVERY):
        opened = base64.b64decode(ask(act="open", identity=key.text(), body=sealed)["body"])
        assert unpad_document(opened) == b'{"to": "browser"}'


def test_we_open_what_age_encryption_seals() -> None:
    """And ours reads what the browser seals, also to a key the browser made."""
    made = ask(act="keygen")
    body = base64.b64encode(b"from the browser").decode()
    sealed = base64.b64decode(ask(act="seal", recipients=[made["recipient"], RECIPIENTS[0]], body=body)["body"])

    opened = [open_report(sealed, [key]) for key in (OFFICE, parse_identity(made["identity"]))]
    assert opened == [b"from the browser"] * 2
    assert parse_identity(made["identity"]).recipient().text() == made["recipient"]  # type: ignore[union-attr]  # hybrid


def test_a_key_file_protected_by_a_passphrase_opens_with_it_only() -> None:
    """The standard form `age -p` writes and reads."""
    protected = protect(write_identity_file(OFFICE), "three loud words", work_factor=FAST)

    opened = read_identity_file(protected, "three loud words")[0]
    assert isinstance(opened, HybridIdentity)
    assert opened.text() == OFFICE.text()
    with pytest.raises(WrongPassphrase):
        read_identity_file(protected, "three loud wordz")
    with pytest.raises(PassphraseNeeded):
        read_identity_file(protected)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"# only a comment\n", b"age1abc\n", b"x" * 2_000_000])
def test_a_file_that_is_no_key_file_is_refused_kindly(content: bytes) -> None:
    """With the reason, and never with its content."""
    with pytest.raises(MalformedKey):
        read_identity_file(content)


def test_the_sealer_port_seals_documents_and_files() -> None:
    """What handlers use is the same cryptography."""
    sealer = AgeSealer(os.urandom)
    one_time = sealer.new_file_identity()
    sealed = io.BytesIO()
    assert sealer.seal_file(io.BytesIO(b"picture"), sealed, one_time, 100) is not None
    assert sealer.seal_file(io.BytesIO(b"picture"), io.BytesIO(), one_time, 6) is None

    assert open_report(sealer.seal(b"{}", RECIPIENTS), [OFFICE]) == b"{}"
    assert open_file(sealed.getvalue(), [parse_identity(one_time)]) == b"picture"


def test_secrets_do_not_show_themselves() -> None:
    """Printing a key in a log by mistake shows its type only."""
    assert OFFICE.text() not in f"{OFFICE!r} {OFFICE}"
    assert encode(b"x").startswith(b"-----BEGIN AGE ENCRYPTED FILE-----")


@pytest.mark.parametrize("size", [6, 4, 0, 10**6, 10**19])
def test_a_trailer_that_lies_neither_adds_bytes_nor_hides_some(size: int) -> None:
    """Whoever knows a recipient can seal to it, so the size is checked against what is there."""
    *zeros, trailer = file_padding(5)
    lying = trailer.replace(b"0" * 19 + b"5", f"{size:020d}".encode())
    content = b"12345" + b"".join(zeros) + lying
    if size == 6:
        content = b"123456" + content[5 : -len(lying) - 1] + trailer

    with pytest.raises(MalformedPadding):
        unpad_file(content)


def test_too_many_recipients_are_refused() -> None:
    """Before anything is sealed."""
    with pytest.raises(TooManyRecipients):
        recipients_of([f"age1pq1{number}" for number in range(21)])


def test_a_file_is_sealed_to_post_quantum_identities_only() -> None:
    """A classic one-time identity is refused by name."""
    with pytest.raises(MalformedKey):
        seal_file(io.BytesIO(b"x"), io.BytesIO(), bech32.encode("age-secret-key-", b"2" * 32).upper(), 10)
