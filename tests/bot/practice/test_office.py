"""Files on the practice phone, and what the practice office opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.practice import phone as phone_module
from tests.bot.practice.phones import TO_FILES, TO_SEND, Chat, a_chat, texts
from tests.conftest import NOON


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice folder of the phone a report was sent from."""
    return tmp_path_factory.mktemp("full")


@pytest.fixture(scope="module")
def sent(full: Path) -> Iterator[Chat]:
    """A report with one attachment, sent; what the office does with it changes nothing."""
    with a_chat(full, FixedClock(NOON)) as chat:
        chat.say(*TO_FILES)
        while chat.newest()["node"] != "Q45":
            chat.say("1")
        assert chat.send_file(b"pixels" * 1000, "%D8%B5%D9%88%D8%B1%D8%A9.png").status_code == 200
        chat.say("0")
        chat.say(*TO_SEND)
        yield chat


def test_a_file_is_refused_by_the_bot_where_it_asked_for_none(chat: Chat) -> None:
    """The phone brings it, the engine decides."""
    chat.say("Hello")
    assert chat.send_file(b"x").status_code == 200
    screen = chat.screen()

    assert (texts(screen)[-2], screen["messages"][-2]["size"]) == ("photo.png", 1)
    assert "I cannot take files here" in texts(screen)[-1]


def test_nothing_of_a_file_is_written_in_clear(sent: Chat, full: Path) -> None:
    """It goes from memory into the seal."""
    files = [path for path in full.rglob("*") if path.is_file()]

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


def test_a_missing_practice_key_is_said(sent: Chat, full: Path) -> None:
    """409, and the page says which folder it concerns."""
    report = next(sealed for sealed in sent.screen()["sealed"] if sealed["purpose"] == "report")
    key = full / "offices" / "keys" / f"{report['office']}.key"
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
