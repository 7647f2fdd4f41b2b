"""What stands before every request: host, origin, size, type; and headers on every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from handlers.accounts import Role
from tests.desk_server.world import HRC, URL, World, card_of

PROMISED = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
    "cache-control": "no-store", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


def test_every_answer_has_the_headers_of_protection(world: World) -> None:
    """Pages, JSON, downloads and errors of every kind."""
    world.open_case(card_of("LW-1"))
    officer, stranger = world.logged_in("ana"), world.browser()
    answers = [
        officer.get("/api/session"), officer.get("/api/cases/LW-1/blobs/report/1"), officer.get("/api/nothing"),
        officer.get("/elsewhere"), stranger.get("/api/session"), stranger.post("/api/login", {"x": 1}),
        stranger.post("/api/login", Origin="https://evil.example", **{"Sec-Fetch-Site": "cross-site"}),
        officer.get("/api/cases", limit=0), world.run(officer.client.delete("/api/cases", headers=officer.headers)),
        stranger.get("/"), stranger.get("/desk"), stranger.get("/offline-opener.html"), stranger.get("/desk/assets/none.js"),
        world.run(stranger.client.get("/desk", headers={"Host": "evil.example"})),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} >= {200, 400, 401, 403, 404, 421}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED, answer.url
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert "strict-transport-security" in answer.headers
        assert "server" not in answer.headers


def test_a_report_that_was_only_asked_about_does_not_count_as_fetched(world: World) -> None:
    """HEAD answers nothing below /api/: the person would be told that somebody has their report."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")
    answer = world.run(officer.client.head("/api/cases/LW-1/blobs/report/1"))
    card = world.card("LW-1")
    assert card is not None
    assert (answer.status_code, card.status) == (404, "ST-SUB")


def test_what_is_no_file_of_the_page_is_neither_found_nor_kept_for_a_year(world: World) -> None:
    """Below the files of the page there is nothing but them, however deep somebody looks."""
    for path in ("/desk/assets/a/b", "/desk/assets/%2e%2e/index.html", "/desk/assets/"):
        answer = world.browser().get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), path


def test_the_bare_name_of_the_desk_leads_to_it(world: World) -> None:
    """Somebody types no more than the host; where they are sent does not depend on what the request says."""
    answer = world.browser().get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/desk")


@pytest.mark.parametrize("host", ["evil.example", "desk.example.org:444", "desk.example.org.evil.example", ""])
def test_another_host_is_refused(world: World, host: str) -> None:
    """A page of others that points its name here (DNS rebinding) gets nothing."""
    answer = world.run(world.logged_in("ana").client.get("/api/session", headers={"Host": host}))

    assert answer.status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": f"{URL}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)  # fmt: skip
def test_nothing_is_changed_at_the_wish_of_another_page(world: World, headers: dict[str, str]) -> None:
    """A browser that is logged in and shown a page of others sends the cookie; it is refused all the same."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")
    officer.headers = headers

    answer = officer.post("/api/cases/LW-1/own")

    assert (answer.status_code, answer.json()["error"]) == (403, "wrong_origin")
    card = world.card("LW-1")
    assert card is not None
    assert card.owner == ""


def test_a_browser_that_names_only_its_origin_is_served(world: World) -> None:
    """Older browsers send no Sec-Fetch-Site."""
    officer = world.logged_in("ana")
    officer.headers = {"Origin": URL}

    assert officer.post("/api/logout").status_code == 200


def test_the_cookie_is_kept_from_scripts_other_sites_and_other_hosts(world: World) -> None:
    """`__Host-` has the browser itself enforce Secure, the path and the one host."""
    from bot.desk.login import begin_session
    from bot.desk.routes import Allowed, Call, Nothing, Visitor
    from bot.desk.visit import NO_SESSION

    account = world.account("ana")
    reply = begin_session(
        Call(world.desk, Allowed(account, Role.OPERATOR, NO_SESSION, world.clock.now()), Nothing(), {}, Visitor("", {})), account
    )  # fmt: skip
    from bot.desk.app import _response

    cookies = world.run(_response(world.desk, reply)).headers.getlist("set-cookie")

    session = next(cookie for cookie in cookies if cookie.startswith("__Host-leeward="))
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415), (b"{}", "application/x-www-form-urlencoded", 415), (b"{}", "multipart/form-data", 415),
        (b"{", "application/json", 400), (b"[]", "application/json", 400), (b"null", "application/json", 400),
        (b'{"x": 1}', "application/json", 400), (b'{"level": "L9"}', "application/json", 400),
        (b'{"level": 1}', "application/json", 400), (b"\xff\xfe", "application/json", 400),
        (b"[" * 50_000, "application/json", 400), (b'{"level": "' + b"L" * 70_000, "application/json", 413),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_kindly(world: World, content: bytes, kind: str, status: int) -> None:
    """With a code and one sentence; nothing of what was sent is said back."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")

    answer = world.run(
        officer.client.post("/api/cases/LW-1/level", content=content, headers={**officer.headers, "Content-Type": kind})
    )

    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message"}
    assert "LLLL" not in answer.text


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(world: World) -> None:
    """Sent in pieces without a length, it is refused once it is too long."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b'{"level": ' + b" " * 1000

    request = officer.client.build_request(
        "POST", "/api/cases/LW-1/level", content=pieces(), headers={**officer.headers, "Content-Type": "application/json"}
    )  # fmt: skip
    assert "content-length" not in request.headers

    assert world.run(officer.client.send(request)).status_code == 413


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "x=1", "limit=1&limit=2", "after=L1", "level=L7", "after=%00"]
)
def test_a_query_of_another_shape_is_refused(world: World, query: str) -> None:
    """Also one that says a thing twice."""
    assert world.run(world.logged_in("ana").client.get(f"/api/cases?{query}")).status_code == 400


@pytest.mark.parametrize("case", ["%00", "..", "a%2F..%2Fb", "' OR 1=1", "x" * 300, "%F0%9F%A6%86", "%ff"])
def test_what_cannot_be_an_id_is_not_there(world: World, case: str) -> None:
    """The answer is that of an unknown case."""
    officer = world.logged_in("ana")
    known = officer.get("/api/cases/LW-NONE")

    answer = world.run(officer.client.get(f"/api/cases/{case}"))

    assert (answer.status_code, answer.content) == (404, known.content)


def test_an_error_of_ours_says_nothing(world: World) -> None:
    """A broken database is 503 with a plain sentence; the log names a type only."""
    officer = world.logged_in("ana")
    world.service.store.close()
    with world.service.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE sessions")

    answer: httpx.Response = officer.get("/api/session")

    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert HRC not in answer.text
    assert "sessions" not in answer.text
