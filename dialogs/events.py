"""What happened, in the past tense. Every event brings the time and the chance the core may use."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from dialogs.conversation import CaseCard, SealedFile


class Moment(Struct, frozen=True, gc=False, kw_only=True):
    """When it happened (UTC, aware) and 32 fresh random bytes for words and ids drawn in this turn."""

    at: datetime
    entropy: bytes


class TextReceived(Moment, frozen=True, gc=False, kw_only=True):
    """Somebody wrote. `known_cases`: the cards whose phrase this text is, and which this conversation does not hold."""

    text: str
    known_cases: tuple[CaseCard, ...] = ()


class ButtonPressed(Moment, frozen=True, gc=False, kw_only=True):
    """A button was pressed; it counts only for the question and the turn it was made for."""

    node: str
    turn: int
    key: str


class EditNoticed(Moment, frozen=True, gc=False, kw_only=True):
    """A message sent before was changed by its writer; what was answered stays answered."""


class FileReceived(Moment, frozen=True, gc=False, kw_only=True):
    """A file arrived and is already sealed; None: it was refused at the door (too large, too many)."""

    file: SealedFile | None
    refusal: str | None = None  # text id of the reason when it was refused


class TimeArrived(Moment, frozen=True, gc=False, kw_only=True):
    """A timer set by an earlier turn is due; `timer` is its name (dialogs/limits.py)."""

    timer: str


class GapNoticed(Moment, frozen=True, gc=False, kw_only=True):
    """Messages may have been lost on the way, or the program was started again: the open question is repeated.

    `trouble`: id of a sentence that says what could not be done, when something went wrong on our side.
    """

    trouble: str = ""


class OfficerBegan(Moment, frozen=True, gc=False, kw_only=True):
    """An officer opens the talk about a case: the person sees the two words by which they know who writes."""

    case: str


class OfficerWrote(Moment, frozen=True, gc=False, kw_only=True):
    """Words of an officer are due and permitted; `message` is the id by which their fate is known.

    `text` are the officer's own words, or `template` the id of a neutral sentence of ours instead.
    """

    case: str
    message: str
    text: str = ""
    template: str = ""


class CaseClosed(Moment, frozen=True, gc=False, kw_only=True):
    """An officer closed a case; the card says so already. `may_ask`: the person may be written to now."""

    case: str
    may_ask: bool


class KeyChanged(Moment, frozen=True, gc=False, kw_only=True):
    """The identity key of the account is another one (Signal): somebody set it up anew, or took it over."""


class PersonRecognised(Moment, frozen=True, gc=False, kw_only=True):
    """An office is sure by other means than the secret words that the person of these cases holds this account.

    The first is the one it is about; the others are in doubt too, and of the same office.
    """

    cases: tuple[str, ...]


class AccountLost(Moment, frozen=True, gc=False, kw_only=True):
    """An office is sure that somebody else than the person of these cases holds this account."""

    cases: tuple[str, ...]


class Moved(Moment, frozen=True, gc=False, kw_only=True):
    """The person came over from another channel with a code; the conversation is already on the new one."""


class CardArrived(Moment, frozen=True, gc=False, kw_only=True):
    """An officer proposed a measure; the case card already holds it."""


Event: TypeAlias = (
    TextReceived
    | ButtonPressed
    | EditNoticed
    | FileReceived
    | TimeArrived
    | GapNoticed
    | KeyChanged
    | CardArrived
    | OfficerBegan
    | OfficerWrote
    | CaseClosed
    | PersonRecognised
    | AccountLost
    | Moved
)
