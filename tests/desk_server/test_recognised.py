"""It is this person who writes: who may say so at the desk, and what the person then sees."""

from __future__ import annotations

import pytest

from handlers.accounts import Role
from tests.desk_server.test_working import PERSON, Work
from tests.desk_server.world import HRC, OTHER, SENIOR, World

SURE = {"reason": "RSN-WHO-CALLBACK"}


@pytest.fixture
def work(world: World) -> Work:
    """A case at work whose person has a new phone."""
    made = Work(world)
    world.service.reception.identity_changed(PERSON)
    return made


def test_the_owner_is_sure_and_their_words_go_out(work: Work) -> None:
    """The two words first, as always; the flag goes, and the history says who was sure and why."""
    assert work.write().json()["reason"] == "identity_doubt"
    assert work.case()["flags"] == ["identity_doubt"]

    assert work.post("recognise", SURE).status_code == 200

    case = work.case()
    assert (case["flags"], case["strip"]["may_contact"]) == ([], True)
    assert [(line["act"], line["reason"]) for line in case["history"]][-1] == ("recognise", "RSN-WHO-CALLBACK")
    assert work.person_sees() == ["green apple"]
    assert "That is you" in work.person_says("tall river")[0]


@pytest.mark.parametrize(
    ("office", "role", "status"),
    [
        (HRC, Role.OPERATOR, 403), (HRC, Role.SHIFT_LEAD, 403), (HRC, Role.CONSENT_STEWARD, 403),
        (HRC, Role.FIRST_RESPONDENT, 409), (SENIOR, Role.FOCAL_POINT, 404), (OTHER, Role.FIRST_RESPONDENT, 404),
    ],
)  # fmt: skip
def test_nobody_but_its_owner_ends_the_doubt(work: Work, office: str, role: Role, status: int) -> None:
    """Neither a colleague nor another office."""
    other = work.world.logged_in("other", office, role)

    assert work.post("recognise", SURE, other).status_code == status
    assert work.case()["flags"] == ["identity_doubt"]


def test_an_owner_who_is_an_operator_alone_hands_the_case_over_for_it(work: Work) -> None:
    """Operators know people by the emergency line only."""
    operator = work.world.logged_in("omar", HRC, Role.OPERATOR)
    work.world.change("LW-1", owner="omar")

    assert work.post("recognise", SURE, operator).status_code == 403


def test_a_reason_of_the_list_and_a_doubt_are_needed(work: Work) -> None:
    """The answer names the codes, and a second time there is nothing to end."""
    wrong = work.post("recognise", {"reason": "her dog"})
    assert (wrong.status_code, "RSN-WHO-FACTS" in wrong.json()["message"]) == (400, True)
    assert work.post("recognise", SURE).status_code == 200
    late = work.post("recognise", SURE)

    assert (late.status_code, "not in doubt" in late.json()["message"]) == (409, True)
