"""Seeded strangers and generated ones: nothing is ever disclosed without its consent, whatever people do."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from dialogs import gate
from tests.people import Stranger

EVENTS = 20_000
"""Here; a million in `make proof`."""


def test_seeded_strangers_never_get_anything_disclosed_they_did_not_agree_to() -> None:
    """Answers, refusals, edits, withdrawals, restarts, timeouts, old buttons, officers' cards."""
    stranger = Stranger(seed=1)
    stranger.play(EVENTS)

    assert stranger.counts["events"] >= EVENTS
    assert stranger.counts["SealReport"] > 5, stranger.counts
    assert stranger.counts["RaiseAlert"] > 5, stranger.counts
    assert stranger.counts["SealMessage"] > 5, stranger.counts


class People(RuleBasedStateMachine):
    """Hypothesis chooses what a person does next, and makes the shortest story when something breaks."""

    events: ClassVar[int] = 0  # of all stories

    @initialize(seed=st.integers(0, 10_000))
    def arrive(self, seed: int) -> None:
        self.stranger = Stranger(seed)

    @rule(kind=st.integers(0, 99))
    def does_something(self, kind: int) -> None:
        self.stranger.step(kind)

    @rule(key=st.sampled_from(["1", "2", "3", "0", "9", "00", "000", "sos", "i take it back", "8", "7"]))
    def answers(self, key: str) -> None:
        self.stranger.happen(self.stranger._text(key))

    def teardown(self) -> None:
        People.events += self.stranger.counts["events"]


def test_generated_people_never_get_anything_disclosed_they_did_not_agree_to() -> None:
    """80 stories of 100 steps here; more in `make proof`."""
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=80, stateful_step_count=100, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert People.events > 1_000


def test_a_consent_check_that_is_taken_out_is_found(monkeypatch: object) -> None:
    """The control: with the gate open, the same strangers find a disclosure nobody agreed to."""
    import pytest

    def open_gate(question: gate.Question, *_rest: object) -> gate.Granted:
        return gate.Granted(gate._MAKER, question, "CR-0", Stranger(0).now)  # the hole is made on purpose

    patch = pytest.MonkeyPatch()
    for module in ("dialogs.sending", "dialogs.cases", "dialogs.fast"):
        patch.setattr(f"{module}.may", open_gate)
    try:
        with pytest.raises(AssertionError, match=r"without|after everything"):
            Stranger(seed=1).play(EVENTS)
    finally:
        patch.undo()
    del monkeypatch
