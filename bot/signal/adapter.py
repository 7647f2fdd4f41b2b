"""bot.adapter.Adapter for Signal, over signal-cli-rest-api.

signalbot reconnects neither after a clean close nor on a half-open socket, drops what it cannot parse and answers two
messages of one person at once; so the loop is ours. Messages of one person go through one queue, and the read receipt
is sent only when the message is durable: on Signal that is our acknowledgement.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final

import aiohttp

from bot.adapter import NotStored, Outcome, Sending
from bot.signal.answers import TOO_OLD, error_of, is_doubted, is_final, is_gone, patience_of, reason_of, unfit
from bot.signal.parsing import CHANNEL, Parsed, parse
from bot.signal.service import BAD_REQUEST, TOO_MANY, Refusal, SignalService
from bot.streams import LoopStream
from bot.waiting import came
from handlers.types import Address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.adapter import Intake
    from handlers.types import IncomingFile, Outgoing

LOG: Final = logging.getLogger("leeward")
CALL_SECONDS: Final = 30.0
HEARTBEAT_SECONDS: Final = 15.0
"""A ping so often; half of it later without an answer the connection is given up, at most 23 s after it died."""

SWEEP_SECONDS: Final = 20.0
"""An attachment that lay there at two looks in a row and that nobody is about to take is deleted: within 60 s."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
STORE_WAIT: Final = 10.0
CHALLENGE_SECONDS: Final = 60.0
UNTRUSTED_SECONDS: Final = 300.0
UNDELIVERED_SECONDS: Final = 15.0
"""After so long a message is tried again that signal-cli could not hand over: it does not say whether Signal is out of
reach for it, or this one person for good."""

MAX_FRAME_BYTES: Final = 1024 * 1024
WAITING_PER_PERSON: Final = 500
FORGET_TRIES: Final = 3
RECEIPT_TRIES: Final = 3
ATTACH_SECONDS: Final = 3.0
AGAIN_SECONDS: Final = 2.0
MOST_TIMERS: Final = 10_000
LOST: Final = "the connection to signal-cli-rest-api was lost, connecting again"


