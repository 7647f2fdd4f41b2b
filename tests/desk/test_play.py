"""The whole of it, with the real program: a person reports on the practice phone, an officer helps at the desk."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from storage.crypto.age.hybrid import HybridIdentity
from storage.crypto.sealing import open_report
from tests.desk.passkeys import add_authenticator
from tests.desk.practising import NAME, STORY, Person, practising
from tests.desk.watching import Watch, violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFICE, OTHER = "OFF-HRC", "OFF-UPR"
QUESTION = "Is it still safe for you to write tonight?"
REPLY = "Yes. The green bicycle stands outside again."
NOTE = "Nobody but the focal point learns of it."
RISK = "She says it would not make things worse."
START_THE_REFUSED = """async () => {
  const queue = await (await fetch('/api/cases?owner=me')).json();
  const id = queue.cases[0].case;
  const proposal = (await (await fetch(`/api/cases/${id}`)).json()).measures.at(-1).id;
  const init = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'};
  const answer = await fetch(`/api/cases/${id}/measures/${proposal}/start`, init);
  return [answer.status, (await answer.json()).reason];
}"""
"""What somebody would do who goes around the page: the gate answers the same."""


def practice_login(page: Page, address: str, name: str) -> None:
    """Log in as somebody of practice, with one click."""
    page.goto(f"{address}/desk")
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("heading", name="Queue").wait_for()


def invite(page: Page) -> str:
    """Invite an officer to the office; returns the link."""
    page.keyboard.press("3")
    page.get_by_role("button", name="Invite").click()
    page.get_by_label("Office", exact=True).select_option(OFFICE)
    page.get_by_label("First-respondent officer").check()
    page.get_by_role("button", name="Make an invitation").click()
    return page.locator(".link code").inner_text()


def confirm(page: Page) -> None:
    """Confirm the one invitation that waits, as its second person."""
    page.keyboard.press("3")
    page.get_by_role("button", name="Confirm", exact=False).click()
    page.get_by_role("button", name="Confirm the invitation").click()
    page.locator("dialog[open]").wait_for(state="detached")


def names(page: Page) -> set[str]:
    """Return the names of the cases in the queue."""
    return set(page.locator(".queue .row .name").all_inner_texts())


def tick_all(page: Page) -> None:
    page.get_by_label("All of this is true").check()


def propose(page: Page, measure: str, office: str = "") -> None:
    """Put a measure, or that this office gets the report, to the person, with every list gone through."""
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Measure", exact=True).select_option(measure)
    if office:
        dialog.get_by_label("The office that would get the report").select_option(office)
    else:
        dialog.get_by_label("Who would be told").fill("The focal point on reprisals")
    dialog.get_by_label("Exactly what would be said").fill("A person who took part in a meeting was threatened.")
    dialog.get_by_label("What we hope").fill("Advice on safety")
    dialog.get_by_label("own view of the risk").fill(RISK)
    dialog.get_by_label("Why this does no harm").fill(NOTE)
    tick_all(page)
    dialog.get_by_role("button", name="Ask the person").click()
    dialog.wait_for(state="detached")


class Play:
    """The people of the play, each at a screen of their own."""

    def __init__(self, browser: Browser, address: str, keys: Path) -> None:
        self.address, self.keys = address, keys
        self.contexts: list[BrowserContext] = [
            browser.new_context(viewport={"width": 1360, "height": 900}) for _ in range(5)
        ]
        self.admin, self.officer, self.phone, self.colleague, self.second = (
            context.new_page() for context in self.contexts
        )
        self.watch = Watch(self.officer)
        self.officer.add_init_script("delete window.showSaveFilePicker")  # its dialog cannot be answered here
        self.case = ""

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def begin(self) -> None:
        """One administrator invites, another confirms, the officer makes a passkey, loads the key, and comes back with the passkey."""
        practice_login(self.admin, self.address, "Lucia")
        link = invite(self.admin)
        self.colleague.goto(link)
        self.colleague.get_by_text("waits for a second person").wait_for()
        practice_login(self.second, self.address, "Musa")
        confirm(self.second)
        page = self.officer
        add_authenticator(page)
        page.goto(link)
        page.get_by_label("Your name").fill("Noor")
        page.get_by_role("button", name="Make my passkey").click()
        page.get_by_role("heading", name="Queue").wait_for()
        self.colleague.reload()
        self.colleague.get_by_text("This invitation was used").wait_for()

    def load_key(self) -> None:
        page = self.officer
        page.keyboard.press("2")
        page.get_by_label("Key file").set_input_files(self.keys / f"{OFFICE}.key")
        page.get_by_role("button", name="Load my key").click()
        page.get_by_text("Your key is loaded.").first.wait_for()
        page.keyboard.press("1")
        page.get_by_role("heading", name="Queue").wait_for()

    def report(self, file: Path) -> Person:
        """The person reports; the case stands in the officer's queue without anybody touching it."""
        self.officer.locator(".queue .row").first.wait_for()
        before = names(self.officer)
        person = Person(self.phone, self.address)
        person.report(file)
        person.clear()
        self.officer.wait_for_function(
            "count => document.querySelectorAll('.queue .row').length > count", arg=len(before)
        )
        (self.case,) = names(self.officer) - before
        return person

    def read(self) -> None:
        """Four presses: open it, take it, open the report, confirm the level."""
        page = self.officer
        page.get_by_role("button", name=self.case).click()
        page.get_by_role("button", name="I take it").wait_for()
        for following in ("Open the report", "Confirm the level"):
            page.keyboard.press("Enter")
            page.locator(".head").get_by_role("button", name=following).wait_for()
        page.get_by_role("button", name="Read the story").click()
        page.get_by_text(STORY).wait_for()
        page.keyboard.press("Enter")
        page.locator("dialog[open]").wait_for()
        page.keyboard.press("Enter")
        page.locator(".head .status", has_text="Level confirmed").wait_for()

    def files(self, sent: bytes) -> None:
        """The picture is drawn anew in its frame, and saved as it was after a warning."""
        page = self.officer
        page.get_by_role("button", name="Look").click()
        with page.expect_download() as clean:
            page.get_by_role("button", name="Save a clean copy").click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download() as saved:
            page.locator("dialog[open]").get_by_role("button", name="Save", exact=True).click()
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
        assert clean.value.path().read_bytes().startswith(b"\x89PNG")
        assert saved.value.path().read_bytes() == sent

    def talk(self, person: Person) -> None:
        """Two words first; the officer's words when the person answers; the person's words come back sealed."""
        page = self.officer
        off, your = (page.locator(".strip .words").nth(index).inner_text() for index in (0, 1))
        tick_all(page)
        page.get_by_label("Your message").fill(QUESTION)
        page.get_by_role("button", name="Seal and send").click()
        person.hears(off)
        person.say(your)
        person.hears(QUESTION)
        person.say(REPLY)
        page.get_by_role("button", name="Read the talk").or_(page.locator(".thread")).first.wait_for()
        if page.get_by_role("button", name="Read the talk").is_visible():
            page.get_by_role("button", name="Read the talk").click()
        page.get_by_text(REPLY).wait_for()
        page.locator(".thread").get_by_text(QUESTION).wait_for()

    def measures(self, person: Person) -> None:
        """A yes can be started, a no cannot."""
        page = self.officer
        propose(page, "UM-FOC-CHK")
        person.hears("We have an idea and need your yes or no")
        assert "could it later be made as if nothing had happened?" in person.say("1")
        person.say("1")
        page.locator(".measures li").first.locator(".light.green").wait_for()
        page.locator(".measures").get_by_role("button", name="Start").click()
        tick_all(page)
        page.locator("dialog[open]").get_by_role("button", name="Start").click()
        page.locator(".measures").get_by_text("started").wait_for()
        propose(page, "GM-LEA-HC")
        person.hears("We have an idea and need your yes or no")
        person.say("2")
        page.locator(".measures li").last.locator(".light.red").wait_for()
        assert page.locator(".measures").get_by_role("button", name="Start").count() == 0
        assert page.evaluate(START_THE_REFUSED) == [403, "refused"]

    def share(self, person: Person) -> None:
        """After a yes for this office the page seals the report anew: the other office's key opens it, without files."""
        page = self.officer
        propose(page, "SH-COPY", OTHER)
        person.hears("We have an idea and need your yes or no")
        person.say("1")
        person.say("1")
        page.locator(".measures").get_by_role("button", name="Seal and share").click()
        tick_all(page)
        with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/share")) as posted:
            page.locator("dialog[open]").get_by_role("button", name="Seal and share").click()
        page.get_by_text("The report was sealed to that office").first.wait_for()
        secret = (self.keys / f"{OTHER}.key").read_text(encoding="ascii").splitlines()[-1]
        sealed = base64.b64decode(json.loads(posted.value.post_data or "")["sealed"])
        report = json.loads(open_report(sealed, [HybridIdentity.parse(secret)]))
        assert (report["codes"]["story"], "file_identity" in report) == (STORY, False)

    def name(self) -> None:
        """The real name: with a reason, not to be copied, and written down."""
        page = self.officer
        page.get_by_label("Why do you need the real name?").select_option(label="For a measure they agreed to")
        page.get_by_role("button", name="Show the real name").click()
        page.locator(".secret", has_text=NAME).wait_for()
        assert page.locator(".secret").evaluate("element => getComputedStyle(element).userSelect") == "none"

    def hand_over(self) -> None:
        """The owner changes when the receiver has repeated what matters."""
        page = self.officer
        page.keyboard.press("h")
        page.get_by_label("To", exact=True).select_option(label="Chen")
        page.locator("dialog[open] .switch input").check()
        page.locator("dialog[open]").get_by_role("button", name="Hand over").click()
        page.get_by_text("Waiting for Chen").wait_for()
        practice_login(self.colleague, self.address, "Chen")
        self.colleague.get_by_role("button", name=self.case).click()
        form = self.colleague.locator("section", has=self.colleague.locator("#hand-over"))
        form.get_by_label("Level").select_option(self.colleague.locator(".strip .level b").first.inner_text())
        for box in form.locator("input[type=checkbox]").all():
            box.check()
        form.get_by_role("button", name="I take it over").click()
        page.get_by_text("Chen works on this case").wait_for()


