"""What an update of Telegram means, and how what we say is laid out for it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bot.telegram.connection import PollConnection
from bot.telegram.parsing import Parsed, is_chat, keyboard, parse, read_data, split_text
from bot.telegram.wire import number_of, read_update
from handlers.types import Address, Inbound, IncomingFile, Outgoing

MINA = {"id": 7, "is_bot": False, "first_name": "Mina"}
CHAT = {"id": 7, "type": "private", "first_name": "Mina"}
GROUP = {"id": -100, "type": "supergroup", "title": "A group"}
BOT = {"id": 1, "is_bot": True, "first_name": "Notices"}
ADDRESS = Address("telegram", "7")
FILE = {"file_id": "F", "file_unique_id": "u", "file_size": 9}


def message(**content: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a message
    return {"message_id": 5, "date": 1, "chat": CHAT, "from": MINA, **content}


def read(**content: Any) -> Parsed:  # noqa: ANN401 - the fields of an update
    return parse(read_update(json.dumps({"update_id": 40, **content}).encode()))


def pressed(data: str, by: dict[str, Any] = MINA, chat: dict[str, Any] = CHAT) -> Parsed:
    query = {"id": "q", "from": by, "chat_instance": "1", "data": data, "message": message(chat=chat, text="?")}
    return read(callback_query=query)


def member(status: str, chat: dict[str, Any] = CHAT) -> Parsed:
    until = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": chat, "from": MINA, "date": 1, "old_chat_member": {"user": BOT, "status": "left"},
        "new_chat_member": {"user": BOT, "status": status, **until},
    }  # fmt: skip
    return read(my_chat_member=change)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("hello", "hello"),
        ("/start", ""),
        ("/start KORIN-4", "KORIN-4"),
        ("/starting", "/starting"),
        ("/help me", "/help me"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_words_are_taken_as_they_are_and_of_start_only_what_follows(written: str, text: str) -> None:
    """A link of an invitation sends its payload behind /start."""
    assert read(message=message(text=written)).inbound == (Inbound(ADDRESS, "40", text, ref="5"),)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (
            {"photo": [
                {**FILE, "file_id": "small", "file_size": 1, "width": 90, "height": 90},
                {**FILE, "file_id": "large", "file_size": 80, "width": 900, "height": 900},
                {**FILE, "file_id": "middle", "file_size": 20, "width": 300, "height": 300},
            ]},
            IncomingFile("photo.jpg", "image/jpeg", 80, "large", "telegram"),
        ),
        ({"document": {**FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}}, IncomingFile("a.pdf", "application/pdf", 9, "F", "telegram")),
        ({"document": FILE}, IncomingFile("file", "application/octet-stream", 9, "F", "telegram")),
        ({"voice": {**FILE, "duration": 3}}, IncomingFile("voice.ogg", "audio/ogg", 9, "F", "telegram")),
        ({"audio": {**FILE, "duration": 3, "mime_type": "audio/mpeg", "file_name": "a.mp3"}}, IncomingFile("a.mp3", "audio/mpeg", 9, "F", "telegram")),
        ({"video": {**FILE, "duration": 3, "width": 1, "height": 1, "mime_type": "video/mp4", "file_name": "v.mp4"}}, IncomingFile("v.mp4", "video/mp4", 9, "F", "telegram")),
        ({"video_note": {**FILE, "duration": 3, "length": 1}}, IncomingFile("video.mp4", "video/mp4", 9, "F", "telegram")),
        ({"animation": {**FILE, "duration": 3, "width": 1, "height": 1, "mime_type": "video/mp4", "file_name": "g.mp4"}}, IncomingFile("g.mp4", "video/mp4", 9, "F", "telegram")),
    ],
)  # fmt: skip
def test_every_kind_of_attachment_is_a_file(content: dict[str, Any], file: IncomingFile) -> None:
    """Of a photo the largest size is taken, and nothing of its other sizes."""
    assert read(message=message(**content)).inbound == (Inbound(ADDRESS, "40", file=file, ref="5"),)


def test_the_caption_of_a_file_is_a_message_of_its_own_after_it() -> None:
    """It has another key, so that neither is taken for the other."""
    first, second = read(message=message(document=FILE, caption="my contract")).inbound

    assert first.file is not None
    assert (first.key, second.key, second.text) == ("40", "40c", "my contract")


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"contact": {"phone_number": "1", "first_name": "Somebody"}},
        {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
                  "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False}},
        {"story": {"chat": CHAT, "id": 1}},
        {"dice": {"emoji": "x", "value": 3}},
    ],
)  # fmt: skip
def test_what_is_neither_words_nor_a_file_comes_without_text(content: dict[str, Any]) -> None:
    """The person is told what can be read; nothing of a place or a contact is kept."""
    assert read(message=message(**content)).inbound == (Inbound(ADDRESS, "40", ref="5"),)


@pytest.mark.parametrize(
    "done",
    [
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}, {"pinned_message": message(text="?")},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}}, {"write_access_allowed": {}},
    ],
)  # fmt: skip
def test_what_is_done_to_the_chat_is_no_message(done: dict[str, Any]) -> None:
    """Whoever lets the chat delete itself, as they are advised, is not told that this was not understood."""
    assert read(message=message(**done)) == Parsed()


def test_an_edited_message_says_only_that_it_was_edited() -> None:
    """The new words are not taken: they would count as an answer to another question."""
    edited = message(text="other words", edit_date=2)

    assert read(edited_message=edited).inbound == (Inbound(ADDRESS, "40", ref="5", edited=True),)


def test_a_live_place_that_moves_is_not_an_edit() -> None:
    """Telegram reports every step of it as one."""
    moved = message(location={"latitude": 1.0, "longitude": 2.0, "live_period": 60}, edit_date=2)

    assert read(edited_message=moved) == Parsed()


def test_a_button_says_which_question_it_belongs_to() -> None:
    """Node, turn and digit; the query is to be answered."""
    assert pressed("Q3|12|2") == Parsed((Inbound(ADDRESS, "40", button=("Q3", 12, "2")),), callback="q")


@pytest.mark.parametrize("data", ["", "Q3", "Q3|x|1", "Q3|1|2|3", "Q3|-1|2", "Q3|²|2"])
def test_the_data_of_another_button_says_nothing_and_is_answered(data: str) -> None:
    """Whatever somebody can make their client send."""
    assert read_data(data) is None
    assert pressed(data) == Parsed(callback="q")


def test_a_button_pressed_by_somebody_else_or_in_a_group_says_nothing() -> None:
    """A forwarded button must not speak for the person in whose chat it was shown."""
    assert pressed("Q3|12|2", by={**MINA, "id": 8}) == Parsed(callback="q")
    assert pressed("Q3|12|2", chat=GROUP) == Parsed(callback="q")


def test_a_button_without_its_message_says_nothing() -> None:
    """As under an inline message."""
    query = {"id": "q", "from": MINA, "chat_instance": "1", "data": "Q3|1|1", "inline_message_id": "x"}

    assert read(callback_query=query) == Parsed(callback="q")


def test_who_blocks_the_bot_is_unreachable_and_who_comes_back_is_not() -> None:
    """The order of both is that of the chat."""
    assert member("kicked") == Parsed(unreachable=ADDRESS)
    assert member("kicked").address == ADDRESS
    assert member("member") == Parsed()


def test_a_group_is_left_and_nothing_of_it_is_taken() -> None:
    """On the invitation, and on every message of one that was not left then."""
    assert member("member", GROUP) == Parsed(leave=-100)
    assert member("left", GROUP) == Parsed()
    assert read(message=message(chat=GROUP, text="hello")) == Parsed(leave=-100)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"channel_post": message(chat={"id": -5, "type": "channel", "title": "C"}, text="hello")},
        {"business_message": message(text="hello")},
        {"edited_business_message": message(text="hello")},
        {"message": message(text="hello", **{"from": {**BOT, "id": 9}})},
        {"poll_answer": {"poll_id": "1", "user": MINA, "option_ids": [0], "option_persistent_ids": ["0"]}},
    ],
)
def test_what_does_not_concern_us_brings_nothing(content: dict[str, Any]) -> None:
    """Channels, business messages, other bots."""
    assert read(**content) == Parsed()


def outgoing(node: str = "Q3", choices: tuple[tuple[str, str], ...] = (("1", "Yes"), ("2", "No"))) -> Outgoing:
    return Outgoing(ADDRESS, "?", node, 12, choices)


def test_every_choice_has_a_row_and_its_data_reads_back() -> None:
    """The button that is shown is the button that is read."""
    markup = keyboard(outgoing())

    assert markup is not None
    rows = [
        [(button["text"], read_data(button["callback_data"])) for button in row] for row in markup["inline_keyboard"]
    ]
    assert rows == [[("1 Yes", ("Q3", 12, "1"))], [("2 No", ("Q3", 12, "2"))]]


def test_data_longer_than_64_bytes_leaves_all_buttons_out() -> None:
    """Digits still work; half a keyboard would hide an answer."""
    assert keyboard(outgoing("Q" * 59)) is not None
    assert keyboard(outgoing("Q" * 60)) is None
    assert keyboard(outgoing("é" * 30)) is None
    assert keyboard(outgoing(choices=())) is None


def test_a_long_text_is_cut_at_line_ends_and_nothing_of_it_is_lost() -> None:
    """Each piece fits; a line that is longer than a message is cut where it must be."""
    lines = "\n".join(f"line {number} " + "x" * 90 for number in range(200))
    pieces = split_text(lines)

    assert "\n".join(pieces) == lines
    assert max(map(len, pieces)) <= 4096
    assert all(piece.startswith("line ") for piece in pieces)
    assert [len(piece) for piece in split_text("x" * 9000)] == [4096, 4096, 808]


def test_a_text_of_spaces_is_no_message() -> None:
    """Telegram refuses it."""
    assert split_text(" \n ") == []
    assert split_text("hello") == ["hello"]


def test_ids_of_chats_are_numbers() -> None:
    """Anything else was never one of Telegram's."""
    assert is_chat("7")
    assert is_chat("-100")
    assert not is_chat("")
    assert not is_chat("@somebody")


BATCHES = (
    b'{"ok": true, "result": [{"update_id": 40}, {"update_id": 41, "message": 5}, {"message": 5}, 7]}',
    b'{"ok": true, "result": [{"update_id": 40}, {"update_id": 41, "message": "\\ud83d"}, {"x": NaN}, null]}',
)


@pytest.mark.parametrize("answer", BATCHES)
def test_every_update_of_an_answer_is_read_by_itself(answer: bytes) -> None:
    """One that cannot be read has its number all the same, so that it is confirmed with the others."""
    updates = PollConnection("", 1.0).result_of(answer)

    assert read_update(updates[0]).update_id == 40
    with pytest.raises((msgspec.ValidationError, ValueError)):
        read_update(updates[1])
    assert [number_of(update) for update in updates] == [40, 41, None, None]


def test_half_a_pair_of_surrogates_is_read_as_python_reads_it() -> None:
    """No update is lost to a stricter reader."""
    assert read(message=message(text="\ud83d")).inbound[0].text == "\ud83d"
