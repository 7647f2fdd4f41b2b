"""The practice phone over HTTP: a chat, its buttons and files, what the office opens, and who may ask at all."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import practice_service
from bot.clock import FixedClock
from bot.practice import phone as phone_module
from bot.practice.phone import HEADERS, PAGE, PHONE, phone_app
from config.load import load_settings
from handlers.types import Address, Outgoing
from storage.errors import CannotWrite
from tests.conftest import NOON

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have the successor of httpx, which is not locked here
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import Service

ROOT = Path(__file__).parents[2]
LEEWARD = [sys.executable, "-m", "bot"]
TO_STORY = (
    "hi", "1", "1", "3", "1", "1", "3", "1", "0", "1", "1", "1", "1", "2", "1", "Mina", "3", "1", "Amina Example", "1",
    "1",
)  # fmt: skip
TO_FILES = (
    *TO_STORY, "5", "A body", "4", "2", "2", "1", "5", "They came to my house.", "1", "Arlenia", "The north", "0", "1",
    "Police", "1", "4", "0", "1", "0", "0", "0", "0", "0", "0", "1",
)  # fmt: skip
TO_SEND = ("3", "1", "1", "3", "14:30", "2", "1", "1", "1", "1", "1", "2", "2", "3", "1")


class Chat:
    """A browser of the tests."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self.client, self.service = client, service

    def say(self, *texts: str) -> dict[str, Any]:
        for text in texts:
            answer = self.client.post("/say", json={"text": text})
            assert answer.status_code == 200, answer.text
        return self.screen()

    def press(self, node: str, turn: int, key: str) -> dict[str, Any]:
        answer = self.client.post("/say", json={"button": {"node": node, "turn": turn, "key": key}})
        assert answer.status_code == 200, answer.text
        return self.screen()

    def send_file(self, content: bytes, name: str = "photo.png", kind: str = "image/png") -> Any:  # noqa: ANN401 - an untyped response
        return self.client.post("/file", content=content, headers={"X-File-Name": name, "Content-Type": kind})

    def screen(self) -> dict[str, Any]:
        screen: dict[str, Any] = self.client.get("/messages").json()
        return screen

    def newest(self) -> dict[str, Any]:
        message: dict[str, Any] = self.screen()["messages"][-1]
        return message


@contextmanager
def a_chat(home: Path, clock: FixedClock, **options: Any) -> Iterator[Chat]:  # noqa: ANN401 - of an untyped client
    settings = load_settings({"LEEWARD_HOME": str(home)}, home)
    with practice_service(settings, home, clock=clock) as service:
        app = phone_app(service, home / "offices")
        with TestClient(app, base_url="http://localhost", **options) as client:
            yield Chat(client, service)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice folder; its keys are made once, every test begins with an empty phone."""
    return tmp_path_factory.mktemp("practice")


@pytest.fixture
def clock() -> FixedClock:
    """A clock of this test alone."""
    return FixedClock(NOON)


@pytest.fixture
def chat(home: Path, clock: FixedClock) -> Iterator[Chat]:
    """An empty phone on a service."""
    with a_chat(home, clock) as opened:
        opened.client.post("/again", json={})
        yield opened


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """One phone for all tests of who may ask: they change nothing."""
    with a_chat(tmp_path_factory.mktemp("guarded"), FixedClock(NOON)) as opened:
        yield opened


def texts(screen: dict[str, Any]) -> list[str]:
    return [message["text"] for message in screen["messages"]]


# ------------------------------------------------------------------------------------------------------------- the chat


def test_the_first_questions_are_answered_by_digits(chat: Chat) -> None:
    """Language, safety, danger: each answer brings the next question, with both sides in the chat."""
    screen = chat.say("Hello", "1", "1")

    assert [message["mine"] for message in screen["messages"]] == [True, False] * 3
    assert [message["node"] for message in screen["messages"] if not message["mine"]] == ["Q01", "Q02", "Q03"]
    assert screen["messages"][-1]["text"].startswith("Are you, or the person you want to write about, in danger")
    assert ["3", "No"] in screen["messages"][-1]["choices"]


def test_a_button_is_an_answer_and_shows_its_words(chat: Chat) -> None:
    """Pressing the newest question's button leads on, and the own bubble says what was pressed."""
    chat.say("Hello", "1")
    asked = chat.newest()
    screen = chat.press(asked["node"], asked["turn"], "1")

    assert texts(screen)[-2] == "1  Yes"
    assert screen["messages"][-1]["node"] == "Q03"


