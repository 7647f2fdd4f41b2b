"""It is this person: the owner of a case in doubt says so on the page, for a reason, after a list; the log shows it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.policy import REASON_LISTS
from tests.desk.filled import BLUE, SIDEWAYS, open_blue
from tests.desk.watching import violations
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from dialogs.policy import Policy

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = (
    "I told them nothing from the case", "I asked for no passport or photo", "Nobody seemed to stand beside them",
    "I used no number or name that came from this chat alone",
)  # fmt: skip

SHUT_OUT = (
    "A wrong word alone is not why", "I asked nothing that shows what we know", "Nobody pressed me to say so",
    "I know that only their secret words lead back",
)  # fmt: skip


def show(server: DeskServer, *, owner: str = "P1", flags: tuple[str, ...] = ("identity_doubt",)) -> None:
    """Let it be in doubt who writes."""
    strip = case_of()["strip"] | {"may_contact": False, "reason": "identity_doubt"}
    server.show([case_of(flags=list(flags), owner={"id": owner, "name": "Ana"}, strip=strip)])


@pytest.mark.parametrize("width", [360, 1280])
def test_who_is_sure_says_how_after_the_list(page: Page, server: DeskServer, width: int) -> None:
    """On a phone as on a wide screen; the strip says where."""
    show(server)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url())
    open_blue(page)
    page.get_by_text("the owner of the case is sure who it is (under More)").first.wait_for()
    page.get_by_role("region", name="More").get_by_role("button", name="It is this person").click()
    dialog = page.locator("dialog[open]")
    save = dialog.get_by_role("button", name="It is this person")
    dialog.get_by_label("How you know").select_option("RSN-WHO-CALLBACK")
    assert save.is_disabled()
    for line in LIST:
        dialog.get_by_label(line).check()
    assert (page.evaluate(SIDEWAYS), violations(page)) == (0, [])
    save.click()
    dialog.wait_for(state="detached")
    page.get_by_text("This case is no longer in doubt.").wait_for()

    assert server.posted == [(f"cases/{BLUE}/recognise", {"reason": "RSN-WHO-CALLBACK"})]


@pytest.mark.parametrize("why", ["nobody doubts", "a colleague's", "operator"])
def test_nobody_else_is_offered_it(page: Page, server: DeskServer, why: str) -> None:
    """It is the act of the owner, who is no operator, where there is a doubt."""
    show(
        server,
        owner="P2" if why == "a colleague's" else "P1",
        flags=() if why == "nobody doubts" else ("identity_doubt",),
    )
    if why == "operator":
        server.answers["GET session"]["person"]["roles"] = ["operator"]
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="More").get_by_role("button", name="Write a note").wait_for()

    assert page.get_by_role("button", name="It is this person").count() == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_who_is_sure_of_the_opposite_is_told_what_follows_first(page: Page, server: DeskServer, width: int) -> None:
    """Also where nothing was in doubt yet: on Telegram no phone tells of a change."""
    show(server, flags=())
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="More").get_by_role("button", name="It is not this person").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_text("You cannot take this back").wait_for()
    save = dialog.get_by_role("button", name="It is not this person")
    dialog.get_by_label("How you know").select_option("RSN-ELS-TAKEN")
    assert save.is_disabled()
    for line in SHUT_OUT:
        dialog.get_by_label(line).check()
    assert (page.evaluate(SIDEWAYS), violations(page)) == (0, [])
    save.click()
    dialog.wait_for(state="detached")
    page.get_by_text("Nothing goes to that account any more.").wait_for()

    assert server.posted == [(f"cases/{BLUE}/lose-account", {"reason": "RSN-ELS-TAKEN"})]


def test_where_no_words_lead_back_it_cannot_be_said(page: Page, server: DeskServer) -> None:
    """The dialog says what to do instead."""
    server.show([case_of(owner={"id": "P1", "name": "Ana"}, words_lead_back=False)])
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="More").get_by_role("button", name="It is not this person").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_text("put it on hold").wait_for()

    assert dialog.get_by_role("button", name="It is not this person").count() == 0


@pytest.mark.parametrize("why", ["said already", "a colleague's", "operator"])
def test_nobody_else_may_say_that_it_is_not(page: Page, server: DeskServer, why: str) -> None:
    """It is the act of the owner, who is no operator, and it is said once; only the words end it."""
    show(
        server,
        owner="P2" if why == "a colleague's" else "P1",
        flags=("account_lost",) if why == "said already" else (),
    )
    if why == "operator":
        server.answers["GET session"]["person"]["roles"] = ["operator"]
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="More").get_by_role("button", name="Write a note").wait_for()

    assert page.get_by_role("button", name="this person").count() == 0


def test_no_reason_of_policy_is_shown_as_its_code(page: Page, server: DeskServer, policy: Policy) -> None:
    """Whoever reads the log reads words: how somebody was recognised, and every other reason an act may have."""
    codes = [code for kind in REASON_LISTS for code in policy.taxonomy.codes[kind]]
    entry = {"at": "2026-11-24T09:10Z", "who": "Ana", "role": "first-respondent", "act": "recognise", "case_name": "x"}
    server.answers["GET audit"] = {"entries": [entry | {"reason": code} for code in codes], "next": None}
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("4")
    page.locator("table").wait_for()
    shown = page.locator("tbody td:last-child").all_inner_texts()

    assert len(shown) == len(codes)
    assert set(shown) & {*codes, "–", ""} == set()
