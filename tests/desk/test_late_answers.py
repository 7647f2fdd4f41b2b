"""Answers of the server that come out of order: the page shows the newest question's, whichever comes last."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, StreamingResponse

from tests.desk.filled import SHIFT
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from playwright.sync_api import Page
    from starlette.requests import Request
    from starlette.responses import Response

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Late:
    """Answers of the server, of which one waits until it is let go."""

    def __init__(self, waits: str, answer: Callable[[Request], Any]) -> None:
        """Take what stands in the address of the request that waits, and what answers each."""
        self.waits, self.answer = waits, answer
        self.go = threading.Event()

    def __call__(self, request: Request) -> Response:
        """Answer, or wait with the answer."""
        answer = JSONResponse(self.answer(request))
        if self.waits not in str(request.url):
            return answer

        async def held() -> AsyncIterator[bytes]:
            await asyncio.to_thread(self.go.wait)
            yield bytes(answer.body)

        return StreamingResponse(held(), media_type="application/json")

    def arrives(self, page: Page) -> None:
        """Let the answer go, and wait until the page has had the time to draw it."""
        with page.expect_event("requestfinished", lambda request: self.waits in request.url):
            self.go.set()
        page.evaluate(DRAWN)


def test_the_shift_report_shows_the_hours_that_were_chosen_last(page: Page, server: DeskServer) -> None:
    """The answer about 24 hours arrives after the one about 12."""
    late = Late("hours=24", lambda request: SHIFT | {"debriefs": int(request.query_params["hours"])})
    server.answers["GET shift"] = late
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("5")
    debriefs = page.locator(".numbers div", has_text="Debriefs held")
    debriefs.get_by_text("8").wait_for()
    page.get_by_label("Hours", exact=True).select_option("24")
    page.get_by_label("Hours", exact=True).select_option("12")
    debriefs.get_by_text("12").wait_for()
    late.arrives(page)

    assert debriefs.inner_text().split()[-1] == "12"


def test_the_queue_shows_the_lines_that_were_asked_for_last(page: Page, server: DeskServer) -> None:
    """The lines of level 1 arrive when those of level 2 stand there."""
    lines = {"L1": case_of(case="LW-1", name="red kite", level="L1"), "L2": case_of(name="blue heron")}

    def answer(request: Request) -> dict[str, Any]:
        level = request.query_params.get("level", "L2")
        return {"cases": [lines[level]], "next": None, "counts": {}}

    late = Late("level=L1", answer)
    server.answers["GET cases"] = late
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.get_by_label("Level").select_option("L1")
    with page.expect_response("**/cases?*level=L2*"):
        page.get_by_label("Level").select_option("L2")
    late.arrives(page)

    assert page.locator(".queue .name").all_inner_texts() == ["blue heron"]
