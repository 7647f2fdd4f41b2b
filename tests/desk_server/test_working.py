"""Working on a case over HTTP: talking, measures, status, hand-over, notes; what is refused, and with which answer."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.commands.officers import commands_of
from dialogs.conversation import Conversation
from dialogs.officers import TEMPLATES
from dialogs.replace import replace
from handlers.accounts import Role
from handlers.deliver import Delivered, Delivery
from handlers.types import Address, Inbound
from storage.crypto.talk import seal_words
from tests.conftest import NOON
from tests.desk_server.world import HRC, Browser, World, card_of, given

CASE, PERSON = "LW-1", Address("signal", "someone")
WORDS = "Are you well today?"


def sealed(recipient: str, **document: str) -> str:
    """Return what the page seals, in base64."""
    return base64.b64encode(seal_words(json.dumps(document).encode(), recipient)).decode()


class Work:
    """An officer who owns a case, and the person at the other end."""

    def __init__(self, world: World, **card: Any) -> None:  # noqa: ANN401 - fields of the card
        self.world = world
        self.officer = world.logged_in("amina")
        card = {"status": "ST-TRI", "owner": "amina", "red": ("RED-PUB",), **card}
        world.open_case(card_of(CASE, **card))
        now = NOON.isoformat()
        with world.service.store.transaction() as work:
            interview = world.desk.policy.interview.version
            work.conversations.save(PERSON, Conversation("c1", "signal", interview, now, now, node="TALK"))
            work.cases.attach(CASE, PERSON)
        session = self.officer.get("/api/session").json()
        self.bot_key, self.office_key = session["bot_key"], session["office_keys"][0]
        self._count = 0

    def post(self, path: str, body: object = None, by: Browser | None = None) -> httpx.Response:
        """Do something with the case."""
        return (by or self.officer).post(f"/api/cases/{CASE}/{path}", body)

    def case(self, by: Browser | None = None) -> dict[str, Any]:
        """Return the case as the page sees it."""
        shown: dict[str, Any] = (by or self.officer).get(f"/api/cases/{CASE}").json()
        return shown

    def write(self, text: str = WORDS, by: Browser | None = None) -> httpx.Response:
        """Write to the person, as the page does."""
        for_bot = sealed(self.bot_key, schema="leeward-words-1", case=CASE, text=text)
        return self.post("messages", {"for_bot": for_bot, "for_office": self.note(text)}, by)

    def note(self, text: str = "note") -> str:
        """Return something sealed to the office."""
        return sealed(self.office_key, schema="leeward-note-1", case=CASE, text=text)

    def card(self, **more: object) -> dict[str, object]:
        """Return a measure card."""
        return {
            "measure": "UM-FOC-CHK", "recipient": "the focal point", "name_mode": "NM-ANON", "content": "Somebody asks",
            "hope": "advice", "risk_view": self.note("afraid"), "do_no_harm": self.note("less"), **more,
        }  # fmt: skip

    def person_says(self, text: str) -> list[str]:
        """Let the person write; return what they then see."""
        self._count += 1
        self.world.clock.at += timedelta(seconds=1)
        self.world.service.reception.receive(Inbound(PERSON, str(self._count), text=text))
        return self.person_sees()

    def person_sees(self) -> list[str]:
        """Let everything go out; return what arrives."""
        self.world.service.messaging.deliver_due()
        delivery, arrived = Delivery(self.world.service.store, self.world.clock, "signal"), []
        while items := delivery.claim():
            delivery.settle([Delivered(item, "sent") for item in items])
            arrived += [item.outgoing.text for item in items]
        return arrived


@pytest.fixture
def work(world: World) -> Work:
    """A case at work."""
    return Work(world)


def test_the_page_is_told_for_which_other_offices_it_seals_what_is_written(work: Work) -> None:
    """At night the office of the report beside the duty desk; once it works on the case itself, nobody else."""
    told = given("C-EMER", "OFF-EML", scope="report")
    work.world.open_case(card_of("LW-2", owner="", consents=(*card_of("LW-2").consents, told)))
    night = work.world.logged_in("nils", "OFF-EML", Role.DUTY_OFFICER)
    shown = night.get("/api/cases/LW-2").json()["readers"]
    assert [(each["office"], each["keys"][0]) for each in shown] == [("OFF-HRC", work.office_key)]
    assert work.case()["readers"] == []


def test_words_of_the_command_line_are_kept_for_the_same_offices(work: Work) -> None:
    """It seals as the office of the report, and for the duty desk whose officer owns the case."""
    told = given("C-EMER", "OFF-EML", scope="report")
    work.world.open_case(card_of("LW-2", owner="nils", consents=(*card_of("LW-2").consents, told)))
    work.world.account("nils", "OFF-EML", Role.DUTY_OFFICER)
    commands = commands_of(work.world.service)
    to = commands["recipients"](case="LW-2")
    copies = {office: sealed(keys[0], text=WORDS) for office, keys in to["others"].items()}
    for_bot = sealed(to["bot"], schema="leeward-words-1", case="LW-2", text=WORDS)
    commands["write"](
        case="LW-2", by="nils", office=to["office"], for_bot=for_bot, for_office=work.note(), for_others=copies
    )
    with work.world.service.store.transaction() as done:
        assert {blob.office for blob in done.blobs.of("LW-2") if blob.purpose == "said"} == {HRC, "OFF-EML"}


def test_an_officer_talks_with_the_person(work: Work) -> None:
    """Two words first, the officer's own after the answer; the thread shows both sides and what became of each."""
    written = work.write()
    assert (written.status_code, written.json()["state"], written.json()["reason"]) == (200, "held", "words")
    assert work.person_sees() == ["green apple"]
    assert any(WORDS in text for text in work.person_says("tall river"))

    case = work.case()
    thread = [(line["from"], line["sequence"], line["purpose"], line["state"], line["by"]) for line in case["thread"]]
    assert thread == [("office", 1, "said", "sent", "Amina"), ("person", 2, "message", "", "")]
    assert (case["talk"], case["unread"]) == ("open", 1)
    assert work.officer.get(f"/api/cases/{CASE}/blobs/message/2").status_code == 200
    assert work.case()["unread"] == 0


