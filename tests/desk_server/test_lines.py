"""Lines for the annual report without a name: a second officer checks them before the person is asked (spec 7.3)."""

from __future__ import annotations

import pytest

from dialogs.replace import replace
from handlers.accounts import Role
from tests.desk_server.test_working import CASE, Work
from tests.desk_server.world import HRC, OTHER, World, given

LINES = "In May a teacher of Northtown was threatened after the review of their country."
OTHERS = "A person was threatened after they had spoken at a meeting."


@pytest.fixture
def work(world: World) -> Work:
    """A case at work."""
    return Work(world, red=())


def propose(work: Work, lines: str = LINES) -> str:
    """Let Amina propose a line; return the id of the proposal."""
    answer = work.post("measures", work.card(measure="AR-ANON", recipient="the report", content=lines))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_the_person_is_asked_only_after_a_second_officer_has_checked_the_lines(work: Work) -> None:
    """Not when they write, either. Whoever checked, and as what, is in the history; the lines then go the usual way."""
    number, ben = propose(work), work.world.logged_in("ben", HRC, Role.DUTY_OFFICER)
    assert LINES not in "".join(work.person_says("hello"))
    assert (work.case()["measures"][0]["check"], work.case(ben)["measures"][0]["check"]) == ("yours", "waits")
    assert (work.case()["status"], "lines_to_check" in work.case()["flags"]) == ("ST-TRI", True)

    checked = work.post(f"measures/{number}/check", {"shows_nobody": True}, ben)

    assert (checked.status_code, checked.json()["check"]) == (200, "")
    assert (work.case()["status"], "lines_to_check" in work.case()["flags"]) == ("ST-CON", False)
    assert LINES in "".join(work.person_sees())
    work.person_says("1")
    work.person_says("1")
    assert work.case()["measures"][0]["light"] == "green"
    assert work.post(f"measures/{number}/start").json()["state"] == "started"
    acts = [(line["who"], line["role"], line["act"]) for line in work.case()["history"] if line["act"] != "look"]
    assert ("Ben", "duty-officer", "lines-checked") in acts


def test_lines_that_show_somebody_go_back_with_a_reason_and_other_lines_need_a_check_of_their_own(work: Work) -> None:
    """What was sent back is wiped, never reaches the person, and cannot be proposed once more as it is."""
    number, ben = propose(work), work.world.logged_in("ben")
    returned = work.post(f"measures/{number}/check", {"shows_nobody": False, "reason": "RSN-LIN-PLACE"}, ben).json()

    assert (returned["state"], returned["light"], returned["content"]) == ("returned", "grey", "")
    assert returned["outcome"] == "RSN-LIN-PLACE"
    assert work.case()["status"] == "ST-TRI"
    history = [(line["act"], line["new"], line["reason"]) for line in work.case()["history"]]
    assert ("lines-returned", number, "RSN-LIN-PLACE") in history
    assert work.post(f"measures/{number}/check", {"shows_nobody": True}, ben).status_code == 400
    assert work.post(f"measures/{number}/again").status_code == 400
    same = work.post("measures", work.card(measure="AR-ANON", recipient="the report", content=LINES))
    assert (same.status_code, "write others" in same.json()["message"]) == (400, True)
    other = propose(work, OTHERS)
    assert not any(lines in "".join(work.person_says("hello")) for lines in (LINES, OTHERS))
    assert work.post(f"measures/{other}/check", {"shows_nobody": True}, ben).status_code == 200
    assert OTHERS in "".join(work.person_sees())


def test_nobody_checks_lines_of_their_own_nor_without_access_or_a_role_that_proposes(work: Work) -> None:
    """Whoever the case was handed to since may, and the author may not, also when they own it no more."""
    number, body = propose(work), {"shows_nobody": True}
    path = f"measures/{number}/check"
    assert work.post(path, body).status_code == 403
    assert work.post(path, body, work.world.logged_in("line", HRC, Role.OPERATOR)).status_code == 403
    assert work.post(path, body, work.world.logged_in("far", OTHER)).status_code == 404
    ben = work.world.logged_in("ben")
    work.world.change(CASE, owner="ben")
    assert work.post(path, body).status_code == 403
    assert LINES not in "".join(work.person_says("hello"))
    assert work.post(path, body, ben).status_code == 200


def test_where_nobody_else_works_on_cases_the_shift_lead_checks_lines_and_reads_nothing_else(work: Work) -> None:
    """Their second signature, as for the level: the lines that wait, and that they looked is in the history."""
    lead = work.world.logged_in("lead", HRC, Role.SHIFT_LEAD)
    work.post("measures", work.card())
    assert (work.case(lead)["sees"], work.case(lead)["measures"]) == ("line", [])
    number = propose(work)
    ((line,), ours) = (work.case(lead)["measures"], work.case())
    assert (line["id"], line["content"], line["check"]) == (number, LINES, "waits")
    assert (work.case(lead)["blobs"], work.case(lead)["strip"], work.case(lead)["thread"]) == ([], None, [])
    other = ours["measures"][0]["id"]
    for part, body in ((f"{other}/check", {"shows_nobody": True}), (f"{number}/start", {}), (f"{number}/again", {})):
        assert work.post(f"measures/{part}", body, lead).status_code in (400, 403)

    assert work.post(f"measures/{number}/check", {"shows_nobody": True}, lead).json()["check"] == ""
    assert work.case(lead)["measures"] == []
    acts = [(one["who"], one["role"], one["act"]) for one in work.case()["history"] if one["who"] == "Lead"]
    assert acts == [("Lead", "shift-lead", "look"), ("Lead", "shift-lead", "lines-checked")]


