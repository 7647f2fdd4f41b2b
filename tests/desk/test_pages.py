"""The pages of the desk, against a server that answers from a table: accessible, wiped when locked, quick by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from storage.crypto.age.identity_file import protect
from tests.desk.filled import BLUE, SIDEWAYS, load_key, open_blue
from tests.desk.passkeys import MAKE_PASSKEY, add_authenticator
from tests.desk.watching import Watch, violations
from tests.fakes.desk_server import OFFICE, DeskServer, case_of, keys

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from starlette.requests import Request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(browser: Browser, server: DeskServer, key: Path, scheme: str) -> None:
    """axe-core finds nothing on any page, state and dialog, in light and dark."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    watch = Watch(page)
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    found: dict[str, list[str]] = {}

    def look(name: str, *presses: str, wait: str = "") -> None:
        for press in presses:
            page.keyboard.press(press)
        if wait:
            page.locator(wait).first.wait_for()
        found[name] = violations(page)

    look("queue")
    open_blue(page)
    look("case, sealed")
    load_key(page, key)
    look("key loaded", "2", wait="#loaded")
    page.keyboard.press("1")
    open_blue(page)
    look("case, opened", "e", wait="#wanted")
    for name, press, wait in (
        ("level", "l", "dialog[open]"), ("measure", "m", "dialog[open] select"), ("note", "n", "dialog[open]"),
        ("status", "s", "dialog[open]"), ("hand over", "h", "dialog[open]"), ("keys", "?", "dialog[open]"),
    ):  # fmt: skip
        look(name, press, wait=wait)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    look("people", "3", wait="table")
    look("audit log", "4", wait="table")
    look("shift report", "5", wait=".numbers")
    page.keyboard.press("1")
    page.get_by_role("button", name="silver pine").click()
    look("case, not to be written to", wait=".may-not")
    server.refuses = True
    page.reload()
    look("sign in", wait="main.alone .card")
    context.close()

    assert {name: lines for name, lines in found.items() if lines} == {}
    assert watch.problems == []


def test_a_page_that_shuts_somebody_out_would_be_found(page: Page) -> None:
    """Control: an unlabelled field and pale text are reported."""
    page.set_content("<main><h1>x</h1><input><p style='color:#ccc;background:#fff'>pale</p></main>")

    assert {line.split(":")[0] for line in violations(page)} >= {"label", "color-contrast"}


def test_a_new_case_is_triaged_with_at_most_eight_keys(page: Page, server: DeskServer, key: Path) -> None:
    """Open, own, read, confirm the level: the next step always waits under Enter."""
    case = case_of()
    server.show([case])
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    page.get_by_text("blue heron").wait_for()
    presses = 0

    def press(name: str) -> None:
        nonlocal presses
        presses += 1
        page.keyboard.press(name)

    press("Enter")
    page.get_by_role("button", name="I take it").wait_for()
    case |= {"owner": {"id": "P1", "name": "Ana"}, "status": "ST-ACK"}
    press("Enter")
    page.locator(".head").get_by_role("button", name="Open the report").wait_for()
    press("Enter")
    page.get_by_role("button", name="Confirm the level").wait_for()
    press("Enter")
    page.locator("dialog[open]").wait_for()
    press("1")
    press("Enter")
    page.locator("dialog[open]").wait_for(state="detached")

    assert presses <= 8
    posted = [(path.rsplit("/", maxsplit=1)[1], body.get("level", "")) for path, body in server.posted]
    assert posted == [("own", ""), ("level", "L1")]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_page_fits_a_narrow_screen(page: Page, server: DeskServer, key: Path, direction: str) -> None:
    """At 320 pixels nothing has to be moved sideways, in either direction of writing (WCAG 1.4.10)."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    load_key(page, key)
    wide = {"queue": page.evaluate(SIDEWAYS)}
    open_blue(page)
    page.keyboard.press("e")
    page.locator("#wanted").wait_for()
    wide["case"] = page.evaluate(SIDEWAYS)
    page.keyboard.press("m")
    page.locator("dialog[open] select").first.wait_for()
    wide["measure"] = page.evaluate(SIDEWAYS)
    page.keyboard.press("Escape")
    for press, name in (("2", "My key"), ("3", "People"), ("4", "Audit log"), ("5", "Shift report")):
        page.keyboard.press(press)
        page.get_by_role("heading", name=name).wait_for()
        wide[name] = page.evaluate(SIDEWAYS)

    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def test_a_session_that_ends_takes_the_key_with_it(page: Page, server: DeskServer, key: Path) -> None:
    """Whoever is revoked sees the sign-in page; after a new session the key has to be loaded again."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    server.refuses = True
    page.keyboard.press("4")
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    assert not page.get_by_text("blue heron").is_visible()
    server.refuses = False
    page.reload()

    page.get_by_role("button", name="No key loaded").wait_for()


