"""The pages of the desk keep nothing: locked, left, asleep or gone back, there is no way to what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.filled import HIDE, LOCK_SECONDS, load_key, open_blue
from tests.fakes.desk_server import DeskServer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_nothing_opened_is_kept_when_the_page_is_locked(page: Page, server: DeskServer, key: Path) -> None:
    """After the lock neither page, storage nor cache holds a word of the report, and opening needs the key again."""
    page.goto(server.url())
    open_blue(page)
    load_key(page, key)
    open_blue(page)
    page.keyboard.press("e")
    page.get_by_text("Advice on how to be safer").first.wait_for()
    page.keyboard.press("x")
    page.get_by_role("button", name="No key loaded").wait_for()

    assert "Advice on how to be safer" not in page.content()
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, 0, 0]
    open_blue(page)
    page.keyboard.press("e")
    page.locator("dialog[open]").get_by_label("Key file").wait_for()


@pytest.mark.parametrize("way", ["nobody touches it", "another tab is in front"])
def test_the_page_locks_by_itself(page: Page, server: DeskServer, key: Path, way: str) -> None:
    """After as long as the server says without a touch, and one minute after the page is hidden: the key is gone."""
    page.clock.install()
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    if way == "nobody touches it":
        page.clock.run_for((LOCK_SECONDS - 5) * 1000)
        assert page.get_by_role("button", name="Lock now").is_visible()
        page.clock.run_for(10_000)
    else:
        page.evaluate(HIDE)
        page.clock.run_for(62_000)

    page.get_by_role("button", name="No key loaded").wait_for()


SLEPT = """() => {
  const later = Date.now() + 3600 * 1000;
  Date.now = () => later;
  dispatchEvent(new PointerEvent("pointermove"));
}"""
LEFT = """() => {
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  return document.body.textContent;
}"""


def test_a_machine_that_slept_wakes_locked(page: Page, server: DeskServer, key: Path) -> None:
    """Although the hand on the mouse is felt before the clock is looked at."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)

    page.evaluate(SLEPT)

    page.get_by_role("button", name="No key loaded").wait_for()
    assert not page.get_by_role("button", name="Lock now").is_visible()


def test_a_page_that_is_left_keeps_nothing_for_the_way_back(page: Page, server: DeskServer, key: Path) -> None:
    """A browser may hold a whole page, and show it again to whoever presses "back"."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    page.keyboard.press("e")
    page.get_by_text("Advice on how to be safer").first.wait_for()

    assert page.evaluate(LEFT) == ""


def test_back_leads_to_the_queue_and_the_browser_is_told_of_no_case(page: Page, server: DeskServer) -> None:
    """From a case, and from wherever else; the history holds two entries of the desk, with nothing in them."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    before = page.evaluate("history.length")
    open_blue(page)
    page.keyboard.press("4")
    page.get_by_role("heading", name="Audit log").wait_for()
    page.keyboard.press("1")
    open_blue(page)

    assert page.evaluate("[history.state, history.length, location.href]") == [None, before + 1, server.url()]
    page.go_back()
    page.get_by_role("heading", name="Queue").wait_for()
    assert page.evaluate("[history.state, location.href]") == [None, server.url()]


@pytest.mark.parametrize("way", ["Lock now", "Sign out"])
def test_after_a_lock_no_way_leads_back_to_the_case(page: Page, server: DeskServer, key: Path, way: str) -> None:
    """Neither loading again nor the history: whoever sits down next begins at the queue."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    with page.expect_event("load"):
        page.get_by_role("button", name=way).first.click()
    page.get_by_role("heading", name="Queue").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Queue").wait_for()
    page.go_forward()
    page.get_by_role("heading", name="Queue").wait_for()

    assert page.locator(".strip").count() == 0


def test_what_is_read_and_typed_is_not_passed_on_by_the_browser(page: Page, server: DeskServer, key: Path) -> None:
    """Translation and spelling services would be sent it; the restoring of forms would write it to the disk."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    page.keyboard.press("n")
    page.locator("dialog[open] textarea").wait_for()

    assert page.evaluate("[document.documentElement.translate, document.body.spellcheck]") == [False, False]
    assert page.locator("form:not([autocomplete=off]), textarea:not([autocomplete=off])").count() == 0
