"""The pictures of docs/screenshots, taken of the real program while it is played. `python -m tests.desk.screenshots`."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.architecture.sources import ROOT
from tests.desk.conftest import SWITCHES, chromium
from tests.desk.practising import Person, practising
from tests.desk.test_play import Play

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "screenshots"
HOME = ROOT / "var" / "screenshots"
FILE = ROOT / "examples" / "files" / "screenshot.png"
WIDE: Any = {"width": 1360, "height": 850}
NARROW: Any = {"width": 390, "height": 844}
SETTLE_MS = 400


def take(page: Page, name: str, *forms: str) -> None:
    """Write `name`-light, -dark and -phone, or those that are asked for."""
    for form in forms or ("light", "dark", "phone"):
        page.emulate_media(color_scheme="dark" if form == "dark" else "light", reduced_motion="reduce")
        page.set_viewport_size(NARROW if form == "phone" else WIDE)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=FOLDER / f"{name}-{form}.png")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def phone_and_desk(page: Page, address: str) -> None:
    """The practice page, before and after the officer opened a report."""
    page.set_viewport_size(WIDE)
    person = Person(page, address)
    for answer in ("hi", "1", "1", "2", "2"):
        person.say(answer)
    desk = page.frame_locator("iframe")
    desk.get_by_role("button", name="Chen").wait_for()
    take(page, "practice")
    desk.get_by_role("button", name="Chen").click()
    desk.locator(".queue .row").first.click()
    desk.locator("section").get_by_role("button", name="Open the report").click()
    desk.locator("#wanted").wait_for()
    page.set_viewport_size(WIDE)
    take(page, "practice-opened", "light")
    page.locator("nav [data-view=guide]").click()
    take(page, "practice-guide", "light")
    page.locator("nav [data-view=desk]").click()


def desk_pages(play: Play, file: Path) -> None:
    """The pages of the desk, in the order of a shift."""
    page = play.officer
    play.begin()
    page.keyboard.press("2")
    page.get_by_label("Key file").wait_for()
    take(page, "desk-key", "light")
    play.load_key()
    person = play.report(file)
    page.keyboard.press("1")
    page.locator(".queue .row").first.wait_for()
    take(page, "desk-queue")
    play.read()
    play.talk(person)
    play.measures(person)
    page.evaluate("scrollTo(0, 0)")
    take(page, "desk-case")
    page.locator("#talk").scroll_into_view_if_needed()
    page.keyboard.press("m")
    page.locator("dialog[open]").get_by_label("Measure", exact=True).select_option("GM-STA-DIP")
    take(page, "desk-measure", "light", "phone")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    take(page, "desk-keys", "light")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.locator("table").wait_for()
    take(page, "desk-audit", "light")
    play.admin.keyboard.press("Escape")
    play.admin.reload()
    play.admin.get_by_role("heading", name="Queue").wait_for()
    play.admin.keyboard.press("3")
    play.admin.locator("table").wait_for()
    take(play.admin, "desk-people", "light")


def shift_page(page: Page, address: str) -> None:
    """The numbers of a shift, as the lead of the emergency line sees them."""
    page.goto(f"{address}/desk")
    page.get_by_role("button", name="Shift lead").first.click()
    page.get_by_role("heading", name="Queue").wait_for()
    page.keyboard.press("5")
    page.locator("table").wait_for()
    take(page, "desk-shift", "light", "phone")


def main() -> None:
    """Take them all."""
    program = chromium()
    if program is None:
        sys.exit("Chromium is missing: run `make setup`")
    shutil.rmtree(HOME, ignore_errors=True)  # of a run that was broken off
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with practising(HOME) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        play = Play(browser, address, HOME / "practice" / "offices" / "keys")
        desk_pages(play, FILE)
        shift_page(play.colleague, address)
        play.phone.get_by_role("button", name="Guide").click()
        play.phone.get_by_role("button", name="Start again").click()
        phone_and_desk(play.phone, address)
        browser.close()
    shutil.rmtree(HOME)


if __name__ == "__main__":
    main()