class SignalAdapter:
    """One Signal number."""

    channel = CHANNEL

    def __init__(  # noqa: PLR0913 - the settings of one account
        self, number: str, service: str, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        heartbeat_seconds: float = HEARTBEAT_SECONDS, call_seconds: float = CALL_SECONDS, profile: str = "Notices",
        clock: Callable[[], float] = time.monotonic, sweeps: bool = True,
    ) -> None:  # fmt: skip
        """Take the number and host:port of the service; nothing is called yet.

        `sweeps`: delete attachments that nobody takes; of the numbers of one service, one does it.
        """
        self._sweeps = sweeps
        self._service = SignalService(number, service, call_seconds)
        self._sleep, self._heartbeat, self._profile = sleep, heartbeat_seconds, profile
        self._call_seconds, self._clock, self._closed_until = call_seconds, clock, 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: asyncio.TaskGroup | None = None
        self._people: dict[Address, asyncio.Queue[Parsed]] = {}
        self._timers: dict[Address, int] = {}
        self._wanted: Counter[str] = Counter()
        self._intake: Intake | None = None
        self._attached = asyncio.Event()
        self.unreadable = self.dropped = 0
        self.healthy = False
        self.problem = "not started yet"

    async def set_up(self) -> None:
        """Wait until the service is there, new enough and in a mode that pushes messages."""
        wait = FIRST_WAIT
        while True:
            problem = await self.why_not_ready()
            if not problem:
                break
            self._ill(problem)
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        with suppress(aiohttp.ClientError, TimeoutError):
            await self._service.set_name(self._profile)

    def _ill(self, problem: str) -> None:
        if problem != self.problem:
            LOG.warning("Signal: %s", problem)
        self.healthy, self.problem = False, problem

    def _well(self) -> None:
        if not self.healthy:
            LOG.info("Signal: receiving")
        self.healthy, self.problem = True, ""

    async def why_not_ready(self) -> str:
        """Return what is wrong with the service, and the remedy; "" when it is as it should be."""
        try:
            about = await self._service.about()
        except (aiohttp.ClientError, TimeoutError):
            return "signal-cli-rest-api does not answer: check LEEWARD_SIGNAL_SERVICE and that it runs"
        except ValueError:
            return TOO_OLD
        return unfit(about)

    async def receive(self, intake: Intake) -> None:
        """Receive for ever. At every connection the intake is told that something may be missing since the last one."""
        self._loop, self._intake = asyncio.get_running_loop(), intake
        async with asyncio.TaskGroup() as workers:
            self._workers = workers
            if self._sweeps:
                workers.create_task(self._sweep())
            try:
                await self._connect_again_and_again(intake, workers)
            finally:
                self._workers = None  # it takes nobody any more

    async def _connect_again_and_again(self, intake: Intake, workers: asyncio.TaskGroup) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                async with await self._service.listen(self._heartbeat, MAX_FRAME_BYTES) as socket:
                    self._well()
                    wait = FIRST_WAIT
                    await intake.gap(CHANNEL)
                    self._attached.set()
                    workers.create_task(self._look_for_new_keys())
                    await self._read(socket)
            except Refusal as exc:
                wait = max(wait, patience_of(exc.headers))
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            self._attached.clear()
            self._ill(LOST)
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                continue
            parsed = await parse(frame.data)
            if not parsed.readable:
                self.unreadable += 1
            self._see_timer(parsed)
            self._line_up(parsed)

    def _line_up(self, parsed: Parsed) -> None:
        """Put what a frame brings behind what else this person waits for."""
        address, workers = parsed.address, self._workers
        if address is None or workers is None:
            return
        queue = self._people.get(address)
        if queue is None:
            queue = self._people[address] = asyncio.Queue(WAITING_PER_PERSON)
            workers.create_task(self._one_person(address, queue, workers))
        try:
            queue.put_nowait(parsed)
            self._wanted.update(parsed.files)
        except asyncio.QueueFull:  # somebody floods: their message gets no receipt, and nobody else waits
            self.dropped += 1

    async def _look_for_new_keys(self) -> None:
        """Doubt and trust whom a frame that was lost, or a process that ended in between, left unheard."""
        with suppress(aiohttp.ClientError, TimeoutError, ValueError):
            for account in await self._service.untrusted():
                self._line_up(Parsed(changed=Address(CHANNEL, account)))

    def _see_timer(self, parsed: Parsed) -> None:
        """Remember which disappearing timer a person's app shows: a send that wants another one sets it first."""
        if parsed.timer is not None:
            address, seconds = parsed.timer
            self._know_timer(address, seconds)

    def _know_timer(self, address: Address, seconds: int) -> None:
        self._timers.pop(address, None)
        self._timers[address] = seconds
        if len(self._timers) > MOST_TIMERS:
            del self._timers[next(iter(self._timers))]

    async def _one_person(
        self, address: Address, queue: asyncio.Queue[Parsed], workers: asyncio.TaskGroup
    ) -> None:  # fmt: skip
        """Take the messages of one person in their order; ends when none is left, and is begun again for the next."""
        while not queue.empty():
            parsed = queue.get_nowait()
            await self._take(parsed)
            self._wanted.subtract(parsed.files)
            self._wanted += Counter()  # forgets what nobody waits for
            if parsed.inbound:
                workers.create_task(self._receipt(parsed))
            if queue.empty():
                await asyncio.sleep(0)
        self._people.pop(address, None)

    async def _take(self, parsed: Parsed) -> None:
        intake = self._intake
        if intake is None:
            return
        wait = 0.5
        while True:
            try:
                if parsed.changed is not None and await intake.identity_changed(parsed.changed):
                    await self._trust(parsed.changed.value)
                for inbound in parsed.inbound:
                    await intake.take(inbound)
                break
            except NotStored:
                await self._sleep(wait)
                wait = min(wait * 2, STORE_WAIT)

    async def _trust(self, account: str) -> None:
        """Have the new key trusted, now that the doubt is stored: signal-cli hands over what it kept back."""
        wait = FIRST_WAIT
        while not await self._call(partial(self._service.trust, account)):
            await self._sleep(wait)
            wait = min(wait * 2, UNTRUSTED_SECONDS)

    async def _receipt(self, parsed: Parsed) -> None:
        """Say that a message is stored; a receipt that cannot be sent is tried again, and holds nobody up."""
        person = parsed.inbound[0].address.value
        for attempt in range(RECEIPT_TRIES):
            if await self._call(partial(self._service.send_receipt, person, parsed.timestamp)):
                return
            await self._sleep(FIRST_WAIT * 2**attempt)

    async def _call(self, call: Callable[[], Awaitable[None]]) -> bool:
        """Make a call that no message waits for; False when it should be made again."""
        await self._patience()
        try:
            await call()
        except Refusal as exc:
            self._heed(exc)
            return exc.final
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return False
        return True

    def _heed(self, refusal: Refusal) -> None:
        """Remember for how long the service asks to be left alone."""
        if refusal.status == TOO_MANY:
            self._closed_until = self._clock() + (patience_of(refusal.headers) or CHALLENGE_SECONDS)

    async def _patience(self) -> None:
        """Wait until the service may be called again, after it asked to be left alone."""
        if (closed := self._closed_until - self._clock()) > 0:
            await self._sleep(closed)

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message or carry out its act; never raises."""
        person = outgoing.address.value
        # What is asked while nobody hears the answer would be asked again a moment later.
        await came(self._attached, ATTACH_SECONDS)
        try:
            if outgoing.act == "set-disappearing":
                return await self._set_timer(outgoing)
            if outgoing.act == "clear-chat":
                return await self._clear(outgoing)
            if not outgoing.text:
                return Sending(Outcome.SENT)
            if outgoing.seconds and self._timers.get(outgoing.address) != outgoing.seconds:
                kept = await self._set_timer(outgoing)
                if kept.outcome is not Outcome.SENT:  # nothing goes out that would stay
                    return kept
            answer = await self._service.send(person, outgoing.text)
        except Refusal as exc:
            return self._refused(exc, outgoing.address)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Sending(Outcome.UNKNOWN)
        said = reason_of(answer)
        return self._failed(said, outgoing.address) if said else Sending(Outcome.SENT, ref=answer.timestamp)

    def _refused(self, refusal: Refusal, address: Address) -> Sending:
        """Return what becomes of a message that the service did not take."""
        challenge = isinstance(refusal.body, dict) and refusal.body.get("challenge_tokens")
        if refusal.status == TOO_MANY or challenge:
            LOG.warning("Signal asks for a CAPTCHA or for patience: see docs/signal.md")
            seconds = patience_of(refusal.headers) or CHALLENGE_SECONDS
            return Sending(Outcome.LATER, wait_seconds=seconds, everybody=True)
        if refusal.status != BAD_REQUEST:  # not the service itself says so
            return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
        return self._failed(error_of(refusal.body), address)

    def _failed(self, said: str, address: Address) -> Sending:
        """Return what becomes of a message that did not reach a person, by what is said of it."""
        if is_doubted(said):
            self._line_up(Parsed(changed=address))
            return Sending(Outcome.LATER, wait_seconds=UNTRUSTED_SECONDS)
        if is_gone(said):
            return Sending(Outcome.UNREACHABLE)
        return Sending(Outcome.REFUSED) if is_final(said) else Sending(Outcome.LATER, wait_seconds=UNDELIVERED_SECONDS)

    async def _set_timer(self, outgoing: Outgoing) -> Sending:
        """Set the disappearing timer of this chat; doing it twice does no harm, so that a doubt means again."""
        later = await self._again(partial(self._service.set_timer, outgoing.address.value, outgoing.seconds))
        if later is None:
            self._know_timer(outgoing.address, outgoing.seconds)
        return later or Sending(Outcome.SENT)

    @staticmethod
    async def _again(call: Callable[[], Awaitable[None]]) -> Sending | None:
        """Make a call that does no harm twice; return when to make it again, None when it is done or was refused."""
        try:
            await call()
        except Refusal as exc:
            if exc.status == TOO_MANY:
                seconds = patience_of(exc.headers) or CHALLENGE_SECONDS
                return Sending(Outcome.LATER, wait_seconds=seconds, everybody=True)
            wait = UNDELIVERED_SECONDS if exc.status == BAD_REQUEST else AGAIN_SECONDS
            return None if exc.final else Sending(Outcome.LATER, wait_seconds=wait)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Sending(Outcome.LATER, wait_seconds=AGAIN_SECONDS)
        return None

    async def _clear(self, outgoing: Outgoing) -> Sending:
        """Delete our own messages for both sides; Signal lets nobody delete those of others."""
        for ref in outgoing.refs:
            if ref.isdecimal():
                later = await self._again(partial(self._service.delete_message, outgoing.address.value, int(ref)))
                if later is not None:
                    return later
        return Sending(Outcome.SENT)

    def open_file(self, incoming: IncomingFile) -> BinaryIO:
        """Open an attachment as a stream, from a worker thread. Raises OSError."""
        loop = self._loop
        if loop is None:
            raise OSError("not receiving yet")
        return asyncio.run_coroutine_threadsafe(self._open(incoming, loop), loop).result(self._call_seconds * 2)

    async def _open(self, incoming: IncomingFile, loop: asyncio.AbstractEventLoop) -> BinaryIO:
        await self._patience()
        try:
            answer = await self._service.open_file(incoming.source)
        except (aiohttp.ClientError, TimeoutError) as exc:
            if isinstance(exc, Refusal):
                self._heed(exc)
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
        """Delete the service's own copy, which lies there in clear; what does not go now is found by the sweep."""
        for attempt in range(FORGET_TRIES):
            if await self._delete_file(incoming.source):
                return
            await self._sleep(FIRST_WAIT * 2**attempt)

    async def _delete_file(self, name: str) -> bool:
        return await self._call(partial(self._service.delete_file, name))

    async def _sweep(self) -> None:
        """Delete attachments that nobody will take: of groups, of messages that were lost, or from before a crash."""
        before: set[str] = set()
        while True:
            await self._sleep(SWEEP_SECONDS)
            there = await self.stored_files()
            for name in (before & there) - self._wanted.keys():
                await self._delete_file(name)
            before = there

    async def stored_files(self) -> set[str]:
        """Return the ids of the attachments that lie in clear with the service; nothing when it does not say."""
        with suppress(aiohttp.ClientError, TimeoutError, ValueError):
            return await self._service.stored_files()
        return set()

    async def close(self) -> None:
        """Close all connections."""
        await self._service.close()
