"""Core values as bytes and back: msgspec JSON over the frozen dataclasses, strict."""

from __future__ import annotations

import msgspec

from dialogs.conversation import SCHEMA, CaseCard, ConsentEvent, Conversation
from dialogs.duty_book import DutyBook
from dialogs.escalation import AlertState
from dialogs.upgrades import upgrade
from handlers.accounts import Account, Passkey
from handlers.message_ports import Message
from handlers.types import AuditEntry, Outgoing
from storage.errors import StorageError


class CannotRead(StorageError):
    """A stored value is of a form this program does not know: update it, or restore the backup that fits it."""


class StoredConversation(msgspec.Struct, frozen=True):
    """What lies encrypted in a row of `conversations`."""

    address: tuple[str, str]
    conversation: Conversation


_ENCODER = msgspec.json.Encoder()
_CONVERSATION = msgspec.json.Decoder(StoredConversation)
_CARD = msgspec.json.Decoder(CaseCard)
_EVENT = msgspec.json.Decoder(ConsentEvent)
_ENTRY = msgspec.json.Decoder(AuditEntry)
_BOOK = msgspec.json.Decoder(DutyBook)
_ALERT = msgspec.json.Decoder(AlertState)
_OUTGOING = msgspec.json.Decoder(Outgoing)
_MESSAGE = msgspec.json.Decoder(Message)
_ACCOUNT = msgspec.json.Decoder(Account)
_PASSKEY = msgspec.json.Decoder(Passkey)


def encode(value: object) -> bytes:
    """Return the value as JSON."""
    return _ENCODER.encode(value)


def decode_conversation(body: bytes) -> StoredConversation:
    """Return the stored conversation, upgraded when it is of an older schema. Raises: CannotRead."""
    try:
        stored = _CONVERSATION.decode(body)
        if stored.conversation.schema == SCHEMA:
            return stored
    except msgspec.ValidationError:
        pass
    try:
        raw = msgspec.json.decode(body)
        raw["conversation"] = upgrade(raw["conversation"])
        return msgspec.convert(raw, StoredConversation)
    except (msgspec.MsgspecError, KeyError, TypeError) as exc:
        raise CannotRead from exc


def decode_card(body: bytes) -> CaseCard:
    """Return the card. Raises: CannotRead."""
    try:
        return _CARD.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_event(body: bytes) -> ConsentEvent:
    """Return the consent event. Raises: CannotRead."""
    try:
        return _EVENT.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_entry(body: bytes) -> AuditEntry:
    """Return the entry of the audit log. Raises: CannotRead."""
    try:
        return _ENTRY.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_book(body: bytes) -> DutyBook:
    """Return the duty book. Raises: CannotRead."""
    try:
        return _BOOK.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_alert(body: bytes) -> AlertState:
    """Return the alert. Raises: CannotRead."""
    try:
        return _ALERT.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_message(body: bytes) -> Message:
    """Return the officer's message. Raises: CannotRead."""
    try:
        return _MESSAGE.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_outgoing(body: bytes) -> Outgoing:
    """Return the message to send. Raises: CannotRead."""
    try:
        return _OUTGOING.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_account(body: bytes) -> Account:
    """Return the account. Raises: CannotRead."""
    try:
        return _ACCOUNT.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc


def decode_passkey(body: bytes) -> Passkey:
    """Return the passkey. Raises: CannotRead."""
    try:
        return _PASSKEY.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc
