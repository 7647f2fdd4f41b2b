"""bot.adapter.Adapter for Telegram.

python-telegram-bot's own Updater confirms updates before anybody has stored them; here the next getUpdates, which
confirms, is called only after every update of the batch is durable. The offset follows the latest batch, never the
highest id ever seen: after a quiet week Telegram draws the next id anew, and it may be smaller.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import aiohttp
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.adapter import NotStored, Outcome, Sending
from bot.streams import LoopStream
from bot.telegram.parsing import CHANNEL, SEPARATOR, Parsed, parse
from bot.telegram.request import AiohttpRequest, Cut, NotSent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.adapter import Intake
    from handlers.types import IncomingFile, Outgoing

PUBLIC_API: Final = "https://api.telegram.org"
MAX_TEXT_CHARS: Final = 4096
MAX_DATA_BYTES: Final = 64
DELETE_AT_ONCE: Final = 100
CALL_SECONDS: Final = 15.0
POLL_SECONDS: Final = 25
LONGEST_WAIT: Final = 30.0
LONGEST_SILENCE: Final = 5.0
"""Seconds between two tries to receive: whoever writes now should not wait for our patience."""

EVERYBODY_SECONDS: Final = 60
UPDATES_AT_ONCE: Final = 100
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
LOGGERS: Final = ("telegram", "httpx", "httpcore", "aiohttp", "asyncio")


def quiet_loggers() -> None:
    """Silence the loggers of the libraries: httpx writes the token into every line, others may write names."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class BotTexts:
    """What a stranger sees of the account: neutral, and checked by `leeward doctor`."""

    name: str = "Notices"
    about: str = "Notices and opening hours. Send 1."


