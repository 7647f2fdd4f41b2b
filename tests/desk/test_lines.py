"""Lines for the annual report on the page: whoever wrote them waits, a second officer checks them or sends them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import JSONResponse

from tests.desk.filled import BLUE, MEASURE, PROPOSAL, open_blue
from tests.desk.watching import violations
from tests.fakes.desk_server import DeskServer, case_of

if TYPE_CHECKING:
    from typing import Any

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINES = "In May a teacher of Northtown was threatened after the review of their country."


def show(server: DeskServer, check: str, **more: Any) -> None:  # noqa: ANN401 - any part of a proposal
    """Let the case hold lines that wait for a check, or did."""
    line = PROPOSAL | {
        "measure": "AR-ANON", "words": "A line about your case in the yearly UN report, without your name",
        "recipient": "the report", "content": LINES, "state": "proposed", "light": "grey", "collisions": [],
        "answered_at": "", "valid_until": "", "check": check, **more,
    }  # fmt: skip
    server.show([case_of(owner={"id": "P2", "name": "Bruno"}, flags=["lines_to_check"], measures=[line], blobs=[])])


def test_a_second_officer_lets_lines_go_on_only_after_the_list(page: Page, server: DeskServer) -> None:
    """The queue says that lines wait; date, town, role, event and all of it together are looked at one by one."""
    show(server, "waits")
    page.goto(server.url())
    page.get_by_text("Lines to check").wait_for()
    open_blue(page)
    measures = page.get_by_role("region", name="Measures")
    measures.get_by_text("First a second officer").wait_for()
    assert measures.get_by_role("button", name="Record the outcome").count() == 0
    measures.get_by_role("button", name="Check these lines").click()
    dialog = page.locator("dialog[open]")
    passes = dialog.get_by_role("button", name="They show nobody: ask the person")
    assert LINES in dialog.inner_text()
    assert passes.is_disabled()
    assert violations(page) == []
    for part in (
        "The date or time",
        "The town or place",
        "The role, office or group",
        "The event",
        "All of it together",
    ):
        dialog.get_by_label(part).check()
    passes.click()
    dialog.wait_for(state="detached")

    assert server.posted == [(f"cases/{BLUE}/measures/PR-1/check", {"shows_nobody": True})]


def test_a_shift_lead_checks_lines_of_a_case_they_do_not_read(page: Page, server: DeskServer) -> None:
    """The lines, and nothing that can be done with any other measure."""
    person = dict(server.answers["GET session"]["person"], roles=["shift-lead"])
    server.answers["GET session"] = server.answers["GET session"] | {"person": person}
    show(server, "waits")
    server.answers[f"GET cases/{BLUE}"] |= {"sees": "line", "strip": None, "consents": [], "owner": None}
    page.goto(server.url())
    open_blue_line(page)
    measures = page.get_by_role("region", name="Measures")
    assert measures.get_by_role("button").all_inner_texts() == ["Check these lines"]
    measures.get_by_role("button", name="Check these lines").click()

    assert LINES in page.locator("dialog[open]").inner_text()
    assert violations(page) == []


def open_blue_line(page: Page) -> None:
    """Open the case as somebody who does not see its content: there is no safety strip."""
    page.get_by_role("button", name="blue heron").click()
    page.get_by_text("Your role sees this case as a line").wait_for()


def test_lines_that_show_somebody_go_back_with_a_reason_from_the_list(page: Page, server: DeskServer) -> None:
    """Without going through the list of what does not show it; whoever wrote them then reads why."""
    show(server, "waits")
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("button", name="Check these lines").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("What shows who it is").select_option("RSN-LIN-PLACE")
    dialog.get_by_role("button", name="Send them back").click()
    dialog.wait_for(state="detached")
    assert server.posted == [
        (f"cases/{BLUE}/measures/PR-1/check", {"shows_nobody": False, "reason": "RSN-LIN-PLACE"})
    ]  # fmt: skip
    show(server, "", state="returned", outcome="RSN-LIN-PLACE", content="")
    page.reload()
    open_blue(page)
    page.get_by_text("Sent back by a second officer: A town or place").wait_for()

    measures = page.get_by_role("region", name="Measures")
    assert measures.get_by_text("Answer").count() == 0  # the person was never asked
    assert measures.get_by_role("button", name="Record the outcome").count() == 0


def test_lines_with_the_name_are_asked_about_a_second_time_and_not_started_before(
    page: Page, server: DeskServer
) -> None:  # fmt: skip
    """After the first yes the page offers to ask once more, and nothing else."""
    show(server, "second", measure="AR-NAMED", state="consented", light="amber", name_mode="NM-NAMED")
    page.goto(server.url())
    open_blue(page)
    measures = page.get_by_role("region", name="Measures")
    measures.get_by_text("The person said yes once.").wait_for()
    assert violations(page) == []
    offered = measures.get_by_role("listitem").get_by_role("button")
    assert offered.all_inner_texts() == ["Ask the second time"]
    with page.expect_response("**/again"):
        offered.click()

    assert server.posted == [(f"cases/{BLUE}/measures/PR-1/again", {})]


def test_lines_are_proposed_in_the_one_name_mode_there_is(page: Page, server: DeskServer) -> None:
    """Nobody has to know which; for everything else one may be chosen."""
    server.answers["GET measures"] = [MEASURE, MEASURE | {"code": "AR-NAMED", "do": "A line", "name_mode": "NM-NAMED"}]
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    measure, modes = (dialog.get_by_label(name, exact=True) for name in ("Measure", "The person’s name"))
    measure.select_option("GM-STA-DIP")
    assert len(modes.locator("option").all()) == 4
    measure.select_option("AR-NAMED")

    assert modes.locator("option").all_inner_texts() == ["Named"]
    assert modes.input_value() == "NM-NAMED"
    assert "we would use your name" in dialog.locator(".preview").inner_text()


def test_the_officer_reads_the_question_as_the_person_will(page: Page, server: DeskServer) -> None:
    """In the words of the server, with what stands in the form; a dash where nothing stands yet."""
    asks = ["{OFF_WORDS}. There is a question.", 'May we write this? "{EXACT_LINES}" {HOPE}', "1 Yes", "2 No"]
    server.answers["GET measures"] = [MEASURE | {"code": "AR-ANON", "do": "A line", "asks": asks}]
    page.goto(server.url())
    open_blue(page)
    page.keyboard.press("m")
    dialog = page.locator("dialog[open]")
    assert dialog.locator(".preview").count() == 0
    dialog.get_by_label("Measure", exact=True).select_option("AR-ANON")
    dialog.get_by_label("Exactly what would be said").fill("A person {HOPE} was threatened.")

    off = case_of()["strip"]["words"]["off"]
    shown = [f"{off}. There is a question.", 'May we write this? "A person {HOPE} was threatened." –', "1 Yes", "2 No"]
    assert dialog.locator(".preview p").all_inner_texts() == shown


def test_whom_an_interpreter_may_not_be_is_said_where_one_is_started(page: Page, server: DeskServer) -> None:
    """The yes counts for nobody from the person's own country."""
    show(server, "", measure="IN-INTERPRETER", state="consented", light="green", abroad=True)
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="Measures").get_by_text("nobody from their own country").wait_for()

    assert violations(page) == []


