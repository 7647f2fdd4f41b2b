"""The shift report: numbers alone, for the people on shift (spec 6.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from bot.desk.routes import DUTY_OFFICER, OPERATOR, SHIFT_LEAD, Nothing, Route
from dialogs.shift import ShiftReport
from handlers.shift import Span, debriefed, report

if TYPE_CHECKING:
    from bot.desk.routes import Call

ON_SHIFT: Final = frozenset({OPERATOR, DUTY_OFFICER, SHIFT_LEAD})


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many hours back from now: one shift of a desk that has three a day, if nothing is said."""

    hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 8


def shift(call: Call[Hours]) -> ShiftReport:
    """Answer the report of the own office. All of it is counted, whichever cases a role shows: no case is in it."""
    with call.desk.store.transaction() as work:
        cards = call.desk.index.cards(work)
        mine = call.desk.index.of_office(call.account.office, cards.values(), call.now)
        return report(work, call.desk.policy, call.actor, mine, Span.of(call.now, call.asked.hours))


def debrief(call: Call[Nothing]) -> Nothing:
    """Record that a debrief was held."""
    with call.desk.store.transaction() as work:
        debriefed(work, call.actor, call.now)
    return Nothing()


ROUTES: Final = (
    Route("GET", "/api/shift", "The shift report", ON_SHIFT, shift, Hours, ShiftReport),
    Route("POST", "/api/shift/debrief", "Record that a debrief was held", ON_SHIFT, debrief, Nothing, Nothing),
)
