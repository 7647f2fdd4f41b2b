"""What is under way in a case: the talk, measures, promises, and what waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bot.desk.lines import Line, Owner
from bot.desk.measures import ProposalShown, collisions_of, proposals_of
from bot.desk.thread import MessageLine, Reader, readers_of, thread_of
from dialogs.officers import awaits_answer, is_open
from handlers.case_acts import CLOSED, allowed

if TYPE_CHECKING:
    from bot.desk.lines import Surroundings
    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard
    from handlers.ports import UnitOfWork


class Promises(msgspec.Struct, frozen=True):
    """What the person was promised; "" when there is nothing."""

    next_contact_at: str


class Offer(msgspec.Struct, frozen=True):
    """A case that is being handed over."""

    giver: Owner | None = msgspec.field(name="from")
    to: Owner


class StatusWish(msgspec.Struct, frozen=True):
    """A status that two people must wish."""

    status: str
    reason: str
    by: Owner


class Underway(Line, frozen=True, kw_only=True):
    """A line, and what is under way behind it."""

    thread: tuple[MessageLine, ...] = ()
    readers: tuple[Reader, ...] = ()  # other offices whose copy of the next message the page seals
    talk: str = ""  # open | words | none
    measures: tuple[ProposalShown, ...] = ()
    collisions: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    promises: Promises | None = None
    allowed: tuple[str, ...] = ()  # what the owner may change the status to
    hand_over: Offer | None = None
    status_wish: StatusWish | None = None


def talk_of(card: CaseCard, call: Call[Any]) -> str:
    """Return how far a talk is: open (the person is there), words (they were shown the two words) or none."""
    if is_open(card, call.now):
        return "open"
    return "words" if awaits_answer(card) else "none"


def progress_of(call: Call[Any], work: UnitOfWork, card: CaseCard, around: Surroundings) -> dict[str, Any]:
    """Return these fields of the case for whoever works on it."""
    policy, wish = call.desk.policy, card.closing

    return {
        "thread": thread_of(work, card.case, call.account.office, around.names),
        "readers": readers_of(call, work, card),
        "talk": talk_of(card, call),
        "measures": proposals_of(card, call),
        "collisions": collisions_of(card, policy),
        "promises": Promises(card.next_contact),
        "allowed": allowed(card) if card.owner == call.account.id else (),
        "status_wish": StatusWish(CLOSED, wish.reason, known(wish.by, around)) if wish is not None else None,
    }


def offer_of(card: CaseCard, around: Surroundings) -> Offer | None:
    """Return who offers the case to whom."""
    if not card.handing_to:
        return None
    return Offer(known(card.owner, around) if card.owner else None, known(card.handing_to, around))


def known(account: str, around: Surroundings) -> Owner:
    """Return somebody by name, or by id where the name is gone."""
    return Owner(account, around.names.get(account, account))
