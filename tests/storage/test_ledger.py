"""The consent ledger: chains, checkpoints, and everything somebody with the database could try."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same tamperings in every run
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dialogs.replace import replace
from storage.auditing import Checkpoint, Entry, LedgerCopy, NotALedger, problems, read_ledger
from storage.crypto import chain
from storage.crypto.errors import NotAuthentic
from storage.crypto.signatures import RootKey, sign_record
from storage.store import SqlStore, sqlite_url
from tests.stores import CARD, GIVEN, MINA, NOW, sql_store

KEY = RootKey(bytes(range(64)))
OTHER_KEY = RootKey(bytes(range(1, 65)))


@cache
def made(events: int, cases: int = 50, every: int = 500) -> LedgerCopy:
    """Return a ledger of many events: cases grow in turn, with a checkpoint after every so many."""
    heads: dict[str, tuple[int, bytes]] = {}
    entries: list[Entry] = []
    points: list[Checkpoint] = []
    fresh: list[int] = []
    previous = chain.FIRST_PREVIOUS
    for number in range(events):
        case = f"LW-{number * 7919 % cases:04d}"
        length, head = heads.get(case, (0, chain.genesis(case)))
        committed = chain.commitment(number.to_bytes(32, "big"), b"event")
        head = chain.link(head, length + 1, committed)
        heads[case] = (length + 1, head)
        entries.append(Entry(case, length + 1, committed.hex(), head.hex(), None, erased=False))
        fresh.append(number)
        if len(fresh) == every or number == events - 1:
            count = len(points) + 1
            for index in fresh:
                entries[index] = replace(entries[index], checkpoint=count)
            fresh = []
            root = chain.merkle_root([chain.leaf(c, *heads[c]) for c in sorted(heads)])
            content = chain.checkpoint_content(count, number, previous, root, len(heads))
            signature = sign_record(KEY, content, "checkpoint").decode()
            points.append(Checkpoint(count, number, previous.hex(), root.hex(), len(heads), signature))
            previous = chain.checkpoint_hash(content)
    ordered = tuple(sorted(entries, key=lambda entry: (entry.case, entry.sequence)))
    return LedgerCopy(ordered, tuple(points))


def _flip(text_: str, place: int) -> str:
    return text_[:place] + format(int(text_[place], 16) ^ 1, "x") + text_[place + 1 :]


def _edit(field: str) -> Callable[[LedgerCopy, random.Random], LedgerCopy]:
    def tamper(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
        index = chance.randrange(len(ledger.entries))
        value = getattr(ledger.entries[index], field)
        changes: dict[str, Any] = {field: _flip(value, chance.randrange(64))}
        changed = replace(ledger.entries[index], **changes)
        return replace(ledger, entries=(*ledger.entries[:index], changed, *ledger.entries[index + 1 :]))

    return tamper


def _delete(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    index = chance.randrange(len(ledger.entries))
    return replace(ledger, entries=ledger.entries[:index] + ledger.entries[index + 1 :])


def _insert(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    """Put an event in that fits its neighbours as well as anybody without time travel could make it."""
    index = chance.randrange(len(ledger.entries))
    entry = ledger.entries[index]
    committed = chain.commitment(bytes(32), b"forged")
    head = chain.link(bytes.fromhex(entry.head), entry.sequence + 1, committed)
    forged = replace(entry, sequence=entry.sequence + 1, commitment=committed.hex(), head=head.hex())
    return replace(ledger, entries=(*ledger.entries[: index + 1], forged, *ledger.entries[index + 1 :]))


def _swap(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    places = [i for i, (a, b) in enumerate(pairwise(ledger.entries)) if a.case == b.case]
    index = chance.choice(places)
    entries = list(ledger.entries)
    first, second = entries[index], entries[index + 1]
    entries[index] = replace(first, commitment=second.commitment, head=second.head)
    entries[index + 1] = replace(second, commitment=first.commitment, head=first.head)
    return replace(ledger, entries=tuple(entries))


def _cut(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    """Cut the end of one chain off."""
    case = chance.choice(ledger.entries).case
    mine = [entry for entry in ledger.entries if entry.case == case]
    keep = {id(entry) for entry in mine[: chance.randrange(len(mine))]}
    return replace(ledger, entries=tuple(e for e in ledger.entries if e.case != case or id(e) in keep))


def _fork(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    """Rewrite the end of one chain, so that every link holds again."""
    case = chance.choice(ledger.entries).case
    mine = [entry for entry in ledger.entries if entry.case == case]
    start = chance.randrange(len(mine))
    head = chain.genesis(case) if start == 0 else bytes.fromhex(mine[start - 1].head)
    forged = {}
    for entry in mine[start:]:
        committed = chain.commitment(entry.sequence.to_bytes(32, "big"), b"another story")
        head = chain.link(head, entry.sequence, committed)
        forged[entry.sequence] = replace(entry, commitment=committed.hex(), head=head.hex())
    entries = tuple(forged.get(e.sequence, e) if e.case == case else e for e in ledger.entries)
    return replace(ledger, entries=entries)


def _uncover(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    index = chance.randrange(len(ledger.entries))
    changed = replace(ledger.entries[index], checkpoint=None)
    return replace(ledger, entries=(*ledger.entries[:index], changed, *ledger.entries[index + 1 :]))


def _drop_checkpoint(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    index = chance.randrange(len(ledger.checkpoints))
    return replace(ledger, checkpoints=ledger.checkpoints[:index] + ledger.checkpoints[index + 1 :])


def _resign(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    """Sign a checkpoint anew with another key."""
    index = chance.randrange(len(ledger.checkpoints))
    point = ledger.checkpoints[index]
    forged = replace(point, signature=sign_record(OTHER_KEY, point.content(), "checkpoint").decode())
    return replace(ledger, checkpoints=(*ledger.checkpoints[:index], forged, *ledger.checkpoints[index + 1 :]))


def _edit_checkpoint(ledger: LedgerCopy, chance: random.Random) -> LedgerCopy:
    index = chance.randrange(len(ledger.checkpoints))
    point = ledger.checkpoints[index]
    changes: list[dict[str, Any]] = [
        {"root": _flip(point.root, 5)}, {"previous": _flip(point.previous, 5)}, {"minute": point.minute + 1},
        {"chains": point.chains + 1},
    ]  # fmt: skip
    forged = replace(point, **chance.choice(changes))
    return replace(ledger, checkpoints=(*ledger.checkpoints[:index], forged, *ledger.checkpoints[index + 1 :]))


TAMPERINGS = {
    "an edited commitment": _edit("commitment"), "an edited head": _edit("head"), "a deletion": _delete,
    "an insertion": _insert, "a reordering": _swap, "a truncation": _cut, "a forked head": _fork,
    "an event taken from its checkpoint": _uncover, "a checkpoint deleted": _drop_checkpoint,
    "a checkpoint signed by somebody else": _resign, "an edited checkpoint": _edit_checkpoint,
}  # fmt: skip


def places(before: LedgerCopy, after: LedgerCopy) -> tuple[str, ...]:
    """Return what a finding about this tampering may begin with: its cases, its checkpoints and the ones after them."""
    entries = set(before.entries) ^ set(after.entries)
    points = {point.number for point in set(before.checkpoints) ^ set(after.checkpoints)}
    numbers = points | {number + 1 for number in points} | {entry.checkpoint for entry in entries if entry.checkpoint}
    return (*{f"{entry.case}, " for entry in entries}, *{f"checkpoint {number}: " for number in numbers})


def tampered(ledger: LedgerCopy, times: int) -> tuple[int, int, int]:
    """Tamper so many times at random, each kind in turn; return how many were tried, found, and named where they are."""
    chance = random.Random(20261124)  # noqa: S311 - seeded, no secret
    kinds = list(TAMPERINGS.values())
    found = named = 0
    for number in range(times):
        changed = kinds[number % len(kinds)](ledger, chance)
        lines = problems(changed, KEY.fingerprint())
        found += bool(lines)
        named += any(line.startswith(places(ledger, changed)) for line in lines)
    return times, found, named


def test_random_tamperings_are_found_and_named_where_they_are() -> None:
    """A hundred here; a thousand on a ledger of ten thousand events in `make proof`."""
    assert tampered(made(300, every=40), 100) == (100, 100, 100)


def test_an_untouched_ledger_holds() -> None:
    """Also after a trip through its export."""
    ledger = made(300, every=40)

    assert problems(ledger, KEY.fingerprint()) == []
    assert problems(LedgerCopy.parse(ledger.text()), KEY.fingerprint()) == []


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_kind_of_tampering_is_found_and_named(kind: str) -> None:
    """Each ten times at random places."""
    ledger, chance = made(300, every=40), random.Random(kind)  # noqa: S311 - seeded, no secret
    for _ in range(10):
        found = problems(TAMPERINGS[kind](ledger, chance), KEY.fingerprint())
        assert found, kind
        assert all(line.startswith(("LW-", "checkpoint ")) for line in found)


def test_a_ledger_checked_against_another_key_does_not_hold() -> None:
    """Whoever makes a whole new ledger needs the key."""
    assert len(problems(made(300, every=40), OTHER_KEY.fingerprint())) == len(made(300, every=40).checkpoints)


def with_checkpoints(*numbers: int | None) -> list[str]:
    """Return what is found in one chain whose events name these checkpoints, of its chain alone."""
    head, entries = chain.genesis("LW-1"), []
    for sequence, number in enumerate(numbers, start=1):
        committed = chain.commitment(bytes(32), b"event")
        head = chain.link(head, sequence, committed)
        entries.append(Entry("LW-1", sequence, committed.hex(), head.hex(), number, erased=False))
    return [line for line in problems(LedgerCopy(tuple(entries), ())) if line.startswith("LW-1")]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ((1, 1, 2, None, None), []),
        ((1, None, 2), ["LW-1, event 3: names a checkpoint although the event before it has none"]),
        ((None, 1), ["LW-1, event 2: names a checkpoint although the event before it has none"]),
        ((1, 3, 2), ["LW-1, event 3: names an older checkpoint than the event before it"]),
    ],
)
def test_a_chain_is_covered_from_its_beginning_on(numbers: tuple[int | None, ...], found: list[str]) -> None:
    """What no checkpoint covers stands at the end; a later event is covered by the same checkpoint or a later one."""
    assert with_checkpoints(*numbers) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ((0, 1, 1, 2), "LW-0000, event 2: is there twice or out of order"),
        ((0, 2), "LW-0000, event 3: one before it is missing"),
        ((0, 2, 1), "LW-0000, event 2: is there twice or out of order"),
        ((1, 0), "LW-0000, event 1: is there twice or out of order"),
    ],
)
def test_a_place_that_is_wrong_is_told_from_one_that_is_empty(order: tuple[int, ...], found: str) -> None:
    """A number that came before was doubled or moved; one that skips another shows that something was taken out."""
    events = made(300, every=40).entries

    assert found in problems(LedgerCopy(tuple(events[index] for index in order), ()))


OF_ANOTHER_KIND = '{"schema": "leeward-ledger-2", "entries": [], "checkpoints": []}'


@pytest.mark.parametrize(
    "junk", ["", "[]", "{}", '{"schema": "leeward-ledger-1"}', OF_ANOTHER_KIND, "\x00", "[" * 20_000]
)
def test_junk_is_no_ledger(junk: str) -> None:
    """One clear error, never a traceback."""
    with pytest.raises(NotALedger):
        LedgerCopy.parse(junk)


@pytest.mark.parametrize("other", ["not a hash", None, 7])
def test_hashes_that_are_none_are_named(other: object) -> None:
    """An export with something else in the place of a hash."""
    data = json.loads(made(300, every=40).text())
    data["entries"][3]["head"] = other

    with pytest.raises(NotALedger):
        problems(LedgerCopy.parse(json.dumps(data)), KEY.fingerprint())


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Known answers: the empty tree, and the shape with an odd number of leaves."""
    from hashlib import sha256

    leaves = [b"a", b"b", b"c"]
    hashed = [sha256(b"\x00" + entry).digest() for entry in leaves]
    left = sha256(b"\x01" + hashed[0] + hashed[1]).digest()

    assert chain.merkle_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert chain.merkle_root(leaves) == sha256(b"\x01" + left + hashed[2]).digest()


