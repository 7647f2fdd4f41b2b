"""python-telegram-bot: what is rare, and what a refusal means. Imported when it is first needed, never for a start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot.telegram.connection import AS_JSON, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram.request import RequestData

    from bot.telegram.connection import Connection


def bot_of(token: str, base: str, connection: Connection) -> Bot:
    """Return the library's bot for a server, over our own connection."""
    request = LibraryRequest(connection)
    return Bot(
        token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request, get_updates_request=request
    )


class LibraryRequest(BaseRequest):
    """telegram.request.BaseRequest over our connection, which outlives it."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection."""
        self._connection = connection

    @property
    def read_timeout(self) -> float | None:
        """Return the usual seconds."""
        return self._connection.seconds

    async def initialize(self) -> None:
        """Do nothing: the session is made on first use."""

    async def shutdown(self) -> None:
        """Do nothing: who made the connection closes it."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - a JSON value
        """Return the value of an answer. Raises: TelegramError."""
        try:
            return value_of(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None

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
        """Send one request; return status and body. The library makes NetworkError of what is raised."""
        del write_timeout, connect_timeout, pool_timeout
        seconds = read_timeout if isinstance(read_timeout, int | float) else None
        body, headers = body_of(request_data)
        return await self._connection.exchange(method, url, body, headers, seconds)


class _Answered(LibraryRequest):
    """A request that was answered already."""

    def __init__(self, status: int, content: bytes) -> None:
        self._answer = status, content

    async def do_request(self, *_request: object, **_more: object) -> tuple[int, bytes]:
        return self._answer


async def refusal(status: int, content: bytes) -> Exception:
    """Return what an answer that is no success means to the library."""
    try:
        await _Answered(status, content).post("")
    except TelegramError as exc:
        return exc
    raise AssertionError


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
