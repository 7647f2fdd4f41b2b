"""What somebody tries who has an account, a stolen cookie, a page next door, or good timing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.desk.acts import ROUTES as ACTS
from bot.desk.app import PIECE_BYTES, _response
from bot.desk.cases import ROUTES as CASES
from bot.desk.events import MOST_STREAMS
from bot.desk.events import ROUTES as EVENTS
from bot.desk.login import begin_session
from bot.desk.refusals import Refused
from bot.desk.routes import LINES, Allowed, Call, Download, Nothing, Stream, Visitor
from bot.desk.state import Limits
from bot.desk.visit import NO_SESSION, authorised
from dialogs.replace import replace
from handlers import desk as people
from handlers.access import Sight
from handlers.accounts import REVOKED, Account, Role
from handlers.actor import Actor
from handlers.desk import NoLongerActive
from tests.desk_server.world import DUTY, HRC, URL, Browser, World, card_of, given
from tests.fakes.authenticator import Authenticator

FILE = next(route for route in CASES if route.path.endswith("/files/{name}"))
CHIEF = Actor("chief", "administrator", HRC)


def call(world: World, account: Account, asked: object = None, **path: str) -> Call[object]:
    """Return a request that was let in a moment ago."""
    allowed = Allowed(account, account.roles[0], NO_SESSION, world.clock.now(), Sight.CONTENT)
    return Call(world.desk, allowed, asked or Nothing(), path, Visitor("test", {}))


def test_an_operator_sees_the_emergency_line_and_nothing_else(world: World) -> None:
    """Urgent cases, those alerted with a yes, and what they own or are handed; the rest does not exist for them."""
    alerted = (given("C-FWD", HRC), given("C-CONT"), given("C-EMER", DUTY, scope="card"))
    world.open_case(card_of("LW-1", level="L1"))
    world.open_case(card_of("LW-2", level="L3"))
    world.open_case(card_of("LW-3", level="L3", consents=alerted))
    world.open_case(card_of("LW-4", level="L4", owner="omar"))
    world.open_case(card_of("LW-5", level="L4", owner="ana", handing_to="omar"))
    operator, both = (
        world.logged_in("omar", HRC, Role.OPERATOR),
        world.logged_in("ana", HRC, Role.OPERATOR, Role.DUTY_OFFICER),
    )

    assert {line["case"] for line in operator.get("/api/cases").json()["cases"]} == {"LW-1", "LW-3", "LW-4", "LW-5"}
    assert (
        operator.get("/api/cases/LW-2").status_code == operator.get("/api/cases/LW-2/blobs/report/1").status_code == 404
    )
    assert len(both.get("/api/cases").json()["cases"]) == 5


OF_A_REPORT = ("blobs/report/1", "blobs/identity/1", "files/f1", "identity", "blobs/report/2", "files/f2")
"""What 6.1 keeps from operators without a yes to C-EMER for the report; the last two exist for nobody."""


def statuses(browser: Browser, case: str) -> list[tuple[int, bytes]]:
    """Ask for everything of a report."""
    asked = [
        browser.post(f"/api/cases/{case}/{path}", {"reason": "RSN-IDB-DANGER"})
        if path == "identity"
        else browser.get(f"/api/cases/{case}/{path}")
        for path in OF_A_REPORT
    ]
    return [(answer.status_code, answer.content) for answer in asked]


@pytest.mark.parametrize("role", [role for role in Role if role in LINES])
def test_an_operator_opens_a_report_only_where_the_person_agreed_that_the_line_reads_it(
    world: World, role: Role
) -> None:
    """In an ordinary office: urgent, owned or alerted by card makes no difference; refused like what does not exist."""
    agreed = given("C-FWD", HRC), given("C-CONT")
    report, card = given("C-EMER", DUTY, scope="report"), given("C-EMER", DUTY, scope="card")
    taken = given("C-EMER", DUTY, scope="report", status="withdrawn")
    cases = {"LW-1": (), "LW-2": (card,), "LW-3": (report,), "LW-4": (report, taken)}
    for case, emergency in cases.items():
        world.open_case(card_of(case, level="L1", owner=role.value, consents=(*agreed, *emergency)))
    with world.service.store.new_file("f1") as file:
        file.write(b"sealed")
    with world.service.store.transaction() as work:
        work.blobs.adopt_file("f1", world.clock.now())
        work.blobs.give_files("LW-1", ["f1"])
    somebody = world.logged_in(role.value, HRC, role)

    answers = {case: statuses(somebody, case) for case in cases}

    unknown = answers["LW-1"][-1]
    assert unknown[0] == 404
    if role is Role.OPERATOR:
        assert answers["LW-1"] == answers["LW-2"] == answers["LW-4"] == [unknown] * len(OF_A_REPORT)
        assert answers["LW-3"][0][0] == 200
        shown = somebody.get("/api/cases/LW-1").json()
        assert (shown["blobs"], shown["files"], shown["identity"]["present"]) == ([], [], False)
        assert shown["strip"]["words"]
    else:
        assert answers["LW-1"][0][0] == answers["LW-1"][2][0] == answers["LW-1"][3][0] == 200


def test_the_case_of_a_colleague_is_not_taken_by_beginning_a_talk(world: World) -> None:
    """Owners change by hand-over with read-back; the two words of a colleague are theirs to show."""
    world.open_case(card_of("LW-1", owner="ana", status="ST-ACK"))
    other = world.logged_in("ben")

    answer = other.post("/api/cases/LW-1/begin")

    assert (answer.status_code, answer.json()["message"].split(":")[0]) == (
        409,
        "Another officer owns this case, or nobody does",
    )
    card = world.card("LW-1")
    assert card is not None
    assert card.owner == "ana"


def test_a_login_that_was_begun_does_not_bring_back_somebody_who_was_revoked(world: World) -> None:
    """The passkey counted, then the account was ended, then the session was to begin."""
    account = world.account("ana")
    with world.service.store.transaction() as work:
        people.revoke(work, CHIEF, account, world.clock.now())

    with pytest.raises(NoLongerActive):
        begin_session(call(world, account), account)

    with world.service.store.transaction() as work:
        found = work.accounts.get("ana")
    assert found is not None
    assert found.state == REVOKED


def test_a_new_login_in_a_browser_ends_the_one_it_replaces(world: World) -> None:
    """Nobody could log that one out any more."""
    browser = world.logged_in("ana")
    old = browser.client.cookies["__Host-leeward"]
    again = Call(
        world.desk, Allowed(world.account("ana"), Role.OPERATOR, NO_SESSION, world.clock.now()), Nothing(), {},
        Visitor("test", {"__Host-leeward": old}),
    )  # fmt: skip

    begin_session(again, world.account("ana"))

    assert browser.get("/api/session").status_code == 401


def test_one_login_that_asks_without_end_does_not_slow_down_the_same_officer_elsewhere(world: World) -> None:
    """A stolen cookie cannot keep the officer out."""
    thief, officer = world.logged_in("ana"), world.logged_in("ana")

    answers = {thief.get("/api/session").status_code for _ in range(700)}

    assert answers == {200, 429}
    assert officer.get("/api/session").status_code == 200


def test_files_are_fetched_by_the_office_the_report_went_to(world: World) -> None:
    """The duty desk has a copy of the report, not the files."""
    consents = (given("C-FWD", HRC), given("C-EMER", DUTY, scope="report"))
    world.open_case(card_of("LW-1", consents=consents), (HRC, "report"), (DUTY, "copy"))
    with world.service.store.new_file("f1") as file:
        file.write(b"sealed")
    with world.service.store.transaction() as work:
        work.blobs.adopt_file("f1", world.clock.now())
        work.blobs.give_files("LW-1", ["f1"])
    duty = world.logged_in("olga", DUTY, Role.DUTY_OFFICER)

    assert duty.get("/api/cases/LW-1/blobs/copy/1").status_code == 200
    assert duty.get("/api/cases/LW-1/files/f1").status_code == 404
    assert world.logged_in("ana").get("/api/cases/LW-1/files/f1").status_code == 200


@pytest.mark.parametrize("part", ["own", "level", "notes", "status", "blobs/{purpose}/{sequence}", "files/{name}"])
def test_whoever_was_shut_out_after_they_were_let_in_does_nothing(world: World, part: str) -> None:
    """The transaction that acts asks again."""
    account = world.account("ana")
    world.open_case(card_of("LW-1", exclude=(f"EXC-OFF:{HRC}",)))
    route = next(route for route in (*CASES, *ACTS) if route.path == f"/api/cases/{{case}}/{part}")

    with pytest.raises(Refused) as refusal:
        route.handle(call(world, account, case="LW-1", purpose="report", sequence="1", name="f1", id="x"))

    assert refusal.value.status == 404


def test_the_card_of_an_erased_case_is_not_remembered_again(world: World) -> None:
    """Although a page that listens still held it."""
    card = world.open_case(card_of("LW-1"))
    with world.service.store.transaction() as work:
        held = world.desk.index.cards(work)
        work.cases.erase(card.case)
    with world.service.store.transaction() as work:
        world.desk.index.cards(work)

    world.desk.index.of_office(HRC, held.values(), world.clock.now())

    assert "LW-1" not in repr(vars(world.desk.index))


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_page_next_door_cannot_have_a_report_count_as_fetched(world: World, site: str) -> None:
    """A browser sends the cookie along for a picture on a sister domain; the page itself may be opened from anywhere."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")
    path = "/api/cases/LW-1/blobs/report/1"

    assert world.run(officer.client.get(path, headers={"Sec-Fetch-Site": site})).status_code == 403
    assert world.run(officer.client.get("/desk", headers={"Sec-Fetch-Site": site})).status_code != 403
    card = world.card("LW-1")
    assert card is not None
    assert card.status == "ST-SUB"
    assert world.run(officer.client.get(path, headers={"Sec-Fetch-Site": "none"})).status_code == 200