def test_words_never_stand_in_the_answers_or_in_the_database_file(work: Work) -> None:
    """Only sealed bytes pass."""
    work.write()
    assert WORDS not in json.dumps(work.case())
    home = work.world.service.home
    assert all(WORDS.encode() not in path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("card", "status", "reason"),
    [
        ({"consents": (given("C-FWD", HRC),)}, 403, "no_contact"), ({"red": ("RED-NOCONTACT",)}, 403, "red_line"),
        ({"status": "ST-HOLD"}, 403, "stopped"), ({"owner": "somebody"}, 409, ""), ({"owner": ""}, 409, ""),
    ],
)  # fmt: skip
def test_what_may_not_be_written_is_refused_with_the_reason(
    world: World, card: dict[str, Any], status: int, reason: str
) -> None:
    """Whoever owns the case writes, where the person agreed."""
    answer = Work(world, **card).write()
    assert (answer.status_code, answer.json().get("reason", "") if status != 200 else "") == (status, reason)


def test_plain_words_are_refused_before_they_are_stored(work: Work) -> None:
    """As a message, as a note, as a view of the risk."""
    plain = base64.b64encode(b"plain words").decode()
    for path, body in (
        ("messages", {"for_bot": plain, "for_office": plain}), ("notes", {"for_office": plain}),
        ("measures", work.card(risk_view=plain)), ("measures", work.card(risk_view="afraid")),
        ("measures", work.card(do_no_harm=plain)), ("measures", work.card(do_no_harm="less")),
        ("messages", {"for_bot": "%", "for_office": "%"}),
    ):  # fmt: skip
        assert work.post(path, body).status_code == 400, path


