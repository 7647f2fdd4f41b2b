"""It is not this person who writes: who may say so at the desk, what the case then shows, and where the words lead."""

from __future__ import annotations

import pytest

from handlers.accounts import Role
from tests.conftest import hashed
from tests.desk_server.test_working import PERSON, Work
from tests.desk_server.world import HRC, OTHER, SENIOR, World

TAKEN, PHRASE = {"reason": "RSN-ELS-TAKEN"}, "four words of mine"


@pytest.fixture
def work(world: World) -> Work:
    """A case at work whose person has words; nobody has doubted them yet."""
    return Work(world, phrase_hash=hashed("phrase", PHRASE))


def test_nothing_goes_to_the_account_any_more_and_the_case_says_why(work: Work) -> None:
    """The strip forbids, whatever the person agreed to; who wrote there is a stranger; clocks and owner stay."""
    work.post("measures", work.card())
    before = work.case()

    assert work.post("lose-account", TAKEN).status_code == 200

    case = work.case()
    assert case["flags"] == ["account_lost"]
    assert (case["strip"]["may_contact"], case["strip"]["reason"]) == (False, "account_lost")
    assert "only their secret words" in case["strip"]["how"]
    assert [card["state"] for card in case["measures"]] == ["withdrawn"]
    assert (case["clocks"], case["owner"], case["status"]) == (before["clocks"], before["owner"], before["status"])
    assert [(line["act"], line["reason"]) for line in case["history"]][-1] == ("lose-account", "RSN-ELS-TAKEN")
    assert work.write().json()["reason"] == "account_lost"
    assert work.person_sees() == []
    assert "Choose a language" in work.person_says("hello")[0]


def test_the_words_bring_back_the_case_and_what_the_officer_wrote_since(work: Work) -> None:
    """A mistaken officer silences nobody for good."""
    work.post("lose-account", TAKEN)
    work.write()
    assert "Welcome back" in work.person_says(PHRASE)[0]
    assert (work.case()["flags"], work.case()["strip"]["reason"]) != (["account_lost"], "account_lost")
    with work.world.service.store.transaction() as transaction:
        assert transaction.conversations.of_case("LW-1") == PERSON


@pytest.mark.parametrize(
    ("office", "role", "status"),
    [
        (HRC, Role.OPERATOR, 403), (HRC, Role.SHIFT_LEAD, 403), (HRC, Role.CONSENT_STEWARD, 403),
        (HRC, Role.FIRST_RESPONDENT, 409), (SENIOR, Role.FOCAL_POINT, 404), (OTHER, Role.FIRST_RESPONDENT, 404),
    ],
)  # fmt: skip
def test_nobody_but_its_owner_says_so(work: Work, office: str, role: Role, status: int) -> None:
    """Neither a colleague nor another office."""
    other = work.world.logged_in("other", office, role)

    assert work.post("lose-account", TAKEN, other).status_code == status
    assert work.case()["flags"] == []


def test_where_no_words_lead_back_the_officer_is_told_before_and_refused(work: Work) -> None:
    """The page says it from `words_lead_back`; the server refuses whoever asks all the same."""
    assert work.case()["words_lead_back"] is True
    work.world.change("LW-1", phrase_hash="")
    assert work.case()["words_lead_back"] is False
    refused = work.post("lose-account", TAKEN)
    assert (refused.status_code, "put the case on hold" in refused.json()["message"]) == (409, True)


def test_no_officer_takes_it_back(work: Work) -> None:
    """A second word of the officer, for or against it, is refused."""
    wrong = work.post("lose-account", {"reason": "their neighbour said so"})
    assert (wrong.status_code, "RSN-ELS-FACTS" in wrong.json()["message"]) == (400, True)
    assert work.post("lose-account", TAKEN).status_code == 200
    again, sure = work.post("lose-account", TAKEN), work.post("recognise", {"reason": "RSN-WHO-LIVE"})
    assert (again.status_code, sure.status_code) == (409, 409)
    assert "secret words" in sure.json()["message"]
