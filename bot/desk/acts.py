"""What officers do with a case besides talking: status, hand-over, next contact, notes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from bot.desk.answers import answered
from bot.desk.lines import Line, line_of
from bot.desk.queue import surroundings
from bot.desk.refusals import refused
from bot.desk.routes import OFFICERS, PROPOSERS, SHIFT_LEAD, Nothing, ReasonCode, Route
from bot.desk.thread import MOST_BYTES, Sealed
from handlers import case_acts
from handlers.case_acts import ReadBack
from handlers.desk import as_actor
from handlers.talking import locked_card

if TYPE_CHECKING:
    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard
    from handlers.ports import UnitOfWork

ENTROPY_BYTES: Final = 32
Code = Annotated[str, msgspec.Meta(max_length=20)]


class Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A status; to close (CL-…), hold (RSN-HLD-…) or erase (RSN-ERA-…) also why."""

    status: Code
    reason: ReasonCode = ""


class Changed(msgspec.Struct, frozen=True):
    """The status now. `pending`: a second person must wish the same."""

    status: str
    pending: bool


class Repeated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is repeated at a hand-over."""

    level: Code
    next_contact: Annotated[str, msgspec.Meta(max_length=40)] = ""
    red: tuple[Code, ...] = ()


class HandOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom, and what they were told; a shift lead who reassigns has not read it and leaves `readback` out."""

    to: Annotated[str, msgspec.Meta(max_length=64)]
    readback: Repeated | None = None


class TakeOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the receiver repeats."""

    readback: Repeated


class NextContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the person hears from the office next."""

    at: datetime


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note, sealed to the office in the page."""

    for_office: Sealed


class Recognised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what other means than the secret words it is sure who holds the account (RSN-WHO-…)."""

    reason: ReasonCode


class Lost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what it is sure that somebody else holds the account (RSN-ELS-…)."""

    reason: ReasonCode


class PersonConcernedSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person a report is about told an officer directly; the note, sealed in the page, says how."""

    answer: Literal["given", "refused", "withdrawn"]
    how: Literal["officer-call", "officer-in-person", "next-of-kin"]
    note: Sealed


class Noted(msgspec.Struct, frozen=True):
    """Where the note lies: `blobs/note/{sequence}`."""

    sequence: int


def _card(call: Call[Any], work: UnitOfWork) -> CaseCard:
    """Return the card under lock: the person may be changing it in this moment."""
    return call.still(locked_card(work, call.case)[0])


def status(call: Call[Status]) -> Changed:
    """Change the status."""
    asked, desk = call.asked, call.desk
    with answered(), desk.store.transaction() as work:
        card = _card(call, work)
        change = case_acts.change_status(work, desk.policy, card, asked.status, asked.reason, call.actor, call.now)
    if change.card.status == case_acts.ERASED:
        desk.store.finish_erasure()
    elif change.card.status == case_acts.CLOSED:
        desk.service.talking.closed(call.case)
        desk.wake()
    return Changed(change.card.status, change.pending)


def hand_over(call: Call[HandOver]) -> Nothing:
    """Offer a case to a colleague, or to somebody of the office of the report."""
    with answered(), call.desk.store.transaction() as work:
        card = _card(call, work)
        to = work.accounts.get(call.asked.to)
        if to is None or not case_acts.may_receive(to, card, call.account.office):
            raise refused("bad_request", "Choose a colleague, or an officer of the office of the report.")
        reassigns = card.owner != call.account.id and call.account.has(SHIFT_LEAD)
        by = as_actor(call.account, SHIFT_LEAD) if reassigns else call.actor
        told = None if call.asked.readback is None else _told(call.asked.readback)
        case_acts.hand_over(work, card, to, told, by, call.now)
    return Nothing()


def confirm(call: Call[TakeOver]) -> Line:
    """Take over a case that was offered."""
    desk = call.desk
    with answered(), desk.store.transaction() as work:
        card = case_acts.take_over(work, _card(call, work), _told(call.asked.readback), call.actor, call.now)
        return line_of(card, surroundings(desk, work, call.account, (card,)))


def next_contact(call: Call[NextContact]) -> Nothing:
    """Write down when the person hears from the office next."""
    at = call.asked.at
    if at.tzinfo is None:
        raise refused("bad_request", "Say the time with its zone, for example 2026-11-25T19:00Z.")
    with answered(), call.desk.store.transaction() as work:
        utc = at.astimezone(UTC)
        case_acts.plan_contact(work, call.desk.policy, _card(call, work), utc, call.actor, call.now)
    return Nothing()


def note(call: Call[Note]) -> Noted:
    """Keep a sealed note."""
    with answered(), call.desk.store.transaction() as work:
        return Noted(case_acts.put_note(work, _card(call, work), call.asked.for_office, call.actor, call.now))


def person_concerned(call: Call[PersonConcernedSaid]) -> Nothing:
    """Record the consent, or the no, of the person a report is about (C-TPV)."""
    asked = call.asked
    said = case_acts.PersonConcerned(asked.answer, asked.how, asked.note)
    with answered(), call.desk.store.transaction() as work:
        chance = call.desk.random(ENTROPY_BYTES)
        case_acts.record_person_concerned(work, _card(call, work), said, chance, call.actor, call.now)
    return Nothing()


def recognise(call: Call[Recognised]) -> Nothing:
    """End the doubt of a case: it is this person who writes."""
    with answered():
        call.desk.service.talking.recognise(call.case, call.asked.reason, call.actor)
    call.desk.wake()
    return Nothing()


def lose_account(call: Call[Lost]) -> Nothing:
    """Take the account from a case: it is not this person who writes."""
    with answered():
        call.desk.service.talking.lose_account(call.case, call.asked.reason, call.actor)
    call.desk.wake()
    return Nothing()


def _told(said: Repeated) -> ReadBack:
    return ReadBack(said.level, said.next_contact, said.red)


REASSIGNING: Final = OFFICERS | {SHIFT_LEAD}
"""Officers, and who may reassign a case without reading what it holds."""

ROUTES: Final = (
    Route("POST", "/api/cases/{case}/status", "Change the status", OFFICERS, status, Status, Changed, content=True),
    Route("POST", "/api/cases/{case}/hand-over", "Offer a case to a colleague", REASSIGNING, hand_over, HandOver),
    Route(
        "POST", "/api/cases/{case}/hand-over/confirm", "Take over a case that was offered", OFFICERS, confirm, TakeOver,
        Line, content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/next-contact", "Say when the person hears from the office", OFFICERS, next_contact,
        NextContact, content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/person-concerned", "Record what the person concerned said", PROPOSERS,
        person_concerned, PersonConcernedSaid, most_bytes=MOST_BYTES, content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/recognise", "Say that it is this person who writes", PROPOSERS, recognise,
        Recognised, content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/lose-account", "Say that somebody else holds the account", PROPOSERS, lose_account,
        Lost, content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/notes", "Keep a sealed note", OFFICERS, note, Note, Noted, MOST_BYTES, content=True
    ),
)  # fmt: skip