def test_begin_shows_the_two_words(work: Work) -> None:
    """And nothing else. Whoever begins takes the case as by the button, so that the ladder stops."""
    work.world.change(CASE, owner="", status="ST-DLV")

    assert work.post("begin").status_code == 200

    assert work.person_sees() == ["green apple"]
    with work.world.service.store.transaction() as done:
        assert [entry.act for entry in done.audit.of(CASE) if entry.act in {"own", "begin"}] == ["own", "begin"]


def test_a_measure_is_asked_agreed_started_and_closed(work: Work) -> None:
    """The light follows the consent; the status follows the acts; every act is in the history."""
    proposed = work.post("measures", work.card())
    assert (proposed.status_code, proposed.json()["light"]) == (200, "amber"), proposed.text
    number = proposed.json()["id"]
    assert work.case()["status"] == "ST-CON"
    assert work.post(f"measures/{number}/start").status_code == 403
    assert any("We have an idea" in text for text in work.person_sees())
    work.person_says("1")
    work.person_says("1")

    (agreed,) = work.case()["measures"]
    assert (agreed["light"], agreed["state"]) == ("green", "consented")
    assert work.post(f"measures/{number}/start").json()["state"] == "started"
    assert work.case()["status"] == "ST-MEA"
    said = work.post(f"measures/{number}/close", {"outcome": "her brother was told"})
    assert (said.status_code, "OUT-DONE, OUT-PART" in said.json()["message"]) == (400, True)
    assert work.post(f"measures/{number}/close", {"outcome": "OUT-DONE"}).json()["outcome"] == "OUT-DONE"
    acts = [line["act"] for line in work.case()["history"] if line["act"] != "look"]
    assert acts == ["note", "note", "propose", "start", "close"]


