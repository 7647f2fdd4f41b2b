"""What the frames of signal-cli mean to us; nothing is called here."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.signal.parsing import parse
from handlers.types import Address, IncomingFile


def frame(**content: Any) -> str:  # noqa: ANN401 - the fields of an envelope
    return json.dumps({"envelope": {"sourceUuid": "aci-mina", "timestamp": 5, "sourceDevice": 1, **content}})


BARE = {"timestamp": 5, "message": None, "expiresInSeconds": 60, "isExpirationUpdate": False, "viewOnce": False}


@pytest.mark.parametrize(
    "content",
    [
        {"dataMessage": {"message": "hello", "groupInfo": {"groupId": "g"}}}, {"dataMessage": {"message": "x", "groupV2": {"id": "g"}}},
        {"dataMessage": {"reaction": {"emoji": "!", "isRemove": False, "targetSentTimestamp": 1}}},
        {"dataMessage": {"remoteDelete": {"timestamp": 1}}},
        {"storyMessage": {"text": "hello"}}, {"receiptMessage": {"isRead": True}}, {"typingMessage": {"action": "STARTED"}},
        {"syncMessage": {"sentMessage": {"message": "1", "destination": "aci-mina"}}}, {"callMessage": {}},
        {"dataMessage": {"isExpirationUpdate": True, "expiresInSeconds": 60}},
        {"editMessage": {"targetSentTimestamp": 1, "dataMessage": {"message": "new", "groupInfo": {"groupId": "g"}}}},
        {"dataMessage": BARE}, {"dataMessage": {**BARE, "pinMessage": {"targetSentTimestamp": 1}}}, {"dataMessage": {**BARE, "quote": None}},
    ],
)  # fmt: skip
def test_what_is_no_message_to_us_brings_nothing_to_store(content: dict[str, Any]) -> None:
    """Groups, stories, receipts, reactions, deletions, what the bot's own phone sent, and what a phone sends by itself."""
    parsed = asyncio.run(parse(frame(**content)))
    assert (parsed.inbound, parsed.readable) == ((), True)


@pytest.mark.parametrize(
    "content",
    [
        {"dataMessage": {"message": None, "sticker": {"packId": "x"}}}, {"dataMessage": {"message": None, "pollVote": {}}},
        {"dataMessage": {"message": None, "contacts": [{}]}}, {"dataMessage": {"message": ""}},
    ],
)  # fmt: skip
def test_what_is_neither_words_nor_a_file_comes_without_text(content: dict[str, Any]) -> None:
    """So that it is answered kindly: it was not understood."""
    (inbound,) = asyncio.run(parse(frame(**content))).inbound
    assert (inbound.text, inbound.file) == ("", None)


PICTURE = {"id": "a.png", "contentType": "image/png", "filename": "a.png", "size": 9}


@pytest.mark.parametrize(
    ("more", "file"),
    [
        ({}, IncomingFile("a.png", "image/png", 9, "a.png", "signal")),
        ({"isVoiceNote": True, "filename": None}, IncomingFile("voice", "image/png", 9, "a.png", "signal")),
        ({"isVoiceNote": False, "filename": None, "contentType": None, "size": None, "caption": "x"},
         IncomingFile("file", "application/octet-stream", 0, "a.png", "signal")),
    ],
)  # fmt: skip
def test_a_file_is_what_the_service_says_of_it(more: dict[str, Any], file: IncomingFile) -> None:
    """Also without the flag of a voice note, on which signalbot insists; the words beside it come after it."""
    content = {"dataMessage": {"message": "look", "attachments": [PICTURE | more, "no attachment"]}}
    parsed = asyncio.run(parse(frame(**content)))
    assert [(one.file, one.text) for one in parsed.inbound] == [(file, ""), (None, "look")]
    assert parsed.files == ("a.png",)


