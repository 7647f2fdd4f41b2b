"""Requests drawn from the desk's own description, right ones and wrong ones, sent to it in this process."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from bot.desk.openapi import described
from bot.desk.table import routes_of
from handlers.accounts import Role
from tests.desk_server.world import HRC, card_of

if TYPE_CHECKING:
    import httpx

    from bot.desk.routes import Route
    from tests.desk_server.world import Browser, World

CASE = "LW-AAAA-OWN"
LEFT_OUT = ("/api/events", "/api/logout")
"""A stream that does not end, and the end of the login that asks."""

EVERY_ROLE = tuple(Role)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def fuzzed(world: World, wanted: int, together: int) -> Counter[str]:
    """Send at least `wanted` requests, right and wrong ones, to every operation; return how often each status came.

    In rounds of at most `together` for each operation and kind: some have but few different requests. Every other
    request with a case in its path is about a case that may be seen. Raises AssertionError at an answer of 5xx, one
    that is not of the described shape, or one without the headers of protection.
    """
    statuses: Counter[str] = Counter()
    world.open_case(card_of(CASE), (HRC, "report"), (HRC, "identity"))
    browser = world.logged_in("ana", HRC, *EVERY_ROLE)
    routes = {(route.method.lower(), route.path): route for route in routes_of(world.desk.place)}
    schema = schemathesis.openapi.from_dict(described(routes.values()))
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]  # all of it can be read
    kinds = [(one, mode) for one in operations for mode in MODES if one.path not in LEFT_OUT]
    for number, (operation, mode) in enumerate(cycle(kinds)):
        if number >= len(kinds) and statuses.total() >= wanted:
            return statuses
        for case in _drawn(operation, mode, together, number):
            statuses[str(_send(world, browser, routes[operation.method.lower(), operation.path], case))] += 1
    return statuses


def _drawn(operation: Any, mode: GenerationMode, count: int, number: int) -> list[Any]:  # noqa: ANN401 - of schemathesis
    """Return requests drawn for an operation; the same ones in every run."""
    drawn: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: Any) -> None:  # noqa: ANN401 - as above
        drawn.append(case)

    draw()
    return drawn


def _send(world: World, browser: Browser, route: Route, case: Any) -> int:  # noqa: ANN401 - as above
    """Send one request and check its answer; return the status."""
    world.clock.at += timedelta(seconds=1)
    if "case" in case.path_parameters and world.clock.at.second % 2:
        case.path_parameters["case"] = CASE
    asked = case.as_transport_kwargs(base_url=world.desk.place.url)
    headers = {**asked.pop("headers"), **browser.headers}
    del asked["cookies"]
    if isinstance(asked.get("data"), bytes | str):
        asked["content"] = asked.pop("data")
    answer = world.run(browser.client.request(headers=headers, **asked))
    _check(route, answer)
    return answer.status_code


def _check(route: Route, answer: httpx.Response) -> None:
    assert answer.status_code < 500, (route.path, answer.text)
    assert answer.headers["cache-control"] == "no-store"
    if answer.status_code != 200:
        said = answer.json()
        assert {"error", "message"} <= set(said) <= {"error", "message", "reason", "red", "retry_after"}, route.path
    elif route.gives not in (bytes, str):
        msgspec.json.decode(answer.content, type=route.gives)
