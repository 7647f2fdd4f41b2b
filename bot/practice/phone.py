"""The practice phone: a page of this machine that behaves like a messenger, on the real engine and storage.

What stands in the chat is kept in the memory of this process; attachments are never written to disk in clear.
"""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import SystemEntropy
from bot.practice.phone_screen import PhoneChannel, opened, read_sealed
from bot.waiting import came
from dialogs.limits import MAX_FILE_BYTES
from dialogs.replace import replace
from handlers.contact import settle_sent
from handlers.errors import HandlerError
from handlers.types import Address, Inbound, IncomingFile
from storage.crypto.errors import CryptoError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import BinaryIO, TypeVar

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.app import Service

    Result = TypeVar("Result")

PHONE: Final = Address("practice", "phone")
PAGE: Final = Path(__file__).with_name("page")
KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MOST_FILE_BYTES: Final = MAX_FILE_BYTES["practice"]
MOST_JSON_BYTES: Final = 64 * 1024
BATCH, LEASE_SECONDS = 50, 1
KEY_BYTES: Final = 12
TICK_SECONDS: Final = 5.0
WAIT_SECONDS: Final = 20.0
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HOST: Final = re.compile(r"(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?", re.IGNORECASE)


class Phone:
    """One phone on one service: what is said on it goes through the engine in a single worker thread."""

    def __init__(self, service: Service, offices: Path) -> None:
        """Take the service and the folder with `keys/<OFFICE>.key`, the practice keys of the offices."""
        self._entropy = SystemEntropy()
        self.channel = PhoneChannel(PHONE, service.reception.clock, self._key())
        self._store, self._offices = service.store, offices
        self._files: dict[str, BytesIO] = {}
        self._reception = replace(service.reception, open_file=self._open_file)
        self._messaging = service.messaging
        self._worker = ThreadPoolExecutor(1, "practice-phone")
        self._news = asyncio.Event()
        self._leaving = False
        self._wanted = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def begin(self) -> None:
        """Show what waits, the open question of an earlier conversation, and what the offices hold already."""
        self._loop = asyncio.get_running_loop()
        await self._work(self._begin)

    async def take(self, inbound: Inbound, shown: str, size: int | None = None) -> None:
        """Take one message; when this returns, its turn is durable and answered.

        Raises StorageError and HandlerError: nothing was taken then.
        """
        await self._work(self._turn, inbound, shown, size)

    async def take_file(self, name: str, kind: str, content: BytesIO) -> None:
        """Take one attachment; errors as `take`. The bytes are given up as soon as they are sealed."""
        key, size = self._key(), content.seek(0, SEEK_END)
        content.seek(0)
        self._files[key] = content
        try:
            await self.take(Inbound(PHONE, key, file=IncomingFile(name, kind, size, key)), name, size)
        finally:
            self._files.pop(key, None)

    async def tick(self) -> None:
        """Handle timers for ever; what storage refuses now is tried again at the next tick."""
        while True:
            await came(self._wanted, TICK_SECONDS)
            self._wanted.clear()
            with suppress(StorageError, HandlerError):
                await self._work(self._time)

    async def after(self, run: str, number: int) -> dict[str, Any]:
        """Return what came after this number, at once for a page of another run, else waiting for it a while."""
        if run != self.channel.run:
            return self.channel.after(0)
        news = self._news
        if self.channel.last <= number and not self._leaving:
            await came(news, WAIT_SECONDS)
        return self.channel.after(number)

    async def again(self) -> None:
        """Empty the phone: its conversation is forgotten, what was sealed stays. Raises StorageError."""
        await self._work(self._forget)

    async def open(self, case: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """Return a sealed document opened with the practice key of its office, or None when there is no such one.

        Raises CryptoError, OSError when its key is missing.
        """
        return await self._work(opened, self._store, self._offices, case, wanted)

    def look_now(self) -> None:
        """Show what an officer just did, without waiting for the next tick. Safe to call from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wanted.set)

    def leave(self) -> None:
        """Let waiting pages go, because the program ends."""
        self._leaving = True
        self._tell()

    def close(self) -> None:
        """End the worker thread."""
        self._worker.shutdown()

    def message(self, text: str = "", button: tuple[str, int, str] | None = None) -> Inbound:
        """Return a message of the person with a key of its own."""
        return Inbound(PHONE, self._key(), text=text, button=button)

    async def _work(self, call: Callable[..., Result], *args: object) -> Result:
        last = self.channel.last
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, call, *args)
        finally:
            if self.channel.last > last:
                self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _key(self) -> str:
        return self._entropy.bytes(KEY_BYTES).hex()

    def _open_file(self, incoming: IncomingFile) -> BinaryIO:
        return self._files.pop(incoming.source)

    # ------------------------------------------------------------------------------- what happens in the worker thread

    def _begin(self) -> None:
        self._time()
        self._reception.repeat_question(PHONE)
        self._show_what_came()

    def _time(self) -> None:
        self._reception.time_arrived()
        self._messaging.deliver_due()
        self._show_what_came()

    def _turn(self, inbound: Inbound, shown: str, size: int | None) -> None:
        self._time()
        self._reception.receive(inbound)
        self.channel.say_mine(shown, size)
        with suppress(StorageError, HandlerError):  # the message was taken; what waits is shown at the next tick
            self._messaging.deliver_due()
            self._show_what_came()

    def _forget(self) -> None:
        with self._store.transaction() as work:
            work.outbox.drop_for(PHONE)
            work.conversations.forget(PHONE)
        self._store.finish_erasure()
        self.channel.clear()

    def _show_what_came(self) -> None:
        self._deliver()
        self.channel.show_sealed(read_sealed(self._store))

    def _deliver(self) -> None:
        """Put what waits on the phone; a message counts as sent once it stands there."""
        found = True
        while found:
            found = False
            with self._store.transaction() as work:
                now = self._reception.clock.now()
                items = work.outbox.claim(now, BATCH, LEASE_SECONDS, PHONE.channel)
            for item in items:
                if self.channel.send(item.outgoing):
                    found = True
                    with self._store.transaction() as work:
                        work.outbox.sent(item)
                        settle_sent(work, item.outgoing.message)


class Guard:
    """Answers only pages of this machine, and says on every answer what a browser may do with it."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application behind."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse another host (421: DNS rebinding) and another origin (403); add the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if _HOST.fullmatch(host) is None:
            await _refusal(421, "host")(scope, receive, send_guarded)
        elif origin is not None and origin.lower() != f"http://{host.lower()}":
            await _refusal(403, "origin")(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)


def _refusal(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status_code=status)


class _Pages:
    """What the page asks for: itself, what was said, and to say, send, begin again and open something."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._one_file = asyncio.Lock()
        self._files = {p.name: (p.read_bytes(), KINDS[p.suffix]) for p in PAGE.iterdir() if p.suffix in KINDS}

    async def page(self, request: Request) -> Response:
        content, kind = self._files.get(request.path_params.get("name", "index.html"), (b"", ""))
        return Response(content, media_type=kind) if kind else _refusal(404, "missing")

    async def messages(self, request: Request) -> Response:
        number, run = request.query_params.get("after", "0"), request.query_params.get("run", "")
        if not re.fullmatch(r"[0-9]{1,9}", number):
            raise HTTPException(400, "after")
        return JSONResponse(await self._phone.after(run, int(number)))

    async def say(self, request: Request) -> Response:
        text, button = _said(await _json(request))
        shown = self._phone.channel.label(button) if button is not None else text
        await self._phone.take(self._phone.message(text, button), shown)
        return JSONResponse({})

    async def file(self, request: Request) -> Response:
        name = unquote(request.headers.get("x-file-name", "")).replace("\\", "/").rsplit("/", maxsplit=1)[-1].strip()
        if not name:
            raise HTTPException(400, "name")
        kind = request.headers.get("content-type", "application/octet-stream").split(";")[0].strip()
        async with self._one_file:  # so that memory holds one attachment, and no more
            await self._phone.take_file(name, kind, await _body(request, MOST_FILE_BYTES))
        return JSONResponse({})

    async def again(self, request: Request) -> Response:
        await _json(request)
        await self._phone.again()
        return JSONResponse({})

    async def open_sealed(self, request: Request) -> Response:
        wanted = await _json(request)
        case = wanted.pop("case", None)
        try:
            found = await self._phone.open(case, wanted) if isinstance(case, str) and case.isascii() else None
        except (CryptoError, OSError):
            return _refusal(409, "key")
        return JSONResponse(found) if found is not None else _refusal(404, "missing")

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/", self.page), Route("/static/{name}", self.page), Route("/messages", self.messages),
            Route("/say", self.say, methods=["POST"]), Route("/file", self.file, methods=["POST"]),
            Route("/again", self.again, methods=["POST"]), Route("/open", self.open_sealed, methods=["POST"]),
        ]  # fmt: skip


def phone_app(service: Service, offices: Path) -> Starlette:
    """Return the pages of one phone; `app.state.phone` is the Phone. Its lifespan begins and ends the conversation."""
    phone = Phone(service, offices)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            await phone.begin()
            async with asyncio.TaskGroup() as group:
                ticking = group.create_task(phone.tick())
                yield
                ticking.cancel()
        finally:
            phone.close()

    app = Starlette(
        routes=_Pages(phone).routes(),
        middleware=[Middleware(Guard)],
        exception_handlers={
            HTTPException: _refused, StorageError: _not_taken, HandlerError: _not_taken, ClientDisconnect: _gone,
            Exception: _broken,
        },
        lifespan=lifespan,
    )  # fmt: skip
    app.state.phone = phone
    return app


def _said(document: dict[str, Any]) -> tuple[str, tuple[str, int, str] | None]:
    """Return the text and the button of {text} or {button: {node, turn, key}}. Raises HTTPException (400)."""
    match document:
        case {"text": str(text)} if len(document) == 1 and text.strip():
            return _whole(text), None
        case {"button": {"node": str(node), "turn": int(turn), "key": str(key)}} if len(document) == 1:
            return "", (_whole(node), turn, _whole(key))
        case _:
            raise HTTPException(400, "shape")


def _whole(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON can bring and nothing can store."""
    return text.encode(errors="replace").decode()


async def _json(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "type")
    try:
        document = json.loads((await _body(request, MOST_JSON_BYTES)).getvalue())
    except (ValueError, RecursionError) as exc:
        raise HTTPException(400, "shape") from exc
    if not isinstance(document, dict):
        raise HTTPException(400, "shape")
    return document


async def _body(request: Request, limit: int) -> BytesIO:
    """Return the body, read piece by piece. Raises HTTPException (413) as soon as it is known to be larger."""
    announced = request.headers.get("content-length", "0")
    content = BytesIO()
    if not announced.isdecimal() or int(announced[:12]) > limit:
        raise HTTPException(413, "size")
    async for piece in request.stream():
        if content.tell() + len(piece) > limit:
            raise HTTPException(413, "size")
        content.write(piece)
    return content


async def _refused(_request: Request, exc: Exception) -> Response:
    if not isinstance(exc, HTTPException):
        raise exc
    reason = "missing" if exc.status_code in (404, 405) else exc.detail
    return JSONResponse({"error": reason}, status_code=exc.status_code, headers=exc.headers)


async def _not_taken(_request: Request, _exc: Exception) -> Response:
    return _refusal(503, "storage")


async def _gone(_request: Request, _exc: Exception) -> Response:
    return _refusal(400, "gone")


async def _broken(_request: Request, _exc: Exception) -> Response:
    """A mistake of ours: answered outside of the guard, so with the headers here."""
    return JSONResponse({"error": "broken"}, status_code=500, headers=HEADERS)
