"""Passing a report on to another UN office: whom one may ask about, and the report sealed anew by the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from bot.desk.answers import answered
from bot.desk.lines import Line, line_of
from bot.desk.queue import surroundings
from bot.desk.routes import PROPOSERS, Nothing, Route
from dialogs.keys import usable_recipients
from handlers.sharing import MAX_REPORT_BYTES, agreed, nameable, share
from handlers.talking import locked_card

if TYPE_CHECKING:
    from bot.desk.routes import Call

ENTROPY_BYTES: Final = 32
MOST_BYTES: Final = MAX_REPORT_BYTES * 3 // 2
"""Of a request: one sealed report in base64."""


class OfficeNamed(msgspec.Struct, frozen=True):
    """An office that the person may be asked about."""

    id: str
    name: str


class MaySeal(msgspec.Struct, frozen=True):
    """A yes under which the report may be sealed to these keys now; `valid_until`: then it is asked again."""

    proposal: str
    office: str
    name: str
    valid_until: str
    keys: tuple[str, ...]


class Sharing(msgspec.Struct, frozen=True):
    """Whom a measure card may name (measure SH-COPY or SH-HAND, recipient an id of these), and what was agreed."""

    offices: tuple[OfficeNamed, ...]
    agreed: tuple[MaySeal, ...]


class SealedAnew(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The report, sealed in the page to the keys of this office."""

    office: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: Annotated[bytes, msgspec.Meta(max_length=MAX_REPORT_BYTES)]


def sharing(call: Call[Nothing]) -> Sharing:
    """Answer whom one may ask about, and what was agreed."""
    policy, now = call.desk.policy, call.now
    with call.desk.store.transaction() as work:
        card = call.card(work)
    offices = policy.directory.offices
    return Sharing(
        tuple(OfficeNamed(office.id, office.name) for office in nameable(card, policy, now)),
        tuple(
            MaySeal(
                p.id, p.recipient, offices[p.recipient].name, p.valid_until,
                usable_recipients(policy.directory, p.recipient, now),
            )
            for p in agreed(card, policy, now)
        ),
    )  # fmt: skip


def pass_on(call: Call[SealedAnew]) -> Line:
    """Store the report for the other office."""
    asked, desk = call.asked, call.desk
    with answered(), desk.store.transaction() as work:
        card = locked_card(work, call.case)[0]
        chance = desk.random(ENTROPY_BYTES)
        changed = share(work, desk.policy, card, asked.office, asked.sealed, call.actor, call.now, chance)
        line = line_of(changed, surroundings(desk, work, call.account, (changed,)))
    desk.wake()
    return line


ROUTES: Final = (
    Route(
        "GET", "/api/cases/{case}/share", "Offices the report may be shared with", PROPOSERS, sharing, gives=Sharing,
        content=True,
    ),
    Route(
        "POST", "/api/cases/{case}/share", "Pass the report on to another office", PROPOSERS, pass_on, SealedAnew, Line,
        MOST_BYTES, content=True,
    ),
)  # fmt: skip
