"""The row of a person: 63 bits of a keyed hash of channel and address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.tables import conversations

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.types import Address
    from storage.crypto.lookup import LookupKey

_PROBES = 8  # two people with the same 63 bits: once in billions of billions; the next number is taken


@dataclass(frozen=True, slots=True)
class Rows:
    """Finds the row of a person."""

    connection: Connection
    lookup: LookupKey
    found: dict[Address, int] = field(default_factory=dict)  # of this transaction only

    def of(self, address: Address) -> int:
        """Return the row number of the person, whether or not it exists; collisions move to the next number."""
        if address not in self.found:
            self.found[address] = self._look_up(address)
        return self.found[address]

    def _look_up(self, address: Address) -> int:
        digest = self.digest(address)
        number = self.lookup.row_key("address", address.channel, address.value)
        for probe in range(_PROBES):
            taken = self.connection.scalar(select(conversations.c.lookup).where(conversations.c.row == number + probe))
            if taken is None or taken == digest:
                return number + probe
        return number + _PROBES

    def digest(self, address: Address) -> bytes:
        """Return the look-up value."""
        return self.lookup.digest("address", address.channel, address.value)
