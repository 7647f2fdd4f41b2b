"""The queue, one case, and the sealed bytes: who sees what, what the gate says, what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.desk.names import name_of
from dialogs.replace import replace
from handlers.accounts import Role
from handlers.desk import LOOKED
from handlers.types import SealedBlob
from tests.desk_server.world import DUTY, HRC, OTHER, SENIOR, World, card_of, given

REPORT = "/api/cases/LW-1/blobs/report/1"
BOX = "/api/cases/LW-1/blobs/identity/1"


def acts(world: World, case: str) -> list[tuple[str, str, str]]:
    """Return who did what with a case besides looking at it, and what of it."""
    with world.service.store.transaction() as work:
        return [(entry.who, entry.act, entry.new) for entry in work.audit.of(case) if entry.act != LOOKED]


def test_the_queue_begins_with_the_most_urgent_and_the_longest_waiting(world: World) -> None:
    """Level first, then time; cases that are over only when asked for."""
    for case, level, at in (("LW-1", "L3", "01"), ("LW-2", "L1", "05"), ("LW-3", "L1", "02"), ("LW-4", "L0", "00")):
        world.open_case(replace(card_of(case, level=level), submitted_at=f"2026-11-24T{at}:00Z"))
    world.open_case(card_of("LW-5", level="L1", status="ST-CLO"))
    officer = world.logged_in("ana")

    shown = officer.get("/api/cases").json()

    assert [line["case"] for line in shown["cases"]] == ["LW-3", "LW-2", "LW-1", "LW-4"]
    assert shown["counts"] == {"L1": 2, "L2": 0, "L3": 1, "L4": 0, "L0": 1, "unowned": 4, "name_to_review": 0}
    assert [line["case"] for line in officer.get("/api/cases", status="ST-CLO").json()["cases"]] == ["LW-5"]


def test_the_queue_is_read_page_by_page(world: World) -> None:
    """Each case once, to the end."""
    for number in range(7):
        world.open_case(card_of(f"LW-{number}", level=("L1", "L2")[number % 2]))
    officer, seen, after = world.logged_in("ana"), [], ""
    while True:
        page = officer.get("/api/cases", limit=3, after=after).json()
        seen += [line["case"] for line in page["cases"]]
        after = page["next"]
        if not after:
            break

    assert seen == ["LW-0", "LW-2", "LW-4", "LW-6", "LW-1", "LW-3", "LW-5"]


def test_the_queue_is_narrowed_down(world: World) -> None:
    """By level, owner, flag; `me` and `none` are owners too."""
    world.open_case(card_of("LW-1", owner="ana", child=True))
    world.open_case(card_of("LW-2", level="L1", hidden_at="2026-11-24T09:00Z"))
    officer = world.logged_in("ana")

    def found(**wanted: str) -> list[str]:
        return [line["case"] for line in officer.get("/api/cases", **wanted).json()["cases"]]

    assert found(owner="me") == found(owner="ana") == found(flag="child") == found(level="L2") == ["LW-1"]
    assert found(owner="none") == found(flag="hidden") == found(level="L1") == ["LW-2"]
    assert found(level="L1", owner="me") == []


def test_a_line_says_what_is_due_and_what_is_unread(world: World) -> None:
    """The clocks of its level, whose it is by name, and how many messages nobody of the office fetched."""
    world.open_case(card_of("LW-1", level="L1", owner="ana"), (HRC, "report"), (HRC, "message"))
    officer = world.logged_in("ana")

    line = officer.get("/api/cases").json()["cases"][0]

    assert line["owner"] == {"id": "ana", "name": "Ana"}
    assert line["clocks"]["contact_due"] == "2026-11-24T09:30Z"
    assert (line["late"], line["unread"], len(line["name"].split())) == (True, 1, 2)
    officer.get("/api/cases/LW-1/blobs/message/1")
    assert officer.get("/api/cases").json()["cases"][0]["unread"] == 0


@pytest.mark.parametrize(
    ("office", "consents", "seen"),
    [
        (SENIOR, (given("C-ASG", SENIOR),), True),
        (SENIOR, (), False),
        (SENIOR, (given("C-ASG", SENIOR, status="refused"),), False),
        (SENIOR, (given("C-ASG", "OFF-ALT"),), False),
        (SENIOR, (given("C-ASG", SENIOR), replace(given("C-ASG", SENIOR, status="withdrawn"), record_id="x")), False),
        (DUTY, (given("C-EMER", DUTY, scope="report"),), True),
        (DUTY, (given("C-EMER", DUTY, scope="card"),), False),
        (OTHER, (given("C-ASG", OTHER),), False),
    ],
)  # fmt: skip
def test_another_office_sees_a_case_only_with_a_live_yes_to_it(
    world: World, office: str, consents: tuple[object, ...], *, seen: bool
) -> None:
    """The gate decides, and decides anew at every look."""
    world.open_case(card_of("LW-1", consents=(given("C-FWD", HRC), *consents)), (office, "copy"))
    officer = world.logged_in("ben", office, Role.FOCAL_POINT)

    queue, one = officer.get("/api/cases").json(), officer.get("/api/cases/LW-1")

    assert ([line["case"] for line in queue["cases"]], one.status_code) == ((["LW-1"], 200) if seen else ([], 404))
    assert officer.get("/api/cases/LW-1/blobs/copy/1").status_code == (200 if seen else 404)


@pytest.mark.parametrize("exclude", [("EXC-OFF:OFF-ASG",), ("EXC-OFF:OFF-ALT", "EXC-OFF:OFF-ASG")])
def test_an_office_that_was_shut_out_learns_of_nothing(world: World, exclude: tuple[str, ...]) -> None:
    """Not even with a yes given before (INV-09): no line, no count."""
    consents = (given("C-FWD", HRC), given("C-ASG", SENIOR))
    world.open_case(card_of("LW-1", consents=consents, exclude=exclude), (SENIOR, "copy"))
    officer = world.logged_in("ben", SENIOR, Role.FOCAL_POINT)

    assert officer.get("/api/cases").json()["counts"] == {
        **dict.fromkeys(("L1", "L2", "L3", "L4", "L0"), 0),
        "unowned": 0,
        "name_to_review": 0,
    }
    assert officer.get("/api/cases/LW-1").status_code == 404


def test_roles_see_as_much_as_their_work_needs(world: World) -> None:
    """The steward consents, the shift lead the line, and more only of their own cases."""
    world.open_case(card_of("LW-1"))
    steward, lead = world.logged_in("steward", HRC, Role.CONSENT_STEWARD), world.logged_in("lead", HRC, Role.SHIFT_LEAD)

    for_steward, for_lead = steward.get("/api/cases/LW-1").json(), lead.get("/api/cases/LW-1").json()

    assert (for_steward["sees"], for_lead["sees"]) == ("consents", "line")
    assert (for_steward["strip"], for_lead["strip"]) == (None, None)
    assert (len(for_steward["consents"]), for_lead["consents"]) == (2, [])
    assert [one.get(REPORT).status_code for one in (steward, lead)] == [403, 403]
    world.change("LW-1", owner="lead")
    assert lead.get("/api/cases/LW-1").json()["strip"]["words"] == {"off": "green apple", "your": "tall river"}
    assert lead.get(REPORT).status_code == 200


def test_a_download_is_written_down_and_says_that_the_report_arrived(world: World) -> None:
    """The first one sets ST-DLV; every one is in the log of the case, and shown in its history."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")

    answers = [officer.get(REPORT), officer.get(REPORT)]

    assert {answer.content for answer in answers} == {b"sealed report for OFF-HRC"}
    assert answers[0].headers["content-disposition"] == 'attachment; filename="report-1.age"'
    card = world.card("LW-1")
    assert card is not None
    assert card.status == "ST-DLV"
    assert acts(world, "LW-1") == [("ana", "read", "report 1")] * 2
    history = officer.get("/api/cases/LW-1").json()["history"]
    assert [(line["who"], line["act"]) for line in history] == [("Ana", "read"), ("Ana", "read"), ("Ana", "look")]