def test_an_interpreter_from_the_persons_country_is_not_begun_where_they_said_no_to_that(work: Work) -> None:
    """Green all the same: one from elsewhere may begin. Which it was is in the history."""
    number = work.post("measures", work.card(measure="IN-INTERPRETER", recipient="Samira")).json()["id"]
    work.person_sees()
    work.person_says("2")
    work.person_says("1")
    (agreed,) = work.case()["measures"]
    assert (agreed["light"], agreed["abroad"]) == ("green", True)
    start = f"measures/{number}/start"
    assert [work.post(start, body).status_code for body in ({}, {"interpreter": "from Dravania"})] == [400, 400]
    answer = work.post(start, {"interpreter": "theirs"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "from-their-country")
    assert work.post(start, {"interpreter": "abroad"}).json()["state"] == "started"
    assert [line["reason"] for line in work.case()["history"] if line["act"] == "start"] == ["abroad"]


def test_a_refused_measure_cannot_start(work: Work) -> None:
    """The light is red, the answer says why."""
    number = work.post("measures", work.card()).json()["id"]
    work.person_sees()
    work.person_says("2")
    (refused,) = work.case()["measures"]
    assert refused["light"] == "red"
    answer = work.post(f"measures/{number}/start")
    assert (answer.status_code, answer.json()["reason"]) == (403, "refused")
    assert work.post("measures/MP-none/start").status_code == 400


def test_a_card_needs_the_checklist_an_owner_and_a_role_that_proposes(work: Work) -> None:
    """Operators give advice; they propose nothing. What was refused leaves no note behind."""
    assert work.post("measures", work.card(do_no_harm="")).status_code == 400
    assert work.post("measures", work.card(measure="GM-NONE")).status_code == 400
    assert work.post("measures", work.card(), work.world.logged_in("o", HRC, Role.OPERATOR)).status_code == 403
    assert work.post("measures", work.card(), work.world.logged_in("ben")).status_code == 409
    assert work.case()["measures"] == []
    assert notes_of(work) == 0
    work.post("measures", work.card())
    assert work.post("measures", work.card()).status_code == 403
    assert notes_of(work) == 2


def notes_of(work: Work) -> int:
    """Return how many notes of the case are kept."""
    return sum(blob["purpose"] == "note" for blob in work.case()["blobs"])


def test_an_officer_may_ask_for_a_shorter_yes_and_never_for_a_longer_one(work: Work) -> None:
    """The card names the day, and the yes ends on it; more days than the measure gives are refused."""
    assert work.post("measures", work.card(valid_days=31)).status_code == 400
    assert work.post("measures", work.card(valid_days=-1)).status_code == 400
    assert work.post("measures", work.card(valid_days=3)).status_code == 200
    day = f"{work.world.clock.at + timedelta(days=3):%Y-%m-%d}"
    assert day in "".join(work.person_says("hello"))
    work.person_says("1")
    work.person_says("1")
    (agreed,) = work.case()["measures"]
    assert agreed["valid_until"].startswith(day)


def test_red_lines_that_a_measure_would_cross_are_shown_before_and_after(work: Work) -> None:
    """In the catalogue of the case and on the card."""
    assert work.case()["collisions"]["UM-PUB-STA"] == ["RED-PUB"]
    proposed = work.post("measures", work.card(measure="UM-PUB-STA", recipient="the public")).json()
    assert proposed["collisions"] == ["RED-PUB"]


def test_the_catalogue_and_the_templates_are_in_plain_words(work: Work) -> None:
    """Every measure of 3.9, two mentions, two ways to share, two to ask somebody; sentences without anything of a case."""
    measures = work.officer.get("/api/measures").json()
    assert len(measures) == len(work.world.desk.policy.measures) + 6
    assert all(measure["do"] and measure["who_learns"] and measure["risk"] for measure in measures)
    assert {measure["code"] for measure in measures if measure["public"]} >= {"UM-PUB-STA", "GM-STA-IDG", "AR-NAMED"}
    assert {one["id"] for one in work.officer.get("/api/templates").json()} == set(TEMPLATES)


def test_the_catalogue_says_what_the_person_will_be_asked(work: Work) -> None:
    """Word for word as the question will stand in the chat, but for what only the form knows."""
    asks = {measure["code"]: measure["asks"] for measure in work.officer.get("/api/measures").json()}
    blanks = {name for lines in asks.values() for line in lines for name in re.findall(r"\{(\w+)\}", line)}
    assert blanks == {"OFF_WORDS", "NAME_MODE_WORDS", "HOPE", "UNTIL", "EXACT_LINES", "TO_WHOM"}
    assert asks["GM-STA-DIP"][0] == "{OFF_WORDS}. We have an idea and need your yes or no."
    assert asks["GM-STA-DIP"][-1] == "4 Show me exactly what you would say"
    assert asks["IN-INTERPRETER"][1] == "The interpreter would be: {TO_WHOM}."
    assert [asks[code][1][:26] for code in ("AR-ANON", "AR-NAMED")] == ["The UN Secretary-General w"] * 2
    assert asks["AR-NAMED"][-1] == "3 Without my name"


def test_the_status_follows_the_table_and_malicious_needs_two(work: Work) -> None:
    """What is allowed is offered; the second person sees the wish."""
    assert work.case()["allowed"] == ["ST-VER", "ST-CON", "ST-CLO"]
    assert work.post("status", {"status": "ST-MEA", "reason": ""}).status_code == 409
    assert work.post("status", {"status": "ST-CLO", "reason": "done"}).status_code == 400
    assert work.post("status", {"status": "ST-CLO", "reason": "CL-MAL"}).json() == {"status": "ST-TRI", "pending": True}
    second = work.world.logged_in("ben")
    assert work.case(second)["status_wish"]["by"] == {"id": "amina", "name": "Amina"}
    closed = work.post("status", {"status": "ST-CLO", "reason": "CL-MAL"}, second)
    assert closed.json() == {"status": "ST-CLO", "pending": False}


def test_a_case_is_handed_over_with_read_back(work: Work) -> None:
    """The owner changes when the receiver repeats level, next contact and red lines."""
    assert work.post("next-contact", {"at": "2026-11-25T19:00:00Z"}).status_code == 200
    assert work.post("next-contact", {"at": "2026-11-25T19:00:00"}).status_code == 400
    assert work.post("next-contact", {"at": "2026-11-20T19:00:00Z"}).status_code == 400
    ben = work.world.logged_in("ben")
    told = {"level": "L2", "next_contact": work.case()["promises"]["next_contact_at"], "red": ["RED-PUB"]}
    assert work.post("hand-over", {"to": "nobody", "readback": told}).status_code == 400
    assert work.post("hand-over", {"to": "ben", "readback": {**told, "level": "L1"}}).status_code == 409
    assert work.post("hand-over", {"to": "ben", "readback": told}).status_code == 200
    assert work.case(ben)["hand_over"]["to"] == {"id": "ben", "name": "Ben"}
    assert work.post("hand-over/confirm", {"readback": {**told, "red": []}}, ben).status_code == 409
    confirmed = work.post("hand-over/confirm", {"readback": told}, ben)
    assert confirmed.json()["owner"] == {"id": "ben", "name": "Ben"}
    assert work.case(ben)["hand_over"] is None
    assert work.write().status_code == 409


def test_a_shift_lead_reassigns_without_seeing_what_the_case_holds(work: Work) -> None:
    """Also one who has another role besides."""
    work.world.account("ben")
    for name, roles in (("lead", (Role.SHIFT_LEAD,)), ("both", (Role.FIRST_RESPONDENT, Role.SHIFT_LEAD))):
        lead = work.world.logged_in(name, HRC, *roles)
        assert work.post("hand-over", {"to": "ben"}, lead).status_code == 200
    seen = work.case(work.world.logged_in("third", HRC, Role.SHIFT_LEAD))
    assert (seen["thread"], seen["red"], seen["strip"]) == ([], [], None)
    assert {"id": "ben", "name": "Ben"} in seen["colleagues"]
    assert seen["hand_over"]["to"] == {"id": "ben", "name": "Ben"}


def test_only_a_shift_lead_gives_a_case_away_without_having_told_it(work: Work) -> None:
    """Not its owner, who has read it, and nobody a case that nobody has taken: it has an alert to be answered."""
    work.world.account("ben")
    lead = work.world.logged_in("lead", HRC, Role.SHIFT_LEAD)

    assert work.post("hand-over", {"to": "ben"}).status_code == 409
    work.world.change(CASE, owner="")
    assert work.post("hand-over", {"to": "ben"}, lead).status_code == 409


def test_notes_can_be_fetched_by_the_office(work: Work) -> None:
    """Sealed as they came."""
    note = work.note("two sources")
    assert work.post("notes", {"for_office": note}).json() == {"sequence": 1}
    fetched = work.officer.get(f"/api/cases/{CASE}/blobs/note/1").content
    assert fetched == base64.b64decode(note)


def test_what_was_taken_back_is_erased_when_the_officer_says_so(world: World) -> None:
    """Afterwards the case is unknown, to everybody."""
    work = Work(world, status="ST-WDR")
    assert work.post("status", {"status": "ST-ERA", "reason": "RSN-ERA-TALK"}).json()["status"] == "ST-ERA"
    assert work.officer.get(f"/api/cases/{CASE}").status_code == 404


def test_a_second_case_of_the_same_person_has_a_thread_of_its_own(work: Work) -> None:
    """Words go under the pair of words of the case they are about."""
    other = replace(card_of("LW-2"), owner="amina", off_words="tall ship", submitted_at="2026-11-24T09:30Z")
    work.world.open_case(other)
    with work.world.service.store.transaction() as unit:
        unit.cases.attach("LW-2", PERSON)
    work.write()
    assert work.person_sees() == ["green apple"]
    assert work.officer.get("/api/cases/LW-2").json()["thread"] == []
