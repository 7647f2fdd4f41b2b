"""A case as one line of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from bot.desk.names import name_of
from bot.desk.words import STATUS, in_words
from dialogs.clocks import Clocks
from dialogs.measures import awaits_check
from handlers.triage_state import clocks_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy

OVER: Final = ("ST-CLO", "ST-ERA", "ST-OOS")
"""Shown only when asked for."""

NAME_TO_REVIEW: Final = "name_to_review"
"""Flag of a case whose real name has to be looked at: does the office still need it."""


class Owner(msgspec.Struct, frozen=True):
    """Whose case it is."""

    id: str
    name: str


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
    """What a line needs besides the card: names of people, what was not read yet, which names are due, the time."""

    names: Mapping[str, str]
    unread: Mapping[str, int]
    names_due: frozenset[str]  # cases of which the office that asks has to say whether it still needs the real name
    policy: Policy
    now: datetime

    def owner(self, account: str) -> Owner | None:
        """Return somebody with their name; nobody has no id."""
        return Owner(account, self.names.get(account) or account) if account else None


def line_of(card: CaseCard, around: Surroundings) -> Line:
    """Return the line of a case."""
    there = card.office in around.policy.directory.offices  # an office may have left the directory
    clocks = clocks_of(card, around.policy, around.now) if there else Clocks()
    return Line(
        case=card.case, name=name_of(card.case), level=card.level, status=card.status,
        status_words=in_words(STATUS, card.status), flags=flags_of(card, around),
        owner=around.owner(card.owner),
        office=card.office, lang=card.lang, channel=card.channel, sent_at=card.submitted_at, clocks=clocks,
        late=clocks.late(around.now), unread=around.unread.get(card.case, 0),
    )  # fmt: skip


def flags_of(card: CaseCard, around: Surroundings) -> tuple[str, ...]:
    """Return what to know before anything else."""
    flags = {
        "child": card.child, "third_party": bool(card.tp_consent), "conflict": card.conflict,
        "scope_review": card.scope_review, "identity_doubt": card.identity_doubt and not card.lost_at,
        "account_lost": bool(card.lost_at), "unreachable": card.unreachable,
        "hidden": bool(card.hidden_at), "held": card.status == "ST-HOLD",
        "mail_refused": card.mail == "refused",
        "lines_to_check": any(awaits_check(card, proposal) for proposal in card.measures),
        NAME_TO_REVIEW: card.case in around.names_due,
    }  # fmt: skip
    return tuple(name for name, holds in flags.items() if holds)
