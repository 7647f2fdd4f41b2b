"""How many connections there are, in all and from one source, and how long one may say nothing.

Where there are too many, the oldest of a stranger ends: whoever keeps many open without a word keeps nobody out, and
leaves the descriptors that messages of people need. An officer's connection is known by its first request and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.desk.lanes import source_of

if TYPE_CHECKING:
    import asyncio

    from starlette.requests import Request
    from uvicorn import Config
    from uvicorn.server import ServerState

STATE: Final = "connection"
FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Most:
    """How many connections at once, and for how many seconds one may wait with its request."""

    in_all: int = 512
    of_source: int = 24  # of strangers; not counted from this machine, where a proxy connects for many
    head_seconds: float = 20.0


class Connections:
    """The connections of one listening socket, the oldest first."""

    def __init__(self, most: Most) -> None:
        """Take how many there may be."""
        self.most = most
        self._strangers: dict[Counted, str] = {}  # with their sources
        self._known: set[Counted] = set()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._strangers) + len(self._known)

    def add(self, connection: Counted, source: str) -> bool:
        """Count a new connection; the oldest stranger makes room for it. False: there is no room."""
        if not is_local(source):
            same = [other for other, theirs in self._strangers.items() if theirs == source]
            if len(same) >= self.most.of_source:
                self._end(same[0])
        if len(self) >= self.most.in_all:
            if not self._strangers:
                return False
            self._end(next(iter(self._strangers)))
        self._strangers[connection] = source
        return True

    def _end(self, connection: Counted) -> None:
        del self._strangers[connection]
        connection.transport.abort()

    def keep(self, connection: Counted) -> None:
        """Let a connection stay: a browser the desk knows has asked over it."""
        if self._strangers.pop(connection, None) is not None:
            self._known.add(connection)

    def lost(self, connection: Counted) -> None:
        """Forget a connection that ended."""
        self._strangers.pop(connection, None)
        self._known.discard(connection)


class Counted(H11Protocol):
    """One connection over HTTP/1.1 that is counted, and ended when its request does not come."""

    counted_in: Connections

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:  # fmt: skip
        """Take what the server gives."""
        super().__init__(config, server_state, {**app_state, STATE: self}, _loop)
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class
        """Count it, or say that there is no room."""
        super().connection_made(transport)
        if not self.counted_in.add(self, source_of(self.client[0] if self.client is not None else "")):
            transport.write(FULL)
            transport.close()
            return
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        self.counted_in.lost(self)
        if self._patience is not None:
            self._patience.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def keep(self) -> None:
        """Let it stay when room is made."""
        self.counted_in.keep(self)

    def _look(self) -> None:
        """Be patient for a while from the moment on in which a request is waited for, however slowly it drips in."""
        # None until the first request has arrived whole.
        waits = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # declared without None
        if not waits and self._patience is not None:
            self._patience.cancel()
            self._patience = None
        elif waits and self._patience is None:
            self._patience = self.loop.call_later(self.counted_in.most.head_seconds, self.transport.abort)


def counted_in(connections: Connections) -> type[Counted]:
    """Return the protocol of one listening socket."""
    return type("CountedHere", (Counted,), {"counted_in": connections})


def is_local(source: str) -> bool:
    """Tell whether a source is this machine."""
    try:
        return source == source_of("::1") or ip_address(source).is_loopback
    except ValueError:
        return not source  # a socket of this machine has no address


def keep(request: Request) -> None:
    """Let the connection of a request stay; a request without one, as in a test, changes nothing."""
    connection = request.scope.get("state", {}).get(STATE)
    if isinstance(connection, Counted):
        connection.keep()
