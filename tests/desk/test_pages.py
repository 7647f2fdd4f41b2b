"""The pages of the desk, against a server that answers from a table: accessible, wiped when locked, quick by keyboard."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import SystemClock
from storage.crypto.age.identity_file import protect
from tests.desk.passkeys import add_authenticator
from tests.desk.watching import Watch, violations
from tests.fakes.desk_server import OFFICE, DeskServer, case_of, keys, report_of, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BLUE = "LW-AE72-UGKF-AHYI-DMPU"
MEASURE = {
    "code": "GM-STA-DIP", "group": "Involve the State", "do": "A UN official speaks quietly with your government",
    "who_learns": "Your government", "risk": "They may get angry", "decided_by": ["ASG"], "reversible": "no",
    "identity": "ID-2", "valid_days": 30, "public": False,
}  # fmt: skip
PROPOSAL = {
    "id": "PR-1", "measure": "GM-STA-DIP", "words": "Quiet talk with the government", "recipient": "The Permanent Mission",
    "name_mode": "NM-ANON", "content": "A person was threatened.", "hope": "They stop", "state": "given", "light": "green",
    "proposed_at": "2026-11-24T09:40Z", "answered_at": "2026-11-24T09:50Z", "valid_until": "2026-12-24T00:00Z",
    "started_at": None, "outcome": "", "collisions": ["Do not contact the state"],
}  # fmt: skip

LOCK_SECONDS = 600
HIDE = """Object.defineProperty(document, 'visibilityState', {value: 'hidden'}),
document.dispatchEvent(new Event('visibilitychange'))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _soon(minutes: int) -> str:
    return (SystemClock().now().astimezone(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%MZ")


def fill(server: DeskServer) -> None:
    """Give the server a queue in which every kind of line occurs."""
    server.show([
        case_of(case="LW-1", name="red kite", level="L1", late=True, flags=["child", "hidden"], clocks={"owned_due": _soon(-3)}),
        case_of(clocks={"owned_due": _soon(34), "contact_due": _soon(200)}, measures=[PROPOSAL]),
        case_of(case="LW-3", name="amber fox", owner={"id": "P1", "name": "Ana"}, unread=2, status="ST-CON", lang="ar"),
        case_of(
            case="LW-4", name="silver pine", level="L4", owner={"id": "P2", "name": "Bruno"},
            strip=case_of()["strip"] | {"may_contact": False, "reason": "no_contact"},
            hand_over={"from": {"id": "P2", "name": "Bruno"}, "to": {"id": "P1", "name": "Ana"}, "at": "2026-11-24T09:10Z"},
            level_wish={"level": "L4", "reason": "RSN-LVL-NEWS", "by": {"id": "P2", "name": "Bruno"}}, identity={"present": True, "pending": {"id": "P2", "name": "Bruno"}, "until": ""},
        ),
    ])  # fmt: skip
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(report_of())
    server.answers["GET measures"] = [MEASURE]
    ana = {"id": "P1", "name": "Ana", "office": OFFICE, "roles": ["administrator"], "state": "active", "synced": False}
    server.answers["GET people"] = {
        "people": [ana | {"last_seen_day": "2026-11-24"}],
        "offices": [{"id": OFFICE, "name": "Council"}],
    }
    server.answers["GET audit"] = {
        "entries": [{"at": "2026-11-24T09:10Z", "who": "Ana", "role": "first-respondent", "act": "read", "case_name": "blue heron"}], "next": None,
    }  # fmt: skip


@pytest.fixture
def server() -> Iterator[DeskServer]:
    """A server with a few cases."""
    made = DeskServer()
    fill(made)
    with made.serving():
        yield made


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The key file of the office."""
    path = tmp_path / "OFF-HRC.key"
    path.write_text(f"# public key: age1pq1…\n{keys()[0][0]}\n", encoding="utf-8")
    return path


def load_key(page: Page, key: Path) -> None:
    """Load the key on the page where it is asked for."""
    page.keyboard.press("2")
    page.get_by_label("Key file").set_input_files(key)
    page.get_by_role("button", name="Load my key").click()
    page.get_by_text("Your key is loaded.").first.wait_for()
    page.keyboard.press("1")


def open_blue(page: Page) -> None:
    page.get_by_role("button", name="blue heron").click()
    page.locator(".strip").wait_for()


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
    page.keyboard.press("1")
    page.get_by_role("button", name="silver pine").click()
    look("case, not to be written to", wait=".may-not")
    server.answers["GET session"] = None
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


MAKE_PASSKEY = """() => navigator.credentials.create({publicKey: {
  rp: {name: "localhost"}, user: {id: new Uint8Array(8), name: "login", displayName: ""}, challenge: new Uint8Array(16),
  pubKeyCredParams: [{type: "public-key", alg: -7}], extensions: {prf: {}},
  authenticatorSelection: {residentKey: "required", userVerification: "required"},
}}).then(() => undefined)"""
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
    for press, name in (("2", "My key"), ("3", "People"), ("4", "Audit log")):
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
    assert server.posted[-1][0] == f"cases/{BLUE}/measures"
    assert server.posted[-1][1]["valid_days"] == 7


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
