"""What Telegram's updates mean to us, and how what we say is laid out for it. Pure: nothing is called here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.frozen import Frozen
from handlers.types import Address, Inbound, IncomingFile

if TYPE_CHECKING:
    from bot.telegram.wire import CallbackQuery, Message, Update
    from handlers.types import Outgoing

CHANNEL: Final = "telegram"
PRIVATE: Final = "private"
START: Final = "/start"
SEPARATOR: Final = "|"
MAX_TEXT_CHARS: Final = 4096
MAX_DATA_BYTES: Final = 64
_PARTS: Final = 3


class Parsed(Frozen):
    """What one update brings: messages in their order, a button to answer, a chat to leave, somebody who left."""

    inbound: tuple[Inbound, ...] = ()
    callback: str = ""  # id of the pressed button: every one is answered
    leave: int | None = None  # a group the bot was put into
    unreachable: Address | None = None  # somebody blocked the bot

    @property
    def number(self) -> int:
        """Return the number Telegram gave the message in its chat; 0 for a button, an edit or none."""
        first = self.inbound[0] if self.inbound else None
        return int(first.ref) if first is not None and first.ref and not first.edited else 0

    @property
    def address(self) -> Address | None:
        """Return whose order it belongs to; None when it concerns nobody we talk to."""
        return self.inbound[0].address if self.inbound else self.unreachable


def parse(update: Update) -> Parsed:
    """Return what the update means; an empty Parsed for what does not concern us."""
    if update.callback_query is not None:
        return _button(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        chat = update.my_chat_member.chat
        gone = update.my_chat_member.new_chat_member.status in ("kicked", "left")
        if chat.type != PRIVATE:
            return Parsed(leave=None if gone else chat.id)
        return Parsed(unreachable=address_of(chat.id) if gone else None)
    message = update.message or update.edited_message
    if message is None:
        return Parsed()
    if message.chat.type != PRIVATE:
        return Parsed(leave=message.chat.id)
    if message.is_service or (message.from_user is not None and message.from_user.is_bot):
        return Parsed()
    return Parsed(inbound=_message(update.update_id, message, edited=update.message is None))


def in_order(updates: list[Parsed]) -> list[Parsed]:
    """Return the updates of one chat with its messages in the order they were written; all else keeps its place."""
    places = [place for place, one in enumerate(updates) if one.number]
    ordered = list(updates)
    for place, one in zip(places, sorted((updates[p] for p in places), key=lambda p: p.number), strict=True):
        ordered[place] = one
    return ordered


def address_of(chat: int) -> Address:
    """Return the address of a private chat."""
    return Address(CHANNEL, str(chat))


def is_chat(value: str) -> bool:
    """Return whether this can be the id of a chat."""
    return value.removeprefix("-").isdecimal()


def _button(update_id: int, query: CallbackQuery) -> Parsed:
    message = query.message
    if message is None or message.chat.type != PRIVATE or message.chat.id != query.from_user.id:
        return Parsed(callback=query.id)
    button = read_data(query.data or "")
    if button is None:
        return Parsed(callback=query.id)
    inbound = Inbound(address_of(message.chat.id), str(update_id), button=button)
    return Parsed(inbound=(inbound,), callback=query.id)


def read_data(data: str) -> tuple[str, int, str] | None:
    """Return node, turn and digit of a button; None for the data of something else."""
    parts = data.split(SEPARATOR)
    if len(parts) != _PARTS or not (parts[1].isascii() and parts[1].isdecimal()):
        return None
    return parts[0], int(parts[1]), parts[2]


def _message(update_id: int, message: Message, *, edited: bool) -> tuple[Inbound, ...]:
    address, key, ref = address_of(message.chat.id), str(update_id), str(message.message_id)
    if edited and message.location is not None:  # a live place that moved: nobody changed a word
        return ()
    if edited:
        return (Inbound(address, key, edited=True, ref=ref),)
    file = file_of(message)
    if file is None:
        return (Inbound(address, key, text=_words(message.text or ""), ref=ref),)
    found = [Inbound(address, key, file=file, ref=ref)]
    if message.caption:
        found.append(Inbound(address, f"{key}c", text=message.caption))
    return tuple(found)


def _words(text: str) -> str:
    """Return the text; of /start only what follows it, as the link of an invitation sends it."""
    first, _space, rest = text.partition(" ")
    return rest.strip() if first == START else text


def file_of(message: Message) -> IncomingFile | None:
    """Return the attachment of a message: the largest size of a photo, and every other kind there is."""
    if message.photo:
        largest = max(message.photo, key=lambda size: (size.file_size or 0, size.width * size.height))
        return IncomingFile("photo.jpg", "image/jpeg", largest.file_size or 0, largest.file_id, CHANNEL)
    if message.voice is not None:
        return IncomingFile("voice.ogg", "audio/ogg", message.voice.file_size or 0, message.voice.file_id, CHANNEL)
    if message.video_note is not None:
        return IncomingFile(
            "video.mp4", "video/mp4", message.video_note.file_size or 0, message.video_note.file_id, CHANNEL
        )
    named = message.document or message.audio or message.video or message.animation
    if named is None:
        return None
    kind = named.mime_type or "application/octet-stream"
    return IncomingFile(named.file_name or "file", kind, named.file_size or 0, named.file_id, CHANNEL)


def keyboard(outgoing: Outgoing) -> dict[str, list[list[dict[str, str]]]] | None:
    """Return one button a row, bound to question and turn; None where one would not fit, for digits work always."""
    rows = []
    for key, label in outgoing.choices:
        data = SEPARATOR.join((outgoing.node, str(outgoing.turn), key))
        if len(data.encode()) > MAX_DATA_BYTES:
            return None
        rows.append([{"text": f"{key} {label}", "callback_data": data}])
    return {"inline_keyboard": rows} if rows else None


def split_text(text: str) -> list[str]:
    """Return the text in pieces of at most 4096 characters, cut at line ends where there are any."""
    pieces: list[str] = []
    while len(text) > MAX_TEXT_CHARS:
        cut = text.rfind("\n", 1, MAX_TEXT_CHARS)
        cut = cut if cut > 0 else MAX_TEXT_CHARS
        pieces.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in (*pieces, text) if piece.strip()]  # Telegram refuses a message of spaces alone
