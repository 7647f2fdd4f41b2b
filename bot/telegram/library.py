"""python-telegram-bot: what is rare, and what a refusal means. Imported when it is first needed, never for a start.

Its errors end here: whoever calls knows those of bot.telegram.errors.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import msgspec
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest

from bot.telegram.connection import AS_JSON, value_of
from bot.telegram.errors import AskedToWait, CallFailed, Gone, NoAnswer, ReceivedElsewhere, Refused, UnknownToken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from telegram.request import RequestData

    from bot.telegram.connection import Connection

Result = TypeVar("Result")


class Library:
    """The library's bot for a server, over our own connection."""

    def __init__(self, token: str, base: str, connection: Connection) -> None:
        """Take token and address of the account."""
        request = LibraryRequest(connection)
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=request,
        )

    async def call(self, call: Callable[[Bot], Awaitable[Result]]) -> Result:
        """Return what a call of the bot brings. Raises as Connection.call does."""
        try:
            return await call(self._bot)
        except TelegramError as exc:
            raise meaning(exc) from None


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


async def refusal(status: int, content: bytes) -> CallFailed:
    """Return what an answer that is no success means."""
    try:
        await _Answered(status, content).post("")
    except TelegramError as exc:
        return meaning(exc)
    raise AssertionError


def meaning(exc: TelegramError) -> CallFailed:
    """Return what an error of the library means; without its words, which may be those of a person."""
    match exc:
        case RetryAfter():
            wait = exc.retry_after
            return AskedToWait(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case Forbidden():
            return Gone()
        case BadRequest():
            return Gone() if "chat not found" in exc.message.lower() else Refused()
        case ChatMigrated():
            return Refused()
        case InvalidToken():
            return UnknownToken()
        case Conflict():
            return ReceivedElsewhere()
        case NetworkError():
            return NoAnswer()
        case _:
            return CallFailed()


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
