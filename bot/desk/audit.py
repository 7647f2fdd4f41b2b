"""The audit log, as pages: who did or read what. It holds codes, never content of a case or words of officers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from bot.desk.names import name_of
from bot.desk.refusals import refused
from bot.desk.routes import ADMINISTRATOR, CONSENT_STEWARD, LINES, SHIFT_LEAD, Route
from dialogs.consents import minute
from handlers.access import Sight, role_sees, sight
from handlers.accounts import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard
    from handlers.ports import UnitOfWork
    from handlers.types import AuditEntry

TOGETHER: Final = 500
MOST_READ: Final = 20_000
"""Entries looked through for one page, so that one answer stays quick; `next` goes on from there."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of the log, after the entry that was shown last; with `case`, all of that case."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    case: Annotated[str, msgspec.Meta(max_length=64)] = ""


class EntryShown(msgspec.Struct, frozen=True):
    """One act."""

    number: int
    at: str
    who: str
    role: str
    office: str
    act: str
    case: str
    case_name: str  # its two words; "" where the act is about no case
    old: str
    new: str
    reason: str


class Entries(msgspec.Struct, frozen=True):
    """Entries, the newest first, and where to go on (null: at the end)."""

    entries: tuple[EntryShown, ...]
    next: int | None


def audit(call: Call[Asked]) -> Entries:
    """Answer the log of a case the account may see, or of its own office (administrators: of no case, all offices)."""
    with call.desk.store.transaction() as work:
        names = {known.id: known.name for known in work.accounts.all()}
        cards = call.desk.index.cards(work)
        if call.asked.case:
            return _of_case(call, work, names)
        found: list[EntryShown] = []
        before = call.asked.after
        for _page in range(MOST_READ // TOGETHER):
            page = work.audit.latest(before, TOGETHER)
            for recorded in page:
                before = recorded.number
                if recorded.entry is not None and _may_see(call, recorded.entry, cards):
                    found.append(_shown(recorded.number, recorded.entry, names))
                if len(found) == call.asked.limit:
                    return Entries(tuple(found), before)
            if len(page) < TOGETHER:
                return Entries(tuple(found), None)
        return Entries(tuple(found), before)


def _of_case(call: Call[Asked], work: UnitOfWork, names: dict[str, str]) -> Entries:
    if sight(call.account, work.cases.get(call.asked.case), call.desk.policy, call.now) < Sight.CONSENTS:
        raise refused("not_found")
    entries = reversed(work.audit.of(call.asked.case))
    return Entries(tuple(_shown(0, entry, names) for entry in entries), None)


def _may_see(call: Call[Asked], entry: AuditEntry, cards: Mapping[str, CaseCard]) -> bool:
    """Entries of cases are for the office that acted; an administrator sees people and machines, no case.

    A case that somebody's role does not show them is not in their log either.
    """
    card = cards.get(entry.case)
    if card is not None and role_sees(call.account, card) is Sight.NOTHING:
        return False
    if not entry.case and call.account.has(Role.ADMINISTRATOR):
        return True
    return entry.office == call.account.office and call.account.has(*LINES, Role.CONSENT_STEWARD)


def _shown(number: int, entry: AuditEntry, names: dict[str, str]) -> EntryShown:
    who = names.get(entry.who, entry.who)
    return EntryShown(
        number, minute(entry.at), who, entry.role, entry.office, entry.act, entry.case,
        name_of(entry.case) if entry.case else "", entry.old, entry.new, entry.reason,
    )  # fmt: skip


ROUTES: Final = (
    Route(
        "GET", "/api/audit", "The audit log", frozenset({ADMINISTRATOR, CONSENT_STEWARD, SHIFT_LEAD}) | LINES, audit,
        Asked, Entries,
    ),
)  # fmt: skip
