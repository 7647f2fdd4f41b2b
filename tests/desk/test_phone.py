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

SLOW_SAY = """
const real = fetch;
window.fetch = async (path, ...how) => {
  const answer = await real(path, ...how);
  if (path === '/say') await new Promise((arrive) => { window.arrive = arrive; });
  return answer;
};"""
"""The page hears that something was taken only when the test lets it: `arrive()`."""


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


def test_the_same_answer_twice_is_not_taken_for_the_one_that_was_sent(page: Page, tmp_path: Path) -> None:
    """The next question stands there before the page knows that its answer was taken: what is written then stays written."""
    page.add_init_script(SLOW_SAY)
    with practising(tmp_path) as address:
        person = Person(page, address)
        text, typing = page.locator("#text"), page.locator("#typing")
        for answer, following in (("hi", "Choose a language"), ("1", "is it safe for you to write")):
            text.fill(answer)
            text.press("Enter")
            person.hears(following)
            typing.wait_for()
            text.fill("1")
            page.evaluate("arrive()")
            typing.wait_for(state="hidden")
            assert text.input_value() == "1"


def test_what_was_not_taken_stands_in_the_box_again(page: Page, tmp_path: Path) -> None:
    """Before what was written meanwhile: nothing a person typed is lost."""
    page.add_init_script(SLOW_SAY)
    page.route("**/say", lambda route: route.fulfill(status=503, json={"error": "storage"}))
    with practising(tmp_path) as address:
        page.goto(address)
        text, typing = page.locator("#text"), page.locator("#typing")
        text.fill("hello")
        text.press("Enter")
        typing.wait_for()
        text.fill("are you there?")
        page.evaluate("arrive()")
        typing.wait_for(state="hidden")
        assert text.input_value() == "hello\nare you there?"
        assert page.locator("#trouble").is_visible()
