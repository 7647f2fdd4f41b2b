"""A night with the real program: what the duty desk wrote is read by the office that takes over, and by no other."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.errors import CryptoError
from storage.crypto.sealing import open_report
from tests.desk.practising import Person, practising
from tests.desk.test_play import QUESTION, REPLY, names, practice_login, tick_all

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, OFFICE, EXCLUDED = "OFF-EML", "OFF-HRC", "OFF-CO-XA"
AT_NIGHT = (("tell the duty desk", "1"), ("should not see your report", "2"))
"""What the person answers other than by day: the duty desk is told, and no office in their country must see it."""


def login_of(page: Page, address: str, office: str, role: str) -> str:
    """Log in as whoever has this role in an office, which loads its key; returns their name."""
    people = page.request.get(f"{address}/api/practice-people").json()["people"]
    name: str = next(one["name"] for one in people if one["office"] == office and role in one["roles"])
    practice_login(page, address, name)
    return name


def identity(keys: Path, office: str) -> HybridIdentity:
    """Return the secret key of an office."""
    return HybridIdentity.parse((keys / f"{office}.key").read_text(encoding="ascii").splitlines()[-1])


def opens(sealed: bytes, keys: Path, office: str) -> bool:
    """Tell whether the key of an office opens something."""
    try:
        open_report(sealed, [identity(keys, office)])
    except CryptoError:
        return False
    return True


def write(page: Page, person: Person) -> dict[str, bytes]:
    """The duty desk asks, the person answers; returns what the page sealed for other offices."""
    off, your = (page.locator(".strip .words").nth(index).inner_text() for index in (0, 1))
    tick_all(page)
    page.get_by_label("Your message").fill(QUESTION)
    with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/messages")) as posted:
        page.get_by_role("button", name="Seal and send").click()
    person.hears(off)
    person.say(your)
    person.hears(QUESTION)
    person.say(REPLY)
    sent = json.loads(posted.value.post_data or "")["for_others"]
    return {office: base64.b64decode(copy) for office, copy in sent.items()}


def hand_over(night: Page, day: Page, case: str, receiver: str) -> None:
    """The duty desk hands the case to the office, whose officer repeats what matters."""
    night.keyboard.press("h")
    night.locator("dialog[open]").get_by_label("To", exact=True).select_option(index=1)
    night.locator("dialog[open] .switch input").check()
    night.locator("dialog[open]").get_by_role("button", name="Hand over").click()
    night.get_by_text(f"Waiting for {receiver}").wait_for()
    day.get_by_role("button", name=case).click()
    form = day.locator("section", has=day.locator("#hand-over"))
    form.get_by_label("Level").select_option(day.locator(".strip .level b").first.inner_text())
    for box in form.locator("input[type=checkbox]").all():
        box.check()
    form.get_by_role("button", name="I take it over").click()
    night.get_by_text(f"{receiver} works on this case").wait_for()


def test_the_office_that_takes_over_reads_what_the_duty_desk_wrote_and_an_excluded_office_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    """Both sides of the talk open with the key of the office; the office that was shut out finds no case and opens no copy."""
    with practising(tmp_path) as address:
        keys = tmp_path / "practice" / "offices" / "keys"
        contexts = [browser.new_context(viewport={"width": 1360, "height": 900}) for _ in range(4)]
        night, day, outside, phone = (context.new_page() for context in contexts)
        login_of(night, address, DESK, "duty-officer")
        login_of(outside, address, EXCLUDED, "first-respondent")
        receiver = login_of(day, address, OFFICE, "first-respondent")
        night.locator(".queue .row").first.wait_for()
        before = names(night)
        person = Person(phone, address)
        person.report(instead=AT_NIGHT)
        person.clear()
        night.wait_for_function("count => document.querySelectorAll('.queue .row').length > count", arg=len(before))
        (case,) = names(night) - before
        night.get_by_role("button", name=case).click()
        night.get_by_role("button", name="I take it").click()
        copies = write(night, person)
        hand_over(night, day, case, receiver)
        day.get_by_role("button", name="Read the talk").click()
        day.locator(".thread .person").get_by_text(REPLY).wait_for()
        day.locator(".thread .office").get_by_text(QUESTION).wait_for()

        assert {office: opens(copy, keys, OFFICE) for office, copy in copies.items()} == {OFFICE: True}
        assert not any(opens(copy, keys, EXCLUDED) for copy in copies.values())
        outside.reload()
        outside.get_by_role("heading", name="Queue").wait_for()
        outside.locator(".queue .row").first.wait_for()
        assert case not in names(outside)
        for context in contexts:
            context.close()
