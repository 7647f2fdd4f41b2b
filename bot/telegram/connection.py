"""Calls of the Bot API over one aiohttp session with keep-alive: a fifth of the processor time of httpx.

What is called from the first moment on needs no python-telegram-bot: loading it takes a tenth of a second, and people
would wait for that after every start. What the library is for stands in bot.telegram.library.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec

from bot.late import loaded
from bot.telegram.errors import Cut, NoAnswer, NotSent

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 10.0
CONNECTIONS = 64
SUCCESS: Final = range(200, 300)
SERVER_TROUBLE = 500
AS_JSON: Final = MappingProxyType({"Content-Type": "application/json"})


class Connection:
    """The calls of one account."""

    def __init__(self, url: str, seconds: float) -> None:
        """Take the address of the account, and how many seconds to wait at most for an answer."""
        self.url, self.seconds = url, seconds
        self._timeout = _timeout(seconds)
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, made in the loop that first asks for it."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, parameters: Mapping[str, Any], *, seconds: float | None = None) -> Any:  # noqa: ANN401 - a JSON value
        """Return the result of a call; parameters that are None are left out.

        Raises: CallFailed; ValueError, LookupError or TypeError where the answer cannot be read. None of them has the
        address, which holds the token.
        """
        body = msgspec.json.encode({name: value for name, value in parameters.items() if value is not None})
        status, content = await self.exchange("POST", f"{self.url}/{method}", body, AS_JSON, seconds)
        if status in SUCCESS:
            return self.result_of(content)
        library = await loaded("bot.telegram.library")
        raise await library.refusal(status, content)

    def result_of(self, content: bytes) -> Any:  # noqa: ANN401 - a JSON value
        """Return the result in an answer. Raises: ValueError, LookupError, TypeError."""
        return value_of(content)["result"]

    async def exchange(
        self, method: str, url: str, body: aiohttp.FormData | bytes | None, headers: Mapping[str, str],
        seconds: float | None = None,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Send one request; return status and body. Raises: NotSent, Cut, NoAnswer; none with the URL."""
        timeout = self._timeout if seconds is None else _timeout(seconds)
        try:
            async with self.session.request(method, url, data=body, headers=headers, timeout=timeout) as answer:
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSent("no connection") from None
        except TimeoutError:
            raise Cut("no answer in time") from None
        except Exception:  # noqa: BLE001 - an error of aiohttp has the address in its message
            raise Cut("the connection was cut") from None
        if status >= SERVER_TROUBLE:  # whatever a proxy on the way wrote into the body
            raise NoAnswer("the service has trouble")
        return status, content


class Batch(msgspec.Struct, gc=False):
    """The answer to getUpdates, each update still as bytes."""

    result: list[msgspec.Raw]


_BATCH: Final = msgspec.json.Decoder(Batch)


class PollConnection(Connection):
    """Brings updates as bytes, to be read one by one: one that cannot be read stands in nobody's way."""

    def result_of(self, content: bytes) -> Any:  # noqa: ANN401 - updates, or what came in their place
        """Return the updates of an answer. Raises: ValueError, LookupError, TypeError."""
        try:
            return _BATCH.decode(content).result
        except msgspec.DecodeError:  # something odd
            found = value_of(content)["result"]
        return [json.dumps(one).encode() for one in found] if isinstance(found, list) else found


def value_of(content: bytes) -> Any:  # noqa: ANN401 - a JSON value
    """Return the value of an answer; what is odd in it is read as Python reads it. Raises: ValueError."""
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return json.loads(content.decode(errors="replace"))


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds + CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