def test_what_was_committed_to_once_verifies_for_ever() -> None:
    """Known answers of every step: a program that counts otherwise would call every older ledger forged."""
    from hashlib import sha256

    def joined(*parts: bytes) -> bytes:
        return b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    committed = sha256(joined(b"leeward/event/v1", bytes(32), b"event")).digest()
    first = sha256(joined(b"leeward/chain/v1", b"LW-1")).digest()
    head = sha256(joined(b"leeward/link/v1", first, b"1", committed)).digest()
    content = joined(b"leeward/checkpoint/v1", b"1", b"2", bytes(32), head, b"3")

    assert chain.commitment(bytes(chain.SALT_BYTES), b"event") == committed
    assert chain.genesis("LW-1") == first
    assert chain.link(first, 1, committed) == head
    assert chain.leaf("LW-1", 1, head) == joined(b"LW-1", b"1", head)
    assert chain.checkpoint_content(1, 2, chain.FIRST_PREVIOUS, head, 3) == content
    assert chain.checkpoint_hash(content) == sha256(content).digest()
    assert chain.of_audit("desk") == "audit:desk"


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """A SQLite store with one case, two events and a checkpoint."""
    store = sql_store(sqlite_url(tmp_path), tmp_path)
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", (GIVEN, replace(GIVEN, record_id="CR-2", status="withdrawn")))
        work.checkpoints.make(NOW)
    return store


