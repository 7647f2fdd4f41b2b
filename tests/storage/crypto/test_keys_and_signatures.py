"""Key ring, bodies, look-up and signatures: what fits opens, everything else is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from storage.crypto.drafts import decrypt_body, encrypt_body
from storage.crypto.errors import (
    CryptoError,
    ForgedSignature,
    MalformedKey,
    MalformedSignature,
    NotAuthentic,
    SignatureExpired,
    SignatureFromTheFuture,
    UnknownRingKey,
    UnknownRoot,
    WrongPurpose,
)
from storage.crypto.key_ring import KeyRing, RingKey
from storage.crypto.lookup import LookupKey, row_key
from storage.crypto.signatures import RootKey, verify

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ROOT = RootKey(bytes(range(64)))
KEY, NONCE = b"k" * 32, b"n" * 12
OLD, NEW = RingKey("old", b"o" * 32), RingKey("new", b"w" * 32)


def _signature(**changes: str) -> bytes:
    made = ROOT.sign(b"offices", "directory", signed_at=NOW, expires_at=NOW + timedelta(days=30))
    return json.dumps({**json.loads(made), **changes}).encode()


def test_a_wrapped_key_is_unwrapped_by_every_key_of_the_ring() -> None:
    """After rotation the newest key wraps and the older ones still unwrap."""
    before, after = KeyRing([OLD]), KeyRing([NEW, OLD])
    wrapped = before.wrap(KEY, "case", "row", NONCE)

    assert after.unwrap("old", wrapped, "case", "row") == KEY
    assert after.newest == "new"
    assert after.key_ids == ("new", "old")


@pytest.mark.parametrize(("purpose", "row"), [("conversation", "row"), ("case", "other row")])
def test_a_wrapped_key_moved_elsewhere_does_not_open(purpose: str, row: str) -> None:
    """Purpose and row are bound into the wrapping."""
    ring = KeyRing([NEW])
    with pytest.raises(NotAuthentic):
        ring.unwrap("new", ring.wrap(KEY, "case", "row", NONCE), purpose, row)


def test_a_ring_key_that_is_gone_is_named_as_the_reason() -> None:
    """Erased key or wrong file: the error says which."""
    with pytest.raises(UnknownRingKey):
        KeyRing([NEW]).unwrap("old", b"x" * 60, "case", "row")
    with pytest.raises(MalformedKey):
        KeyRing([])
    with pytest.raises(MalformedKey):
        RingKey("short", b"x")


def test_two_keys_of_one_id_are_no_ring() -> None:
    """One of them would be lost in silence, and everything it wrapped."""
    with pytest.raises(MalformedKey, match="same id"):
        KeyRing([NEW, RingKey("new", b"x" * 32)])


@pytest.mark.parametrize("key", [b"", b"x" * 31])
def test_a_look_up_key_has_32_bytes(key: bytes) -> None:
    """HMAC would take an empty key and protect nothing."""
    with pytest.raises(MalformedKey):
        LookupKey(key)


def test_a_clock_that_lags_a_little_does_not_stop_forwarding() -> None:
    """A directory signed a moment ago by another machine counts at once."""
    now = NOW - timedelta(minutes=4)

    assert verify(b"offices", _signature(), "directory", pinned=ROOT.fingerprint(), now=now).signed_at == NOW


@pytest.mark.parametrize(("table", "row", "revision"), [("cases", "7", 3), ("drafts", "8", 3), ("drafts", "7", 2)])
def test_a_body_opens_only_where_it_belongs(table: str, row: str, revision: int) -> None:
    """A body copied to another row, or an older one put back, is refused."""
    sealed = encrypt_body(KEY, b"words", "drafts", "7", 3)

    assert decrypt_body(KEY, sealed, "drafts", "7", 3) == b"words"
    with pytest.raises(NotAuthentic):
        decrypt_body(KEY, sealed, table, row, revision)


def test_look_up_values_differ_by_kind_and_by_key() -> None:
    """A panic word never equals an address, and another installation has other values."""
    mine, other = LookupKey(b"a" * 32), LookupKey(b"b" * 32)

    values = {mine.digest("a", "bc"), mine.digest("ab", "c"), other.digest("a", "bc"), mine.digest("a", "b", "c")}
    assert len(values) == 4
    assert 0 <= row_key(mine.digest("address", "signal", "x")) < 2**63
    assert mine.secret_hash("panic", "word") != mine.secret_hash("phrase", "word")


def test_a_signature_that_holds_says_until_when() -> None:
    """Both signatures hold, the purpose fits, the key is the pinned one."""
    statement = verify(b"offices", _signature(), "directory", pinned=ROOT.fingerprint(), now=NOW)

    assert statement.expires_at == NOW + timedelta(days=30)
    assert RootKey.parse(f"# comment\n{ROOT.text()}\n").fingerprint() == ROOT.fingerprint()


@pytest.mark.parametrize(
    ("content", "signature", "purpose", "now", "error"),
    [
        (b"other", _signature(), "directory", NOW, ForgedSignature),
        (b"offices", _signature(expires_at="2030-01-01T00:00:00+00:00"), "directory", NOW, ForgedSignature),
        (b"offices", _signature(mldsa65="AAAA"), "directory", NOW, ForgedSignature),
        (b"offices", _signature(ed25519="AAAA"), "directory", NOW, ForgedSignature),
        (b"offices", _signature(ed25519_key="AAAA"), "directory", NOW, UnknownRoot),
        (b"offices", _signature(), "checkpoint", NOW, WrongPurpose),
        (b"offices", _signature(), "directory", NOW + timedelta(days=31), SignatureExpired),
        (b"offices", _signature(), "directory", NOW - timedelta(days=1), SignatureFromTheFuture),
        (b"offices", b"[]", "directory", NOW, MalformedSignature),
        (b"offices", b"{", "directory", NOW, MalformedSignature),
        (b"offices", _signature(purpose="\ud800"), "directory", NOW, ForgedSignature),
        (b"offices", _signature(), "directory", NOW.replace(tzinfo=None), MalformedSignature),
        (b"offices", _signature(mldsa65="!"), "directory", NOW, MalformedSignature),
    ],
)
def test_a_signature_that_does_not_count_is_refused_by_name(
    content: bytes, signature: bytes, purpose: str, now: datetime, error: type[CryptoError]
) -> None:
    """Changed file, changed times, half a signature, another key, another purpose, another day."""
    with pytest.raises(error):
        verify(content, signature, purpose, pinned=ROOT.fingerprint(), now=now)


def test_a_root_key_that_was_mistyped_is_refused() -> None:
    """Without echoing it."""
    for text in ("", "LEEWARD-ROOT-SECRET-1-!!!", "LEEWARD-ROOT-SECRET-1-AAAA", "hello"):
        with pytest.raises(MalformedKey):
            RootKey.parse(text)
