"""One case: what its card says, in the order an officer needs it; and the sealed bytes, fetched and logged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from bot.desk.answers import answered
from bot.desk.case_view import CaseShown, case_shown
from bot.desk.lines import Line, line_of
from bot.desk.measures import to_check
from bot.desk.queue import surroundings
from bot.desk.refusals import refused
from bot.desk.routes import LINES, PROPOSERS, VIEWERS, Download, Nothing, ReasonCode, Route
from handlers.access import FILE, Sight, opens, sight
from handlers.accounts import BoxRequest
from handlers.desk import IDENTITY, BoxClosed, NothingThere, Reading, approve_boxes, ask_box, look, needs_second
from handlers.identity_box import erase_box, keep_box
from handlers.talking import locked_card
from handlers.triage_state import change_level, own

if TYPE_CHECKING:
    from bot.desk.routes import Call
    from bot.desk.snapshot import Snapshot
    from dialogs.conversation import CaseCard
    from handlers.ports import UnitOfWork


class WithReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody wants to open what is locked (RSN-IDB-…)."""

    reason: ReasonCode


class NewLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The level somebody wishes, and why (RSN-LVL-…); raising needs no reason."""

    level: Annotated[str, msgspec.Meta(pattern="^L[0-4]$")]
    reason: ReasonCode = ""


class LevelSet(msgspec.Struct, frozen=True):
    """The level now; `pending`: a second person must wish the lower one too."""

    level: str
    pending: bool


class BoxState(msgspec.Struct, frozen=True):
    """Whether the identity box may be opened now, or waits for a second person."""

    granted: bool
    pending: bool


class StillNeeded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the office still needs the real name, and why (RSN-BOX-…); what it does not need is erased."""

    needed: bool
    reason: ReasonCode = ""


class Agreed(msgspec.Struct, frozen=True):
    """How many boxes were opened by agreeing."""

    opened: int


def one(call: Call[Nothing]) -> CaseShown:
    """Answer one case, as much of it as this account sees."""
    with call.desk.store.transaction() as work:
        card = call.card(work)
        if call.allowed.sight is Sight.CONTENT or (call.allowed.sight is Sight.LINE and to_check(card, call)):
            look(work, call.actor, card, call.now)
        around = surroundings(call.desk, work, call.account, (card,))
        return case_shown(call, work, card, around)


def own_case(call: Call[Nothing]) -> Line:
    """Take a case: one owner at any time, and the ladder stops."""
    with answered(), call.desk.store.transaction() as work:
        owned = own(work, call.desk.policy, call.card(work), call.actor, call.now)
        around = surroundings(call.desk, work, call.account, (owned,))
    call.desk.wake()
    return line_of(owned, around)


def level(call: Call[NewLevel]) -> LevelSet:
    """Confirm, raise or lower the level; L1 is lowered by two different people."""
    asked = call.asked
    with answered(), call.desk.store.transaction() as work:
        change = change_level(work, call.desk.policy, call.card(work), asked.level, asked.reason, call.actor, call.now)
    call.desk.wake()
    return LevelSet(change.card.level, change.pending)


def blob(call: Call[Nothing]) -> Download:
    """Answer sealed bytes of the account's own office."""
    purpose, sequence = call.path["purpose"], call.path["sequence"]
    if not (sequence.isdecimal() and len(sequence) <= len("100000")):
        raise refused("not_found")
    try:
        with call.desk.store.transaction() as work:
            card = _opened(call, call.card(work), purpose)
            reading = _reading(call, work)
            if purpose == IDENTITY:
                sealed = reading.box(card, call.allowed.session)
            else:
                sealed = reading.fetch(card, purpose, int(sequence))
    except NothingThere:
        raise refused("not_found") from None
    except BoxClosed as exc:
        raise refused("not_allowed", str(exc)) from None
    return Download(f"{purpose}-{sequence}.age", sealed.sealed)


