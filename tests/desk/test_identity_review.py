"""The review of the real name on the page: it is found in the queue, kept for a reason, or erased after a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.filled import BLUE, SIDEWAYS, open_blue
from tests.desk.watching import violations
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from typing import Any

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = {"present": True, "pending": None, "until": "", "review_due": "2027-05-23T09:00Z", "erased": ""}
REVIEW = f"cases/{BLUE}/identity/review"
LIST = (
    "No measure under way", "Nothing is left to check", "Colleagues who work on the case", "Copies of the name",
)  # fmt: skip


def show(server: DeskServer, flags: tuple[str, ...] = ("name_to_review",), **box: Any) -> None:  # noqa: ANN401 - any part of it
    """Let the case hold a real name."""
    server.show([case_of(identity=BOX | box, flags=list(flags), blobs=[])])
    server.answers["GET cases"]["counts"]["name_to_review"] = len(flags)


def review(page: Page) -> Locator:
    """Open the case and begin the review."""
    open_blue(page)
    page.get_by_role("region", name="The real name").get_by_role("button", name="Review").click()
    return page.locator("dialog[open]")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_name_that_is_due_is_found_and_kept_for_a_reason(page: Page, server: DeskServer, width: int) -> None:
    """On a phone as on a wide screen."""
    show(server)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url())
    page.get_by_text("1 real name to review").wait_for()
    with page.expect_request("**/api/cases?*flag=name_to_review*"):
        page.get_by_label("Status").select_option("Real names to review")
    page.get_by_text("Real name to review", exact=True).wait_for()
    assert (page.evaluate(SIDEWAYS), violations(page)) == (0, [])
    dialog = review(page)
    page.get_by_role("region", name="The real name").get_by_text("does your office still need the real name").wait_for()
    assert dialog.get_by_role("button", name="Erase the real name").is_disabled()
    assert (page.evaluate(SIDEWAYS), violations(page)) == (0, [])
    dialog.get_by_label("Why it is still needed").select_option("RSN-BOX-DANGER")
    dialog.get_by_role("button", name="It is still needed").click()
    dialog.wait_for(state="detached")
    page.get_by_text("The name is kept, and looked at again in time.").wait_for()

    assert server.posted == [(REVIEW, {"needed": True, "reason": "RSN-BOX-DANGER"})]


def test_a_name_is_erased_only_after_the_list_and_the_case_says_when(page: Page, server: DeskServer) -> None:
    """It need not be due for that; afterwards there is nothing to open."""
    show(server, (), review_due="2027-05-23T09:00Z")
    page.goto(server.url())
    dialog = review(page)
    page.get_by_text("Your office looks at that again from 23 May 2027 on.").wait_for()
    for line in LIST:
        dialog.get_by_label(line).check()
    dialog.get_by_role("button", name="Erase the real name").click()
    dialog.wait_for(state="detached")
    assert server.posted == [(REVIEW, {"needed": False})]
    show(server, (), present=False, review_due="", erased="2027-06-01T12:00Z")
    agreed = {"id": "C-NAME", "words": "Real name, in the identity box", "status": "given", "at": "2026-11-24T09:10Z"}
    server.answers[f"GET cases/{BLUE}"]["consents"] = [agreed | {"erased": "2027-06-01T12:00Z"}]
    page.reload()
    open_blue(page)
    page.get_by_role("region", name="Consents now").get_by_text("the name was erased on 1 June 2027").wait_for()
    name = page.get_by_role("region", name="The real name")
    name.get_by_text("Your office erased the real name on 1 June 2027").wait_for()

    assert name.get_by_role("button").count() == 0
    assert violations(page) == []


def test_who_is_an_operator_alone_is_offered_no_review(page: Page, server: DeskServer) -> None:
    """They may ask to see the name, and read that it is due."""
    server.answers["GET session"]["person"]["roles"] = ["operator"]
    show(server)
    page.goto(server.url())
    open_blue(page)
    name = page.get_by_role("region", name="The real name")
    name.get_by_text("does your office still need").wait_for()

    assert name.get_by_role("button").all_inner_texts() == ["Show the real name"]


def test_a_card_may_say_that_the_person_asked_for_it_themselves(page: Page, server: DeskServer) -> None:
    """After the name was erased a measure with the name needs that."""
    show(server, (), present=False, review_due="", erased="2027-06-01T12:00Z")
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Measure", exact=True).select_option("GM-STA-DIP")
    for label in (
        "Who would be told",
        "Exactly what would be said",
        "What we hope",
        "The person’s own view",
        "Why this",
    ):
        dialog.get_by_label(label).fill("words")
    dialog.get_by_label("The person’s name").select_option("NM-NAMED")
    dialog.get_by_label("The person asked for this themselves").check()
    dialog.get_by_label("All of this is true").check()
    dialog.get_by_role("button", name="Ask the person").click()
    dialog.wait_for(state="detached")

    assert (server.posted[-1][1]["name_mode"], server.posted[-1][1]["raised"]) == ("NM-NAMED", True)