def test_an_old_button_is_told_from_the_present_question(chat: Chat) -> None:
    """A stale button changes nothing; the present question is asked again."""
    chat.say("Hello", "1")
    old = chat.newest()
    chat.say("1")
    screen = chat.press(old["node"], old["turn"], "3")

    assert screen["messages"][-1]["node"] == "Q03"
    assert "That button belongs to an older question" in screen["messages"][-1]["text"]


def test_a_button_that_never_was_is_shown_by_its_digit(chat: Chat) -> None:
    """Nothing is known about it but the digit."""
    chat.say("Hello")

    assert texts(chat.press("Q77", 4000, "2"))[-2] == "2"


def test_hiding_empties_the_chat_and_what_follows_gets_an_everyday_answer(chat: Chat) -> None:
    """000: no bubble of either side stays, on no page; then the decoy."""
    before = chat.say("Hello", "1")
    hidden = chat.say("000")
    after = chat.say("who are you")

    assert hidden["messages"] == []
    assert hidden["cleared"] > before["last"]
    assert texts(after)[0] == "who are you"
    assert texts(after)[1].startswith("Notices.")


def test_a_second_tab_shows_the_same_chat_and_is_told_of_what_comes(chat: Chat) -> None:
    """A waiting page is answered as soon as somebody says something elsewhere."""
    screen = chat.say("Hello")
    heard: list[dict[str, Any]] = []
    second = threading.Thread(
        target=lambda: heard.append(
            chat.client.get("/messages", params={"after": screen["last"], "run": screen["run"]}).json()
        )
    )
    second.start()
    chat.say("1")
    second.join(10)

    assert not second.is_alive()
    assert heard[0]["messages"][0]["text"] == "1"


def test_a_page_of_an_earlier_run_gets_everything_at_once(chat: Chat) -> None:
    """The numbers of another process mean nothing here."""
    chat.say("Hello")
    screen = chat.client.get("/messages", params={"after": 5000, "run": "another"}).json()

    assert texts(screen)[0] == "Hello"


