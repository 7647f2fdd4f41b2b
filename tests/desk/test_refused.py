"""What the desk did not do is said where somebody looks, and what they wrote is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from tests.desk.filled import BLUE, open_blue
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from starlette.requests import Request

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ME = {"id": "P1", "name": "Ana"}
IN_VIEW = """words => [...document.querySelectorAll('.notice')].filter(one => one.textContent.includes(words)).some(one => {
  const {top, bottom, left} = one.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && one.contains(document.elementFromPoint(left + 20, (top + bottom) / 2));
})"""
"""Whether a message with these words can be seen without moving anything, and nothing lies over it."""

ANY_PASSKEY = "navigator.credentials.get = () => Promise.resolve({toJSON: () => ({})})"


def refusing(code: str, message: str, status: int = 403) -> Callable[[Request], JSONResponse]:
    """Return what answers with a refusal."""
    return lambda _request: JSONResponse({"error": code, "message": message}, status_code=status)


def test_a_refusal_is_said_in_the_dialog_that_asked(page: Page, server: DeskServer) -> None:
    """The page behind a dialog can be neither seen nor heard."""
    server.answers[f"POST cases/{BLUE}/level"] = refusing("not_allowed", "Ask a duty officer.")
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("l")
    page.locator("dialog[open]").get_by_role("button", name="Confirm").click()
    page.locator("dialog[open]").get_by_role("alert").wait_for()

    assert page.evaluate(IN_VIEW, "Ask a duty officer.")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.locator("dialog[open]").wait_for()
    assert page.locator("dialog[open]").get_by_role("alert").count() == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_what_became_of_a_message_is_in_view_where_it_was_written(page: Page, server: DeskServer, width: int) -> None:
    """The composer stands far below the top of a case."""
    server.show([case_of(owner=ME, status="ST-TRI", thread=[], blobs=[])])
    server.answers[f"POST cases/{BLUE}/messages"] = refusing("conflict", "The person writes right now.", 409)
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(server.url())
    open_blue(page)
    page.get_by_label("All of this is true").check()
    page.get_by_label("Your message").fill("Are you safe?")
    page.get_by_role("button", name="Seal and send").click()
    page.get_by_text("The person writes right now.").wait_for()

    assert page.evaluate("scrollY") > 0
    assert page.evaluate(IN_VIEW, "The person writes right now.")
    assert page.get_by_label("Your message").input_value() == "Are you safe?"


def test_the_keyboard_sends_nothing_that_the_button_would_not(page: Page, server: DeskServer) -> None:
    """Not before the list of the first message, and not twice."""
    server.show([case_of(owner=ME, status="ST-TRI", thread=[], blobs=[])])
    page.goto(server.url())
    open_blue(page)
    message = page.get_by_label("Your message")
    message.fill("Are you safe?")
    message.press("Control+Enter")
    page.get_by_label("All of this is true").check()
    assert server.posted == []
    for _ in range(2):
        message.press("Control+Enter")
    page.wait_for_function("() => document.querySelector('.composer textarea').value === ''")

    assert [path for path, _body in server.posted] == [f"cases/{BLUE}/messages"]


def test_why_roles_were_not_changed_stays_to_be_read(page: Page, server: DeskServer) -> None:
    """The dialog stays with what was chosen, and says what the server said."""
    server.answers["POST people/P1/roles"] = refusing("not_allowed", "Nobody gives more roles to themselves.")
    server.answers["POST people/P1/revoke"] = refusing("conflict", "Somebody else was quicker.", 409)
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.keyboard.press("3")
    page.get_by_role("button", name="Change roles").click()
    page.get_by_label("Duty officer").check()
    page.get_by_role("button", name="Save the roles").click()
    page.locator("dialog[open]").get_by_text("Nobody gives more roles to themselves.").wait_for()
    assert page.get_by_label("Duty officer").is_checked()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Revoke").click()
    page.locator("dialog[open]").get_by_role("button", name="Revoke").click()

    page.locator("dialog[open]").get_by_text("Somebody else was quicker.").wait_for()


def test_who_sees_no_cases_is_told_so(page: Page, server: DeskServer) -> None:
    """An administrator begins at a queue that is not theirs: no alarm, and nothing that loads for ever."""
    for path in ("GET cases", "GET audit"):
        server.answers[path] = refusing("not_allowed", "Your role may not do this.")
    page.goto(server.url())
    page.get_by_text("Your role shows no cases.").wait_for()
    page.keyboard.press("4")
    page.get_by_text("Your role does not show the audit log.").wait_for()

    assert page.get_by_role("alert").count() == 0
    assert page.get_by_text("Loading…").count() == 0


def test_what_was_not_sent_is_still_there(page: Page, server: DeskServer) -> None:
    """Escape, or a look at the queue, costs no words; nothing of them is stored, and the end of the session takes them."""
    server.show([case_of(owner=ME, status="ST-TRI", blobs=[])])
    page.goto(server.url())
    open_blue(page)
    page.get_by_label("Your message").fill("Are you safe?")
    page.get_by_role("button", name="Back to the queue").click()
    open_blue(page)
    assert page.get_by_label("Your message").input_value() == "Are you safe?"
    for key, label in (("n", "Note"), ("m", "Exactly what would be said")):
        page.keyboard.press(key)
        page.locator("dialog[open]").get_by_label(label, exact=True).fill("The uncle knows.")
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
        page.keyboard.press(key)
        assert page.locator("dialog[open]").get_by_label(label, exact=True).input_value() == "The uncle knows."
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])") == "[{},{},null]"
    session = server.answers["GET session"]
    server.refuses = True
    page.keyboard.press("4")
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    server.refuses = False
    server.answers["POST login/options"] = {"challenge": "AAAA", "rpId": "localhost", "allowCredentials": []}
    server.answers["POST login"] = session
    page.evaluate(ANY_PASSKEY)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Audit log").wait_for()
    page.keyboard.press("1")
    open_blue(page)

    assert page.get_by_label("Your message").input_value() == ""


def test_what_was_sent_is_not_offered_again(page: Page, server: DeskServer) -> None:
    """A note that was kept leaves an empty field."""
    server.show([case_of(owner=ME, status="ST-TRI", blobs=[])])
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("n")
    page.locator("dialog[open]").get_by_label("Note", exact=True).fill("The uncle knows.")
    page.get_by_role("button", name="Seal the note").click()
    page.locator("dialog[open]").wait_for(state="detached")
    page.keyboard.press("n")

    assert page.locator("dialog[open]").get_by_label("Note", exact=True).input_value() == ""


def test_a_closed_case_is_found_again(page: Page, server: DeskServer) -> None:
    """It leaves the queue, and can be looked up and opened again."""
    closed = case_of(case="LW-9", name="old owl", status="ST-CLO", owner=ME, allowed=["ST-FUP"])
    server.answers["GET cases/LW-9"] = closed
    open_ones = server.answers["GET cases"]
    server.answers["GET cases"] = lambda request: (
        {"cases": [closed], "next": "", "counts": {}} if request.query_params.get("status") == "ST-CLO" else open_ones
    )
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.get_by_label("Status").select_option(label="Closed")
    page.get_by_role("button", name="old owl").wait_for()
    assert page.get_by_text("blue heron").count() == 0
    assert page.get_by_role("button", name="Open the most urgent").count() == 0
    page.get_by_role("button", name="old owl").click()
    page.locator(".strip").wait_for()
    page.keyboard.press("s")

    page.locator("dialog[open]").get_by_label("Status").select_option(label="Following up")


def test_what_the_person_concerned_said_is_recorded(page: Page, server: DeskServer) -> None:
    """By the owner, sealed to the office; without their yes no measure can begin."""
    server.show([case_of(owner=ME, status="ST-TRI", blobs=[], tp_consent="TPC-ASKABLE")])
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("button", name="Record what the person concerned said").click()
    dialog = page.locator("dialog[open]")
    assert "They take their yes back" not in dialog.get_by_label("What they said").inner_text()
    dialog.get_by_label("What they said").select_option(label="Yes, they agree")
    dialog.get_by_label("How they were asked").select_option(label="In person")
    dialog.get_by_label("What was asked and answered").fill("She came with her sister.")
    dialog.get_by_role("button", name="Seal and record").click()
    dialog.wait_for(state="detached")

    ((path, body),) = server.posted
    assert path == f"cases/{BLUE}/person-concerned"
    assert (body["answer"], body["how"]) == ("given", "officer-in-person")
    assert "sister" not in str(body)


def test_the_page_that_comes_has_the_focus(page: Page, server: DeskServer) -> None:
    """The button that was pressed is gone: whoever hears the page begins at the work, not at the top of the window."""
    page.goto(server.url())
    page.get_by_role("button", name="blue heron").focus()
    page.keyboard.press("Enter")
    page.locator(".strip").wait_for()

    assert page.evaluate("document.activeElement.id") == "work"


def test_a_used_invitation_leads_to_the_sign_in(page: Page, server: DeskServer) -> None:
    """Whoever took it and opens the link again is not left before a form that does nothing."""
    session = server.answers["GET session"]
    server.answers["GET session"] = refusing("no_session", "Log in again.", 401)
    server.answers["POST invitations/options"] = refusing("bad_invitation", "It was used.")
    page.goto(f"{server.url()}#invite=abc")
    page.get_by_text("This invitation was used").wait_for()
    assert page.get_by_label("Your name").count() == 0
    server.answers["POST login/options"] = {"challenge": "AAAA", "rpId": "localhost", "allowCredentials": []}
    server.answers["POST login"] = session
    page.evaluate(ANY_PASSKEY)
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("blue heron").wait_for()


def test_a_busy_desk_asks_nobody_to_sign_in_again(page: Page, server: DeskServer) -> None:
    """The login still counts: the page says what is the matter, and goes on by itself."""
    session = server.answers["GET session"]
    server.answers["GET session"] = refusing("busy", "Too many want something of the desk right now.", 503)
    page.goto(server.url())
    page.get_by_text("Too many want something of the desk right now.").wait_for()
    assert page.get_by_role("button", name="Sign in").count() == 0
    server.answers["GET session"] = session

    page.get_by_text("blue heron").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_connection_that_is_lost_and_found_again_is_said_where_one_looks(page: Page, server: DeskServer) -> None:
    """Far below the top of a case, too; when it is there again, nothing says that the desk cannot be reached."""
    server.show([case_of(owner=ME, status="ST-TRI", blobs=[])])
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(server.url())
    open_blue(page)
    page.get_by_label("All of this is true").check()
    page.get_by_label("Your message").fill("Are you safe?")
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="Seal and send").click()
    page.get_by_text("The desk cannot be reached.").wait_for()
    assert page.evaluate(IN_VIEW, "The desk cannot be reached.")
    assert page.evaluate(IN_VIEW.replace(".notice", ".offline"), "No connection.")
    page.context.set_offline(offline=False)
    page.get_by_role("button", name="Seal and send").click()

    page.get_by_text("Sealed and passed on.").wait_for()
    assert page.get_by_role("alert").count() == 0
