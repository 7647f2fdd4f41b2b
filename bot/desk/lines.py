"""A case as one line of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from bot.desk.names import name_of
from bot.desk.words import STATUS, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.conversation import CaseCard

OVER: Final = ("ST-CLO", "ST-ERA", "ST-OOS")


class Owner(msgspec.Struct, frozen=True):
    """Whose case it is."""

    id: str
    name: str


class Clocks(msgspec.Struct, frozen=True):
    """When what is due, ISO 8601; empty: not any more, or not yet."""

    owned_due: str = ""
    contact_due: str = ""
    plan_due: str = ""
    review_due: str = ""


class Line(msgspec.Struct, frozen=True):
    """One case in the queue."""

    case: str
    name: str
    level: str
    status: str
    status_words: str
    flags: tuple[str, ...]
    owner: Owner | None
    office: str
    lang: str
    channel: str
    sent_at: str
    clocks: Clocks
    late: bool
    unread: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a line needs besides the card: names of people, what was not read yet, the time."""

    names: Mapping[str, str]
    unread: Mapping[str, int]
    now: str  # ISO 8601, to the minute


def line_of(card: CaseCard, around: Surroundings) -> Line:
    """Return the line of a case."""
    clocks = Clocks()
    due = (clocks.owned_due, clocks.contact_due, clocks.plan_due, clocks.review_due)
    return Line(
        case=card.case, name=name_of(card.case), level=card.level, status=card.status,
        status_words=in_words(STATUS, card.status), flags=flags_of(card),
        owner=Owner(card.owner, around.names.get(card.owner, card.owner)) if card.owner else None,
        office=card.office, lang=card.lang, channel=card.channel, sent_at=card.submitted_at, clocks=clocks,
        late=any(at and at < around.now for at in due), unread=around.unread.get(card.case, 0),
    )  # fmt: skip


def flags_of(card: CaseCard) -> tuple[str, ...]:
    """Return what to know before anything else."""
    flags = {
        "child": card.child, "third_party": bool(card.tp_consent), "conflict": card.conflict,
        "scope_review": card.scope_review, "identity_doubt": card.identity_doubt, "unreachable": card.unreachable,
        "hidden": bool(card.hidden_at), "held": card.status == "ST-HOLD",
    }  # fmt: skip
    return tuple(name for name, holds in flags.items() if holds)
