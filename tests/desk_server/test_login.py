"""Invitations, passkeys, logins: what lets somebody in, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from webauthn.helpers import base64url_to_bytes

from bot.clock import SystemEntropy
from bot.desk.invitations import new_invitation
from bot.desk.people import revoke
from bot.desk.refusals import Refused
from bot.desk.routes import Allowed, Call, Nothing, Visitor
from bot.desk.throttle import MOST_KEYS, Pace, Throttle
from bot.desk.visit import NO_SESSION
from dialogs.replace import replace
from handlers.accounts import ACTIVE, REVOKED, Role
from handlers.desk import invite
from tests.conftest import NOON
from tests.desk_server.world import HRC, URL, Browser, World
from tests.fakes.authenticator import Authenticator

HOST = "desk.example.org"


def invitation(world: World, *roles: Role) -> str:
    """Return the code of a fresh invitation."""
    now = world.clock.now()
    account, code, until = new_invitation(SystemEntropy(), now, HRC, roles or (Role.FIRST_RESPONDENT,), "")
    with world.service.store.transaction() as work:
        invite(work, None, account, code, (now, until))
    return code


def passkey() -> Authenticator:
    return Authenticator(URL, HOST)


def enrolled(world: World, *, counts: bool = True) -> Authenticator:
    """Return the passkey of somebody who took an invitation."""
    made = replace(passkey(), counts=counts)
    assert world.browser().accept(invitation(world), made).status_code == 200
    return made


def answered(browser: Browser, authenticator: Authenticator) -> object:
    """Return an answer to a fresh challenge, without sending it."""
    return {"credential": authenticator.answer(browser.post("/api/login/options").json())}


def test_somebody_takes_an_invitation_and_logs_in_again_with_the_passkey(world: World) -> None:
    """The way in, twice: as a new person and as a known one in another browser."""
    authenticator, first, second = passkey(), world.browser(), world.browser()

    accepted = first.accept(invitation(world), authenticator)
    again = second.login(authenticator)

    assert (accepted.status_code, again.status_code) == (200, 200), again.text
    assert accepted.json()["person"]["name"] == "Amina"
    assert second.get("/api/session").json()["person"] == accepted.json()["person"]
    assert len(again.json()["office_keys"]) == 2
    assert again.json()["bot_key"].startswith("age1pq1")


def test_an_invitation_works_once(world: World) -> None:
    """Whoever comes second is refused, with the words for an unknown code."""
    code = invitation(world)
    assert world.browser().accept(code, passkey()).status_code == 200
    late, unknown = world.browser(), world.browser()

    answers = [
        one.post("/api/invitations/options", {"code": text}) for one, text in ((late, code), (unknown, "x" * 32))
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(403, answers[0].content)}
    assert answers[0].json()["error"] == "bad_invitation"


def test_two_who_opened_one_invitation_cannot_both_take_it(world: World) -> None:
    """The options of both count; the code does not, after the first."""
    code, one, two = invitation(world), world.browser(), world.browser()
    made = {browser: passkey() for browser in ("one", "two")}
    first = one.post("/api/invitations/options", {"code": code}).json()["options"]
    second = two.post("/api/invitations/options", {"code": code}).json()["options"]

    taken = one.post("/api/invitations", {"code": code, "name": "A", "credential": made["one"].make(first)})
    late = two.post("/api/invitations", {"code": code, "name": "B", "credential": made["two"].make(second)})

    assert (taken.status_code, late.status_code) == (200, 403)


def test_a_synced_passkey_is_said_plainly(world: World) -> None:
    """To whoever made it, and to the administrator; one that stays on its device is not."""
    for synced in (True, False):
        browser = world.browser()
        device = Authenticator(URL, HOST, synced=synced)
        account = browser.accept(invitation(world), device).json()["person"]["id"]
        assert browser.login(device).json()["synced"] is synced
        people = world.logged_in("root", HRC, Role.ADMINISTRATOR).get("/api/people").json()["people"]
        assert next(one for one in people if one["id"] == account)["synced"] is synced


def test_the_list_of_passkeys_on_a_seized_device_names_nobody(world: World) -> None:
    """No office, no role, no id of the roster: a handle of chance, the same for every passkey of an account."""
    browser, code = world.browser(), invitation(world)
    answer = browser.post("/api/invitations/options", {"code": code}).json()
    again = browser.post("/api/invitations/options", {"code": code}).json()["options"]["user"]
    options, user = answer["options"], answer["options"]["user"]

    assert user == again
    assert user["name"] == user["displayName"]
    assert re.fullmatch("[a-z2-7]{8}", user["name"])
    assert options["rp"]["name"] == options["rp"]["id"]
    assert options["extensions"] == {"prf": {}}
    assert answer["office_name"] not in json.dumps(options)
    assert len(base64url_to_bytes(user["id"])) == 32


def test_an_old_invitation_does_not_count(world: World) -> None:
    """After three days."""
    code = invitation(world)
    world.clock.at += timedelta(hours=72)

    assert world.browser().post("/api/invitations/options", {"code": code}).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://desk.example.org.evil.example"}, {"origin": "http://desk.example.org"},
        {"relying_party": "evil.example"}, {"verifies": False},
    ],
)  # fmt: skip
def test_a_passkey_of_elsewhere_or_without_its_owner_is_refused(world: World, change: dict[str, object]) -> None:
    """Another origin, another relying party, nobody verified: at login and when it is made."""
    good = enrolled(world)
    bad = replace(good, **change)  # type: ignore[arg-type]  # fields of the table above
    fresh = replace(passkey(), **change)  # type: ignore[arg-type]  # as above

    answers = [world.browser().login(bad), world.browser().accept(invitation(world), fresh)]

    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [(401, "login_failed")] * 2
    assert world.browser().login(replace(good, count=bad.count)).status_code == 200


def test_an_answer_counts_once(world: World) -> None:
    """Sent again, in the same browser with the same ticket, it is refused."""
    authenticator, browser = enrolled(world, counts=False), world.browser()
    sent = answered(browser, authenticator)
    ticket = browser.client.cookies.get("__Host-leeward-ticket")
    assert browser.post("/api/login", sent).status_code == 200

    browser.client.cookies.set("__Host-leeward-ticket", ticket or "")

    assert browser.post("/api/login", sent).status_code == 401


def test_a_copy_of_an_authenticator_is_noticed(world: World) -> None:
    """Its count is behind the one that was used meanwhile."""
    original = enrolled(world)
    copy = replace(original)
    for _ in range(2):
        assert world.browser().login(original).status_code == 200

    assert world.browser().login(copy).status_code == 401


def test_an_answer_belongs_to_the_browser_that_asked(world: World) -> None:
    """Whoever catches it cannot use it: their browser has no ticket, or another one."""
    authenticator, browser, thief = enrolled(world), world.browser(), world.browser()
    caught = answered(browser, authenticator)

    without = thief.post("/api/login", caught)
    thief.post("/api/login/options")
    with_another = thief.post("/api/login", caught)

    assert (without.status_code, with_another.status_code) == (401, 401)
    assert browser.post("/api/login", caught).status_code == 200


def test_a_challenge_lasts_five_minutes(world: World) -> None:
    """And one for an invitation does not log in."""
    authenticator, browser = enrolled(world), world.browser()
    sent = answered(browser, authenticator)
    world.clock.at += timedelta(minutes=5)
    assert browser.post("/api/login", sent).status_code == 401

    options = browser.post("/api/invitations/options", {"code": invitation(world)}).json()["options"]
    assert browser.post("/api/login", {"credential": authenticator.answer(options)}).status_code == 401


@pytest.mark.parametrize("ticket", ["", "x", "99999999999.n.0", "9" * 40 + ".n.x", "1.2.3", "1e3.n.x"])
def test_a_forged_ticket_is_none(world: World, ticket: str) -> None:
    """Whatever stands in the cookie."""
    authenticator, browser = enrolled(world), world.browser()
    sent = answered(browser, authenticator)
    browser.client.cookies.clear()

    assert browser.post("/api/login", sent, Cookie=f"__Host-leeward-ticket={ticket}").status_code == 401


@pytest.mark.parametrize(
    "credential", [{}, {"id": 1}, {"id": "é"}, {"id": "x"}, {"id": "x", "response": {}}, {"id": ["x"]}]
)
def test_what_is_no_credential_is_refused(world: World, credential: dict[str, object]) -> None:
    """Of whatever shape."""
    browser = world.browser()
    browser.post("/api/login/options")

    assert browser.post("/api/login", {"credential": credential}).status_code == 401


def test_a_login_holds_a_shift_and_no_longer_than_somebody_is_away(world: World) -> None:
    """Two hours without a request, or twelve in all."""
    away, busy = world.logged_in("away"), world.logged_in("busy")
    for _ in range(11):
        world.clock.at += timedelta(minutes=61)
        assert busy.get("/api/session").status_code == 200
    assert away.get("/api/session").status_code == 401

    world.clock.at += timedelta(minutes=61)

    assert busy.get("/api/session").status_code == 401


def test_whoever_is_revoked_is_out_at_once_and_for_ever(world: World) -> None:
    """Their login ends with the transaction, their passkey opens nothing any more."""
    authenticator, officer = passkey(), world.browser()
    person = officer.accept(invitation(world), authenticator).json()["person"]["id"]
    chief = world.logged_in("chief", HRC, Role.ADMINISTRATOR)

    assert chief.post(f"/api/people/{person}/revoke").status_code == 200

    assert officer.get("/api/session").status_code == 401
    assert world.browser().login(authenticator).status_code == 401
    with world.service.store.transaction() as work:
        account = work.accounts.get(person)
    assert account is not None
    assert account.state == REVOKED


def test_other_roles_take_effect_at_once(world: World) -> None:
    """The login of before ends; after the next one the new roles hold."""
    authenticator, officer = passkey(), world.browser()
    person = officer.accept(invitation(world), authenticator).json()["person"]["id"]
    chief = world.logged_in("chief", HRC, Role.ADMINISTRATOR)

    assert chief.post(f"/api/people/{person}/roles", {"roles": ["statistics"]}).status_code == 200

    assert officer.get("/api/cases").status_code == 401
    officer.login(authenticator)
    assert officer.get("/api/cases").status_code == 403


def test_the_last_administrator_stays(world: World) -> None:
    """Nobody would be left to invite another."""
    chief = world.logged_in("chief", HRC, Role.ADMINISTRATOR)

    answers = [chief.post("/api/people/chief/revoke"), chief.post("/api/people/chief/roles", {"roles": ["operator"]})]

    assert [answer.status_code for answer in answers] == [409, 403]
    assert answers[0].json()["message"] == "This is the last administrator: make another one first."
    with world.service.store.transaction() as work:
        account = work.accounts.get("chief")
    assert account is not None
    assert (account.state, account.roles) == (ACTIVE, (Role.ADMINISTRATOR,))


def test_of_two_administrators_who_end_each_other_one_remains(world: World) -> None:
    """Both requests were let in; the second finds, in its own transaction, that whoever asks is none any more."""
    first, second = (world.account(name, HRC, Role.ADMINISTRATOR) for name in ("ada", "ben"))
    allowed = {a.id: Allowed(a, Role.ADMINISTRATOR, NO_SESSION, world.clock.now()) for a in (first, second)}
    visitor = Visitor("test", {})

    revoke(Call(world.desk, allowed["ada"], Nothing(), {"person": "ben"}, visitor))
    with pytest.raises(Refused):
        revoke(Call(world.desk, allowed["ben"], Nothing(), {"person": "ada"}, visitor))

    with world.service.store.transaction() as work:
        assert [account.id for account in work.accounts.all() if account.state == ACTIVE] == ["ada"]


def test_nobody_gives_more_roles_to_themselves(world: World) -> None:
    """An administrator who would read cases needs another administrator; that they tried is in the audit log."""
    chief = world.logged_in("chief", HRC, Role.ADMINISTRATOR)
    world.account("other", HRC, Role.ADMINISTRATOR)

    answer = chief.post("/api/people/chief/roles", {"roles": ["administrator", "first-respondent"]})

    assert answer.status_code == 403
    with world.service.store.transaction() as work:
        account, entries = work.accounts.get("chief"), work.audit.page(0, 100)
    assert account is not None
    assert account.roles == (Role.ADMINISTRATOR,)
    assert [e.entry.who for e in entries if e.entry is not None and e.entry.act == "roles-refused"] == ["chief"]


def test_one_account_that_asks_without_end_slows_down_nobody_else(world: World) -> None:
    """Its own pace is used up; a colleague is answered."""
    world.desk = replace(world.desk, requests=Throttle(Pace(5, 1.0)))
    busy, colleague = world.logged_in("busy"), world.logged_in("colleague")

    answers = [busy.get("/api/session").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
    assert colleague.get("/api/session").status_code == 200


def test_the_genuine_officer_is_let_in_while_an_attacker_hammers_from_the_same_place(world: World) -> None:
    """The attacker is told to wait; only failures count, and only theirs; nobody else notices."""
    authenticator, attacker, other = enrolled(world), world.browser("198.51.100.7"), world.browser("203.0.113.9")
    guesses = [attacker.post("/api/invitations/options", {"code": "guess" * 5}) for _ in range(40)]
    tries = [attacker.post("/api/login", {"credential": {"id": "x"}}) for _ in range(40)]

    assert [answer.status_code for answer in guesses[:10]] == [403] * 10
    assert {answer.status_code for answer in (*guesses[10:], *tries)} == {429}
    assert tries[-1].json()["retry_after"] == int(tries[-1].headers["retry-after"]) > 0
    assert world.browser("198.51.100.7").login(authenticator).status_code == 200
    assert world.browser("198.51.100.7").accept(invitation(world), passkey()).status_code == 200
    assert other.post("/api/login", {"credential": {"id": "x"}}).status_code == 401


def test_a_throttle_forgets_in_time_and_remembers_a_bounded_number() -> None:
    """One more try after each interval; of many sources the one not seen for the longest is forgotten."""
    throttle = Throttle(Pace(2, 10.0))

    assert [throttle.count("a", NOON) for _ in range(3)] == [0, 0, 10]
    assert throttle.count("a", NOON + timedelta(seconds=10)) == 0
    assert throttle.count("a", NOON + timedelta(seconds=10)) > 0
    assert throttle.count("a", NOON - timedelta(days=1)) > 0  # a clock set back gives nothing away
    for number in range(MOST_KEYS):
        throttle.count(str(number), NOON)
    assert throttle.count("a", NOON) == 0


def test_nothing_of_a_login_is_kept_in_clear(world: World) -> None:
    """No token, code, name, office or role stands in the database."""
    code = invitation(world)
    browser = world.browser()
    browser.accept(code, passkey(), name="Amina Canary")
    token = browser.client.cookies.get(world.desk.place.cookie)
    assert token
    world.service.store.finish_erasure()

    content = (world.service.home / "leeward.db").read_bytes()

    assert [
        word for word in (code, token, "Amina", "Canary", HRC, "first-respondent") if word.encode() in content
    ] == []
