"""The whole table of routes: every module's part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.desk import acts, audit, cases, events, login, measures, people, practice_login, queue, sharing, shift, thread
from bot.desk.openapi import described
from bot.desk.routes import EVERYBODY, Route

if TYPE_CHECKING:
    from bot.desk.routes import Call, Nothing
    from bot.desk.state import Place

PARTS: Final = (login, practice_login, queue, cases, acts, thread, measures, sharing, shift, people, audit, events)
"""Modules with `ROUTES`."""


def _openapi(call: Call[Nothing]) -> dict[str, Any]:
    return described(routes_of(call.desk.place))


ALL: Final[tuple[Route, ...]] = (
    *(route for part in PARTS for route in part.ROUTES),
    Route("GET", "/api/openapi.json", "This description", EVERYBODY, _openapi, gives=dict[str, Any]),
)


def routes_of(place: Place) -> tuple[Route, ...]:
    """Return the routes of a desk; those of practice exist in practice only."""
    return tuple(route for route in ALL if place.practice or not route.practice)
