"""Core values as JSON and back, strict: every field has its name, and what is committed to by hash keeps its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import asdict, astuple

from dialogs.conversation import CaseCard, ConsentEvent
from dialogs.duty_book import DutyBook
from dialogs.escalation import AlertState
from handlers.accounts import Account, Passkey
from handlers.message_ports import Message
from handlers.types import AuditEntry
from storage.errors import CannotRead

if TYPE_CHECKING:
    from collections.abc import Iterable

_Value = TypeVar("_Value")


class NamedEvent(ConsentEvent, frozen=True, gc=False, array_like=False):
    """A consent event as ledger and cards keep it: a record that is proved years later says what each field is."""


class NamedCard(CaseCard, frozen=True, gc=False):
    """A case card as it is kept."""

    consents: tuple[NamedEvent, ...] = ()


_ENCODER = msgspec.json.Encoder()
_CARD = msgspec.json.Decoder(NamedCard)
_EVENT = msgspec.json.Decoder(NamedEvent)
_ENTRY = msgspec.json.Decoder(AuditEntry)
_BOOK = msgspec.json.Decoder(DutyBook)
_ALERT = msgspec.json.Decoder(AlertState)
_MESSAGE = msgspec.json.Decoder(Message)
_ACCOUNT = msgspec.json.Decoder(Account)
_PASSKEY = msgspec.json.Decoder(Passkey)


def encode(value: AuditEntry | DutyBook | AlertState | Message | Account | Passkey) -> bytes:
    """Return the value as JSON."""
    return _ENCODER.encode(value)


def encode_card(card: CaseCard) -> bytes:
    """Return the card as JSON."""
    consents = tuple(NamedEvent(*astuple(event)) for event in card.consents)
    return _ENCODER.encode(NamedCard(**{**asdict(card), "consents": consents}))


def in_order(cards: Iterable[CaseCard]) -> tuple[CaseCard, ...]:
    """Return the cards of a person, the oldest first."""
    return tuple(sorted(cards, key=lambda card: (card.submitted_at, card.case)))


def encode_event(event: ConsentEvent) -> bytes:
    """Return the consent event as JSON."""
    return _ENCODER.encode(NamedEvent(*astuple(event)))


def decode_card(body: bytes) -> CaseCard:
    """Return the card. Raises: CannotRead."""
    named = _read(_CARD, body)
    consents = tuple(ConsentEvent(*astuple(event)) for event in named.consents)
    return CaseCard(**{**asdict(named), "consents": consents})


def decode_event(body: bytes) -> ConsentEvent:
    """Return the consent event. Raises: CannotRead."""
    return ConsentEvent(*astuple(_read(_EVENT, body)))


def decode_entry(body: bytes) -> AuditEntry:
    """Return the entry of the audit log. Raises: CannotRead."""
    return _read(_ENTRY, body)


def decode_book(body: bytes) -> DutyBook:
    """Return the duty book. Raises: CannotRead."""
    return _read(_BOOK, body)


def decode_alert(body: bytes) -> AlertState:
    """Return the alert. Raises: CannotRead."""
    return _read(_ALERT, body)


def decode_message(body: bytes) -> Message:
    """Return the officer's message. Raises: CannotRead."""
    return _read(_MESSAGE, body)


def decode_account(body: bytes) -> Account:
    """Return the account. Raises: CannotRead."""
    return _read(_ACCOUNT, body)


def decode_passkey(body: bytes) -> Passkey:
    """Return the passkey. Raises: CannotRead."""
    return _read(_PASSKEY, body)


def _read(decoder: msgspec.json.Decoder[_Value], body: bytes) -> _Value:
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as exc:
        raise CannotRead from exc
