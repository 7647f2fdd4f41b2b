"""The real name is looked at every six months over HTTP: who is told that it is due, who decides, what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.accounts import Role
from tests.desk_server.test_working import Work
from tests.desk_server.world import DUTY, HRC, SENIOR, World, card_of, given

if TYPE_CHECKING:
    from tests.desk_server.world import Browser

HALF_A_YEAR = timedelta(days=180)
REVIEW = "/api/cases/LW-1/identity/review"
AGREED = (given("C-FWD", HRC), given("C-CONT"), given("C-NAME"))
KEEP, ERASE = {"needed": True, "reason": "RSN-BOX-CHECK"}, {"needed": False}


def to_review(officer: Browser) -> tuple[list[str], int]:
    """Return the cases the queue lists as due, and how many it counts."""
    listed = officer.get("/api/cases", flag="name_to_review").json()
    return [line["case"] for line in listed["cases"]], listed["counts"]["name_to_review"]


@pytest.fixture
def half_a_year_on(world: World) -> World:
    """A case with a name, and one whose person agreed to pass on a name and wrote none; half a year later."""
    world.open_case(card_of("LW-1", consents=(*AGREED, given("C-ASG", SENIOR))))
    world.open_case(card_of("LW-2", consents=AGREED), (HRC, "report"))
    world.clock.at += HALF_A_YEAR
    return world


def test_the_queue_says_that_a_name_is_due_and_not_before(world: World) -> None:
    """The case tells the day; keeping the name sets the next one."""
    world.open_case(card_of("LW-1", consents=AGREED))
    world.clock.at += HALF_A_YEAR - timedelta(hours=2)
    officer = world.logged_in("ana")
    assert to_review(officer) == ([], 0)
    assert officer.get("/api/cases/LW-1").json()["identity"]["review_due"] == "2027-05-23T09:00Z"
    world.clock.at += timedelta(hours=1)
    officer = world.logged_in("ana")
    assert to_review(officer) == (["LW-1"], 1)

    assert officer.post(REVIEW, KEEP).status_code == 200

    assert to_review(officer) == ([], 0)
    assert officer.get("/api/cases/LW-1").json()["identity"]["review_due"] == "2027-11-19T09:00Z"


def test_only_the_office_that_holds_the_box_is_told(half_a_year_on: World) -> None:
    """In every role that sees the line of the case; the focal point reads a copy and has no name."""
    lead = half_a_year_on.logged_in("lead", HRC, Role.SHIFT_LEAD)
    steward = half_a_year_on.logged_in("stella", HRC, Role.CONSENT_STEWARD)
    focal = half_a_year_on.logged_in("fia", SENIOR, Role.FOCAL_POINT)

    assert (to_review(lead), to_review(steward)) == ((["LW-1"], 1), (["LW-1"], 1))
    assert to_review(focal) == ([], 0)
    shown = focal.get("/api/cases/LW-1").json()
    assert (shown["flags"], shown["identity"]["review_due"]) == ([], "")


def test_a_closed_case_is_listed_among_the_names_though_not_among_the_open_cases(half_a_year_on: World) -> None:
    """The report may be kept for two years after closing, and the name only while it is needed."""
    half_a_year_on.change("LW-1", status="ST-CLO")
    officer = half_a_year_on.logged_in("ana")

    assert [line["case"] for line in officer.get("/api/cases").json()["cases"]] == ["LW-2"]
    assert to_review(officer) == (["LW-1"], 1)
    assert officer.post(REVIEW, ERASE).status_code == 200
    assert to_review(officer) == ([], 0)


def test_an_erased_name_is_gone_and_the_case_says_so(half_a_year_on: World) -> None:
    """Who waited to open it finds nothing; the report is there as before."""
    officer = half_a_year_on.logged_in("ana")
    officer.post("/api/cases/LW-1/identity", {"reason": "RSN-IDB-CHECK"})

    assert officer.post(REVIEW, ERASE).status_code == 200

    assert officer.get("/api/cases/LW-1/blobs/identity/1").status_code == 404
    assert officer.get("/api/cases/LW-1/blobs/report/1").status_code == 200
    case = officer.get("/api/cases/LW-1").json()
    assert case["identity"] == {
        "present": False, "pending": None, "until": "2027-05-23T10:10Z", "review_due": "",
        "erased": "2027-05-23T10:00Z",
    }  # fmt: skip
    assert {one["id"]: one["erased"] for one in case["consents"] if one["erased"]} == {"C-NAME": "2027-05-23T10:00Z"}
    assert ("Ana", "identity-erased") in [(line["who"], line["act"]) for line in case["history"]]
    late = officer.post(REVIEW, ERASE)
    assert (late.status_code, "no real name" in late.json()["message"]) == (409, True)


@pytest.mark.parametrize(
    ("office", "role", "status"),
    [
        (HRC, Role.OPERATOR, 403),
        (HRC, Role.SHIFT_LEAD, 403),
        (HRC, Role.CONSENT_STEWARD, 403),
        (SENIOR, Role.FOCAL_POINT, 409),
        (DUTY, Role.DUTY_OFFICER, 404),
    ],
)
def test_only_case_workers_of_that_office_decide(half_a_year_on: World, office: str, role: Role, status: int) -> None:
    """Everybody else is refused, and nothing is changed."""
    other = half_a_year_on.logged_in("other", office, role)

    assert [other.post(REVIEW, body).status_code for body in (KEEP, ERASE)] == [status, status]
    assert to_review(half_a_year_on.logged_in("ana")) == (["LW-1"], 1)


def test_keeping_needs_a_reason_of_the_list_and_erasing_takes_none(half_a_year_on: World) -> None:
    """The answer names the codes."""
    officer = half_a_year_on.logged_in("ana")
    wrong = [
        officer.post(REVIEW, {"needed": True, "reason": reason}) for reason in ("", "RSN-IDB-CHECK", "her brother")
    ]
    assert [(one.status_code, "RSN-BOX-MEASURE" in one.json()["message"]) for one in wrong] == [(400, True)] * 3
    assert officer.post(REVIEW, {"needed": False, "reason": "RSN-BOX-WISH"}).status_code == 400
    assert to_review(officer) == (["LW-1"], 1)


def test_what_says_the_name_keeps_it_and_is_not_proposed_once_it_is_erased(world: World) -> None:
    """But without the name, and when the person asks for it themselves."""
    work = Work(world)
    named = work.card(measure="GM-STA-DIP", name_mode="NM-NAMED")
    assert work.post("measures", named).status_code == 200
    in_use = work.post("identity/review", ERASE)
    assert (in_use.status_code, "A proposal says the real name" in in_use.json()["message"]) == (409, True)
    work.person_sees()
    work.person_says("2")
    assert work.case()["measures"][0]["state"] == "refused"

    assert work.post("identity/review", ERASE).status_code == 200

    refused = work.post("measures", named)
    assert (refused.status_code, "erased the real name on 2026-11-24" in refused.json()["message"]) == (400, True)
    assert work.post("measures", named | {"raised": True}).status_code == 200
    assert work.post("measures", work.card()).status_code == 200
