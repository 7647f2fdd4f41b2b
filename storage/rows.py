"""The row of a person: 63 bits of a keyed hash of channel and address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import ARRAY, BigInteger, bindparam, exists, func, select, update

from storage.crypto.lookup import row_key
from storage.errors import Collided
from storage.statements import SQLITE, Statement, parameters
from storage.tables import cases, conversations, keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Column, ColumnElement, Select, Update

    from handlers.types import Address
    from storage.crypto.lookup import LookupKey
    from storage.statements import Session

_PROBES = 8  # two people with the same 63 bits: once in billions of billions; the next number is taken


class Stored(Struct, frozen=True, gc=False):
    """What stands in the row of a person, the wrapped key of it, and whether cases lead to them."""

    lookup: bytes
    key: str
    revision: int
    body: bytes
    ring_key: str | None  # None: the key is gone
    wrapped: bytes | None
    has_cases: bool


@dataclass(slots=True)
class Place:
    """The number of a person's row, and what stood there when it was looked up; None: nothing."""

    row: int
    stored: Stored | None


def _find(where: ColumnElement[bool], *before: Column[int]) -> Select[Any]:
    columns: list[Any] = [
        *before, conversations.c.lookup, conversations.c.key, conversations.c.revision, conversations.c.body,
        keys.c.ring_key, keys.c.wrapped, exists().where(cases.c.person == conversations.c.row),
    ]  # fmt: skip
    return select(*columns).select_from(conversations.outerjoin(keys, keys.c.id == conversations.c.key)).where(where)


def setting(*columns: str) -> Update:
    """Return what changes these columns of a row."""
    return update(conversations).where(conversations.c.row == bindparam("at_row")).values(parameters(columns))


_CHANGE = Statement(lambda _database: setting("revision", "body"), "revision", "body", "at_row")
_ROW = conversations.c.row == bindparam("row")
_ROWS = bindparam("rows", type_=ARRAY(BigInteger))
_LOCK = Statement(lambda _database: select(func.pg_advisory_xact_lock(bindparam("row"))), "row")
_TRY_LOCK = Statement(lambda _database: select(func.pg_try_advisory_xact_lock(bindparam("row"))), "row")
_FIND = Statement(lambda _database: _find(_ROW), "row")
_FIND_LOCKED = Statement(lambda _database: _find(_ROW).with_for_update(of=conversations), "row")


def _try_locks(_database: str) -> Select[tuple[int, bool]]:
    row = func.unnest(_ROWS).column_valued("row")
    return select(row, func.pg_try_advisory_xact_lock(row))


def _find_all(_database: str) -> Select[Any]:
    those = conversations.c.row == func.any(_ROWS)
    return _find(those, conversations.c.row).with_for_update(of=conversations)


_TRY_LOCKS = Statement(_try_locks, "rows")
_FIND_ALL = Statement(_find_all, "rows")


@dataclass(frozen=True, slots=True)
class Rows:
    """Finds the row of a person."""

    session: Session
    lookup: LookupKey
    found: dict[Address, Place] = field(default_factory=dict)  # in this turn
    changed: set[int] = field(default_factory=set)  # in this transaction; how may be put off

    def of(self, address: Address) -> int:
        """Return the row number of the person, whether or not it exists; collisions move to the next number."""
        return self.place(address).row

    def place(self, address: Address) -> Place:
        """Return where the person is, looked up once in a transaction."""
        place = self.found.get(address)
        return place if place is not None else self._look_up(address, self.read)

    def locked(self, address: Address) -> Place:
        """Return where the person is, read now: nobody else changes it until this transaction ends.

        Raises: Collided in a group, when another process is busy with the person.
        """
        return self._look_up(address, self._lock)

    def _look_up(self, address: Address, read: Callable[[int], Stored | None]) -> Place:
        digest = self.digest(address)
        number = row_key(digest)
        place, foreseen = Place(number + _PROBES, None), self.session.foreseen
        for row in range(number, number + _PROBES):
            stored = foreseen.pop(row) if row in foreseen else read(row)  # once: then it may have been changed
            if stored is None or stored.lookup == digest:
                place = Place(row, stored)
                break
        self.found[address] = place
        return place

    def look_ahead(self, addresses: Iterable[Address]) -> None:
        """Hold these people and read what stands in their rows, in two statements; not whom another process holds."""
        numbers = [row_key(self.digest(address)) for address in addresses]
        held = [row for row, is_held in self.session.all(_TRY_LOCKS, numbers) if is_held]
        self.session.foreseen.update(dict.fromkeys(held))
        self.session.foreseen.update((row, Stored(*stored)) for row, *stored in self.session.all(_FIND_ALL, held))

    def read(self, row: int) -> Stored | None:
        """Return what stands in a row."""
        return self._find(_FIND, row)

    def _lock(self, row: int) -> Stored | None:
        if self.session.database == SQLITE:  # the whole transaction is the lock
            return self.read(row)
        self._hold(row)
        return self._find(_FIND_LOCKED, row)

    def _hold(self, row: int) -> None:
        """Hold the person until the transaction ends; a row lock alone would not hold back who inserts the row.

        A group holds many people already: to wait for one more could be to wait for each other, and everybody in it.
        """
        if self.session.patient:
            self.session.one(_LOCK, row)
        elif self.session.one(_TRY_LOCK, row) != (True,):
            raise Collided

    def _find(self, statement: Statement, row: int) -> Stored | None:
        if row in self.changed:  # by another turn of this person in the same group
            self.session.catch_up(_CHANGE)
        found = self.session.one(statement, row)
        return None if found is None else Stored(*found)

    def change(self, row: int, revision: int, body: bytes) -> None:
        """Put this into a row, at the latest before somebody reads it."""
        self.session.put_off(_CHANGE, revision, body, row)
        self.changed.add(row)

    def digest(self, address: Address) -> bytes:
        """Return the look-up value."""
        return self.lookup.digest("address", address.channel, address.value)