def test_an_interpreter_begins_once_it_is_said_where_they_are_from(page: Page, server: DeskServer) -> None:
    """In one of two answers; a refusal says what to do."""
    show(server, "", measure="IN-INTERPRETER", state="consented", light="green", abroad=True)
    start = f"cases/{BLUE}/measures/PR-1/start"
    server.answers[f"POST {start}"] = lambda _request: JSONResponse(
        {"error": "refused", "message": "", "reason": "from-their-country"}, status_code=403
    )
    page.goto(server.url())
    open_blue(page)
    page.get_by_role("region", name="Measures").get_by_role("button", name="Start").click()
    dialog = page.locator("dialog[open]")
    begin = dialog.get_by_role("button", name="Start")
    dialog.get_by_label("All of this is true").check()
    assert begin.is_disabled()
    dialog.get_by_label("Where does the interpreter come from?").select_option(
        label="From the person’s country or community"
    )
    assert violations(page) == []
    begin.click()
    dialog.get_by_text("Find another one, and ask the person about them").wait_for()

    assert server.posted == [(start, {"interpreter": "theirs"})]


def test_an_outcome_is_recorded_only_of_what_was_started(page: Page, server: DeskServer) -> None:
    """Of all the states a proposal can have, one; the server refuses every other."""
    states = ("proposed", "asked", "talk", "lapsed", "consented", "refused", "withdrawn", "closed", "started")
    measures = [PROPOSAL | {"id": f"PR-{state}", "state": state, "content": state} for state in states]
    server.show([case_of(measures=measures, blobs=[])])
    page.goto(server.url())
    open_blue(page)
    region = page.get_by_role("region", name="Measures")
    region.get_by_text("withdrawn").wait_for()

    offered = region.get_by_role("listitem").filter(has=page.get_by_role("button", name="Record the outcome"))
    assert offered.locator("blockquote").all_inner_texts() == ["started"]


def test_whoever_wrote_the_lines_is_told_to_wait(page: Page, server: DeskServer) -> None:
    """They are offered no check of their own lines."""
    show(server, "yours")
    page.goto(server.url())
    open_blue(page)
    page.get_by_text("A colleague must check them before the person is asked.").wait_for()

    assert page.get_by_role("button", name="Check these lines").count() == 0
    assert violations(page) == []
