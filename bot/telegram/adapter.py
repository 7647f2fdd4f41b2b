"""bot.adapter.Adapter for Telegram.

python-telegram-bot's own Updater confirms updates before anybody has stored them; here the next getUpdates, which
confirms, is called only after every update of the batch is durable. The offset follows the latest batch, never the
highest id ever seen: after a quiet week Telegram draws the next id anew, and it may be smaller.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar
from weakref import WeakValueDictionary

import aiohttp

from bot.adapter import Outcome, Sending
from bot.late import HEAD_START_SECONDS, loaded
from bot.streams import LoopStream
from bot.telegram.connection import Connection, PollConnection
from bot.telegram.errors import (
    AGAIN_SECONDS,
    LONGEST_WAIT,
    TROUBLE,
    NoAnswer,
    Refused,
    exc_wait,
    problem_of,
    seconds_of,
    sending_of,
)  # fmt: skip
from bot.telegram.introduction import BotTexts, introduce
from bot.telegram.parsing import CHANNEL, Parsed, in_order, is_chat, keyboard, parse, split_text
from bot.telegram.wire import is_object, number_of, read_update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import Bot

    from bot.adapter import Intake
    from bot.telegram.library import Library
    from bot.telegram.wire import Bytes
    from handlers.types import Address, IncomingFile, Outgoing

Result = TypeVar("Result")

LOG: Final = logging.getLogger("leeward")
PUBLIC_API: Final = "https://api.telegram.org"
DELETE_AT_ONCE: Final = 100
CALL_SECONDS: Final = 15.0
COURTESY_SECONDS: Final = 5.0
"""The longest an answer to a button, or leaving a group, may hold up what comes next."""

MOST_BEGUN: Final = 1000
POLL_SECONDS: Final = 20
SILENCE_SECONDS: Final = 10.0
"""An answer to a poll that is so late does not come any more: with the connection, noticed within 45 seconds."""

LONGEST_SILENCE: Final = 5.0
"""Seconds between two tries to receive: whoever writes now should not wait for our patience."""

UPDATES_AT_ONCE: Final = 100
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
REFS: Final = ","
"""Between the ids of a text that went out in several messages."""


class NoUpdate(Exception):
    """What a webhook brought is no JSON object."""


class TelegramAdapter:
    """One bot account."""

    channel = CHANNEL

    def __init__(  # noqa: PLR0913 - the settings of one account
        self, token: str, *, api_url: str = "", webhook_url: str = "", webhook_secret: str = "",
        texts: BotTexts | None = None, poll_seconds: int = POLL_SECONDS, call_seconds: float = CALL_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Take the account; nothing is called yet. `api_url`: a self-hosted Bot API server."""
        base = (api_url or PUBLIC_API).rstrip("/")
        self._token, self._base = token, base
        self._library: Library | None = None
        url = f"{base}/bot{token}"
        self.connection, self._poll = Connection(url, call_seconds), PollConnection(url, call_seconds)
        self._texts = texts or BotTexts()
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._poll_seconds, self._call_seconds, self._sleep, self._clock = poll_seconds, call_seconds, sleep, clock
        self._closed_until: dict[str, float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()
        self._begun: dict[Outgoing, tuple[str, ...]] = {}
        self.unreadable = 0
        self.healthy = False
        self.problem = "not started yet"

    async def library(self) -> Library:
        """Return python-telegram-bot for what is rare, loaded without stopping the loop when it is first needed."""
        if self._library is None:
            module = await loaded("bot.telegram.library")
            self._library = module.Library(self._token, self._base, self.connection)
        return self._library

    async def set_up(self) -> None:
        """Make the account ready; waits and tries again for as long as it takes."""
        wait = 1.0
        while True:
            try:
                await self.connection.call("getMe", {})
                if self._webhook_url:
                    await self.connection.call("setWebhook", {
                        "url": self._webhook_url, "secret_token": self._webhook_secret,
                        "allowed_updates": ALLOWED_UPDATES, "max_connections": UPDATES_AT_ONCE,
                    })  # fmt: skip
                else:
                    await self.connection.call("deleteWebhook", {"drop_pending_updates": False})
                break
            except TROUBLE as exc:
                self._ill(exc)
                await self._sleep(exc_wait(exc, wait))
                wait = min(wait * 2, LONGEST_WAIT)
        self._well()

    async def introduce(self) -> None:
        """Set what a stranger sees of the account, where it is not so already; what cannot be set waits for a start."""
        await introduce(await self.library(), self._texts)

    async def receive(self, intake: Intake) -> None:
        """Receive for ever; the account introduces itself meanwhile, in ten calls that nobody waits for."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._introduce_later())
            await self._receive(intake)

    async def _introduce_later(self) -> None:
        await asyncio.sleep(HEAD_START_SECONDS)
        await self.introduce()

    async def _receive(self, intake: Intake) -> None:
        if self._webhook_url:  # the route brings the updates
            await asyncio.Event().wait()
        offset, wait = 0, 1.0
        while True:
            try:
                raw = await self._updates(offset)
                await self._take_batch(raw, intake)
                offset = after(raw, offset)
            except Exception as exc:  # noqa: BLE001 - whatever it is, a bot that ends here is alive and deaf
                self._ill(exc)
                await self._sleep(exc_wait(exc, wait))
                wait = min(wait * 2, LONGEST_SILENCE)
            else:
                wait = 1.0
                self._well()

    async def _updates(self, offset: int) -> list[Bytes]:
        """Ask for updates from this one on, which confirms all before it; they come raw, to be read one by one."""
        asked = {
            "offset": offset, "timeout": self._poll_seconds, "limit": UPDATES_AT_ONCE,
            "allowed_updates": list(ALLOWED_UPDATES),
        }  # fmt: skip
        patience = self._poll_seconds + min(self._call_seconds, SILENCE_SECONDS)
        raw: Any = await self._poll.call("getUpdates", asked, seconds=patience)
        if not isinstance(raw, list):
            raise NoAnswer("no list of updates")
        return raw

    async def _take_batch(self, raw: list[Bytes], intake: Intake) -> None:
        """Store every update: chats side by side, the updates of one chat in their order. Raises NotStored."""
        by_chat: dict[object, list[Parsed]] = {}
        before = self.unreadable
        for one in raw:
            parsed = self._parsed(one)
            if parsed is not None:
                by_chat.setdefault(parsed.address or object(), []).append(parsed)
        if self.unreadable > before:
            LOG.warning("%d updates of Telegram could not be read and were left out", self.unreadable - before)
        results = await asyncio.gather(
            *(self._take_in_order(in_order(p), intake) for p in by_chat.values()), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def _parsed(self, raw: Bytes) -> Parsed | None:
        """Read one update; one that cannot be read is left out, so that it never stands in anybody's way."""
        try:
            return parse(read_update(raw))
        except Exception:  # noqa: BLE001 - whatever a stranger can make the library raise
            self.unreadable += 1
            return None

    async def _take_in_order(self, updates: Sequence[Parsed], intake: Intake) -> None:
        """Store what these updates of one chat bring, then answer their buttons. Raises NotStored, unanswered."""
        for parsed in updates:
            for inbound in parsed.inbound:
                await intake.take(inbound)
            if parsed.unreachable is not None:
                await intake.unreachable(parsed.unreachable)
        answer, leave = self._answer, self._leave
        calls = [self._unless_closed("answer", partial(answer, one.callback)) for one in updates if one.callback]
        calls += [self._unless_closed("leave", partial(leave, one.leave)) for one in updates if one.leave is not None]
        if not calls:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(COURTESY_SECONDS):
                await asyncio.gather(*calls)

    async def _rarely(self, call: Callable[[Bot], Awaitable[Result]]) -> Result:
        """Make a call that is rare, by the library. Raises as Connection.call does."""
        return await (await self.library()).call(call)

    async def _answer(self, callback: str) -> None:
        await self._rarely(lambda bot: bot.answer_callback_query(callback))

    async def _leave(self, chat: int) -> None:
        await self._rarely(lambda bot: bot.leave_chat(chat))

    async def _unless_closed(self, what: str, call: Callable[[], Awaitable[Any]]) -> None:
        """Make a call that nobody waits for, unless Telegram asked to be left alone with it."""
        if self._clock() < self._closed_until.get(what, 0.0):
            return
        try:
            await call()
        except TROUBLE as exc:
            self._closed_until[what] = self._clock() + seconds_of(exc)

    async def take_raw(self, body: bytes, intake: Intake) -> None:
        """Store one update that a webhook brought, after those of the same chat that came before.

        Raises NotStored; NoUpdate when it is no JSON object.
        """
        self._loop = asyncio.get_running_loop()
        parsed = self._parsed(body)
        if parsed is None:
            if not is_object(body):
                raise NoUpdate
            LOG.warning("1 update of Telegram could not be read and was left out")
        elif parsed.address is None:
            await self._take_in_order([parsed], intake)
        else:
            turn = self._turns.setdefault(parsed.address, asyncio.Lock())
            async with turn:
                await self._take_in_order([parsed], intake)

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message or carry out its act; never raises."""
        try:
            if outgoing.act == "clear-chat":
                return await self._clear(outgoing)
            if outgoing.act != "say" or not outgoing.text:
                return Sending(Outcome.SENT)
            return await self._say(outgoing)
        except TROUBLE as exc:
            return sending_of(exc)

    async def _say(self, outgoing: Outgoing) -> Sending:
        """Send the text in as many messages as it needs; tried again, it goes on where it stopped."""
        if not is_chat(outgoing.address.value):
            return Sending(Outcome.REFUSED)
        pieces = split_text(outgoing.text)
        refs = list(self._begun.pop(outgoing, ()))
        for piece in pieces[len(refs) :]:
            try:
                said = {
                    "chat_id": int(outgoing.address.value), "text": piece, "protect_content": True,
                    "link_preview_options": {"is_disabled": True},
                    "reply_markup": keyboard(outgoing) if len(refs) == len(pieces) - 1 else None,
                }  # fmt: skip
                message: Any = await self.connection.call("sendMessage", said)
            except TROUBLE:
                self._remember(outgoing, refs)
                raise
            refs.append(str(message["message_id"]))
        return Sending(Outcome.SENT, ref=REFS.join(refs))

    def _remember(self, outgoing: Outgoing, refs: list[str]) -> None:
        if refs:
            while len(self._begun) >= MOST_BEGUN:
                del self._begun[next(iter(self._begun))]
            self._begun[outgoing] = tuple(refs)

    async def _clear(self, outgoing: Outgoing) -> Sending:
        """Delete what can be deleted; doing it twice does no harm, so that a doubt means again."""
        if not is_chat(outgoing.address.value):
            return Sending(Outcome.REFUSED)
        ids = sorted({int(one) for ref in outgoing.refs for one in ref.split(REFS) if one.isdecimal()}, reverse=True)
        try:
            for start in range(0, len(ids), DELETE_AT_ONCE):
                await self._delete(int(outgoing.address.value), ids[start : start + DELETE_AT_ONCE])
        except TROUBLE as exc:
            sending = sending_of(exc)
            doubtful = sending.outcome is Outcome.UNKNOWN
            return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS) if doubtful else sending
        return Sending(Outcome.SENT)

    async def _delete(self, chat: int, ids: list[int]) -> None:
        """Delete these; where one that is too old makes Telegram refuse them all, each half for itself."""
        try:
            await self._rarely(lambda bot: bot.delete_messages(chat, ids))
        except Refused:
            if len(ids) > 1:
                await self._delete(chat, ids[: len(ids) // 2])
                await self._delete(chat, ids[len(ids) // 2 :])

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Open an attachment as a stream, from a worker thread. Raises OSError."""
        loop = self._loop
        if loop is None:
            raise OSError("not receiving yet")
        opening = asyncio.run_coroutine_threadsafe(self._open(incoming, loop), loop)
        try:
            return opening.result(self._call_seconds * 2)
        except TimeoutError:
            opening.cancel()
        raise OSError("the attachment did not come in time")

    async def _open(self, incoming: IncomingFile, loop: asyncio.AbstractEventLoop) -> BinaryIO:
        answer = await self._fetch(incoming)
        if answer is None:  # raised here, where no error that names the address hangs on it
            raise OSError("the attachment cannot be fetched")

        async def read(count: int) -> bytes:
            with suppress(aiohttp.ClientError, TimeoutError):
                return await answer.content.read(count)
            raise OSError("the attachment was cut")

        async def close() -> None:
            answer.close()

        return LoopStream(loop, read, close)  # type: ignore[return-value]  # a raw stream reads like a BinaryIO

    async def _fetch(self, incoming: IncomingFile) -> aiohttp.ClientResponse | None:
        """Begin the download; None when it cannot be had."""
        limit = aiohttp.ClientTimeout(total=None, sock_connect=self._call_seconds, sock_read=self._call_seconds)
        if (closed := self._closed_until.get("file", 0.0) - self._clock()) > 0:
            await self._sleep(closed)
        try:
            file = await self._rarely(lambda bot: bot.get_file(incoming.source))
            answer = await self.connection.session.get(str(file.file_path), timeout=limit)
            answer.raise_for_status()
        except (*TROUBLE, aiohttp.ClientError, OSError) as exc:
            self._closed_until["file"] = self._clock() + seconds_of(exc)
            return None
        return answer

    async def forget_file(self, incoming: IncomingFile) -> None:
        """Do nothing: Telegram's own copy goes with the message."""

    async def close(self) -> None:
        """Close all connections."""
        await self.connection.close()
        await self._poll.close()

    def _ill(self, exc: Exception) -> None:
        problem = problem_of(exc)
        if problem != self.problem:
            LOG.warning("Telegram: %s", problem)
        self.healthy, self.problem = False, problem

    def _well(self) -> None:
        if not self.healthy:
            LOG.info("Telegram: receiving")
        self.healthy, self.problem = True, ""


def after(raw: list[Bytes], offset: int) -> int:
    """Return the offset that confirms this batch: one more than its last id, also where that is a smaller one."""
    found = (number_of(one) for one in reversed(raw))
    last = next((number for number in found if number is not None), None)
    if raw and last is None:
        raise NoAnswer("updates without ids")
    return offset if last is None else last + 1
