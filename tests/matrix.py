"""Every fault of a messenger's server at every call we make, on a service whose clock can be put forward.

After each fault the person's answer must count and the next prompt must come, and nothing may be called again before
the time the server named.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from bot.app import live_service
from bot.clock import SystemClock
from bot.runtime import Runtime
from bot.signal.adapter import SignalAdapter
from bot.telegram.adapter import TelegramAdapter
from config.load import load_settings
from handlers.types import IncomingFile
from tests.crowd import waiting
from tests.fakes.faults import Fault, serving
from tests.fakes.signal_server import SignalServer
from tests.fakes.telegram_server import TelegramServer, too_many
from tests.serving import NUMBER, TO_FILES, TOKEN, install

WAITS: Final = (1, 30, 300)
"""Seconds that a server asks us to wait."""

OTHERS: Final = {
    "500": Fault("status", 500), "502": Fault("status", 502), "409": Fault("status", 409), "401": Fault("status", 401),
    "cut before": Fault("cut before"), "cut after": Fault("cut after"), "truncated": Fault("truncated"),
    "half-open": Fault("half-open"), "half-open after": Fault("half-open after"), "close": Fault("close"),
    "slow": Fault("slow", seconds=0.2), "restart": Fault("restart"),
}  # fmt: skip
ALIAS: Final = TO_FILES.index("Mina")
FULL_TELEGRAM: Final = ("hi", "1", "1", "3", "1", "2", "2", "0", "1", "words", "2", *TO_FILES[ALIAS - 5 :])
"""What somebody on Telegram writes up to the files, having chosen to write words there."""

CALL_SECONDS: Final = 1.0
"""Not less: on a busy machine the answer to a call that was carried out would come too late, and the call again."""
HEARTBEAT_SECONDS: Final = 3.0
"""Its answer must come in half of that: on a busy machine a shorter one loses the connection, and what was just said."""
MOST_FILES, TRIES = 4, 4
MOST_SECONDS: Final = 90.0
STEP_SECONDS, LOOK_SECONDS = 2.0, 0.03
LOOKS: Final = 70
"""So many looks in vain, and the clock is put forward: longer than two calls, and no seconds, so that a machine that is
three times as slow is waited for three times as long."""

REFUSED_ONCE: Final = ("delete /v1/remote-delete/{number}",)
"""Calls that are not made again where the service refuses them: one message each."""


def refused(fault: Fault) -> bool:
    """Say whether a service that answers so refuses the call for good."""
    return fault.kind == "status" and fault.status in (401, 409)


def faults(channel: str) -> dict[str, Fault]:
    """Return every fault of the matrix by its name."""
    said = {"error": "rate limit", "challenge_tokens": ["t"], "account": NUMBER}
    patience = {
        f"429, {seconds} s": too_many(seconds) if channel == "telegram"
        else Fault("status", 429, said, {"Retry-After": str(seconds)})
        for seconds in WAITS
    }  # fmt: skip
    return patience | OTHERS


class Ahead:
    """The clock of a service: it goes on by itself, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.free = False  # may it be put forward: only after a fault, so that a busy machine alone never does it

    def now(self) -> datetime:
        """Return the time of handlers.ports.Clock."""
        return SystemClock().now() + timedelta(seconds=self.ahead)

    def seconds(self) -> float:
        """Return the seconds of a clock for pauses."""
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Wait until so many seconds have gone by on this clock."""
        end = self.seconds() + seconds
        while self.seconds() < end:  # noqa: ASYNC110 - a clock that is put forward wakes nobody
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, end - self.seconds())))

    async def until(self, condition: Callable[[], bool], most: float = 900.0) -> None:
        """Wait for something; where it may be, the clock is put forward step by step. Raises AssertionError."""
        begun, forward, looks = time.monotonic(), self.ahead, 0
        while not condition():
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            if self.free and looks > LOOKS:
                self.ahead += STEP_SECONDS
            assert self.ahead - forward < most, "it never came"
            assert time.monotonic() - begun < MOST_SECONDS, "it never came"


@dataclass(slots=True)
class Serving:
    """A service of one channel in this process, and the server of its messenger."""

    home: Path
    channel: str
    clock: Ahead
    adapter: TelegramAdapter | SignalAdapter
    server: Any
    stack: AsyncExitStack
    port: int
    runtime: Runtime
    count: int = 0
    files: Any = None  # somebody who is asked for files

    def person(self) -> Any:  # noqa: ANN401 - somebody on either channel
        """Return somebody new."""
        self.count += 1
        return self.server.person(5000 + self.count if self.channel == "telegram" else f"aci-{self.count}")

    async def restart(self) -> None:
        """Stop the server of the messenger and start it again a moment later, at the same place."""
        await self.stack.aclose()
        await asyncio.sleep(0.1)
        await self.stack.enter_async_context(serving(self.server.app(), self.port))
        await self.attached()

    async def attached(self) -> None:
        """Wait until somebody listens again on Signal, and what was open has been asked again."""
        if self.channel == "signal":
            await self.clock.until(lambda: bool(self.server.sockets) and self.adapter.healthy)
            await self.clock.until(self._asked_again)

    def _asked_again(self) -> bool:
        """Say whether open questions were asked again after a gap: none is to be taken for an answer later."""
        return self.adapter._attached.is_set() and waiting(self.home) == 0  # type: ignore[union-attr]  # of Signal

    async def plan(self, method: str, fault: Fault) -> None:
        """Let the next call of this method meet the fault."""
        self.clock.free = True
        if fault.kind == "restart":
            await self.restart()
        else:
            self.server.faults.plan(method, fault)

    async def answered(self, person: Any, text: str) -> None:  # noqa: ANN401 - as above
        """Write a message and wait for what is said to it: not what was said before, which may come a second time."""
        heard, before = _texts(person)[-1:], len(person.received)
        person.say(text)
        await self.clock.until(lambda: any([new] != heard for new in _texts(person)[before:]))

    def failed_at(self, method: str, since: float) -> float:
        """Return when a call of this method met the fault that was planned since then."""
        return next(float(at) for at, name, _kind in self.server.faults.made if name == method and at >= since)

    def called(self, method: str) -> list[float]:
        """Return when this method was called."""
        return [at for at, name in self.server.calls if name == method]


@asynccontextmanager
async def in_this_process(home: Path, channel: str) -> AsyncIterator[Serving]:
    """Serve one channel from a folder."""
    clock = Ahead()
    server: Any = TelegramServer(clock=clock.seconds) if channel == "telegram" else SignalServer(clock=clock.seconds)
    settings = load_settings(
        {name: value for name, value in install(home).items() if name.startswith("LEEWARD_")}, home
    )
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(serving(server.app()))
        adapter = _adapter(channel, port, clock)

        def open_file(incoming: IncomingFile) -> BinaryIO:
            return adapter.open_file(incoming)

        with live_service(settings, clock=clock, open_file=open_file) as service:
            runtime = Runtime(service, {channel: adapter}, {}, several=False, seconds=clock.seconds)
            async with asyncio.TaskGroup() as group:
                group.create_task(runtime.run(lambda: None))
                here = Serving(home, channel, clock, adapter, server, stack, port, runtime)
                await here.attached()
                yield here
                runtime.stop()
    assert server.violations == []


def _adapter(channel: str, port: int, clock: Ahead) -> TelegramAdapter | SignalAdapter:
    if channel == "telegram":
        return TelegramAdapter(
            TOKEN,
            api_url=f"http://127.0.0.1:{port}",
            poll_seconds=1,
            call_seconds=CALL_SECONDS,
            sleep=clock.sleep,
            clock=clock.seconds,
        )
    return SignalAdapter(
        NUMBER,
        f"127.0.0.1:{port}",
        heartbeat_seconds=HEARTBEAT_SECONDS,
        call_seconds=CALL_SECONDS,
        sleep=clock.sleep,
        clock=clock.seconds,
    )


async def _talk(here: Serving, method: str, fault: Fault) -> None:
    """Three answers, the second of which meets the fault: all count, and no prompt is lost."""
    person = here.person()
    await here.answered(person, "hello")
    await here.plan(method, fault)
    await here.answered(person, "1")
    await here.clock.until(lambda: not here.server.faults.left)
    await here.answered(person, "1")
    await here.clock.until(lambda: len(set(_texts(person))) == 3)
    texts = list(dict.fromkeys(_texts(person)))
    assert [text.split()[0] for text in texts] == ["Hello.", "Before", "Are"], texts
    assert len(person.received) <= len(texts) + 1, "one prompt was doubled more than once"


def _texts(person: Any) -> list[str]:  # noqa: ANN401 - as above
    return [str(one["text"]) if isinstance(one, dict) else one for one in person.received]


async def _listen(here: Serving, method: str, fault: Fault) -> None:
    """The connection is cut and connecting again meets the fault: the open question is repeated, and all goes on."""
    person = here.person()
    await here.answered(person, "hello")
    await here.plan(method, fault)
    if fault.kind != "restart":
        here.server.cut_sockets()
    await here.clock.until(lambda: len(person.received) == 2)
    await here.clock.until(lambda: not here.server.faults.left)
    await here.answered(person, "1")
    assert "is it safe" in person.last
    assert len(person.received) == 3


async def _press(here: Serving, method: str, fault: Fault) -> None:
    """A button is pressed whose answering meets the fault: the answer counts all the same."""
    person = here.person()
    await here.answered(person, "hello")
    await here.plan(method, fault)
    person.press("1")
    await here.clock.until(lambda: len(person.received) > 1)
    await here.clock.until(lambda: not here.server.faults.left)
    await here.answered(person, "1")
    assert len(person.received) == 3


async def _hide(here: Serving, method: str, fault: Fault) -> None:
    """The chat is hidden and its clearing meets the fault: nothing of ours stands there in the end."""
    person = here.person()
    await here.answered(person, "hello")
    await here.answered(person, "1")
    await here.plan(method, fault)
    person.say("000")
    await here.clock.until(lambda: len(person.shown) <= (method in REFUSED_ONCE and refused(fault)))
    await here.answered(person, "what is this")
    assert "Opening hours" in str(person.received[-1])


async def _timer(here: Serving, method: str, fault: Fault) -> None:
    """The disappearing timer meets the fault: it is set before anything more is asked."""
    person = here.person()
    for text in TO_FILES[: ALIAS - 9]:
        await here.answered(person, text)
    question = person.last
    assert "disappear" in question
    await here.plan(method, fault)
    sent = len(person.sent_with)
    await here.answered(person, "2")
    await here.clock.until(lambda: not here.server.faults.left)
    await here.answered(person, "2")
    said = zip(person.received[sent:], person.sent_with[sent:], strict=True)
    timers = [timer for text, timer in said if text != question]
    assert set(timers[refused(fault) :]) == {86400}


async def _receipt(here: Serving, method: str, fault: Fault) -> None:
    """A receipt meets the fault: the conversation goes on, and where the service did not refuse it, it comes."""
    person = here.person()
    await here.plan(method, fault)
    await here.answered(person, "hello")
    await here.answered(person, "1")
    await here.clock.until(lambda: len(set(person.receipts)) == 2 - refused(fault))


async def _new_phone(here: Serving, method: str, fault: Fault) -> None:
    """A new key whose trusting meets the fault: what is written is answered, at the latest when they write again."""
    person = here.person()
    await here.answered(person, "hello")
    await here.plan(method, fault)
    person.change_identity()
    if refused(fault):
        person.say("hello")
        await here.clock.until(lambda: not here.server.faults.left)
    await here.answered(person, "hello")
    assert "another phone" in person.last
    await here.clock.until(lambda: not here.server.faults.left)


async def _file(here: Serving, method: str, fault: Fault) -> None:
    """A file whose fetching or forgetting meets the fault: it is kept, or the person is asked to send it again."""
    person = await _at_files(here)
    await here.plan(method, fault)
    for _try in range(TRIES):
        before = len(person.received)
        person.send_file(b"picture")
        await here.clock.until(partial(_longer, person.received, before))
        if "locked" in str(person.received[-1]):
            break
        assert "did not arrive whole" in str(person.received[-1]), person.last
        here.clock.ahead += WAITS[-1] / (TRIES - 1)
    assert "locked" in str(person.received[-1]), person.last
    await here.clock.until(lambda: not here.server.faults.left)
    if here.channel == "signal":
        await here.clock.until(lambda: not here.server.attachments)


def _longer(received: list[Any], before: int) -> bool:
    return len(received) > before


async def _at_files(here: Serving) -> Any:  # noqa: ANN401 - somebody on either channel
    """Return somebody who is asked for files, and has not sent as many as are taken."""
    if here.files is None or sum("locked" in str(one) for one in here.files.received) >= MOST_FILES:
        here.files = here.person()
        for text in FULL_TELEGRAM if here.channel == "telegram" else TO_FILES:
            await here.answered(here.files, text)
        assert "photos or documents" in str(here.files.received[-1]), here.files.last
    return here.files


CASES: Final[dict[str, dict[str, Callable[[Serving, str, Fault], Awaitable[None]]]]] = {
    "telegram": {
        "getUpdates": _talk, "sendMessage": _talk, "answerCallbackQuery": _press, "deleteMessages": _hide, "getFile": _file,
    },
    "signal": {
        "receive": _listen, "post /v2/send": _talk, "post /v1/receipts/{number}": _receipt,
        "put /v1/contacts/{number}": _timer, "delete /v1/remote-delete/{number}": _hide,
        "put /v1/identities/{number}/trust/{numberToTrust}": _new_phone,
        "get /v1/attachments/{attachment}": _file, "delete /v1/attachments/{attachment}": _file,
    },
}  # fmt: skip
"""What a person does that makes the service call a method, and what must come of it."""


async def one(here: Serving, method: str, name: str) -> None:
    """Let one method meet one fault. Raises AssertionError."""
    fault = faults(here.channel)[name]
    here.clock.free = False
    try:
        begun = here.clock.seconds()
        await CASES[here.channel][method](here, method, fault)
    except AssertionError as exc:
        last = ", ".join(f"{called} {at - begun:.1f}" for at, called in here.server.calls[-12:])
        raise AssertionError(
            f"{method} x {name}: {exc}; faults left: {here.server.faults.left}; calls: {last}"
        ) from exc
    if name.startswith("429"):
        calls = [at for at in here.called(method) if at >= begun]
        seconds = int(name.split()[1])
        failed = here.failed_at(method, begun)
        early = [at for at in calls if failed < at < failed + seconds]
        assert not early, f"{method} x {name}: called {early[0] - failed:.1f} s later"
        here.clock.ahead += seconds  # the next one meets a service that may be called


async def matrix(home: Path, channel: str, chosen: Iterable[tuple[str, str]] | None = None) -> int:
    """Let every method meet every fault, or the chosen ones; return how many were tried."""
    pairs = list(chosen) if chosen is not None else [(m, f) for m in CASES[channel] for f in faults(channel)]
    async with in_this_process(home, channel) as here:
        for method, name in pairs:
            await one(here, method, name)
    return len(pairs)
