"""Invitations made at the desk: each waits for a second person, so that nobody lets themselves into an office alone."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from handlers.accounts import Role
from handlers.types import AuditEntry
from tests.desk_server.test_login import passkey
from tests.desk_server.world import HRC, OTHER, URL, Browser, World

OMAR = {"office": HRC, "roles": ["operator"], "id": "omar"}
SEEN = {"office": HRC, "roles": ["operator"]}
CONFIRM = "/api/people/omar/confirm"


@pytest.fixture
def chief(world: World) -> Browser:
    """An administrator, who invites."""
    return world.logged_in("chief", HRC, Role.ADMINISTRATOR)


@pytest.fixture
def second(world: World) -> Browser:
    """Another one, of another office."""
    return world.logged_in("second", OTHER, Role.ADMINISTRATOR)


def opened(world: World, code: str) -> httpx.Response:
    """Open an invitation, as its page does."""
    return world.browser().post("/api/invitations/options", {"code": code})


def recorded(world: World, *acts: str) -> list[AuditEntry]:
    """Return what the audit log holds of these acts, the oldest first."""
    with world.service.store.transaction() as work:
        entries = [one.entry for one in work.audit.page(0, 100) if one.entry is not None]
    return sorted((entry for entry in entries if entry.act in acts), key=lambda entry: entry.at)


def test_an_invitation_counts_only_when_a_second_person_confirmed_it(
    world: World, chief: Browser, second: Browser
) -> None:
    """Until then its holder is told that it waits, at every step; both people stand in the audit log."""
    code = chief.post("/api/people/invite", OMAR).json()["code"]
    waiting = opened(world, code)
    world.clock.at += timedelta(minutes=1)

    confirmed = second.post(CONFIRM, SEEN)

    assert (waiting.status_code, waiting.json()["error"]) == (403, "not_confirmed")
    assert HRC not in waiting.text
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "invited")
    assert world.browser().accept(code, passkey()).json()["person"]["id"] == "omar"
    steps = [(entry.who, entry.act, entry.old, entry.new) for entry in recorded(world, "invite", "confirm")]
    assert steps == [("chief", "invite", "", "omar"), ("second", "confirm", "chief", "omar operator")]


def test_whoever_invites_cannot_confirm_it_and_take_it(world: World, chief: Browser) -> None:
    """Not even as the shift lead of that office too; that they tried is in the audit log."""
    both = world.logged_in("both", HRC, Role.ADMINISTRATOR, Role.SHIFT_LEAD)
    code = both.post("/api/people/invite", OMAR).json()["code"]

    refusal = both.post(CONFIRM, SEEN)

    assert (refusal.status_code, refusal.json()["error"]) == (403, "not_allowed")
    assert opened(world, code).json()["error"] == "not_confirmed"
    assert [(entry.who, entry.new) for entry in recorded(world, "confirm-refused")] == [("both", "omar")]
    assert chief.post(CONFIRM, SEEN).status_code == 200


def test_other_roles_need_another_invitation_and_its_second_person(
    world: World, chief: Browser, second: Browser
) -> None:
    """Nobody changes what was confirmed; made anew it waits again, and a page that was opened before leads nowhere."""
    code = chief.post("/api/people/invite", OMAR).json()["code"]
    second.post(CONFIRM, SEEN)
    browser, key = world.browser(), passkey()
    options = browser.post("/api/invitations/options", {"code": code}).json()["options"]

    changed = chief.post("/api/people/omar/roles", {"roles": ["first-respondent"]})
    again = chief.post("/api/people/invite", OMAR | {"roles": ["first-respondent"]}).json()["code"]
    late = browser.post("/api/invitations", {"code": code, "name": "Omar", "credential": key.make(options)})

    assert (changed.status_code, changed.json()["message"].partition(":")[0]) == (
        409,
        "Nobody has taken this invitation yet",
    )
    assert (late.status_code, late.json()["error"]) == (403, "bad_invitation")
    assert opened(world, again).json()["error"] == "not_confirmed"
    assert second.post(CONFIRM, SEEN | {"roles": ["first-respondent"]}).status_code == 200
    assert world.browser().accept(again, passkey()).json()["person"]["roles"] == ["first-respondent"]


def test_a_shift_lead_confirms_for_their_own_office_and_learns_of_no_other(world: World, chief: Browser) -> None:
    """A waiting account of another office is answered like one that never was."""
    own = world.logged_in("lead", HRC, Role.SHIFT_LEAD)
    foreign = world.logged_in("foreign", OTHER, Role.SHIFT_LEAD)
    chief.post("/api/people/invite", OMAR)

    answers = [foreign.post(path, SEEN) for path in (CONFIRM, "/api/people/nobody/confirm")]

    assert [(answer.status_code, answer.content) for answer in answers] == [(404, answers[0].content)] * 2
    assert own.post(CONFIRM, SEEN).status_code == 200
    assert own.post(CONFIRM, SEEN).status_code == 409


@pytest.mark.parametrize("seen", [{"office": HRC, "roles": ["statistics"]}, {"office": OTHER, "roles": ["operator"]}])
def test_whoever_confirms_confirms_what_they_saw(
    world: World, chief: Browser, second: Browser, seen: dict[str, object]
) -> None:
    """Changed between the look and the click, it waits on."""
    code = chief.post("/api/people/invite", OMAR).json()["code"]

    assert second.post(CONFIRM, seen).status_code == 409
    assert opened(world, code).json()["error"] == "not_confirmed"


def test_an_administrator_who_was_ended_confirms_nothing(world: World, chief: Browser, second: Browser) -> None:
    """Nor one who has another role by now."""
    code = chief.post("/api/people/invite", OMAR).json()["code"]
    chief.post("/api/people/second/revoke")

    assert second.post(CONFIRM, SEEN).status_code == 401
    assert opened(world, code).json()["error"] == "not_confirmed"


def test_the_list_says_for_whom_an_invitation_waits(world: World, chief: Browser, second: Browser) -> None:
    """Its inviter sees who may confirm it, and is not offered to do it; those who may are."""
    lead = world.logged_in("lead", HRC, Role.SHIFT_LEAD)
    world.account("elsewhere", OTHER, Role.SHIFT_LEAD)
    chief.post("/api/people/invite", OMAR)

    lines = [
        next(line for line in browser.get("/api/people").json()["people"] if line["id"] == "omar")
        for browser in (chief, second, lead)
    ]

    assert [(line["state"], line["confirm"]) for line in lines] == [
        ("waiting", False), ("waiting", True), ("waiting", True),
    ]  # fmt: skip
    assert [sorted(line["confirmers"]) for line in lines] == [["Lead", "Second"], ["Lead", "Second"], ["Lead"]]


def test_whoever_lost_their_passkey_is_revoked_and_invited_again(world: World, chief: Browser, second: Browser) -> None:
    """With the same id, so that they stay who they are on the roster; while they are active nobody else gets it."""
    first = chief.post("/api/people/invite", OMAR).json()
    assert first["link"] == f"{URL}/desk#invite={first['code']}"
    second.post(CONFIRM, SEEN)
    lost = passkey()
    assert world.browser().accept(first["code"], lost).status_code == 200
    assert chief.post("/api/people/invite", OMAR).status_code == 409

    chief.post("/api/people/omar/revoke")
    again = chief.post("/api/people/invite", OMAR).json()
    assert opened(world, again["code"]).json()["error"] == "not_confirmed"
    second.post(CONFIRM, SEEN)

    assert world.browser().accept(again["code"], passkey()).json()["person"]["id"] == "omar"
    assert world.browser().login(lost).status_code == 401


def test_somebody_invites_only_to_offices_and_roles_there_are(chief: Browser) -> None:
    """And nobody without a role."""
    wrong = [
        {"office": "OFF-NOWHERE", "roles": ["operator"]},
        {"office": HRC, "roles": []},
        {"office": HRC, "roles": ["king"]},
    ]

    assert [chief.post("/api/people/invite", body).status_code for body in wrong] == [400, 400, 400]
