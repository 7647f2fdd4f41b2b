"""The page of the desk and the offline opener, as Vite made them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as Address

from bot.desk.protection import answer_of
from bot.desk.refusals import refused

if TYPE_CHECKING:
    from starlette.requests import Request

STATIC: Final = Path(__file__).with_name("static")
INDEX: Final = "index.html"
OPENER: Final = "offline-opener.html"
PICTURE: Final = "picture.html"
KINDS: Final = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".woff2": "font/woff2", ".png": "image/png", ".json": "application/json",
}  # fmt: skip


def built() -> bool:
    """Tell whether the pages were built."""
    return (STATIC / INDEX).is_file() and (STATIC / OPENER).is_file()


def page_routes() -> list[Address]:
    """Return the addresses of the pages; every address below /desk that is no file is the page itself."""
    return [
        Address("/", _start),
        Address("/desk/assets/{name:path}", _asset),
        Address(f"/desk/{PICTURE}", _picture),
        Address("/desk", _page),
        Address("/desk/{rest:path}", _page),
        Address("/offline-opener.html", _opener),
    ]


async def _start(request: Request) -> Response:
    """Somebody typed no more than the name of the desk."""
    del request
    return RedirectResponse("/desk")


async def _page(request: Request) -> Response:
    del request
    return _file(STATIC / INDEX)


async def _picture(request: Request) -> Response:
    """Answer the frame without origin in which pictures are drawn anew; its own policy stands inside it."""
    del request
    response = _file(STATIC / PICTURE)
    response.headers["Content-Security-Policy"] = "sandbox allow-scripts; frame-ancestors 'self'"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    known = {path.name for path in (STATIC / "assets").glob("*") if path.suffix in KINDS}
    return _file(STATIC / "assets" / name) if name in known else answer_of(refused("not_found"))


async def _opener(request: Request) -> Response:
    del request
    response = _file(STATIC / OPENER)
    response.headers["Content-Disposition"] = f'attachment; filename="{OPENER}"'
    return response


def _file(path: Path) -> Response:
    try:
        return Response(path.read_bytes(), media_type=KINDS[path.suffix])
    except OSError:
        return answer_of(refused("unavailable", "The pages of the desk were not built. Run `make setup`."))
