"""What stands before every request: the right host, the desk's own page, and headers on every answer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from bot.desk.refusals import refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.desk.refusals import Refused
    from bot.desk.state import Place

LOG: Final = logging.getLogger("leeward")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS: Final = ("GET", "HEAD")
OWN: Final = ("same-origin", "none")
"""What a browser says of a request of our own page, and of an address that somebody typed."""
_DATA: Final = "/api/"
IMMUTABLE: Final = "private, max-age=31536000, immutable"
_ASSETS: Final = "/desk/assets/"


def headers_of(place: Place) -> dict[str, str]:
    """Return the headers of every answer. In practice the phone's page, of the same origin, frames the desk."""
    fixed = {"Content-Security-Policy": POLICY.format(ancestors="'self'" if place.practice else "'none'"), **HEADERS}
    if place.practice:
        fixed["X-Frame-Options"] = "SAMEORIGIN"
    if place.secure:
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return fixed


class Protection:
    """Refuses another host (421) and requests of other pages (403); adds the headers to every answer, errors too."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        """Take the application behind, and where it is found."""
        self._app, self._place = app, place
        self._headers = headers_of(place)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what goes wrong behind is 503, and says nothing."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_ASSETS) and message["status"] == 200:  # noqa: PLR2004 - the file was found
                    headers["Cache-Control"] = IMMUTABLE
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await answer_of(refusal)(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, receive, send_guarded)
        except Exception as exc:
            LOG.error("the desk could not answer: %s", type(exc).__name__)
            if begun:
                raise
            await answer_of(refused("unavailable"))(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Refused | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self._place.host]:
            return refused("wrong_host")
        if scope["method"] not in SAFE_METHODS and not self._own_page(headers):
            return refused("wrong_origin")
        # A page of a sister domain has our cookie sent along: it could not read a report, but have it count as fetched.
        if scope["path"].startswith(_DATA) and headers.get("sec-fetch-site", "none") not in OWN:
            return refused("wrong_origin")
        return None

    def _own_page(self, headers: Headers) -> bool:
        """Tell whether a request that changes something comes from the desk's own page (CSRF)."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site == "same-origin" and origin in (None, self._place.url)
        return origin == self._place.url


def answer_of(refusal: Refused) -> Response:
    """Return the answer that says why something was not done."""
    headers = {"Retry-After": str(refusal.refusal.retry_after)} if refusal.refusal.retry_after else None
    return Response(msgspec.json.encode(refusal.refusal), refusal.status, headers, "application/json")