def file(call: Call[Nothing]) -> Download:
    """Answer a sealed attachment, piece by piece."""
    name = call.path["name"]
    try:
        with call.desk.store.transaction() as work:
            _reading(call, work).file(_opened(call, call.card(work), FILE), name)
    except NothingThere:
        raise refused("not_found") from None
    content = call.desk.store.open_file(name)
    if content is None:
        raise refused("not_found")
    return Download(f"{name}.age", content, lambda snapshot: _still_reads(call, snapshot))


def _still_reads(call: Call[Any], snapshot: Snapshot) -> bool:
    """Tell whether the login holds and the case is still this account's to read, as of a snapshot."""
    card = snapshot.cards.get(call.case)
    return (
        card is not None
        and call.allowed.session.id in snapshot.live
        and sight(call.account, card, call.desk.policy, call.desk.now()) is Sight.CONTENT
        and opens(call.account, card, FILE)
    )


def _opened(call: Call[Any], card: CaseCard, purpose: str) -> CaseCard:
    """Return the card when this account may open bytes of this purpose. Raises: NothingThere."""
    if not opens(call.account, card, purpose):
        raise NothingThere
    return card


def _reading(call: Call[Any], work: UnitOfWork) -> Reading:
    return Reading(work, call.actor, call.desk.policy, call.now)


def ask_identity(call: Call[WithReason]) -> BoxState:
    """Ask to open the identity box; operators wait for a second person."""
    pending = needs_second(call.account)
    until = None if pending else call.now + timedelta(minutes=call.desk.limits.box_minutes)
    request = BoxRequest(call.case, call.account.id, call.allowed.session.id, until)
    with answered(), call.desk.store.transaction() as work:
        if not opens(call.account, call.card(work), IDENTITY):
            raise refused("not_found")
        ask_box(work, call.desk.policy, call.actor, request, call.asked.reason, call.now)
    return BoxState(granted=not pending, pending=pending)


def approve_identity(call: Call[Nothing]) -> Agreed:
    """Agree that others open the identity box."""
    until = call.now + timedelta(minutes=call.desk.limits.box_minutes)
    with call.desk.store.transaction() as work:
        opened = approve_boxes(work, call.actor, call.case, call.now, until)
    if not opened:
        raise refused("conflict", "Nobody else is waiting to open this box.")
    return Agreed(opened)


def review_identity(call: Call[StillNeeded]) -> Nothing:
    """Say whether the office still needs the real name: the box is kept, or erased."""
    asked, desk = call.asked, call.desk
    if asked.reason and not asked.needed:
        raise refused("bad_request", "What is no longer needed is erased without a reason.")
    with answered(), desk.store.transaction() as work:
        card = call.still(locked_card(work, call.case)[0])
        if asked.needed:
            keep_box(work, desk.policy, card, asked.reason, call.actor, call.now)
        else:
            erase_box(work, card, call.actor, call.now)
    if not asked.needed:
        desk.store.finish_erasure()
    return Nothing()


ROUTES: Final = (
    Route("GET", "/api/cases/{case}", "One case", VIEWERS, one, gives=CaseShown),
    Route("POST", "/api/cases/{case}/own", "Take a case", LINES, own_case, gives=Line),
    Route("POST", "/api/cases/{case}/level", "Confirm or change the level", LINES, level, NewLevel, LevelSet),
    Route(
        "GET", "/api/cases/{case}/blobs/{purpose}/{sequence}", "Sealed bytes of the own office", LINES, blob,
        gives=bytes, content=True,
    ),
    Route("GET", "/api/cases/{case}/files/{name}", "A sealed attachment", LINES, file, gives=bytes, content=True),
    Route(
        "POST", "/api/cases/{case}/identity", "Ask to open the identity box", LINES, ask_identity, WithReason, BoxState,
        content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/identity/approve", "Agree that somebody else opens it", LINES, approve_identity,
        gives=Agreed,
    ),
    Route(
        "POST", "/api/cases/{case}/identity/review", "Say whether the office still needs the real name", PROPOSERS,
        review_identity, StillNeeded, content=True,
    ),
)  # fmt: skip