def test_nothing_new_is_answered_after_a_while(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiting page is not left waiting for ever."""
    monkeypatch.setattr(phone_module, "WAIT_SECONDS", 0.05)
    screen = chat.say("Hello")
    again = chat.client.get("/messages", params={"after": screen["last"], "run": screen["run"]}).json()

    assert (again["messages"], again["last"]) == ([], screen["last"])


def test_the_open_question_is_there_after_a_restart(home: Path) -> None:
    """The chat is gone with the process, the conversation is not."""
    with a_chat(home, FixedClock(NOON)) as chat:
        chat.client.post("/again", json={})
        chat.say("Hello")
    with a_chat(home, FixedClock(NOON)) as chat:
        messages = chat.screen()["messages"]

    assert [(message["mine"], message["node"]) for message in messages] == [(False, "Q01")]


def test_starting_again_forgets_the_conversation(chat: Chat) -> None:
    """Also a hidden one, which nothing else would bring back."""
    chat.say("Hello", "1", "000")
    assert chat.client.post("/again", json={}).status_code == 200

    assert chat.screen()["messages"] == []
    assert chat.say("Hello")["messages"][-1]["node"] == "Q01"


def test_time_passes_on_the_phone_too(chat: Chat, clock: FixedClock) -> None:
    """Timers are handled before each message: after half an hour of silence the person is unknown again."""
    chat.say("Hello", "1")
    clock.at = clock.at.replace(hour=clock.at.hour + 1)

    assert chat.say("1")["messages"][-1]["node"] == "Q01"


def test_time_passes_while_nobody_writes(home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast path asks after two minutes whether somebody is there."""
    monkeypatch.setattr(phone_module, "TICK_SECONDS", 0.02)
    with a_chat(home, clock) as chat:
        chat.client.post("/again", json={})
        chat.say("Hello", "1", "SOS")
        clock.at = clock.at.replace(minute=3)
        deadline = time.monotonic() + 8
        while chat.newest()["node"] != "T-ARE-YOU-THERE" and time.monotonic() < deadline:
            time.sleep(0.02)

        assert chat.newest()["text"].startswith("Are you there?")


def test_what_is_for_the_terminal_chat_is_left_for_it(chat: Chat) -> None:
    """Messages for another address of the same channel are neither shown nor lost."""
    other = Address("practice", "terminal")
    with chat.service.store.transaction() as work:
        work.outbox.add(Outgoing(other, "for the terminal", "", 0), NOON)
    screen = chat.say("Hello")
    with chat.service.store.transaction() as work:
        waiting = work.outbox.waiting()
        work.outbox.drop_for(other)

    assert "for the terminal" not in texts(screen)
    assert waiting == 1


def test_half_a_character_does_no_harm(chat: Chat) -> None:
    """A lone surrogate, which no database could store, in a text or on a button."""
    bodies = (b'{"text": "\\ud800 hello"}', b'{"button": {"node": "Q01", "turn": 1, "key": "\\ud800"}}')
    for body in bodies:
        assert chat.client.post("/say", content=body, headers={"Content-Type": "application/json"}).status_code == 200

    assert [message["text"] for message in chat.screen()["messages"] if message["mine"]] == ["? hello", "?"]


# ------------------------------------------------------------------------------------------------- files and the office


@pytest.fixture
def sent(chat: Chat) -> Chat:
    """A report with one attachment, sent."""
    chat.say(*TO_FILES)
    while chat.newest()["node"] != "Q45":
        chat.say("1")
    assert chat.send_file(b"pixels" * 1000, "%D8%B5%D9%88%D8%B1%D8%A9.png").status_code == 200
    chat.say("0")
    chat.say(*TO_SEND)
    return chat


def test_a_file_is_refused_by_the_bot_where_it_asked_for_none(chat: Chat) -> None:
    """The phone brings it, the engine decides."""
    chat.say("Hello")
    assert chat.send_file(b"x").status_code == 200
    screen = chat.screen()

    assert (texts(screen)[-2], screen["messages"][-2]["size"]) == ("photo.png", 1)
    assert "I cannot take files here" in texts(screen)[-1]


def test_nothing_of_a_file_is_written_in_clear(sent: Chat, home: Path) -> None:
    """It goes from memory into the seal."""
    files = [path for path in home.rglob("*") if path.is_file()]

    assert any(path.parent.name == "blobs" for path in files)
    assert [path.name for path in files if b"pixelspixels" in path.read_bytes()] == []
    del sent


def test_the_office_opens_its_report_with_its_practice_key(sent: Chat) -> None:
    """Case, office and size are on the list; the summary is there for whoever opens it."""
    report = next(sealed for sealed in sent.screen()["sealed"] if sealed["purpose"] == "report")
    opened = sent.client.post("/open", json={"case": report["case"]}).json()

    assert re.fullmatch(r"LW(-[A-Z2-7]{4}){4}", report["case"])
    assert report["office"].startswith("OFF-")
    assert report["size"] > 1000
    assert "What the person wants" in opened["summary"]
    assert ["level", "L3"] in opened["facts"] or dict(opened["facts"])["level"].startswith("L")
    assert any(label == "They came to my house." for _node, _question, label in opened["answers"])
    assert opened["attachments"] == [["صورة.png", "image/png", 6000]]
    assert any(consent == "C-FWD" and status == "given" for consent, status, _at in opened["consents"])


def test_the_name_lies_in_a_box_of_its_own(sent: Chat) -> None:
    """It is opened by asking for it, and does not stand in the report."""
    case = next(sealed["case"] for sealed in sent.screen()["sealed"] if sealed["purpose"] == "report")
    box = sent.client.post("/open", json={"case": case, "purpose": "identity"}).json()
    report = sent.client.post("/open", json={"case": case})

    assert box["facts"] == [["name", "Amina Example"]]
    assert "Amina Example" not in report.text


def test_an_alert_is_on_the_list(chat: Chat) -> None:
    """SOS and yes: the card lies sealed for the duty desk, and the newest is on top."""
    chat.say("Hello", "1", "SOS", "1")
    newest = chat.screen()["sealed"][0]
    opened = chat.client.post("/open", json=newest).json()

    assert (newest["purpose"], opened["purpose"]) == ("alert", "alert")
    assert ["lang", "en"] in opened["facts"]


@pytest.mark.parametrize("wanted", [{"case": "LW-AAAA-AAAA-AAAA-AAAA"}, {"case": 7}, {}, {"case": "../../keys/é"}])
def test_what_is_not_there_cannot_be_opened(guarded: Chat, wanted: dict[str, Any]) -> None:
    """Whatever is asked for."""
    assert guarded.client.post("/open", json=wanted).status_code == 404


def test_a_missing_practice_key_is_said(sent: Chat, home: Path) -> None:
    """409, and the page says which folder it concerns."""
    report = next(sealed for sealed in sent.screen()["sealed"] if sealed["purpose"] == "report")
    key = home / "offices" / "keys" / f"{report['office']}.key"
    aside = key.rename(key.with_suffix(".aside"))
    answer = sent.client.post("/open", json={"case": report["case"]})
    aside.rename(key)

    assert (answer.status_code, answer.json()) == (409, {"error": "key"})


def test_a_file_that_is_too_large_is_refused(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it announces, and by what really comes."""
    monkeypatch.setattr(phone_module, "MOST_FILE_BYTES", 10)
    announced = chat.send_file(b"x" * 11)
    streamed = chat.client.post("/file", content=iter([b"x" * 6, b"x" * 6]), headers={"X-File-Name": "a"})
    fits = chat.send_file(b"x" * 10)

    assert (announced.status_code, streamed.status_code, fits.status_code) == (413, 413, 200)


def test_the_limit_of_a_file_is_a_hundred_mebibytes() -> None:
    """As the channel practice takes."""
    assert phone_module.MOST_FILE_BYTES == 100 * 1024 * 1024


def test_a_file_needs_a_name(chat: Chat) -> None:
    """A folder in front of it is cut off."""
    chat.say("Hello")
    chat.send_file(b"x", "..%2F..%5Cetc%2Fpasswd")

    assert chat.send_file(b"x", "%20").status_code == 400
    assert texts(chat.screen())[-2] == "passwd"


# -------------------------------------------------------------------------------------------------------- who may ask


REQUESTS = [("GET", "/"), ("GET", "/messages"), ("GET", "/static/phone.js"), ("POST", "/say"), ("POST", "/file"),
            ("POST", "/again"), ("POST", "/open"), ("GET", "/nowhere"), ("PUT", "/say")]  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1]:8080"])
def test_another_host_is_refused(chat: Chat, host: str) -> None:
    """A name that somebody pointed to this machine is not this machine."""
    assert {chat.client.request(*asked, headers={"Host": host}).status_code for asked in REQUESTS} == {421}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://localhost", "http://localhost:1"])
def test_another_origin_is_refused(chat: Chat, origin: str) -> None:
    """A page of somebody else may not write here."""
    assert {chat.client.request(*asked, headers={"Origin": origin}).status_code for asked in REQUESTS} == {403}


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:9", "LOCALHOST"])
def test_this_machine_is_taken(guarded: Chat, host: str) -> None:
    """By either name, on any port, with the origin that belongs to it."""
    headers = {"Host": host, "Origin": f"http://{host}"}

    assert guarded.client.post("/say", json={"text": "hi"}, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(chat: Chat, kind: str) -> None:
    """What a form of another page could send is refused."""
    for path in ("/say", "/open", "/again"):
        answer = chat.client.post(path, content=b'{"text": "hi"}', headers={"Content-Type": kind})
        assert answer.status_code == 415, path


SHAPES = (
    "", "[", "[]", "7", "{}", '{"text": 7}', '{"text": " "}', '{"text": "a", "more": 1}', '{"button": {"node": "Q01"}}',
    '{"button": {"node": "Q01", "turn": "1", "key": "1"}}', "[" * 60000,
    '{"button": {"node": "Q01", "turn": ' + "9" * 5000 + ', "key": "1"}}',
)  # fmt: skip


def test_what_has_another_shape_is_refused(chat: Chat) -> None:
    """And nothing appears in the chat."""
    for shape in SHAPES:
        answer = chat.client.post("/say", content=shape.encode(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, shape[:80]

    assert chat.screen()["messages"] == []


def test_a_message_of_any_length_is_not_held(chat: Chat) -> None:
    """More than 64 KiB is refused before it is read."""
    assert chat.client.post("/say", json={"text": "x" * 70000}).status_code == 413


@pytest.mark.parametrize("after", ["-1", "x", "1" * 20, ""])
def test_a_number_is_a_number(guarded: Chat, after: str) -> None:
    """Nothing else is looked up."""
    assert guarded.client.get("/messages", params={"after": after}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_carries_the_headers(chat: Chat, host: str) -> None:
    """Pages, refusals and errors alike."""
    for asked in REQUESTS:
        answer = chat.client.request(*asked, headers={"Host": host})
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, asked
        assert "set-cookie" not in answer.headers


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    """Word by word."""
    assert HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def test_what_cannot_be_stored_is_not_taken(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and no bubble pretends otherwise."""
    chat.say("Hello")

    def fails(*_args: object) -> None:
        raise CannotWrite

    with monkeypatch.context() as broken:
        broken.setattr("handlers.receive.Reception.receive", fails)
        answer = chat.client.post("/say", json={"text": "1"})

    assert (answer.status_code, answer.json()) == (503, {"error": "storage"})
    assert texts(chat.screen())[0] == "Hello"
    assert len(chat.screen()["messages"]) == 2


def test_a_mistake_of_ours_is_answered_with_the_headers_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word about what it was."""

    def fails(*_args: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("bot.practice.phone.Phone.message", fails)
    with a_chat(home, FixedClock(NOON), raise_server_exceptions=False) as chat:
        answer = chat.client.post("/say", json={"text": "hi"})

    assert (answer.status_code, answer.json()) == (500, {"error": "broken"})
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


# ------------------------------------------------------------------------------------------------------------- the page


def test_the_page_has_its_parts_and_says_practice(chat: Chat) -> None:
    """Every file it names is served, with its type."""
    page = chat.client.get("/")
    named = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<strong>PRACTICE.</strong> Nothing here is real, nobody is told." in page.text
    assert named == {f"/static/{path.name}" for path in PAGE.iterdir() if path.suffix != ".html"}
    assert {chat.client.get(path).status_code for path in named} == {200}
    assert chat.client.get("/static/phone.js").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/static/../phone.py", "/static/%2e%2e%2fphone.py", "/static/phone.py", "/static/"])
def test_nothing_else_of_this_machine_is_served(guarded: Chat, path: str) -> None:
    """The five files are read once, at the beginning."""
    assert guarded.client.get(path).status_code == 404


def test_the_page_brings_nothing_from_elsewhere_and_nothing_inline() -> None:
    """No address of another machine, no style or script between the lines, no HTML made of strings."""
    page = {path.name: path.read_text(encoding="utf-8") for path in PAGE.iterdir()}
    outside = re.compile(r"https?://(?!www\.w3\.org/2000/svg)")

    assert [name for name, text in page.items() if outside.search(text)] == []
    assert re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page["index.html"]) is None
    assert (
        re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|\.cookie|Storage", page["phone.js"])
        is None
    )


def test_the_script_names_only_words_of_the_page() -> None:
    """Whoever translates the page translates index.html alone."""
    page, script = ((PAGE / name).read_text(encoding="utf-8") for name in ("index.html", "phone.js"))
    offered = set(re.findall(r'data-word="([^"]+)"', page))
    refusals = set(re.findall(r'(?:_refusal|HTTPException)\(\d+, "(\w+)"\)', Path(phone_module.__file__).read_text()))

    assert set(re.findall(r'\bword\("([^"]+)"\)', script)) <= offered
    assert {
        f"error-{reason}" for reason in ("storage", "size", "shape", "key", "missing", "offline", "other")
    } <= offered
    assert {"storage", "size", "shape", "key", "missing"} <= refusals


# ---------------------------------------------------------------------------------------------------------- the command


@contextmanager
def started(home: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    mine = os.environ  # noqa: TID251 - passed on to a child
    kept = {name: value for name, value in mine.items() if name.startswith("COVERAGE_") or name == "PATH"}
    child = subprocess.Popen(
        [*LEEWARD, "practice", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**kept, "PYTHONPATH": str(ROOT), "LEEWARD_HOME": str(home)}, cwd=home,
    )  # fmt: skip
    with child:
        try:
            yield child
        finally:
            child.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_served_until_the_program_is_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    """Its address is printed once it answers; a waiting page does not hold the end up; the exit code is 0."""
    with started(tmp_path, "--port", "0") as child:  # without a terminal: who names a port wants the page
        assert child.stdout is not None
        said = [child.stdout.readline(), child.stdout.readline()]
        waiting = HTTPConnection("127.0.0.1", int(said[1].strip().removeprefix("http://localhost:")), timeout=10)
        waiting.request("GET", "/messages", headers={"Host": "localhost"})
        screen = json.loads(waiting.getresponse().read())
        waiting.request("GET", f"/messages?run={screen['run']}&after={screen['last']}", headers={"Host": "localhost"})
        time.sleep(0.2)
        child.send_signal(number)
        last = json.loads(waiting.getresponse().read())
        waiting.close()
        _out, err = child.communicate(timeout=10)

    assert "PRACTICE" in said[0]
    assert last["messages"] == []
    assert (child.returncode, err) == (0, "")


def test_a_taken_port_gives_one_line_with_the_remedy(tmp_path: Path) -> None:
    """And exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path, "--serve", "--port", str(port)) as child:
            _out, err = child.communicate(timeout=60)

    assert (child.returncode, err.count("\n")) == (1, 1)
    assert err.startswith(f"Port {port} cannot be used")
    assert "--port" in err


def test_the_address_of_the_phone_is_its_own() -> None:
    """Not that of the terminal chat."""
    assert Address("practice", "phone") == PHONE
