"""Every route x every role x own, foreign, random and erased cases, made from the description the desk gives of itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.clock import FixedClock
from bot.desk.openapi import described
from bot.desk.table import routes_of
from dialogs.replace import replace
from handlers.accounts import Role
from tests.conftest import NOON
from tests.desk_server.world import DUTY, HRC, OTHER, Browser, World, card_of, desk_world, given

OWN, FOREIGN, ERASED, RANDOM = "LW-AAAA-OWN", "LW-BBBB-FOREIGN", "LW-CCCC-ERASED", "LW-DDDD-RANDOM"
MARKS = (FOREIGN, "scarlet cormorant", "violet narwhal", "RED-FAM", OTHER, ERASED)
"""What stands only in the case of the other office, or in the erased one."""

NAMES_OFFICES = "/api/cases/{case}/share"
"""Where offices of the directory may be named: as those the person may be asked about."""

SEALED = base64.b64encode(b"age-encryption.org/v1\nand so on").decode()
BODIES: dict[str, Any] = {
    "/api/people/invite": {"office": HRC, "roles": ["operator"]},
    "/api/people/{person}/confirm": {"office": HRC, "roles": ["operator"]},
    "/api/people/{person}/roles": {"roles": ["operator"]},
    "/api/cases/{case}/level": {"level": "L1", "reason": "RSN-LVL-NEWS"},
    "/api/cases/{case}/identity": {"reason": "RSN-IDB-DANGER"},
    "/api/cases/{case}/status": {"status": "ST-VER"},
    "/api/cases/{case}/hand-over": {"to": "nobody", "readback": {"level": "L2"}},
    "/api/cases/{case}/hand-over/confirm": {"readback": {"level": "L2"}},
    "/api/cases/{case}/next-contact": {"at": "2026-11-25T19:00:00Z"},
    "/api/cases/{case}/notes": {"for_office": SEALED},
    "/api/cases/{case}/person-concerned": {"answer": "given", "how": "officer-call", "note": SEALED},
    "/api/cases/{case}/share": {"office": OTHER, "sealed": SEALED},
    "/api/cases/{case}/messages": {"for_bot": SEALED, "for_office": SEALED},
    "/api/cases/{case}/measures": {
        "measure": "UM-FOC-CHK", "recipient": "focal point", "name_mode": "NM-ANON", "content": "words",
        "risk_view": SEALED, "do_no_harm": SEALED,
    },
    "/api/cases/{case}/identity/review": {"needed": True, "reason": "RSN-BOX-DANGER"},
    "/api/cases/{case}/recognise": {"reason": "RSN-WHO-LIVE"},
    "/api/cases/{case}/lose-account": {"reason": "RSN-ELS-LIVE"},
    "/api/cases/{case}/measures/{id}/check": {"shows_nobody": True},
    "/api/cases/{case}/measures/{id}/close": {"outcome": "OUT-DONE"},
}  # fmt: skip
"""What is asked of routes that demand more than an empty body."""

PARTS = {"purpose": "report", "sequence": "1", "name": "file1", "person": "nobody", "id": "P-1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A desk with a case of the own office, one of another, and one that was erased."""
    with desk_world(tmp_path_factory.mktemp("desk"), FixedClock(NOON)) as made:
        read_by_line = given("C-EMER", DUTY, scope="report")
        made.open_case(card_of(OWN, consents=(given("C-FWD", HRC), given("C-CONT"), read_by_line)))
        foreign = card_of(FOREIGN, OTHER, red=("RED-FAM",))
        made.open_case(replace(foreign, off_words="scarlet cormorant", your_words="violet narwhal"))
        made.open_case(card_of(ERASED))
        with made.service.store.transaction() as work:
            work.cases.erase(ERASED)
        yield made


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[Role, Browser]:
    """Somebody of the own office in every role."""
    return {role: world.logged_in(f"a-{role}", HRC, role) for role in Role}


def operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, path and description of every operation that needs a login."""
    paths: Any = described(routes_of(world.desk.place))["paths"]
    return [
        (method, path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "security" in operation and path not in ("/api/events", "/api/logout")
    ]


def ask(browser: Browser, method: str, path: str, case: str) -> httpx.Response:
    filled = re.sub(r"\{(\w+)\}", lambda found: case if found[1] == "case" else PARTS.get(found[1], "x-1"), path)
    return browser.get(filled) if method == "get" else browser.post(filled, BODIES.get(path))


def as_seen(response: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    return response.status_code, response.content, dict(response.headers)


def test_a_case_of_others_is_answered_like_one_that_never_was(world: World, browsers: dict[Role, Browser]) -> None:
    """In every route and role: the same status, the same bytes, the same headers; and no data of others anywhere."""
    asked = 0
    for method, path, operation in operations(world):
        for role, browser in browsers.items():
            answers = {case: ask(browser, method, path, case) for case in (FOREIGN, ERASED, RANDOM, OWN)}
            asked += len(answers)
            for case, answer in answers.items():
                assert answer.status_code < 500, (method, path, role, case, answer.text)
                found = [mark for mark in MARKS if mark in answer.text and role is not Role.ADMINISTRATOR]
                assert not found or (path, found) == (NAMES_OFFICES, [OTHER]), (path, found)
            if "{case}" not in path:
                continue
            unknown = as_seen(answers[RANDOM])
            assert as_seen(answers[FOREIGN]) == as_seen(answers[ERASED]) == unknown
            if role.value not in operation["x-roles"]:
                assert (unknown[0], as_seen(answers[OWN])) == (403, unknown), (method, path, role)
            else:
                assert unknown[0] == 404, (method, path, role)
                assert answers[OWN].status_code != 404 or "{name}" in path or "{id}" in path, (method, path, role)
    assert asked > 400


def test_without_a_login_every_route_says_the_same(world: World) -> None:
    """401 in every case, whatever is asked of whatever object."""
    stranger = world.browser()
    answers = [
        as_seen(ask(stranger, method, path, case))[:2]
        for method, path, _ in operations(world)
        for case in (OWN, RANDOM)
    ]

    assert {status for status, _body in answers} == {401}
    assert len(set(answers)) == 1


def test_a_login_that_ended_is_none(world: World) -> None:
    """After logout the cookie opens nothing, also where a copy of it was kept."""
    browser = world.logged_in("leaver", HRC, Role.OPERATOR)
    cookie = browser.client.cookies.get(world.desk.place.cookie) or ""
    assert browser.get("/api/session").status_code == 200

    browser.post("/api/logout")
    browser.client.cookies.set(world.desk.place.cookie, cookie)

    assert browser.get("/api/session").status_code == 401


def test_who_sees_nothing_of_cases_is_told_so_before_anything_is_looked_up(browsers: dict[Role, Browser]) -> None:
    """Administrators, statistics and security advisers see no case, not even that there are any."""
    for role in (Role.ADMINISTRATOR, Role.STATISTICS, Role.SECURITY_ADVISER):
        assert browsers[role].get("/api/cases").status_code == 403
