"""What all requests to one desk share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import field

from bot.desk.card_index import CardIndex
from bot.desk.lanes import Lanes
from bot.desk.snapshot import Changes
from bot.desk.throttle import Pace, Throttle
from dialogs.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from bot.app import Service
    from bot.writer import Writer
    from dialogs.policy import Policy
    from handlers.ports import Store
    from storage.crypto.lookup import LookupKey


class Place(Frozen):
    """Where the desk is found. `url` is its public address without a path; practice may have any port."""

    url: str
    practice: bool = False

    @property
    def host(self) -> str:
        """Return host and port as a browser sends them."""
        return urlsplit(self.url).netloc.lower()

    @property
    def relying_party(self) -> str:
        """Return the name passkeys are bound to."""
        return urlsplit(self.url).hostname or ""

    @property
    def cookie(self) -> str:
        """Return the name of the session's cookie; the prefix has browsers enforce what it promises."""
        return "__Host-leeward" if self.secure else "leeward"

    @property
    def known_cookie(self) -> str:
        """Return the name of the cookie by which a browser is known in which somebody logged in before."""
        return f"{self.cookie}-known"

    @property
    def secure(self) -> bool:
        """Tell whether it is reached by https; without only on this machine."""
        return urlsplit(self.url).scheme == "https"


FAILURES: Final = Pace(10, 30.0)
REQUESTS: Final = Pace(600, 0.1)


class Limits(Frozen):
    """How long things hold."""

    session_hours: int = 12
    idle_minutes: int = 120
    lock_seconds: int = 300
    challenge_seconds: int = 300
    invitation_hours: int = 72
    box_minutes: int = 10
    poll_seconds: float = 1.0
    alive_seconds: float = 15.0
    body_seconds: float = 30.0


class Desk(Frozen):
    """One desk over one service. `wake`: something waits to be sent now."""

    service: Service
    writer: Writer
    place: Place
    index: CardIndex
    changes: Changes
    limits: Limits
    lanes: Lanes
    failures: Throttle = field(default_factory=lambda: Throttle(FAILURES))
    listening: Counter[str] = field(default_factory=Counter)  # open event streams by account
    requests: Throttle = field(default_factory=lambda: Throttle(REQUESTS))
    wake: Callable[[], None] = lambda: None
    offices: Path | None = None  # practice: folder with keys/<OFFICE>.key

    @property
    def store(self) -> Store:
        """Return the database."""
        return self.service.store

    @property
    def policy(self) -> Policy:
        """Return what an office may change."""
        return self.service.policy

    @property
    def lookup(self) -> LookupKey:
        """Return the key of what is only compared."""
        return self.service.keys.lookup

    @property
    def bot_key(self) -> str:
        """Return the public key that officers' words to people are sealed to."""
        return self.service.keys.talk.recipient

    def now(self) -> datetime:
        """Return the time."""
        return self.service.reception.clock.now()

    def random(self, count: int) -> bytes:
        """Return fresh random bytes."""
        return self.service.reception.entropy.bytes(count)


def make_desk(service: Service, writer: Writer, place: Place, limits: Limits | None = None) -> Desk:
    """Return the desk of a service."""
    limits, index = limits or Limits(), CardIndex(service.policy)
    changes = Changes(service.store, service.reception.clock, index, writer, limits.poll_seconds)
    return Desk(service, writer, place, index, changes, limits, Lanes(writer))
