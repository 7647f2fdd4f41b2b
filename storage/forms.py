"""Conversations and messages to send as bytes: msgpack by place, without the names of fields. Older rows are read.

A field is known by its place alone, so a new one is appended and none is ever moved (tests/storage/test_forms.py holds
the order). Once one has to change otherwise, SCHEMA grows: a conversation of an older schema gets its names back,
goes through dialogs/upgrades.py, and is read by place again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from dialogs.conversation import SCHEMA, Answer, ConsentEvent, Conversation, Draft, Question, SealedFile
from dialogs.upgrades import upgrade
from handlers.types import Outgoing
from storage.errors import CannotRead
from storage.packing import BY_NAME, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StoredConversation(Struct, frozen=True, gc=False, array_like=True):
    """What lies encrypted in a row of `conversations`."""

    address: tuple[str, str]
    conversation: Conversation


_ENCODER = msgspec.msgpack.Encoder()
_CONVERSATION = msgspec.msgpack.Decoder(StoredConversation)
_OUTGOING = msgspec.msgpack.Decoder(Outgoing)
_OF_DRAFT: Final[Mapping[str, type[Struct]]] = {"answers": Answer, "consents": ConsentEvent, "files": SealedFile}
_DRAFTS: Final = ("draft", "kept_draft")
_fields = cache(msgspec.structs.fields)  # works out the types of a struct each time
_UNREADABLE: Final = (msgspec.MsgspecError, KeyError, TypeError, ValueError)


def encode_conversation(stored: StoredConversation) -> bytes:
    """Return the conversation as it is stored."""
    return pack(_ENCODER.encode(stored))


def decode_conversation(packed: bytes) -> StoredConversation:
    """Return the stored conversation, upgraded when it is of an older schema. Raises: CannotRead, CannotUnpack."""
    bare = packed.startswith(b"{")  # written by name and not packed, as all were at first
    body = packed if bare else unpack(packed)
    try:
        if bare or packed.startswith(BY_NAME):
            return _upgraded(msgspec.json.decode(body))
        return _present(body) or _upgraded(_named(msgspec.msgpack.decode(body)))
    except _UNREADABLE as exc:
        raise CannotRead from exc


def encode_outgoing(outgoing: Outgoing) -> bytes:
    """Return the message to send as it is stored."""
    return _ENCODER.encode(outgoing)


def decode_outgoing(body: bytes) -> Outgoing:
    """Return the message to send. Raises: CannotRead."""
    try:
        if body.startswith(b"{"):  # written by name (JSON), as all were at first
            raw = msgspec.json.decode(body)
            address = raw["address"]
            placed = _place(Outgoing, {**raw, "address": [address["channel"], address["value"]]})
            return msgspec.convert(placed, Outgoing)
        return _OUTGOING.decode(body)
    except _UNREADABLE as exc:
        raise CannotRead from exc


def _present(body: bytes) -> StoredConversation | None:
    """Return a conversation of the present schema; None: of another, or of no shape we know."""
    try:
        stored = _CONVERSATION.decode(body)
    except msgspec.ValidationError:
        return None
    return stored if stored.conversation.schema == SCHEMA else None


def _upgraded(stored: dict[str, Any]) -> StoredConversation:
    conversation = upgrade(stored["conversation"])
    return msgspec.convert((stored["address"], _placed(conversation)), StoredConversation)


def _placed(conversation: dict[str, Any]) -> list[Any]:
    """Return a conversation by name as one by place."""
    question = conversation["question"]
    for name in _DRAFTS:
        if (draft := conversation.get(name)) is not None:
            parts = {part: [_place(kind, one) for one in draft[part]] for part, kind in _OF_DRAFT.items()}
            conversation = {**conversation, name: _place(Draft, {**draft, **parts})}
    if question is not None:
        conversation = {**conversation, "question": _place(Question, question)}
    return _place(Conversation, conversation)


def _named(stored: Sequence[Any]) -> dict[str, Any]:
    """Return what is stored by place with the names of all fields it has."""
    address, placed = stored
    conversation = _name(Conversation, placed)
    if conversation["question"] is not None:
        conversation["question"] = _name(Question, conversation["question"])
    for name in _DRAFTS:
        if conversation.get(name) is not None:
            draft = conversation[name] = _name(Draft, conversation[name])
            for part, kind in _OF_DRAFT.items():
                draft[part] = [_name(kind, one) for one in draft[part]]
    return {"address": address, "conversation": conversation}


def _place(kind: type[Struct], named: Mapping[str, Any]) -> list[Any]:
    return [named[field.name] if field.required else named.get(field.name, field.default) for field in _fields(kind)]


def _name(kind: type[Struct], placed: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(kind.__struct_fields__, placed, strict=False))  # fields that came later are not there yet