def test_a_body_that_never_ends_is_given_up(world: World) -> None:
    """Nobody ties up the desk by sending nothing."""
    world.desk = replace(world.desk, limits=Limits(body_seconds=0.05))
    browser = world.browser()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    headers = {**browser.headers, "Content-Type": "application/json"}
    answer = world.run(browser.client.post("/api/login", content=slow(), headers=headers))

    assert answer.status_code == 400


def test_one_account_listens_in_a_bounded_number_of_windows(world: World) -> None:
    """The next one is refused kindly; when one closes there is room again."""
    account, route = world.account("ana"), next(route for route in EVENTS if route.path == "/api/events")
    officer = world.logged_in("ana")

    async def open_many() -> list[AsyncIterator[bytes]]:
        opened = []
        for _ in range(MOST_STREAMS):
            stream = route.handle(call(world, account))
            assert isinstance(stream, Stream)
            opened.append(stream.events())
            await anext(opened[-1])
        return opened

    opened = world.run(open_many())
    assert officer.get("/api/events").status_code == 429

    world.run(opened[0].aclose())  # type: ignore[attr-defined]  # an async generator, which the field need not say
    assert isinstance(route.handle(call(world, account)), Stream)


@pytest.mark.parametrize("ends", ["login", "case"])
def test_a_download_stops_when_the_login_or_the_case_ends(world: World, ends: str) -> None:
    """Somebody who is revoked does not get the rest of a large file, nor anybody that of an erased case."""
    world.desk.changes._seconds = 0.0  # the test does not wait for the next look
    world.open_case(card_of("LW-1"))
    with world.service.store.new_file("f1") as file:
        file.write(bytes(3 * PIECE_BYTES))
    with world.service.store.transaction() as work:
        work.blobs.adopt_file("f1", world.clock.now())
        work.blobs.give_files("LW-1", ["f1"])
    officer = world.logged_in("ana")
    session = authorised(world.desk, FILE, {"case": "LW-1"}, Visitor("test", dict(officer.client.cookies))).session
    request = call(world, world.account("ana"), case="LW-1", name="f1")
    download = FILE.handle(replace(request, allowed=replace(request.allowed, session=session)))
    assert isinstance(download, Download)

    async def fetch() -> int:
        response = await _response(world.desk, download)
        pieces = aiter(response.body_iterator)  # type: ignore[attr-defined]  # a file is always streamed
        got = len(await anext(pieces))
        with world.service.store.transaction() as work:
            if ends == "login":
                work.sessions.end_all("ana")
            else:
                work.cases.erase("LW-1")
        return got + sum([len(piece) async for piece in pieces])

    assert world.run(fetch()) == PIECE_BYTES