def test_nothing_is_read_of_a_case_that_was_stopped(world: World) -> None:
    """The line stays, so that the officer knows; the bytes are locked from the moment the person said so."""
    world.open_case(card_of("LW-1", status="ST-HOLD"))
    officer = world.logged_in("ana")

    answer = officer.get(REPORT)

    assert (answer.status_code, answer.json()["error"], answer.json()["reason"]) == (403, "refused", "stopped")
    assert "held" in officer.get("/api/cases/LW-1").json()["flags"]
    assert acts(world, "LW-1") == []


def test_an_attachment_is_streamed_and_written_down(world: World) -> None:
    """By its random name, of its own case only."""
    world.open_case(card_of("LW-1"))
    world.open_case(card_of("LW-2"))
    for name, case in (("f1", "LW-1"), ("f2", "LW-2")):
        with world.service.store.new_file(name) as file:
            file.write(b"sealed" * 100_000)
        with world.service.store.transaction() as work:
            work.blobs.adopt_file(name, world.clock.now())
            work.blobs.give_files(case, [name])
    officer = world.logged_in("ana")

    assert officer.get("/api/cases/LW-1").json()["files"] == [{"name": "f1", "size": 600_000}]
    assert officer.get("/api/cases/LW-1/files/f1").content == b"sealed" * 100_000
    assert [officer.get(f"/api/cases/LW-1/files/{name}").status_code for name in ("f2", "%2E%2E", "leeward.db")] == [
        404
    ] * 3
    assert acts(world, "LW-1") == [("ana", "file", "f1")]


