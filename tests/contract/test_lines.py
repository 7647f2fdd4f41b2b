"""Lines for the annual report are checked alike over every store: what it knows of a proposal survives it."""

from __future__ import annotations

import pytest

from bot.clock import FixedClock
from dialogs.policy import Policy
from dialogs.replace import replace
from handlers.accounts import Account, Role
from handlers.actor import Actor
from handlers.ports import Store
from handlers.proposing import BadProposal, Draft, OwnLines, Proposing
from storage.crypto.sealing import AgeSealer
from tests.conftest import CountingEntropy
from tests.dialogs.test_gate import CARD

ANA, BEN = (Actor(name, "first-respondent", "OFF-HRC") for name in ("ana", "ben"))
LINE = Draft("AR-ANON", "the report", "NM-ANON", "A person was threatened after a meeting.", by="ana")


def test_lines_are_checked_once_by_somebody_else_and_the_log_says_by_whom(
    store: Store, policy: Policy, clock: FixedClock
) -> None:
    """Whoever wrote them is refused, and a refused check changes nothing."""
    proposing = Proposing(store, AgeSealer(), policy, clock, CountingEntropy())
    with store.transaction() as work:
        work.cases.open(replace(CARD, measures=()), None)
        work.accounts.save(Account("ana", "Ana", "OFF-HRC", (Role.FIRST_RESPONDENT,), "active", "2026-11-24T08:00Z"))
    number, _shown = proposing.propose(CARD.case, LINE)
    with pytest.raises(OwnLines):
        proposing.check_lines(CARD.case, number, "", ANA)
    assert proposing.of(CARD.case)[0].checked == ""

    proposing.check_lines(CARD.case, number, "", BEN)

    assert proposing.of(CARD.case)[0].checked == f"{clock.at:%Y-%m-%dT%H:%MZ}"
    with pytest.raises(BadProposal):
        proposing.check_lines(CARD.case, number, "RSN-LIN-DATE", BEN)
    with store.transaction() as work:
        log = [(entry.who, entry.role, entry.act, entry.new) for entry in work.audit.of(CARD.case)]
    assert log == [("ben", "first-respondent", "lines-checked", number)]