def test_from_the_phone_to_the_desk_and_back(browser: Browser, tmp_path: Path, examples: Path) -> None:
    """Invited, signed in, opened, owned, answered, proposed, agreed, started, refused, shared, handed over, locked: nothing leaks."""
    with practising(tmp_path) as address:
        keys = tmp_path / "practice" / "offices" / "keys"
        play = Play(browser, address, keys)
        play.begin()
        play.load_key()
        person = play.report(examples / "files" / "screenshot.png")
        play.read()
        play.files((examples / "files" / "screenshot.png").read_bytes())
        play.talk(person)
        play.measures(person)
        play.share(person)
        play.name()
        assert violations(play.officer) == []
        play.hand_over()
        play.officer.keyboard.press("x")
        play.officer.get_by_role("button", name="No key loaded").wait_for()
        play.officer.locator(".queue .row").first.click()
        play.officer.locator(".strip").wait_for()
        assert play.officer.get_by_role("button", name="No key loaded").is_visible()
        assert STORY not in play.officer.content()
        secret = (keys / f"{OFFICE}.key").read_text(encoding="ascii").splitlines()[-1]

        assert play.watch.leaks(STORY, NAME, QUESTION, REPLY, NOTE, RISK, secret) == []
        assert play.watch.others(address) == []
        assert play.watch.problems == []
        play.officer.evaluate("text => fetch('/api/session?x=' + btoa('..' + text)).catch(() => 0)", STORY)
        assert play.watch.leaks(STORY) != []
        play.close()