def copy_of(store: SqlStore) -> LedgerCopy:
    """Read the ledger of a store."""
    with store.engine.connect() as connection:
        return read_ledger(connection)


def test_the_database_keeps_chains_and_covers_them(store: SqlStore) -> None:
    """A second checkpoint covers what came after the first, and everything holds."""
    pin = store._keys.ledger.fingerprint()
    with store.transaction() as work:
        assert work.checkpoints.uncovered() == 0
        work.cases.record("LW-1", (replace(GIVEN, record_id="CR-3"),))
        assert work.checkpoints.uncovered() == 1
        assert work.checkpoints.make(NOW + timedelta(hours=1)) == 2
    ledger = copy_of(store)
    store.close()

    assert problems(ledger, pin) == []
    assert [(entry.sequence, entry.checkpoint) for entry in ledger.entries] == [(1, 1), (2, 1), (3, 2)]


def test_an_erased_case_keeps_its_chain_and_says_erased(store: SqlStore) -> None:
    """What the chain hid is gone, the chain holds."""
    pin = store._keys.ledger.fingerprint()
    with store.transaction() as work:
        work.cases.erase("LW-1")
    ledger = copy_of(store)
    store.close()

    assert [entry.erased for entry in ledger.entries] == [True, True]
    assert problems(ledger, pin) == []


def test_events_that_look_alike_have_different_commitments(store: SqlStore) -> None:
    """The salt: nobody finds out what was answered by trying the few possible answers."""
    with store.transaction() as work:
        work.cases.record("LW-1", (GIVEN, GIVEN))
    commitments = [entry.commitment for entry in copy_of(store).entries]
    store.close()

    assert len(set(commitments)) == len(commitments)


def test_a_row_put_back_to_an_older_state_does_not_open(store: SqlStore) -> None:
    """A stored event is bound to its case and its place."""
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE ledger SET event = (SELECT event FROM ledger WHERE sequence = 1)"))
    with pytest.raises(NotAuthentic), store.transaction() as work:
        work.cases.consents("LW-1")
    store.close()
