"""Counting for the annual report: who may be counted, what their sealed reports say, and one release for a period.

The gate is asked for every case, once before its report is opened and once in the transaction that makes the release.
Reports are opened by keys that whoever counts has brought; this server has none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from dialogs.counting import counted, in_scope, reporters_of
from dialogs.gate import Act, Granted, Question, may
from dialogs.report import SCHEMA
from dialogs.trends import release_of
from handlers.errors import HandlerError, NotPermitted, Refusal
from handlers.sink import check
from handlers.types import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.counting import Lists
    from dialogs.policy import Policy
    from dialogs.trend_plan import Counted, Period, Plan
    from dialogs.trends import Release
    from handlers.ports import Clock, Store, UnitOfWork

TRENDS: Final = "trends"
"""The act in the audit log."""

PRACTICE: Final = "practice"
"""The channel of reports that are never counted."""

REPORTS: Final = ("report", "copy")
"""Sealed blobs that hold a whole report."""

BATCH: Final = 100
"""Cases read in one transaction: nobody who writes meanwhile waits for more than these."""


class Opener(Protocol):
    """Keys that were brought along."""

    def open(self, sealed: bytes) -> bytes | None:
        """Return what is sealed, or None when these keys do not open it."""
        ...


class Releases(Protocol):
    """What was released, kept for good."""

    def of(self, year: int) -> Release | None:
        """Return the release of a year, or None."""
        ...

    def keep(self, release: Release) -> Release:
        """Keep it, unless there is one of this year; return the one that counts."""
        ...


class PeriodNotOver(HandlerError):
    """A period is released once, when it is over: two releases of one period could be subtracted from each other."""

    def __init__(self, period: Period) -> None:
        said = " ".join((type(self).__doc__ or "").split())
        super().__init__(f"{said} The one of {period.year} ends with {period.last_day}: come back after that.")


class NothingToCount(Refusal):
    """No report of this period that may be counted opens with these keys, so nothing was released.

    Name the key file of every office that takes part, each with -i: a period is released once.
    """


@dataclass(frozen=True, slots=True)
class _Opened:
    """A case that may be counted, and the codes of its report."""

    granted: Granted
    codes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trends:
    """Makes releases."""

    store: Store
    policy: Policy
    plan: Plan
    lists: Lists
    releases: Releases
    clock: Clock

    def release(self, period: Period, opener: Opener) -> Release:
        """Return the one release of a period, made now if there is none. Raises: PeriodNotOver, NothingToCount."""
        now = self.clock.now()
        if now < period.until:
            raise PeriodNotOver(period)
        known = self.releases.of(period.year)
        if known is not None:
            with self.store.transaction() as work:
                work.audit.record(_entry(period, now, "printed"))
            return known
        opened = [found for batch in self._batches() for found in self._opened(batch, period, opener, now)]
        with self.store.transaction() as work:
            cases = self._counted(work, opened, now)
            if not cases:
                raise NothingToCount
            kept = self.releases.keep(release_of(self.plan, period, cases, now.date().isoformat()))
            work.audit.record(_entry(period, now, "released"))
        return kept

    def _batches(self) -> Iterator[tuple[str, ...]]:
        with self.store.transaction() as work:
            ids = work.cases.ids()
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]

    def _opened(self, cases: Sequence[str], period: Period, opener: Opener, now: datetime) -> Iterator[_Opened]:
        """Yield what of these cases may be counted and opens; nothing is opened before the gate has said yes."""
        permitted = []
        with self.store.transaction() as work:
            for case in cases:
                card = work.cases.get(case)
                if card is not None and card.channel != PRACTICE and period.holds(card.submitted_at):
                    asked = Question(Act.COUNT, case)
                    answer = may(asked, card, work.cases.consents(case), now, self.policy.measures)
                    if isinstance(answer, Granted):
                        permitted.append((answer, [b.sealed for b in work.blobs.of(case) if b.purpose in REPORTS]))
        for granted, sealed in permitted:
            codes = _codes(granted.question.case, sealed, opener)
            if codes is not None:
                yield _Opened(granted, codes)

    def _counted(self, work: UnitOfWork, opened: Sequence[_Opened], now: datetime) -> list[Counted]:
        """Return the cases as they are counted, those alone that may be in this very moment."""
        found: list[tuple[CaseCard, dict[str, Any], frozenset[str]]] = []
        for each in opened:
            case = each.granted.question.case
            try:
                check(work, each.granted, now, self.policy)
            except NotPermitted:  # taken back since
                continue
            card = work.cases.get(case)
            if card is not None and in_scope(card, each.codes):
                found.append((card, each.codes, _marks(work, card)))
        reporters = reporters_of([marks for _card, _codes, marks in found])
        return [
            counted(card, codes, work.cases.consents(card.case), reporter, self.policy, self.lists)
            for (card, codes, _marks), reporter in zip(found, reporters, strict=True)
        ]


def _entry(period: Period, now: datetime, what: str) -> AuditEntry:
    return AuditEntry(now, "", "", "", TRENDS, new=f"{period.year} {what}")


def _marks(work: UnitOfWork, card: CaseCard) -> frozenset[str]:
    """Return what tells who wrote a case: where they can be reached, and the phrase that leads them back."""
    address = work.conversations.of_case(card.case)
    known = (f"{address.channel} {address.value}" if address is not None else "", card.phrase_hash)
    return frozenset(mark for mark in known if mark)


def _codes(case: str, sealed: Sequence[bytes], opener: Opener) -> dict[str, Any] | None:
    """Return the codes of the first blob that opens and is the report of this case."""
    for blob in sealed:
        content = opener.open(blob)
        document = _parsed(content) if content is not None else None
        if document is not None and (document.get("schema"), document.get("case")) == (SCHEMA, case):
            codes = document.get("codes")
            return codes if isinstance(codes, dict) else None
    return None


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