def test_the_senior_focal_point_checks_lines_of_a_case_they_were_given(work: Work) -> None:
    """With the person's yes to them (C-ASG); without it the case does not exist there."""
    senior = work.world.logged_in("senior", "OFF-ASG", Role.FOCAL_POINT)
    number, body = propose(work), {"shows_nobody": True}
    assert work.post(f"measures/{number}/check", body, senior).status_code == 404
    with work.world.service.store.transaction() as unit:
        card = unit.cases.get(CASE)
        assert card is not None
        unit.cases.update(replace(card, consents=(*card.consents, given("C-ASG", "OFF-ASG"))))
    assert work.post(f"measures/{number}/check", body, senior).status_code == 200


def test_a_check_says_either_that_lines_show_nobody_or_why_they_go_back(work: Work) -> None:
    """With a code of the list; and what needs no check takes none."""
    number, ben = propose(work), work.world.logged_in("ben")
    for body in (
        {"shows_nobody": False}, {"shows_nobody": True, "reason": "RSN-LIN-DATE"}, {},
        {"shows_nobody": False, "reason": "they live in Northtown"}, {"shows_nobody": False, "reason": "OUT-DONE"},
    ):  # fmt: skip
        assert work.post(f"measures/{number}/check", body, ben).status_code == 400, body
    assert work.case()["measures"][0]["check"] == "yours"
    named = work.post("measures", work.card(measure="AR-NAMED", recipient="the report", name_mode="NM-NAMED")).json()
    assert named["check"] == ""
    assert work.post(f"measures/{named['id']}/check", {"shows_nobody": True}, ben).status_code == 400


def test_lines_that_wait_for_a_check_end_when_the_person_takes_everything_back(work: Work) -> None:
    """They are wiped, and nobody can let them go on afterwards."""
    number, ben = propose(work), work.world.logged_in("ben")
    work.person_says("withdraw")
    work.person_says("1")
    (withdrawn,) = work.case()["measures"]
    assert (withdrawn["state"], withdrawn["content"], withdrawn["check"]) == ("withdrawn", "", "")
    assert work.post(f"measures/{number}/check", {"shows_nobody": True}, ben).status_code == 400


def test_lines_with_the_name_are_used_only_after_a_second_yes_to_exactly_them(work: Work) -> None:
    """Spec 4.3, and T-REPN promises it: "We will ask you one more time". A follow-up begins at the first yes again."""
    card = work.card(measure="AR-NAMED", recipient="the report", name_mode="NM-NAMED", content=LINES)
    number = work.post("measures", card).json()["id"]
    assert LINES in "".join(work.person_sees())
    work.person_says("0")  # not now: it is asked once more, and that takes nothing from the second question
    work.person_says("hello")
    work.person_says("1")
    work.person_says("1")
    (once,) = work.case()["measures"]
    assert (once["state"], once["light"], once["check"]) == ("consented", "amber", "second")
    early = work.post(f"measures/{number}/start")
    assert (early.status_code, early.json()["reason"]) == (403, "asked-once")

    assert work.post(f"measures/{number}/again").status_code == 200
    second = "".join(work.person_sees())
    assert (LINES in second, "one more time" in second, "not ask again before it is printed" in second) == (
        True, False, True,
    )  # fmt: skip
    work.person_says("1")
    work.person_says("1")

    (twice,) = work.case()["measures"]
    assert (twice["light"], twice["check"]) == ("green", "")
    assert work.post(f"measures/{number}/again").status_code == 400
    assert work.post(f"measures/{number}/start").json()["state"] == "started"
    assert work.post("measures", card | {"raised": True}).status_code == 200
    work.person_sees()
    work.person_says("1")
    work.person_says("1")
    assert work.case()["measures"][-1]["check"] == "second"


def test_a_no_to_the_second_question_ends_the_first_yes(work: Work) -> None:
    """Nothing can be started on it."""
    card = work.card(measure="AR-NAMED", recipient="the report", name_mode="NM-NAMED", content=LINES)
    number = work.post("measures", card).json()["id"]
    work.person_sees()
    work.person_says("1")
    work.person_says("1")
    work.post(f"measures/{number}/again")
    work.person_sees()
    work.person_says("2")
    assert work.case()["measures"][0]["light"] == "red"
    assert work.post(f"measures/{number}/start").json()["reason"] == "refused"
