"""The desk as an application: every route of the table behind the same checks, in the same order.

A request is read and checked on the event loop and waits in its lane (bot.desk.lanes); who asks and whether they may is
decided in a transaction of its own, in a thread of the writer; what the route does opens its own transaction there.
"""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as Address

from bot.desk.connections import keep
from bot.desk.known import known_browser
from bot.desk.lanes import source_of
from bot.desk.pages import page_routes
from bot.desk.protection import Protection, answer_of
from bot.desk.refusals import Refused, refused
from bot.desk.routes import Call, Download, Reply, Stream, Visitor
from bot.desk.table import routes_of
from bot.desk.visit import authorised
from handlers.errors import HandlerError, NotPermitted
from storage.crypto.errors import CryptoError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import BinaryIO

    from starlette.requests import Request

    from bot.desk.routes import Route
    from bot.desk.snapshot import Snapshot
    from bot.desk.state import Desk

LOG: Final = logging.getLogger("leeward")
PIECE_BYTES: Final = 64 * 1024
NO_ID: Final = "-"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def desk_app(desk: Desk) -> Starlette:
    """Return the pages, the JSON and the events of one desk."""
    addresses = [Address(route.path, _endpoint(desk, route), methods=[route.method]) for route in routes_of(desk.place)]
    return Starlette(
        routes=[*addresses, *page_routes()],
        middleware=[Middleware(Protection, place=desk.place)],
        exception_handlers={HTTPException: _no_such_address, ClientDisconnect: _gone},
    )


def _endpoint(desk: Desk, route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.method != route.method:  # HEAD: who asks how long a report is has not fetched it
            return answer_of(refused("not_found"))
        try:
            asked = await _asked(desk, request, route)
            visitor = _visitor(request)
            path = _path(request)
            known = known_browser(request.cookies.get(desk.place.known_cookie, ""), desk.lookup, desk.now())
            if known:
                keep(request)
            if route.reads_nothing:
                result = _carry_out(desk, route, asked, path, visitor)
            else:
                work = partial(_carry_out, desk, route, asked, path, visitor)
                result = await desk.lanes.run(known, visitor.source, work)
        except Refused as exc:
            return answer_of(exc)
        return await _response(desk, result)

    return answer


def _carry_out(desk: Desk, route: Route, asked: object, path: dict[str, str], visitor: Visitor) -> object:
    """Check who asks, and do it. Raises: Refused."""
    try:
        return route.handle(Call(desk, authorised(desk, route, path, visitor), asked, path, visitor))
    except Refused:
        raise
    except NotPermitted as exc:
        raise refused("refused", reason=exc.reason) from exc
    except HandlerError as exc:
        raise refused("conflict", str(exc)) from exc
    except (StorageError, CryptoError, OSError) as exc:
        LOG.error("the desk could not answer: %s", type(exc).__name__)
        raise refused("unavailable") from exc


def _path(request: Request) -> dict[str, str]:
    """Return the parts of the path; what cannot be an id becomes one that nothing has."""
    path = {name: str(value) for name, value in request.path_params.items()}
    return {name: value if _ID.fullmatch(value) else NO_ID for name, value in path.items()}


def _visitor(request: Request) -> Visitor:
    return Visitor(source_of(request.client.host) if request.client is not None else "", request.cookies)


async def _asked(desk: Desk, request: Request, route: Route) -> object:
    """Return what is asked, in the shape of the route. Raises: Refused (400, 413, 415)."""
    if route.method == "GET":
        return _query(request, route.takes)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise refused("wrong_type")
    try:
        async with asyncio.timeout(desk.limits.body_seconds):
            body = await _body(request, route.most_bytes)
    except TimeoutError as exc:
        raise refused("bad_request") from exc
    try:
        return msgspec.json.decode(body, type=route.takes)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise refused("bad_request") from exc


def _query(request: Request, takes: type) -> object:
    pairs = request.query_params.multi_items()
    if len(dict(pairs)) != len(pairs):
        raise refused("bad_request")
    try:
        return msgspec.convert(dict(pairs), takes, strict=False)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise refused("bad_request") from exc


async def _body(request: Request, most: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdecimal()) or int(announced[:12]) > most:
        raise refused("too_large")
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            raise refused("too_large")
    return bytes(content)


async def _response(desk: Desk, result: object) -> Response:
    match result:
        case Reply(body, cookies):
            response = _json(body)
            for name, value, seconds in cookies:
                response.set_cookie(
                    name, value, max_age=seconds, path="/", secure=desk.place.secure, httponly=True, samesite="strict"
                )
            return response
        case Download():
            return await _download(desk, result)
        case Stream(events):
            return StreamingResponse(events(), media_type="text/event-stream")
        case Response():
            return result
        case _:
            return _json(result)


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _download(desk: Desk, download: Download) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{download.name}"'}
    if isinstance(download.content, bytes):
        return Response(download.content, headers=headers, media_type=download.media_type)
    return StreamingResponse(
        _pieces(desk, download.content, download.holds), headers=headers, media_type=download.media_type
    )


async def _pieces(desk: Desk, file: BinaryIO, holds: Callable[[Snapshot], bool]) -> AsyncIterator[bytes]:
    """Yield a file piece by piece, so that memory holds one piece however large it is, and no longer than permitted.

    What is cut short does not open: the last piece of an age file says that it is the last.
    """
    try:
        while piece := await desk.writer.run_file(lambda: file.read(PIECE_BYTES)):
            if not holds(await desk.changes.look()):
                return
            yield piece
    finally:
        file.close()


async def _no_such_address(_request: Request, exc: Exception) -> Response:
    """Answer an unknown address, or a known one asked in another way, like anything that is not there."""
    del exc
    return answer_of(refused("not_found"))


async def _gone(_request: Request, _exc: Exception) -> Response:
    return answer_of(refused("bad_request"))