def test_the_identity_box_opens_with_a_reason_and_for_minutes(world: World) -> None:
    """For a first respondent at once; in another login, or later, it is locked again."""
    world.open_case(card_of("LW-1"))
    officer, elsewhere = world.logged_in("ana"), world.logged_in("ana")
    assert officer.get(BOX).status_code == 403
    for words in ("", "to ask her brother"):
        said = officer.post("/api/cases/LW-1/identity", {"reason": words})
        assert (said.status_code, "RSN-IDB-MEASURE, RSN-IDB-DANGER" in said.json()["message"]) == (400, True)

    granted = officer.post("/api/cases/LW-1/identity", {"reason": "RSN-IDB-MEASURE"})

    assert granted.json() == {"granted": True, "pending": False}
    assert (officer.get(BOX).status_code, elsewhere.get(BOX).status_code) == (200, 403)
    assert officer.get("/api/cases/LW-1").json()["identity"]["until"] == "2026-11-24T10:10Z"
    world.clock.at += timedelta(minutes=10)
    assert officer.get(BOX).status_code == 403
    assert acts(world, "LW-1") == [("ana", "identity-asked", "open"), ("ana", "read", "identity 1")]
    with world.service.store.transaction() as work:
        assert {e.reason for e in work.audit.of("LW-1") if e.act != LOOKED} == {"RSN-IDB-MEASURE"}


def test_an_operator_needs_a_second_person_for_the_identity_box(world: World) -> None:
    """Nobody agrees with themselves; whoever agreed is written down."""
    read = given("C-EMER", DUTY, scope="report")
    world.open_case(card_of("LW-1", consents=(given("C-FWD", HRC), given("C-CONT"), read)))
    operator, second = world.logged_in("omar", HRC, Role.OPERATOR), world.logged_in("lead", HRC, Role.SHIFT_LEAD)

    asked = operator.post("/api/cases/LW-1/identity", {"reason": "RSN-IDB-DANGER"})

    assert (asked.json(), operator.get(BOX).status_code) == ({"granted": False, "pending": True}, 403)
    assert operator.post("/api/cases/LW-1/identity/approve").status_code == 409
    assert second.get("/api/cases/LW-1").json()["identity"]["pending"] == {"id": "omar", "name": "Omar"}
    assert second.post("/api/cases/LW-1/identity/approve").json() == {"opened": 1}
    assert operator.get(BOX).content == b"sealed identity for OFF-HRC"
    assert acts(world, "LW-1") == [
        ("omar", "identity-asked", "pending"), ("lead", "identity-agreed", "omar"), ("omar", "read", "identity 1"),
    ]  # fmt: skip


def test_a_case_is_taken_by_one_person(world: World) -> None:
    """Whoever comes second is told so; the first is the owner."""
    world.open_case(card_of("LW-1"))
    ana, ben = world.logged_in("ana"), world.logged_in("ben")

    first, second = ana.post("/api/cases/LW-1/own"), ben.post("/api/cases/LW-1/own")

    assert (first.status_code, first.json()["owner"], first.json()["status"]) == (
        200,
        {"id": "ana", "name": "Ana"},
        "ST-ACK",
    )
    assert (second.status_code, second.json()["error"]) == (409, "conflict")


def test_a_role_that_may_not_and_a_missing_reason_are_no_conflicts(world: World) -> None:
    """403 for whoever may not lower, 400 for whoever does not say why: loading again would not help."""
    world.open_case(card_of("LW-1", level="L2"))
    operator, ana = world.logged_in("omar", HRC, Role.OPERATOR), world.logged_in("ana")

    lowered = operator.post("/api/cases/LW-1/level", {"level": "L3", "reason": "RSN-LVL-NEWS"})
    unsaid = ana.post("/api/cases/LW-1/level", {"level": "L3"})

    assert (lowered.status_code, lowered.json()["error"]) == (403, "not_allowed")
    assert (unsaid.status_code, unsaid.json()["error"]) == (400, "bad_request")


def test_l1_is_lowered_by_two_different_people(world: World) -> None:
    """The first wish is shown to the second person, who carries it out; the same person twice changes nothing."""
    world.open_case(card_of("LW-1", level="L1"))
    ana, ben = world.logged_in("ana"), world.logged_in("ben")
    wish = {"level": "L2", "reason": "RSN-LVL-SAFE"}

    answers = [ana.post("/api/cases/LW-1/level", wish).json() for _ in range(2)]

    assert answers == [{"level": "L1", "pending": True}] * 2
    assert ben.get("/api/cases/LW-1").json()["level_wish"] == wish | {"by": {"id": "ana", "name": "Ana"}}
    assert ben.post("/api/cases/LW-1/level", wish).json() == {"level": "L2", "pending": False}
    assert ana.post("/api/cases/LW-1/level", {"level": "L1"}).json() == {"level": "L1", "pending": False}


