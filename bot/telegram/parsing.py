"""One update of Telegram as what it means to us. Pure; never raises on anything Telegram or a person sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.types import Address, Inbound, IncomingFile

if TYPE_CHECKING:
    from telegram import CallbackQuery, Message, Update

CHANNEL: Final = "telegram"
PRIVATE: Final = "private"
START: Final = "/start"
SEPARATOR: Final = "|"
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one update brings: messages in their order, a button to answer, a chat to leave, somebody who left."""

    inbound: tuple[Inbound, ...] = ()
    callback: str = ""  # id of the pressed button: every one is answered
    leave: int | None = None  # a group the bot was put into
    unreachable: Address | None = None  # somebody blocked the bot


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
    if message.from_user is not None and message.from_user.is_bot:
        return Parsed()
    return Parsed(inbound=_message(update.update_id, message, edited=update.message is None))


def address_of(chat: int) -> Address:
    """Return the address of a private chat."""
    return Address(CHANNEL, str(chat))


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