def test_nothing_is_printed(page: Page, server: DeskServer) -> None:
    """On paper stands one sentence, nothing of a case."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.emulate_media(media="print")

    assert page.get_by_text("blue heron").is_hidden()


def test_the_audit_log_says_which_case_by_its_two_words(page: Page, server: DeskServer) -> None:
    """An id would mean nothing to a colleague, and would stand on the screen."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("4")

    page.get_by_role("row", name="Ana First-respondent officer opened blue heron").wait_for()
    assert "LW-" not in page.locator("main").inner_text()


def test_the_shift_report_counts_and_shows_nothing_of_a_case(page: Page, server: DeskServer) -> None:
    """Every number has its words; other hours are asked for where somebody wants them."""
    asked: list[str] = []
    shown = server.answers["GET shift"]

    def answer(request: Request) -> JSONResponse:
        asked.append(request.query_params["hours"])
        return JSONResponse(shown)

    server.answers["GET shift"] = answer
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("5")
    page.get_by_role("row", name="L1 Immediate 2 1 1 1").wait_for()
    page.get_by_label("Hours", exact=True).select_option("24")
    page.get_by_role("button", name="Count again").click()
    page.get_by_role("row", name="L3 Priority 7 7 0 –").wait_for()
    text = page.locator("main").inner_text()

    assert asked == ["8", "24", "24"]
    assert "Open cases in Arabic, which the office does not speak" in text
    assert not [word for word in ("LW-", "heron", "ESC-", "undefined") if word in text]


def test_a_debrief_is_recorded_once_it_is_confirmed(page: Page, server: DeskServer) -> None:
    """A slip of the hand counts nothing; what was recorded is counted anew."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("5")
    page.get_by_role("button", name="Record a debrief").click()
    page.keyboard.press("Escape")
    assert server.posted == []
    server.answers["GET shift"] = server.answers["GET shift"] | {"debriefs": 7}
    page.get_by_role("button", name="Record a debrief").click()
    page.get_by_role("button", name="Yes, record it").click()
    page.locator(".numbers div", has_text="Debriefs held").get_by_text("7").wait_for()

    assert server.posted == [("shift/debrief", {})]


def test_whose_role_shows_no_shift_report_is_told_so(page: Page, server: DeskServer) -> None:
    """As of the audit log."""
    no = {"error": "not_allowed", "message": "Not yours."}
    server.answers["GET shift"] = lambda _request: JSONResponse(no, status_code=403)
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("5")

    page.get_by_text("Your role does not show the shift report.").wait_for()
    assert page.locator(".numbers").count() == 0


def test_a_lost_connection_is_said(page: Page, server: DeskServer) -> None:
    """What is on the screen may be old then, and says so."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.context.set_offline(offline=True)
    assert not page.get_by_text("No connection.").is_visible()
    page.get_by_label("Owner").select_option("me")

    page.get_by_text("No connection.").wait_for()


def test_a_shift_lead_gives_a_case_to_a_colleague_unread(page: Page, server: DeskServer) -> None:
    """Of the case they see its line: to whom is all they say, and nothing they may not do is offered."""
    lead = dict(server.answers["GET session"]["person"], roles=["shift-lead"])
    server.answers["GET session"] = server.answers["GET session"] | {"person": lead}
    bruno, clara = {"id": "P2", "name": "Bruno"}, {"id": "P3", "name": "Clara"}
    server.show([case_of(sees="line", strip=None, owner=bruno, colleagues=[bruno, clara], red=None, blobs=None)])
    page.goto(server.url())
    page.get_by_role("button", name="blue heron").click()
    page.get_by_role("button", name="Give to a colleague").click()
    offered = page.locator("dialog[open] option").all_inner_texts()
    page.get_by_role("button", name="Offer the case").click()
    page.locator("dialog[open]").wait_for(state="detached")

    assert offered == ["Clara"]
    assert server.posted == [(f"cases/{BLUE}/hand-over", {"to": "P3"})]
    assert page.get_by_role("button", name="Propose a measure").count() == 0


def test_a_synced_passkey_is_said_to_its_owner_and_to_the_administrator(page: Page, server: DeskServer) -> None:
    """It may lie in a cloud account that somebody else opens."""
    server.answers["GET session"] = server.answers["GET session"] | {"synced": True}
    people = server.answers["GET people"]
    people["people"] = [one | {"synced": True} for one in people["people"]]
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("2")
    page.get_by_text("Your passkey is synced to a cloud account").wait_for()
    page.keyboard.press("3")
    page.get_by_text("Invite the person anew, with a security key.").wait_for()

    assert page.locator("td").get_by_text("synced passkey").count() == 1
    assert violations(page) == []


def test_an_invitation_that_waits_is_confirmed_by_whoever_may(page: Page, server: DeskServer) -> None:
    """What is sent is what was shown; whoever made one sees whom it waits for, and no button."""
    people = server.answers["GET people"]
    waiting = people["people"][0] | {"name": "", "state": "waiting", "roles": ["operator"], "last_seen_day": ""}
    mine = waiting | {"id": "P8", "confirm": False, "confirmers": ["Bruno", "Clara"]}
    people["people"] = [*people["people"], waiting | {"id": "P9", "confirm": True, "confirmers": ["Ana"]}, mine]
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("3")
    page.get_by_text("Who may confirm: Bruno, Clara").wait_for()
    offered = page.get_by_role("button", name="Confirm: ")
    assert [button.get_attribute("aria-label") for button in offered.all()] == ["Confirm: P9"]
    offered.click()
    page.get_by_text(f"{OFFICE}: Emergency-line operator").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Confirm the invitation").click()
    page.locator("dialog[open]").wait_for(state="detached")

    assert server.posted == [("people/P9/confirm", {"office": OFFICE, "roles": ["operator"]})]


