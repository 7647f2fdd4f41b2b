"""The sink: what the gate granted is asked of the ledger again, in the transaction that carries it out."""

from __future__ import annotations

import pytest

from dialogs.gate import Act, Granted, Question, may
from dialogs.replace import replace
from handlers.errors import NotPermitted
from handlers.sink import check
from storage.memory import MemoryStore
from tests.conftest import NOON, practice_policy
from tests.stores import CARD, GIVEN, MINA

POLICY = practice_policy()
AGREED = replace(GIVEN, recipient="OFF-HRC", content_version="v1")
QUESTION = Question(Act.FORWARD, "LW-1", recipient="OFF-HRC", content_version="v1")


def granted() -> Granted:
    """Return the permission of a case with a live C-FWD."""
    answer = may(QUESTION, CARD, (AGREED,), NOON, POLICY.measures)
    assert isinstance(answer, Granted)
    return answer


def a_store(*events: object) -> MemoryStore:
    """Return a store with the case and these events in its ledger."""
    store = MemoryStore()
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.record("LW-1", events)  # type: ignore[arg-type]  # consent events
    return store


def test_a_live_consent_in_the_ledger_lets_the_act_through() -> None:
    """The gate and the ledger agree."""
    with a_store(AGREED).transaction() as work:
        check(work, granted(), NOON, POLICY)


def test_a_consent_taken_back_between_the_gate_and_the_act_stops_it() -> None:
    """The ledger of this transaction decides."""
    withdrawn = replace(AGREED, record_id="CR-2", status="withdrawn")
    with a_store(AGREED, withdrawn).transaction() as work, pytest.raises(NotPermitted):
        check(work, granted(), NOON, POLICY)


def test_a_consent_that_is_not_in_the_ledger_opens_nothing() -> None:
    """A card that says more than its chain is not believed."""
    with a_store().transaction() as work, pytest.raises(NotPermitted):
        check(work, granted(), NOON, POLICY)


def test_a_newer_yes_is_another_permission() -> None:
    """A permission is for one record: who holds an older one asks the gate again."""
    newer = replace(AGREED, record_id="CR-9")
    with a_store(AGREED, newer).transaction() as work, pytest.raises(NotPermitted):
        check(work, granted(), NOON, POLICY)


class _Pretender:
    """Looks like a permission and is none."""

    question = QUESTION
    record_id = AGREED.record_id
    at = NOON


def test_a_forged_permission_opens_nothing() -> None:
    """Neither an object of the same shape, nor one made around the constructor."""
    hollow = object.__new__(Granted)
    around = object.__new__(Granted)
    object.__setattr__(around, "question", replace(QUESTION, recipient="OFF-ASG"))
    object.__setattr__(around, "record_id", AGREED.record_id)
    object.__setattr__(around, "at", NOON)

    with a_store(AGREED).transaction() as work:
        for forged in (_Pretender(), hollow, around):
            with pytest.raises((NotPermitted, AttributeError)):
                check(work, forged, NOON, POLICY)  # type: ignore[arg-type]  # what mypy refuses is tried here
