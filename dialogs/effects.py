"""What should be done, in the imperative. Handlers turn every effect into rows of the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard, ConsentEvent, SealedFile
    from dialogs.gate import Granted


@dataclass(frozen=True, slots=True)
class Say:
    """Send one message to the person. `choices` are (digit, label) for channels that have buttons."""

    text: str
    node: str
    turn: int
    choices: tuple[tuple[str, str], ...] = ()
    urgent: bool = False  # safety messages go before everything else
    disappear_seconds: int = 0  # the disappearing timer the chat has to have when this goes out; 0: as it is
    message: str = ""  # id of the officer's message this is
    brief: bool = False  # shown on demand: it goes from the chat by itself where that leaves no mark


@dataclass(frozen=True, slots=True)
class SealReport:
    """Seal this document to the office's keys, and to each copy's office; store the card; erase the draft.

    Everything it discloses stands beside the permission of the gate for exactly that.
    """

    card: CaseCard
    document: Mapping[str, Any]
    forward: Granted
    consents: tuple[ConsentEvent, ...]
    copies: tuple[Granted, ...] = ()  # one for each office that receives a copy without the identity box
    identity: Mapping[str, str] | None = None  # the real name, sealed apart to identity keys only
    name: Granted | None = None
    files: tuple[SealedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class SealMessage:
    """Seal words of the person for the officer of a case (TALK, supplements)."""

    kind: str  # talk | supplement
    document: Mapping[str, Any]
    granted: Granted


@dataclass(frozen=True, slots=True)
class SealFeedback:
    """Seal a complaint about us to the feedback office: a letter of its own that names no case."""

    letter: str
    office: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    """Alert the duty desk: the alert itself says nothing, the card is sealed to the desk's office."""

    alert_id: str
    granted: Granted
    card: Mapping[str, Any]
    consents: tuple[ConsentEvent, ...]
    case: str = ""
    opens: CaseCard | None = None  # scope card: the alert is a case of its own until a report exists


@dataclass(frozen=True, slots=True)
class UpdateAlert:
    """Seal a newer card for an alert that stands (answers of FP2 to FP4 and the line of FP6)."""

    alert_id: str
    granted: Granted
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EraseCopy:
    """Erase what one office would have received of one purpose (copy, identity): its consent was taken back."""

    case: str
    office: str
    purpose: str


@dataclass(frozen=True, slots=True)
class EraseFiles:
    """Erase the attachments of a case: the consent to them was taken back."""

    case: str


@dataclass(frozen=True, slots=True)
class CancelAlert:
    """Take the alert back: the desk is told to delete the card."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class UpdateCase:
    """Store a changed card (status, consents, words) of an existing case."""

    card: CaseCard


@dataclass(frozen=True, slots=True)
class DestroyReport:
    """Destroy a sealed report that nobody has opened, its files and its case key."""

    case: str


@dataclass(frozen=True, slots=True)
class TellOpened:
    """Say in this chat who opened a case, by role and day, from the audit log."""

    case: str
    lang: str
    node: str
    turn: int


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `TimeArrived(timer)` at this time; a later WakeAt of the same name replaces it."""

    timer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelWake:
    """Forget the timer of this name, if there is one."""

    timer: str


@dataclass(frozen=True, slots=True)
class ClearChat:
    """Delete the messages of this chat, as far as the platform allows."""


@dataclass(frozen=True, slots=True)
class DropFiles:
    """Erase the sealed bytes of these blobs."""

    blobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDisappearing:
    """Set the disappearing timer of the chat, in seconds; only Signal has one."""

    seconds: int


@dataclass(frozen=True, slots=True)
class OfferMove:
    """Remember this code for a day: whoever sends it once from another channel goes on with this conversation."""

    code: str


@dataclass(frozen=True, slots=True)
class TallyOutOfScope:
    """Add one to the monthly tally of out-of-scope conversations: no country, no language."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """The draft is gone: store what remains under a fresh key and destroy the old one in this transaction."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Destroy the conversation: its key, its row, its look-up value, its timers and its sealed files."""


Effect: TypeAlias = (
    Say
    | SealReport
    | SealMessage
    | SealFeedback
    | RaiseAlert
    | UpdateAlert
    | EraseCopy
    | EraseFiles
    | CancelAlert
    | UpdateCase
    | DestroyReport
    | TellOpened
    | WakeAt
    | CancelWake
    | ClearChat
    | DropFiles
    | SetDisappearing
    | OfferMove
    | TallyOutOfScope
    | NewKey
    | Forget
)