def test_words_that_are_too_long_for_one_message_are_words_and_no_file() -> None:
    """Above 2000 bytes they come as a file, too; where the message has not all of them they are asked for again."""
    long = {"id": "l.txt", "contentType": "text/x-signal-plain", "size": 2400}
    for words, taken, readable in (("я" * 1200, "я" * 1200, True), ("я" * 1000, "", False)):
        content = {"dataMessage": {"message": words, "attachments": [long, PICTURE]}}
        parsed = asyncio.run(parse(frame(**content)))
        assert (parsed.inbound[-1].text, parsed.readable) == (taken, readable)
        assert parsed.files == (("a.png",) if readable else ())


@pytest.mark.parametrize(
    "more",
    [
        {"quote": {"text": "no id"}}, {"mentions": [{"uuid": "x"}]}, {"previews": "x"}, {"sticker": {}}, {"pollVote": {}},
        {"textStyles": [7]}, {"timestamp": None}, {"attachments": None}, {"attachments": "x"},
    ],
)  # fmt: skip
def test_what_is_not_used_of_a_message_cannot_cost_the_answer_in_it(more: dict[str, Any]) -> None:
    """Signalbot refuses each of these frames as a whole; it is not given that part."""
    (inbound,) = asyncio.run(parse(frame(dataMessage={"message": "2", "timestamp": 5, **more}))).inbound
    assert inbound.text == "2"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ({"message": 7}, True), ({"message": "2", "attachments": [{"size": "x"}]}, True),
        ({"message": "2", "attachments": [{"isVoiceNote": None}]}, True), ({"reaction": {"emoji": "!"}}, False),
        ({"remoteDelete": {"timestamp": "x"}}, False),
    ],
)  # fmt: skip
def test_what_signalbot_refuses_is_counted_and_asked_about(message: dict[str, Any], asked: bool) -> None:  # noqa: FBT001 - beside what it belongs to
    """The person wrote something: they hear that it was not understood. A reaction asks for no answer."""
    parsed = asyncio.run(parse(frame(dataMessage=message)))
    assert not parsed.readable
    assert [(one.key, one.text) for one in parsed.inbound] == ([("aci-mina:5:1", "")] if asked else [])


def test_half_a_surrogate_pair_is_a_question_mark() -> None:
    """JSON can bring it and nothing can store it: in words, in the name of a file, and never as an account."""
    content = {"dataMessage": {"message": "a\ud800b", "attachments": [PICTURE | {"filename": "\udc00.png"}]}}
    file, words = asyncio.run(parse(frame(**content))).inbound
    assert (file.file and file.file.name, words.text) == ("?.png", "a?b")
    assert not asyncio.run(parse(frame(sourceUuid="\ud800", **content))).readable


def test_an_edit_says_only_that_it_was_edited() -> None:
    """What was understood stays."""
    (inbound,) = asyncio.run(
        parse(frame(editMessage={"targetSentTimestamp": 1, "dataMessage": {"message": "new"}}))
    ).inbound
    assert (inbound.edited, inbound.text) == (True, "")


@pytest.mark.parametrize(
    ("kind", "changed"), [("UntrustedIdentityException", True), ("InvalidMessageException", False)]
)
def test_what_signal_cli_cannot_read_names_a_changed_identity_or_is_counted(kind: str, changed: bool) -> None:  # noqa: FBT001 - beside what it belongs to
    """The exception stands beside the envelope."""
    whole = {**json.loads(frame()), "account": "+41790000000", "exception": {"type": kind, "message": "x"}}
    parsed = asyncio.run(parse(json.dumps(whole)))
    assert (parsed.changed == Address("signal", "aci-mina"), parsed.readable) == (changed, changed)
    assert parsed.inbound == ()


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        "5",
        "null",
        '{"error": "x"}',
        '{"envelope": {}}',
        '{"envelope": 7}',
        "[" * 100_000,
        '{"envelope": {"sourceUuid": "a", "timestamp": 1e999}}',
        '{"envelope": {"sourceUuid": "a", "timestamp": "x"}}',
    ],
)
def test_what_cannot_be_read_is_said_to_be_so_and_never_raises(broken: str) -> None:
    """Whatever a stranger can make the service push."""
    assert not asyncio.run(parse(broken)).readable
