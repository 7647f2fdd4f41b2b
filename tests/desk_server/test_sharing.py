"""Passing a report on: asked about by name of the office, sealed anew, seen there while the yes counts, and gone after."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from dialogs.replace import replace
from handlers.accounts import Role
from handlers.actor import Actor
from handlers.sharing import share as share_sealed
from storage.crypto.talk import seal_words
from tests.desk_server.test_working import CASE, Work, work
from tests.desk_server.world import HRC, OTHER, Browser, World

__all__ = ["work"]  # the fixture of the suite of working

EXCLUDED, UNKNOWN = "OFF-HRA-XG", "OFF-NOWHERE"
REPORT = base64.b64encode(b"age-encryption.org/v1\nsealed anew").decode()
ADDRESS = f"/api/cases/{CASE}"


def ask(work: Work, office: str = OTHER, measure: str = "SH-COPY", content: str = "the report as you sent it") -> Any:  # noqa: ANN401 - an answer
    """Put the card to the person."""
    return work.post("measures", work.card(measure=measure, recipient=office, content=content))


def agree(work: Work) -> None:
    """Let the person say yes, and show that they understood."""
    work.person_says("1")
    work.person_says("1")


def share(work: Work, office: str = OTHER, by: Browser | None = None) -> httpx.Response:
    """Post what the page sealed."""
    return work.post("share", {"office": office, "sealed": REPORT}, by)


@dataclass
class Elsewhere:
    """An officer of the other office."""

    browser: Browser

    def sees(self) -> bool:
        """Tell whether the case exists for them: one line of the queue, and the case itself."""
        listed = CASE in self.browser.get("/api/cases").text
        assert (self.browser.get(ADDRESS).status_code == 200) is listed
        return listed


@pytest.fixture
def elsewhere(work: Work) -> Elsewhere:
    """Somebody who has nothing to do with the case yet."""
    return Elsewhere(work.world.logged_in("olga", OTHER))


def test_a_copy_goes_where_the_person_said_yes_to_and_only_once_it_is_sealed(work: Work, elsewhere: Elsewhere) -> None:
    """The card names the office; nothing is shared before the yes, and the office sees nothing before the copy."""
    assert share(work).status_code == 403
    assert ask(work).status_code == 200
    assert any("Human rights HQ reprisals team" in text for text in work.person_sees())
    assert share(work).json()["reason"] == "requested"
    agree(work)
    assert not elsewhere.sees()

    (may_seal,) = work.officer.get(f"{ADDRESS}/share").json()["agreed"]
    assert (may_seal["office"], len(may_seal["keys"])) == (OTHER, 2)
    assert share(work, by=work.world.logged_in("ben")).status_code == 409
    assert share(work).status_code == 200

    assert elsewhere.sees()
    assert elsewhere.browser.get(f"{ADDRESS}/blobs/copy/1").content.endswith(b"sealed anew")
    assert elsewhere.browser.get(f"{ADDRESS}/blobs/report/1").status_code == 404
    assert work.officer.get(f"{ADDRESS}/share").json()["agreed"] == []
    assert share(work).json()["reason"] == "used"
    assert work.case()["owner"]["id"] == "amina"
    acts = [line["act"] for line in work.case()["history"]]
    assert [act for act in acts if act != "look"] == ["note", "note", "propose", "share", "read"]


def test_what_the_page_seals_to_the_keys_it_was_given_opens_there(work: Work) -> None:
    """Only sealed bytes are stored, whatever is posted."""
    ask(work)
    agree(work)
    keys = work.officer.get(f"{ADDRESS}/share").json()["agreed"][0]["keys"]
    sealed = base64.b64encode(seal_words(json.dumps({"schema": "leeward-report-1"}).encode(), keys[0])).decode()
    assert work.post("share", {"office": OTHER, "sealed": base64.b64encode(b"plain").decode()}).status_code == 400
    assert work.post("share", {"office": OTHER, "sealed": sealed}).status_code == 200


def test_a_yes_for_one_office_and_content_is_none_for_another(work: Work, elsewhere: Elsewhere) -> None:
    """One consent for each; a case that is handed over is another question than a copy."""
    ask(work)
    agree(work)
    assert share(work, "OFF-UPR").status_code == 403
    work.world.change(CASE, measures=tuple(_other_content(work)))
    assert share(work).json()["reason"] == "older-content"
    assert not elsewhere.sees()


def _other_content(work: Work) -> Any:  # noqa: ANN401 - proposals
    from dialogs.replace import replace

    card = work.world.card(CASE)
    assert card is not None
    return [replace(proposal, content_version="0" * 64) for proposal in card.measures]


def test_a_case_handed_over_waits_there_for_an_owner(work: Work, elsewhere: Elsewhere) -> None:
    """ST-REF, then ST-ACK at the other office; the first office sees it, and does not own it any more."""
    ask(work, measure="SH-HAND")
    agree(work)
    passed = share(work).json()
    assert (passed["status"], passed["owner"]) == ("ST-REF", None)
    owned = elsewhere.browser.post(f"{ADDRESS}/own").json()
    assert (owned["status"], owned["owner"]["id"]) == ("ST-ACK", "olga")
    assert work.case()["owner"]["id"] == "olga"
    assert work.post("status", {"status": "ST-TRI"}).status_code == 409


@pytest.mark.parametrize(("measure", "alerts"), [("SH-COPY", 0), ("SH-HAND", 1)])
def test_the_ladder_of_the_office_that_was_given_the_case_begins(work: Work, measure: str, alerts: int) -> None:
    """A copy tells nobody there; a case somebody has to own is watched like a new one."""
    ask(work, measure=measure)
    agree(work)
    policy, now = replace(work.world.desk.policy, mails=True), work.world.clock.now()
    with work.world.service.store.transaction() as unit:
        card = unit.cases.get(CASE)
        assert card is not None
        sealed, owner = base64.b64decode(REPORT), Actor("amina", "first-respondent", HRC)
        share_sealed(unit, policy, card, OTHER, sealed, owner, now, bytes(32))

        assert unit.alerts.count() == alerts


@pytest.mark.parametrize("measure", ["SH-COPY", "SH-HAND"])
def test_taking_it_back_erases_the_copy_and_the_case_is_the_first_offices_again(
    work: Work, elsewhere: Elsewhere, measure: str
) -> None:
    """In the person's own turn; what was handed over belongs to nobody until somebody of the first office takes it."""
    ask(work, measure=measure)
    agree(work)
    share(work)
    elsewhere.browser.post(f"{ADDRESS}/own")
    work.person_says("I take it back")
    card = work.world.card(CASE)
    assert card is not None
    assert card.status == "ST-HOLD"
    assert not elsewhere.sees()

    work.person_says("2")
    assert not elsewhere.sees()
    card = work.world.card(CASE)
    assert card is not None
    assert (card.shared, card.handed_to) == ((), "")
    with work.world.service.store.transaction() as unit:
        assert [blob.office for blob in unit.blobs.of(CASE) if blob.purpose == "copy"] == []
    assert card.owner == ("" if measure == "SH-HAND" else "amina")