def test_reading_the_card_is_written_down_once_a_shift(world: World) -> None:
    """It holds the words by which the person knows an officer: nobody reads them unseen, and a reload is no news."""
    world.open_case(card_of("LW-1"))
    officer, lead = world.logged_in("ana"), world.logged_in("lea", HRC, Role.SHIFT_LEAD)

    for _ in range(3):
        officer.get("/api/cases/LW-1")
        lead.get("/api/cases/LW-1")
    world.clock.at += timedelta(hours=13)
    world.logged_in("ana").get("/api/cases/LW-1")

    with world.service.store.transaction() as work:
        assert [(entry.who, entry.act) for entry in work.audit.of("LW-1")] == [("ana", "look")] * 2


def test_the_log_does_not_tell_an_operator_of_cases_that_do_not_exist_for_them(world: World) -> None:
    """What a colleague did in a case of L3 is not theirs to know; in a case of L1 it is."""
    world.open_case(card_of("LW-1", level="L1"))
    world.open_case(card_of("LW-2", level="L3"))
    for case in ("LW-1", "LW-2"):
        world.logged_in("ana").get(f"/api/cases/{case}/blobs/report/1")

    entries = world.logged_in("omar", HRC, Role.OPERATOR).get("/api/audit").json()["entries"]

    assert {entry["case"] for entry in entries if entry["act"] == "read"} == {"LW-1"}


@pytest.mark.parametrize(
    ("name", "status"),
    [("   ", 400), ("An\u202ena", 400), ("An\u200bna", 400), ("An\nna", 400), ("علی\u200cرضا", 200)],
)  # fmt: skip
def test_a_name_that_cannot_be_seen_is_refused(world: World, name: str, status: int) -> None:
    """Nobody signs as a colleague with letters that hide; joiners belong to names of several scripts."""
    with world.service.store.transaction() as work:
        account = people.new_account("new", HRC, (Role.OPERATOR,), world.clock.now())
        people.invite(work, None, account, "code" * 6, (world.clock.now(), world.clock.now() + timedelta(hours=1)))

    answer = world.browser().accept("code" * 6, Authenticator(URL, "desk.example.org"), name)

    assert answer.status_code == status
