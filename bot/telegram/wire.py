"""The updates of the Bot API, as much of them as we read. Decoding one costs 3 us; the library's own types, 70."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import msgspec

if TYPE_CHECKING:
    Bytes: TypeAlias = bytes | msgspec.Raw

Read = TypeVar("Read")


class User(msgspec.Struct, frozen=True, gc=False):
    """https://core.telegram.org/bots/api#user."""

    id: int
    is_bot: bool = False


class Chat(msgspec.Struct, frozen=True, gc=False):
    """https://core.telegram.org/bots/api#chat."""

    id: int
    type: str


class Attachment(msgspec.Struct, frozen=True, gc=False):
    """A PhotoSize, Voice, VideoNote, Document, Audio, Video or Animation."""

    file_id: str
    file_size: int | None = None
    file_name: str | None = None
    mime_type: str | None = None
    width: int = 0
    height: int = 0


class Message(msgspec.Struct, frozen=True):
    """https://core.telegram.org/bots/api#message, also one that is no longer accessible."""

    message_id: int
    chat: Chat
    from_user: User | None = msgspec.field(default=None, name="from")
    text: str | None = None
    caption: str | None = None
    photo: tuple[Attachment, ...] = ()
    voice: Attachment | None = None
    video_note: Attachment | None = None
    document: Attachment | None = None
    audio: Attachment | None = None
    video: Attachment | None = None
    animation: Attachment | None = None
    location: Any = None
    message_auto_delete_timer_changed: Any = None
    pinned_message: Any = None
    chat_background_set: Any = None
    write_access_allowed: Any = None

    @property
    def is_service(self) -> bool:
        """Whether the app says that something was done to the chat; the person wrote nothing."""
        done = (
            self.message_auto_delete_timer_changed, self.pinned_message, self.chat_background_set,
            self.write_access_allowed,
        )  # fmt: skip
        return any(one is not None for one in done)


class CallbackQuery(msgspec.Struct, frozen=True):
    """https://core.telegram.org/bots/api#callbackquery."""

    id: str
    from_user: User = msgspec.field(name="from")
    message: Message | None = None
    data: str | None = None


class ChatMember(msgspec.Struct, frozen=True, gc=False):
    """https://core.telegram.org/bots/api#chatmember."""

    status: str


class ChatMemberUpdated(msgspec.Struct, frozen=True):
    """https://core.telegram.org/bots/api#chatmemberupdated."""

    chat: Chat
    new_chat_member: ChatMember


class Update(msgspec.Struct, frozen=True):
    """https://core.telegram.org/bots/api#update."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None


class Numbered(msgspec.Struct, frozen=True, gc=False):
    """As much of an update as its confirmation needs."""

    update_id: int


_UPDATE: Final = msgspec.json.Decoder(Update)
_NUMBERED: Final = msgspec.json.Decoder(Numbered)


def read_update(raw: Bytes) -> Update:
    """Return the update of these bytes. Raises: msgspec.DecodeError, ValueError, RecursionError."""
    return _read(raw, _UPDATE)


def number_of(raw: Bytes) -> int | None:
    """Return the number of an update, also of one that cannot be read otherwise; None when it has none."""
    try:
        return _read(raw, _NUMBERED).update_id
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def is_object(body: bytes) -> bool:
    """Return whether the bytes are a JSON object at all."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _read(raw: Bytes, decoder: msgspec.json.Decoder[Read]) -> Read:
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:  # Python's own reader takes more, as half of a pair of surrogates
        return msgspec.convert(json.loads(bytes(raw)), decoder.type)