@pytest.mark.parametrize("measure", ["SH-COPY", "SH-HAND"])
def test_when_the_yes_lapses_the_copy_goes(work: Work, elsewhere: Elsewhere, measure: str) -> None:
    """Here because the level fell by two; at once for the gate, and erased when the clock looks."""
    ask(work, measure=measure)
    agree(work)
    share(work)
    work.world.change(CASE, level="L4")
    assert not elsewhere.sees()
    assert work.world.service.lapsing.look((CASE,)) == 1
    with work.world.service.store.transaction() as unit:
        assert [blob.office for blob in unit.blobs.of(CASE) if blob.purpose == "copy"] == []
    if measure == "SH-HAND":
        assert work.officer.post(f"{ADDRESS}/own").status_code == 200


def test_an_office_that_was_shut_out_is_answered_like_one_that_never_was(world: World) -> None:
    """By name, or because it is in a country: in the list, at the card and at the share."""
    work = Work(world, exclude=(f"EXC-OFF:{EXCLUDED}", "EXC-LOCAL"))
    listed = {office["id"] for office in work.officer.get(f"{ADDRESS}/share").json()["offices"]}
    shut_out = [EXCLUDED, "OFF-RCO-XM", "OFF-CO-XA"]
    assert OTHER in listed
    assert not listed & {*shut_out, UNKNOWN, HRC}
    asked = {office: ask(work, office) for office in (*shut_out, UNKNOWN)}
    assert {(answer.status_code, answer.text) for answer in asked.values()} == {(400, asked[UNKNOWN].text)}
    shared = {office: share(work, office) for office in (*shut_out, UNKNOWN)}
    assert {(answer.status_code, answer.text) for answer in shared.values()} == {(403, shared[UNKNOWN].text)}


def test_an_office_shut_out_after_the_yes_gets_nothing(work: Work) -> None:
    """The person may have told an officer since."""
    ask(work)
    agree(work)
    work.world.change(CASE, exclude=(f"EXC-OFF:{OTHER}",))
    assert work.officer.get(f"{ADDRESS}/share").json()["agreed"] == []
    assert share(work).status_code == 403


def test_children_others_and_offices_that_have_it_are_not_asked_about(world: World) -> None:
    """The gate's reasons come first; a second copy is no question."""
    work = Work(world, child=True)
    assert ask(work).json()["reason"] == "child"
    world.change(CASE, child=False, tp_consent="TPC-YES")
    assert ask(work).json()["reason"] == "person-not-asked"
    world.change(CASE, tp_consent="")
    assert ask(work, HRC).status_code == 400
    assert work.post("measures/MP-1/start").status_code == 400


def test_a_share_is_not_started_like_a_measure_and_operators_do_not_share(work: Work) -> None:
    """It begins when the report is sealed to the office."""
    number = ask(work).json()["id"]
    agree(work)
    assert work.post(f"measures/{number}/start").status_code == 400
    assert share(work, by=work.world.logged_in("omar", HRC, Role.OPERATOR)).status_code == 403
