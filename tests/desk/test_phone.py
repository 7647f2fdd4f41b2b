"""The practice phone, played as a person plays it: buttons, digits, a file, the menu, deleting, hiding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.practising import Person, practising
from tests.desk.watching import Watch, violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TO_CONSENT = ("1", "2", "2", "1", "1", "3", "1", "0", "1")
"""From the second question to the first one after the consent to ask."""


def test_the_phone_beside_the_desk(page: Page, tmp_path: Path, examples: Path) -> None:
    """Everything a person can do on the phone works, shuts nobody out, and leaves nothing on the screen when hidden."""
    with practising(tmp_path) as address:
        watch = Watch(page)
        person = Person(page, address)
        desk = page.frame_locator("iframe")
        desk.get_by_role("heading", name="Choose who you are").wait_for()
        wrong = violations(page)
        page.get_by_role("button", name="Say hello").click()
        person.hears("Choose a language")
        page.locator(".choice").first.click()
        person.hears("is it safe for you to write")
        for digit in TO_CONSENT:
            person.say(digit)
        person.send(examples / "files" / "screenshot.png")
        assert person.say("00").startswith("0 skip. 9 back.")
        page.locator(".choice", has_text="Delete my answers").click()
        person.hears("Delete")
        page.emulate_media(color_scheme="dark")
        wrong += violations(page)
        page.locator("nav [data-view=guide]").click()
        page.get_by_role("heading", name="What to try").wait_for()
        wrong += violations(page)
        page.get_by_role("button", name="000").click()
        page.wait_for_function("() => document.querySelector('#log .bubble') === null")
        assert person.say("hello").startswith("Notices.")
        page.set_viewport_size({"width": 390, "height": 800})
        wrong += violations(page)

        assert wrong == []
        assert watch.problems == []
        assert watch.others(address) == []
