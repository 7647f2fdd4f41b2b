"""What should be done, in the imperative. Handlers turn every effect into rows of the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from dialogs.conversation import CaseCard, ConsentEvent, SealedFile
from dialogs.gate import Granted


class Say(Struct, frozen=True, gc=False):
    """Send one message to the person. `choices` are (digit, label) for channels that have buttons."""

    text: str
    node: str
    turn: int
    choices: tuple[tuple[str, str], ...] = ()
    urgent: bool = False  # safety messages go before everything else
    disappear_seconds: int = 0  # the disappearing timer the chat has to have when this goes out; 0: as it is
    message: str = ""  # id of the officer's message this is
    brief: bool = False  # shown on demand: it goes from the chat by itself where that leaves no mark


class SealReport(Struct, frozen=True, gc=False):
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


class SealMessage(Struct, frozen=True, gc=False):
    """Seal words of the person for the officer of a case (TALK, supplements)."""

    kind: str  # talk | supplement
    document: Mapping[str, Any]
    granted: Granted


class SealFeedback(Struct, frozen=True, gc=False):
    """Seal a complaint about us to the feedback office: a letter of its own that names no case."""

    letter: str
    office: str
    document: Mapping[str, Any]


class RaiseAlert(Struct, frozen=True, gc=False):
    """Alert the duty desk: the alert itself says nothing, the card is sealed to the desk's office."""

    alert_id: str
    granted: Granted
    card: Mapping[str, Any]
    consents: tuple[ConsentEvent, ...]
    case: str = ""
    opens: CaseCard | None = None  # scope card: the alert is a case of its own until a report exists


class UpdateAlert(Struct, frozen=True, gc=False):
    """Seal a newer card for an alert that stands (answers of FP2 to FP4 and the line of FP6)."""

    alert_id: str
    granted: Granted
    card: Mapping[str, Any]


class EraseCopy(Struct, frozen=True, gc=False):
    """Erase what one office would have received of one purpose (copy, identity): its consent was taken back."""

    case: str
    office: str
    purpose: str


class EraseFiles(Struct, frozen=True, gc=False):
    """Erase the attachments of a case: the consent to them was taken back."""

    case: str


class CancelAlert(Struct, frozen=True, gc=False):
    """Take the alert back: the desk is told to delete the card."""

    alert_id: str


class UpdateCase(Struct, frozen=True, gc=False):
    """Store a changed card (status, consents, words) of an existing case."""

    card: CaseCard


class LoseAddress(Struct, frozen=True, gc=False):
    """Let nothing lead from this account to a case any more: its secret words alone do."""

    case: str


class DestroyReport(Struct, frozen=True, gc=False):
    """Destroy a sealed report that nobody has opened, its files and its case key."""

    case: str


class TellOpened(Struct, frozen=True, gc=False):
    """Say in this chat who opened a case, by role and day, from the audit log."""

    case: str
    lang: str
    node: str
    turn: int


class WakeAt(Struct, frozen=True, gc=False):
    """Send `TimeArrived(timer)` at this time; a later WakeAt of the same name replaces it."""

    timer: str
    at: datetime


class CancelWake(Struct, frozen=True, gc=False):
    """Forget the timer of this name, if there is one."""

    timer: str


class ClearChat(Struct, frozen=True, gc=False):
    """Delete the messages of this chat, as far as the platform allows."""


class DropFiles(Struct, frozen=True, gc=False):
    """Erase the sealed bytes of these blobs."""

    blobs: tuple[str, ...]


class SetDisappearing(Struct, frozen=True, gc=False):
    """Set the disappearing timer of the chat, in seconds; only Signal has one."""

    seconds: int


class OfferMove(Struct, frozen=True, gc=False):
    """Remember this code for a day: whoever sends it once from another channel goes on with this conversation."""

    code: str


class TallyOutOfScope(Struct, frozen=True, gc=False):
    """Add one to the monthly tally of out-of-scope conversations: no country, no language."""


class NewKey(Struct, frozen=True, gc=False):
    """The draft is gone: store what remains under a fresh key and destroy the old one in this transaction."""


class Forget(Struct, frozen=True, gc=False):
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
    | LoseAddress
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
