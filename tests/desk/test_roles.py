"""Each role is shown what it may see, and offered what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.filled import open_blue
from tests.desk.watching import violations
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def as_role(server: DeskServer, role: str) -> None:
    """Let whoever is signed in have this role alone."""
    session = server.answers["GET session"]
    server.answers["GET session"] = session | {"person": session["person"] | {"roles": [role]}}


def test_a_consent_steward_reads_the_consents(page: Page, server: DeskServer) -> None:
    """What was agreed, and when, is all of the case; to take it is not offered."""
    as_role(server, "consent-steward")
    server.show([case_of(sees="consents", strip=None, blobs=[], history=[], red=[])])
    page.goto(server.url())
    page.get_by_role("button", name="blue heron").click()
    consents = page.get_by_role("region", name="Consents now")
    consents.get_by_text("Tell the senior focal point: no").wait_for()
    page.keyboard.press("o")
    page.keyboard.press("l")

    assert consents.get_by_role("listitem").count() == 3
    assert page.locator("main").get_by_role("button").all_inner_texts() == ["← Back to the queue Esc"]
    assert page.locator("dialog[open]").count() == 0
    assert server.posted == []
    assert violations(page) == []


@pytest.mark.parametrize(("role", "offered"), [("operator", 0), ("duty-officer", 1)])
def test_operators_are_not_offered_measures(page: Page, server: DeskServer, role: str, offered: int) -> None:
    """They would fill in a long card, and be refused at its end."""
    as_role(server, role)
    owner = {"id": "P1", "name": "Ana"}
    server.show([case_of(owner=owner, status="ST-TRI", blobs=[], tp_consent="TPC-ASKABLE")])
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("m")
    page.wait_for_function("count => document.querySelectorAll('dialog[open]').length === count", arg=offered)

    assert page.get_by_role("button", name="Propose a measure", include_hidden=True).count() == offered
    concerned = page.get_by_role("button", name="Record what the person concerned said", include_hidden=True)
    assert concerned.count() == offered