def test_the_strip_says_why_one_may_not_write_now(world: World) -> None:
    """A red line, a hidden chat, an hour that is not safe: each by its code."""
    no_contact = (given("C-FWD", HRC), given("C-CONT"))
    world.open_case(card_of("LW-1", consents=no_contact, red=("RED-NOCONTACT",)))
    world.open_case(card_of("LW-2", hidden_at="2026-11-24T09:00Z"))
    world.open_case(card_of("LW-3", safe_times=("evening",), utc_offset_minutes=0))
    world.open_case(card_of("LW-4"))
    officer = world.logged_in("ana")
    strips = {case: officer.get(f"/api/cases/{case}").json()["strip"] for case in ("LW-1", "LW-2", "LW-3", "LW-4")}

    assert [strip["reason"] for strip in strips.values()] == ["red_line", "hidden", "not_safe_now", ""]
    assert [strip["may_contact"] for strip in strips.values()] == [False, False, False, True]
    assert strips["LW-1"]["never"] == ["Do not contact them: wait until they write"]
    assert strips["LW-3"]["next_safe"] == "2026-11-24T17:00Z"


def test_the_log_shows_each_what_is_theirs(world: World) -> None:
    """An administrator people and machines, an officer the acts of the own office; newest first, page by page."""
    world.open_case(card_of("LW-1"))
    ana, ben = world.logged_in("ana"), world.logged_in("ben", OTHER)
    chief = world.logged_in("chief", SENIOR, Role.ADMINISTRATOR)
    ana.get(REPORT)

    def shown(browser: object, **wanted: str) -> list[tuple[str, str]]:
        return [(entry["who"], entry["act"]) for entry in browser.get("/api/audit", **wanted).json()["entries"]]  # type: ignore[attr-defined]  # a Browser

    assert shown(ana) == [("Ana", "read"), ("Ana", "login")]
    assert shown(ben) == [("Ben", "login")]
    assert shown(chief) == [("Chief", "login"), ("Ben", "login"), ("Ana", "login")]
    assert shown(ana, case="LW-1") == [("Ana", "read")]
    assert ben.get("/api/audit", case="LW-1").status_code == 404
    first = ana.get("/api/audit", limit=1).json()
    assert first["entries"][0]["case_name"] == name_of("LW-1")
    assert shown(ana, after=str(first["next"])) == [("Ana", "login")]


def test_an_erased_case_is_gone_from_every_page(world: World) -> None:
    """From the queue, from its own page, from what can be downloaded, with the next request."""
    world.open_case(card_of("LW-1"))
    officer = world.logged_in("ana")
    assert len(officer.get("/api/cases").json()["cases"]) == 1
    with world.service.store.transaction() as work:
        work.cases.erase("LW-1")

    answers = [officer.get(path).status_code for path in ("/api/cases/LW-1", REPORT, "/api/cases/LW-1/files/f1")]

    assert (officer.get("/api/cases").json()["cases"], answers) == ([], [404, 404, 404])


def test_a_copy_replaces_what_was_fetched_before(world: World) -> None:
    """A newer message in the same place is unread again."""
    world.open_case(card_of("LW-1"), (HRC, "message"))
    officer = world.logged_in("ana")
    officer.get("/api/cases/LW-1/blobs/message/1")
    with world.service.store.transaction() as work:
        work.blobs.put(SealedBlob("LW-1", HRC, "message", 2, b"more"))

    blobs = officer.get("/api/cases/LW-1").json()["blobs"]

    assert [(blob["sequence"], blob["fetched"]) for blob in blobs] == [(1, True), (2, False)]


def test_a_case_of_an_office_that_left_the_directory_is_still_shown(world: World) -> None:
    """To the senior focal point who has a copy: one such case must not take the whole queue away."""
    consents = (given("C-FWD", "OFF-GONE"), given("C-ASG", SENIOR))
    world.open_case(card_of("LW-1", "OFF-GONE", consents=consents), (SENIOR, "copy"))
    officer = world.logged_in("ben", SENIOR, Role.FOCAL_POINT)

    assert [line["case"] for line in officer.get("/api/cases").json()["cases"]] == ["LW-1"]
    assert officer.get("/api/cases/LW-1").json()["strip"]["may_contact"] is False
    assert officer.get("/api/cases/LW-1/blobs/copy/1").status_code == 200