def test_a_yes_may_be_asked_for_fewer_days(page: Page, server: DeskServer) -> None:
    """The person reads the earlier end, the server gets the days; without a number it is as long as the measure allows."""
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Measure", exact=True).select_option("GM-STA-DIP")
    days = dialog.get_by_label("Days the yes counts")
    longest = dialog.get_by_text("This yes is good until").inner_text()
    days.fill("7")
    shorter = dialog.get_by_text("This yes is good until").inner_text()
    for label in (
        "Who would be told",
        "Exactly what would be said",
        "What we hope",
        "The person’s own view",
        "Why this does no harm",
    ):
        dialog.get_by_label(label).fill("words")
    dialog.get_by_label("All of this is true").check()
    dialog.get_by_role("button", name="Ask the person").click()
    dialog.wait_for(state="detached")

    assert shorter < longest
    ((path, body),) = server.posted  # both notes go with the card: one that is refused leaves none behind
    assert (path, body["valid_days"], len(body["do_no_harm"]) > 200) == (f"cases/{BLUE}/measures", 7, True)


def test_single_keys_can_be_switched_off(page: Page, server: DeskServer) -> None:
    """Somebody who speaks to their computer is not surprised by letters."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("4")

    assert page.get_by_role("heading", name="Queue").is_visible()


def test_a_key_with_a_passphrase_opens_and_a_wrong_one_is_said(page: Page, server: DeskServer, tmp_path: Path) -> None:
    """The key file is what `leeward keygen --passphrase` and `age -p` write."""
    path = tmp_path / "sealed.key"
    path.write_bytes(protect(keys()[0][0].encode(), "correct horse", work_factor=10))
    page.goto(server.url())
    page.get_by_role("button", name="My key").click()
    page.get_by_label("Key file").set_input_files(path)
    page.get_by_label("Passphrase of the file").fill("wrong")
    page.get_by_role("button", name="Load my key").click()
    page.get_by_text("That passphrase does not open this file.").wait_for()
    assert page.get_by_role("button", name="No key loaded").is_visible()
    page.get_by_label("Passphrase of the file").fill("correct horse")
    page.get_by_role("button", name="Load my key").click()

    page.get_by_text("Your key is loaded.").first.wait_for()


def ask_for_a_copy(page: Page, server: DeskServer, key: Path) -> None:
    """Sign in with a passkey, load the key, and ask this device to keep a copy of it."""
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.evaluate(MAKE_PASSKEY)
    load_key(page, key)
    page.keyboard.press("2")
    page.get_by_role("button", name="Make a copy").click()


def test_a_passkey_can_keep_a_sealed_copy_of_the_key(page: Page, server: DeskServer, key: Path) -> None:
    """After the lock the passkey alone opens it; what the browser stores is sealed; the copy can be removed.

    It is the passkey that signs in: no second one is made, which the browser would offer at the next login, in vain.
    """
    device = add_authenticator(page)
    ask_for_a_copy(page, server, key)
    page.get_by_text("This device holds a copy.").wait_for()
    stored = page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Lock now").first.click()
    page.get_by_role("button", name="No key loaded").click()
    page.get_by_role("button", name="Open with my passkey").click()
    page.get_by_text("Your key is loaded.").first.wait_for()

    assert "AGE-SECRET-KEY" not in stored
    assert len(device.passkeys()) == 1
    page.get_by_role("button", name="Remove the copy").click()
    assert page.evaluate("localStorage.length") == 0


def test_another_passkey_does_not_open_the_copy(page: Page, server: DeskServer, key: Path) -> None:
    """The browser is asked for the one it was made with, and offers no other."""
    device = add_authenticator(page)
    ask_for_a_copy(page, server, key)
    page.get_by_text("This device holds a copy.").wait_for()
    page.get_by_role("button", name="Lock now").first.click()
    page.get_by_role("button", name="No key loaded").wait_for()
    device.forget(device.passkeys()[0])
    page.evaluate(MAKE_PASSKEY)
    page.keyboard.press("2")
    page.get_by_role("button", name="Open with my passkey").click()

    page.get_by_text("This device cannot do it").wait_for()
    assert page.get_by_role("button", name="No key loaded").is_visible()


def test_a_passkey_without_that_function_is_said(page: Page, server: DeskServer, key: Path) -> None:
    """No PRF: the file works as before, and nothing is stored."""
    add_authenticator(page, prf=False)
    ask_for_a_copy(page, server, key)

    page.get_by_text("This device cannot do it").wait_for()
    assert page.evaluate("localStorage.length") == 0