class TelegramAdapter:
    """One bot account."""

    channel = CHANNEL

    def __init__(  # noqa: PLR0913 - the settings of one account
        self, token: str, *, api_url: str = "", webhook_url: str = "", webhook_secret: str = "",
        texts: BotTexts | None = None, poll_seconds: int = POLL_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        """Take the account; nothing is called yet. `api_url`: a self-hosted Bot API server."""
        base = (api_url or PUBLIC_API).rstrip("/")
        self._request, self._poll = AiohttpRequest(CALL_SECONDS), AiohttpRequest(CALL_SECONDS)
        self.bot = Bot(
            token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=self._request,
            get_updates_request=self._poll,
        )  # fmt: skip
        self._texts = texts or BotTexts()
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._poll_seconds, self._sleep = poll_seconds, sleep
        self._loop: asyncio.AbstractEventLoop | None = None
        self.healthy = False
        self.problem = "not started yet"

    async def set_up(self) -> None:
        """Make the account ready; waits and tries again for as long as it takes."""
        wait = 1.0
        while True:
            try:
                await self.bot.get_me()
                if self._webhook_url:
                    await self.bot.set_webhook(
                        self._webhook_url, secret_token=self._webhook_secret, allowed_updates=ALLOWED_UPDATES,
                        max_connections=UPDATES_AT_ONCE,
                    )  # fmt: skip
                else:
                    await self.bot.delete_webhook(drop_pending_updates=False)
                break
            except TelegramError as exc:
                self._ill(exc)
                await self._sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
        for call in (self._name_account, self._clear_commands):
            with suppress(TelegramError):  # a name that cannot be set now must not keep anybody waiting
                await call()
        self._well()

    async def _name_account(self) -> None:
        if (await self.bot.get_my_name()).name != self._texts.name:
            await self.bot.set_my_name(self._texts.name)
        if (await self.bot.get_my_short_description()).short_description != self._texts.about:
            await self.bot.set_my_short_description(self._texts.about)
        if (await self.bot.get_my_description()).description != self._texts.about:
            await self.bot.set_my_description(self._texts.about)

    async def _clear_commands(self) -> None:
        if await self.bot.get_my_commands():
            await self.bot.delete_my_commands()

    async def receive(self, intake: Intake) -> None:
        """Receive for ever. With a webhook the route brings the updates, and this only waits."""
        self._loop = asyncio.get_running_loop()
        if self._webhook_url:
            await asyncio.Event().wait()
        offset, wait = 0, 1.0
        while True:
            try:
                raw = await self._updates(offset)
                await self._take_batch(raw, intake)
                if raw:
                    offset = int(raw[-1]["update_id"]) + 1
            except (TelegramError, NotStored, ValueError, TypeError, KeyError) as exc:
                self._ill(exc)
                await self._sleep(exc_wait(exc, wait))
                wait = min(wait * 2, LONGEST_SILENCE)
            else:
                wait = 1.0
                self._well()

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        """Ask for updates from this one on, which confirms all before it; they come raw, to be read one by one."""
        asked = {
            "offset": offset, "timeout": self._poll_seconds, "limit": UPDATES_AT_ONCE,
            "allowed_updates": list(ALLOWED_UPDATES),
        }  # fmt: skip
        data = RequestData([RequestParameter.from_input(name, value) for name, value in asked.items()])
        raw = await self._poll.post(
            f"{self.bot.base_url}/getUpdates", data, read_timeout=self._poll_seconds + CALL_SECONDS
        )
        if not isinstance(raw, list):
            raise NetworkError("no list of updates")
        return raw

    async def _take_batch(self, raw: list[dict[str, Any]], intake: Intake) -> None:
        """Store every update: chats side by side, the updates of one chat in their order. Raises NotStored."""
        by_chat: dict[object, list[Parsed]] = {}
        for one in raw:
            parsed = self._parsed(one)
            if parsed is not None:
                key = parsed.inbound[0].address if parsed.inbound else object()
                by_chat.setdefault(key, []).append(parsed)
        results = await asyncio.gather(
            *(self._take_in_order(p, intake) for p in by_chat.values()), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def _parsed(self, raw: dict[str, Any]) -> Parsed | None:
        """Read one update; one that cannot be read is left out, so that it never stands in anybody's way."""
        try:
            update = Update.de_json(raw, self.bot)
            return parse(update)
        except Exception:  # noqa: BLE001 - whatever a stranger can make the library raise
            return None

    async def _take_in_order(self, updates: Iterable[Parsed], intake: Intake) -> None:
        for parsed in updates:
            await self.take(parsed, intake)

    async def take(self, parsed: Parsed, intake: Intake) -> None:
        """Store what one update brings, then answer its button. Raises NotStored: nothing is answered then."""
        for inbound in parsed.inbound:
            await intake.take(inbound)
        if parsed.unreachable is not None:
            await intake.unreachable(parsed.unreachable)
        if parsed.leave is not None:
            with suppress(TelegramError):
                await self.bot.leave_chat(parsed.leave)
        if parsed.callback:
            with suppress(TelegramError):
                await self.bot.answer_callback_query(parsed.callback)

    async def take_raw(self, raw: dict[str, Any], intake: Intake) -> None:
        """Store one update that a webhook brought. Raises NotStored."""
        self._loop = asyncio.get_running_loop()
        parsed = self._parsed(raw)
        if parsed is not None:
            await self.take(parsed, intake)

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message or carry out its act; never raises."""
        try:
            if outgoing.act == "clear-chat":
                return await self._clear(outgoing)
            if outgoing.act != "say" or not outgoing.text:
                return Sending(Outcome.SENT)
            return await self._say(outgoing)
        except TelegramError as exc:
            return sending_of(exc)

    async def _say(self, outgoing: Outgoing) -> Sending:
        pieces = split_text(outgoing.text)
        message = None
        for index, piece in enumerate(pieces):
            last = index == len(pieces) - 1
            message = await self.bot.send_message(
                int(outgoing.address.value), piece, protect_content=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=keyboard(outgoing) if last else None,
            )  # fmt: skip
        return Sending(Outcome.SENT, ref=str(message.message_id) if message is not None else "")

    async def _clear(self, outgoing: Outgoing) -> Sending:
        chat = int(outgoing.address.value)
        ids = [int(ref) for ref in outgoing.refs if ref.isdecimal()]
        for start in range(0, len(ids), DELETE_AT_ONCE):
            with suppress(BadRequest):  # too old, or deleted by the person already
                await self.bot.delete_messages(chat, ids[start : start + DELETE_AT_ONCE])
        return Sending(Outcome.SENT)

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Open an attachment as a stream, from a worker thread. Raises OSError."""
        loop = self._loop
        if loop is None:
            raise OSError("not receiving yet")
        return asyncio.run_coroutine_threadsafe(self._open(incoming, loop), loop).result(CALL_SECONDS * 2)

    async def _open(self, incoming: IncomingFile, loop: asyncio.AbstractEventLoop) -> BinaryIO:
        try:
            file = await self.bot.get_file(incoming.source)
            answer = await self._request.session.get(
                str(file.file_path), timeout=aiohttp.ClientTimeout(total=None, sock_read=CALL_SECONDS)
            )
            answer.raise_for_status()
        except (TelegramError, aiohttp.ClientError) as exc:
            raise OSError("the attachment cannot be fetched") from exc

        async def read(count: int) -> bytes:
            try:
                return await answer.content.read(count)
            except aiohttp.ClientError as exc:
                raise OSError("the attachment was cut") from exc

        async def close() -> None:
            answer.close()

        return LoopStream(loop, read, close)  # type: ignore[return-value]  # a raw stream reads like a BinaryIO

    async def forget_file(self, incoming: IncomingFile) -> None:
        """Do nothing: Telegram's own copy goes with the message."""

    async def close(self) -> None:
        """Close all connections."""
        await self._request.shutdown()
        await self._poll.shutdown()

    def _ill(self, exc: Exception) -> None:
        self.healthy, self.problem = False, problem_of(exc)

    def _well(self) -> None:
        self.healthy, self.problem = True, ""


def exc_wait(exc: Exception, usual: float) -> float:
    """Return how long to wait after an error: what Telegram says, else the usual."""
    return float(_seconds(exc)) if isinstance(exc, RetryAfter) else usual


def _seconds(exc: RetryAfter) -> int:
    wait = exc.retry_after
    return wait if isinstance(wait, int) else int(wait.total_seconds())


def problem_of(exc: Exception) -> str:
    """Return what an operator should know of an error, with the remedy; never a token, a number or a text."""
    known: tuple[tuple[type[Exception], str], ...] = (
        (InvalidToken, "Telegram does not know the token: set LEEWARD_TELEGRAM_TOKEN anew"),
        (Conflict, "another program receives with the same token: stop it, or make a new token"),
        (RetryAfter, "Telegram asks to wait"),
        (NetworkError, "Telegram does not answer: check the network and LEEWARD_TELEGRAM_API_URL"),
        (NotStored, "messages cannot be stored: check the database with `leeward doctor`"),
    )
    return next((said for kind, said in known if isinstance(exc, kind)), "Telegram refused a call")


def sending_of(exc: TelegramError) -> Sending:
    """Return what an error of a send means for the message."""
    if isinstance(exc, RetryAfter):
        seconds = _seconds(exc)
        return Sending(Outcome.LATER, wait_seconds=float(seconds), everybody=seconds > EVERYBODY_SECONDS)
    if isinstance(exc, Forbidden) or (isinstance(exc, BadRequest) and "chat not found" in exc.message.lower()):
        return Sending(Outcome.UNREACHABLE)
    if isinstance(exc, BadRequest | ChatMigrated):
        return Sending(Outcome.REFUSED)
    if isinstance(exc, NotSent):
        return Sending(Outcome.LATER, wait_seconds=2.0)
    if isinstance(exc, TimedOut | Cut):
        return Sending(Outcome.UNKNOWN)
    if isinstance(exc, InvalidToken | Conflict):
        return Sending(Outcome.LATER, wait_seconds=LONGEST_WAIT, everybody=True)
    if isinstance(exc, NetworkError):  # an answer of 500 and above: the call was not carried out
        return Sending(Outcome.LATER, wait_seconds=2.0)
    return Sending(Outcome.UNKNOWN)  # an answer that cannot be read


def keyboard(outgoing: Outgoing) -> InlineKeyboardMarkup | None:
    """Return one button a row, bound to question and turn; None where one would not fit, for digits work always."""
    rows = []
    for key, label in outgoing.choices:
        data = SEPARATOR.join((outgoing.node, str(outgoing.turn), key))
        if len(data.encode()) > MAX_DATA_BYTES:
            return None
        rows.append([InlineKeyboardButton(f"{key} {label}", callback_data=data)])
    return InlineKeyboardMarkup(rows) if rows else None


def split_text(text: str) -> list[str]:
    """Return the text in pieces of at most 4096 characters, cut at line ends where there are any."""
    pieces = []
    while len(text) > MAX_TEXT_CHARS:
        cut = text.rfind("\n", 1, MAX_TEXT_CHARS)
        cut = cut if cut > 0 else MAX_TEXT_CHARS
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [*pieces, text] if text else pieces
