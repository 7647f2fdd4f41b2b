"""Random desks beside the model, killed again and again: the seeded short form of the proof of alerts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialogs import escalation
from dialogs.policy import Policy
from dialogs.replace import replace
from tests.duty_trial import Counts, Trial


def test_the_product_tells_whom_the_model_tells(policy: Policy) -> None:
    """Twelve desks with forty alerts each: none missed, late, doubled, told after it was taken, or left unsent."""
    total = Counts()
    for seed in range(12):
        total = total.plus(Trial(policy, seed, 40, 4).play())

    assert total.faults() == {}
    assert total.lengths == 1
    assert min(total.kills, total.told, total.taken, total.taken_back, total.said, total.empty) > 0


def test_a_ladder_that_forgets_to_repeat_is_found(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model sees what is wrong: a product that looks again ten seconds late."""
    next_look = escalation._next_look
    delayed = lambda *args: next_look(*args) + timedelta(seconds=10)  # noqa: E731 - a control in one line
    monkeypatch.setattr(escalation, "_next_look", delayed)
    counts = Trial(policy, 3, 40, 0).play()

    assert counts.missed
    assert counts.late


def test_the_auditor_finds_a_telling_that_was_left_out(policy: Policy) -> None:
    """One entry cut out of the log is one telling that differs."""
    trial = Trial(policy, 3, 40, 0)
    trial.play()
    told = [entry for entry in trial.store.data.log if entry.act == "alert-told"]
    trial.store.data.log.remove(told[len(told) // 2])
    forged = replace(told[0], who=told[0].who, new="AL-999 L1")
    trial.store.data.log.append(forged)

    assert trial._judge().audited == 2
