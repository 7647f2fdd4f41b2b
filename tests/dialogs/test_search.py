"""The explicit-state search, in its short form: slices that end within a second, each searched until nothing is new."""

from __future__ import annotations

import pytest

from dialogs import gate, new_phone
from dialogs.turn import Turn
from tests.conftest import NOON
from tests.moves import READ_BY_CODE, told_apart
from tests.slices import AFTER, INTAKE, after, intake

SHORT = (
    "scope", "risk", "contact", "pressure", "permissions", "edits", "fast path", "hiding", "two devices and time", "not sealed", "closing",
    "coming back elsewhere", "new phone",
)  # fmt: skip
"""The others are part of `make proof`."""


@pytest.mark.parametrize("name", SHORT)
def test_no_path_leads_to_a_disclosure_nobody_agreed_to(name: str) -> None:
    """Every state the slice has, every move from each."""
    found = intake(name) if name in INTAKE else after(name)

    assert found.whole
    assert found.transitions > found.states > 50


def test_every_slice_is_named_once() -> None:
    """The proof counts each."""
    assert INTAKE.keys().isdisjoint(AFTER)
    assert set(SHORT) <= INTAKE.keys() | AFTER.keys()


def test_answers_are_merged_only_where_nothing_reads_the_difference() -> None:
    """Who the report is about decides much, how many people are concerned nothing that is disclosed."""
    assert told_apart("Q13-COUNT") == ("1",)
    assert told_apart("Q11") == ("1", "2", "3", "4", "5", "0")
    assert told_apart("FP1") == ("1", "2", "3")
    assert told_apart("Q51") == tuple("1234567")


def test_the_facts_that_code_reads_by_name_are_known_to_the_search() -> None:
    """A new `facts.get("…")` in the engine must be told to tests/moves.py, or answers would be merged wrongly."""
    import re

    from tests.architecture.sources import ROOT

    elsewhere = (
        "triage.py",
        "routing.py",
        "judgement.py",
        "selectors.py",
        "report.py",
        "checker.py",
        "conditions.py",
        "facts.py",
    )
    read = set()
    for path in (ROOT / "dialogs").glob("*.py"):
        if path.name not in elsewhere:
            text = path.read_text(encoding="utf-8")
            read |= set(re.findall(r'facts\.get\(["\'](\w+)["\']\)', text))
            read |= set(re.findall(r'values_of\((?:turn\.)?facts, ["\'](\w+)["\']\)', text))
    only_said = {
        "alert",
        "silence_plan",
        "un_specific",
        "understood",
        "pressure",
        "local_time",
        "safe_times",
        "cover",
        "flags",
        "real_name",
    }
    assert read - READ_BY_CODE.keys() == only_said


def test_a_gate_that_lets_everything_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the checks taken out on purpose, the same search ends with the first wrong disclosure."""

    def open_gate(question: gate.Question, *_rest: object) -> gate.Granted:
        return gate.Granted(gate._MAKER, question, "CR-0", NOON)  # the hole is made on purpose

    monkeypatch.setattr("dialogs.sending.may", open_gate)
    with pytest.raises(AssertionError, match="without consent"):
        intake("permissions")


def any_words(turn: Turn, _words: str) -> bool:
    """Let whoever writes be the person."""
    new_phone.welcome(turn)
    return True


def no_words(_turn: Turn) -> frozenset[tuple[str, str]]:
    """Forget that there are words."""
    return frozenset()


@pytest.mark.parametrize(
    ("name", "hole", "found"),
    [("proves", any_words, "came back without the words"), ("secrets", no_words, "kept without words")],
)
def test_a_new_phone_that_opens_without_the_words_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, hole: object, found: str
) -> None:
    """The control: any words end the doubt, or a draft that words lead back to is erased."""
    monkeypatch.setattr(new_phone, name, hole)
    with pytest.raises(AssertionError, match=found):
        intake("new phone")
