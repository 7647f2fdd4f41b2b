"""The gate: every act tried in every state of consent, and nothing passes but the exact live yes."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - to show that a permission cannot be stored
from datetime import timedelta
from typing import Any

import pytest

from dialogs.conversation import CaseCard, ConsentEvent, Proposal
from dialogs.gate import (
    BINDS_CONTENT,
    BINDS_NAME_MODE,
    BINDS_RECIPIENT,
    BINDS_SCOPE,
    FOR_CHILDREN,
    OUTWARD,
    PRINTED,
    Act,
    ForgedGrant,
    Granted,
    Question,
    Reason,
    Refused,
    lapse,
    may,
    red_lines,
)
from dialogs.replace import replace
from tests.conftest import NOON, practice_policy

MEASURES = practice_policy().measures
LINES = ("RED-GOV", "RED-PUB", "RED-NAME", "RED-FAM", "RED-LOCAL", "RED-EMP", "RED-NOCONTACT", "RED-OTH")
CHECKED = Proposal(
    "MP-0", "AR-ANON", "", "NM-ANON", "v1", "", "closed", "2026-11-24T08:00Z", checked="2026-11-24T08:30Z"
)
CARD = CaseCard(
    "LW-1", "OFF-HRC", "L2", "ST-TRI", "2026-11-24T10:00Z", "en", "signal", "a b", "c d", "hash", measures=(CHECKED,)
)  # fmt: skip

QUESTIONS = [
    Question(
        act, "LW-1", recipient="OFF-X", scope="report", name_mode=PRINTED.get(act, "NM-ANON"), content_version="v1"
    )
    for act in Act
    if act is not Act.MEASURE
] + [
    Question(Act.MEASURE, "LW-1", recipient="OFF-X", name_mode="NM-NAMED", content_version="v1", measure=code)
    for code in MEASURES
]
"""Every act there is: fifteen, and each of the thirty-three measures."""


def yes(question: Question, **changes: Any) -> tuple[ConsentEvent, ...]:  # noqa: ANN401 - fields of an event by name
    """Return what was said when this was agreed to as often as it must be: lines with the name twice."""
    often = 2 if question.act is Act.ANNUAL_REPORT_NAMED else 1
    return (event(question, **changes),) * often


def event(question: Question, status: str = "given", **changes: Any) -> ConsentEvent:  # noqa: ANN401 - fields of an event by name
    """Return the consent that answers this question exactly, but for `changes`."""
    exact = ConsentEvent(
        "CR-1", question.consent, status, "2026-11-24T09:00Z", "T", "00", "en", "signal", recipient=question.recipient,
        scope=question.scope, name_mode=question.name_mode, content_version=question.content_version,
    )  # fmt: skip
    return replace(exact, **changes)


AFTER = ("requested", "refused", "deferred", "withdrawn", "invalidated", "superseded", "used")
"""What may have followed a yes."""

OTHER_SIDES: dict[str, dict[str, Any]] = {
    "expired": {"expires": (NOON - timedelta(minutes=1)).isoformat()},
    "not yet expired": {"expires": (NOON + timedelta(minutes=1)).isoformat()},
    "another's": {"id": "C-CHAN"}, "wish": {"id": "WISH-SAFE"}, "wrong recipient": {"recipient": "OFF-Y"},
    "wrong scope": {"scope": "card"}, "wrong name mode": {"name_mode": "NM-GROUP"},
    "older content": {"content_version": "v0"}, "red line, shown and answered": {"collision": LINES},
}  # fmt: skip

CARDS = {
    "red line": replace(CARD, red=LINES), "red line, shown and answered": replace(CARD, red=LINES),
    "lines nobody checked": replace(CARD, measures=(replace(CHECKED, checked=""),)),
    "frozen": replace(CARD, status="ST-HOLD"), "the person refused": replace(CARD, tp_consent="TPC-REFUSED"),
    "the person was not asked": replace(CARD, tp_consent="TPC-YES"), "under 18": replace(CARD, child=True),
}  # fmt: skip


def tried(question: Question, state: str) -> Granted | Refused:
    """Try one act in one state of consent."""
    events = yes(question, **OTHER_SIDES.get(state, {}))
    if state in ("never asked", "agreed to once"):
        events = () if state == "never asked" else (event(question),)
    elif state in AFTER:
        events = (*yes(question), event(question, state, record_id="CR-2"))
    return may(question, CARDS.get(state, CARD), events, NOON, MEASURES)


STATES = (
    "live", "not yet expired", "red line, shown and answered", "never asked", "requested", "refused", "deferred",
    "withdrawn", "invalidated", "superseded", "used", "expired", "another's", "wrong recipient", "wrong scope",
    "wrong name mode", "older content", "red line", "frozen", "the person refused", "the person was not asked",
    "under 18", "wish", "lines nobody checked", "agreed to once",
)  # fmt: skip


def passes(question: Question, state: str) -> bool:
    """Say, from the rules as they are written and not from the gate, whether this may pass."""
    bound = {
        "wrong recipient": BINDS_RECIPIENT, "wrong scope": BINDS_SCOPE, "wrong name mode": BINDS_NAME_MODE,
        "older content": BINDS_CONTENT,
    }  # fmt: skip
    if state in bound:
        return question.act not in bound[state]
    if state == "red line":
        return not red_lines(question, replace(CARD, red=LINES), MEASURES)
    if state == "lines nobody checked":
        return question.act is not Act.ANNUAL_REPORT
    if state == "agreed to once":
        return question.act is not Act.ANNUAL_REPORT_NAMED
    if state == "under 18":
        return question.act in FOR_CHILDREN
    if state == "the person was not asked":
        return question.act not in OUTWARD
    return state in ("live", "not yet expired", "red line, shown and answered")


def test_nothing_passes_but_the_exact_live_yes() -> None:
    """Every act in every state: the whole table, also printed by `make proof`."""
    wrong = [
        (question.consent, state)
        for question in QUESTIONS
        for state in STATES
        if isinstance(tried(question, state), Granted) != passes(question, state)
    ]

    assert wrong == []


def table() -> list[str]:
    """Return the table as lines: for each state, how many acts were tried and how many passed."""
    lines = []
    for state in STATES:
        passed = [question for question in QUESTIONS if isinstance(tried(question, state), Granted)]
        unbound = "" if len(passed) in (0, len(QUESTIONS)) else " (acts this side does not bind)"
        lines.append(f"{state}: {len(QUESTIONS)} acts tried, {len(passed)} passed{unbound}")
    return lines


def test_every_side_binds_where_the_domain_says_so() -> None:
    """Measures bind recipient, name mode and content; the alert its scope; the report its recipient and content."""
    assert Act.MEASURE in BINDS_RECIPIENT & BINDS_NAME_MODE & BINDS_CONTENT
    assert Act.ALERT in BINDS_SCOPE & BINDS_RECIPIENT
    assert Act.FORWARD in BINDS_RECIPIENT & BINDS_CONTENT
    assert {Act.ANNUAL_REPORT, Act.ANNUAL_REPORT_NAMED} <= BINDS_NAME_MODE & BINDS_CONTENT


@pytest.mark.parametrize(
    ("measure", "line"),
    [("GM-STA-DIP", "RED-GOV"), ("UM-PUB-STA", "RED-PUB"), ("GM-LEA-HOM", "RED-LOCAL"), ("GM-TPE-GOV", "RED-NAME")],
)
def test_a_red_line_blocks_until_it_was_shown_and_answered(measure: str, line: str) -> None:
    """INV-07: the refusal names the line; a yes given after it was shown passes."""
    question = next(q for q in QUESTIONS if q.measure == measure)
    card = replace(CARD, red=(line,))
    blocked = may(question, card, (event(question),), NOON, MEASURES)
    answered = may(question, card, (event(question, collision=(line,)),), NOON, MEASURES)

    assert isinstance(blocked, Refused)
    assert (blocked.reason, blocked.red) == (Reason.RED_LINE, (line,))
    assert isinstance(answered, Granted)


SIDES = {
    "recipient": BINDS_RECIPIENT,
    "scope": BINDS_SCOPE,
    "name_mode": BINDS_NAME_MODE,
    "content_version": BINDS_CONTENT,
}


@pytest.mark.parametrize("side", SIDES)
def test_a_yes_that_left_a_bound_side_open_is_a_yes_to_nothing(side: str) -> None:
    """What is open in a yes is no permission for whatever one likes, in no act that this side binds."""
    bound = [question for question in QUESTIONS if question.act in SIDES[side]]
    reasons = {answer.reason if isinstance(answer := may(question, CARD, (event(question, **{side: ""}),), NOON, MEASURES),
               Refused) else None for question in bound}  # fmt: skip

    assert bound
    assert reasons <= {Reason.WRONG_RECIPIENT, Reason.WRONG_SCOPE, Reason.WRONG_NAME_MODE, Reason.OLDER_CONTENT}


@pytest.mark.parametrize("side", SIDES)
def test_a_no_that_left_a_side_open_is_a_no_to_everything_there_and_any_other_no_to_that_alone(side: str) -> None:
    """A no without a recipient stops a yes to every recipient; a no to somebody else stops none."""
    for question in (question for question in QUESTIONS if question.act in SIDES[side]):
        open_no = event(question, "refused", record_id="CR-2", **{side: ""})
        others_no = event(question, "refused", record_id="CR-2", **{side: "something else"})

        assert may(question, CARD, (*yes(question), open_no), NOON, MEASURES) == Refused(question, Reason.REFUSED)
        assert isinstance(may(question, CARD, (*yes(question), others_no), NOON, MEASURES), Granted)


def test_lines_are_checked_word_for_word_and_the_newest_check_counts() -> None:
    """7.3: a check of other lines is none; of the same lines proposed anew, the new proposal needs a check of its own."""
    question = next(q for q in QUESTIONS if q.act is Act.ANNUAL_REPORT)
    for measures in (
        (), (replace(CHECKED, content_version="v0"),), (replace(CHECKED, measure="AR-NAMED"),),
        (CHECKED, replace(CHECKED, checked="")),
    ):  # fmt: skip
        answer = may(question, replace(CARD, measures=measures), (event(question),), NOON, MEASURES)
        assert answer == Refused(question, Reason.UNCHECKED)
    again = replace(CARD, measures=(replace(CHECKED, checked=""), CHECKED))
    assert isinstance(may(question, again, (event(question),), NOON, MEASURES), Granted)


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        (("given", "requested", "renewed"), True), (("given", "expired", "requested", "given"), True),
        (("given", "deferred", "renewed"), True), (("given", "used", "requested", "given"), False),
        (("given", "refused", "given"), False), (("given", "withdrawn", "given"), False),
        (("given", "invalidated", "given"), False), (("requested", "given"), False),
    ],
)  # fmt: skip
def test_lines_with_the_name_need_two_yeses_to_exactly_them(said: tuple[str, ...], *, passes: bool) -> None:
    """4.3: what was used, refused, taken back or not free before does not count; a yes to other lines, or to a mention, never does."""
    question = next(q for q in QUESTIONS if q.act is Act.ANNUAL_REPORT_NAMED)
    others = event(question, content_version="v0"), event(question, id="C-REPA")
    answer = may(question, CARD, (*others, *(event(question, status) for status in said)), NOON, MEASURES)

    assert answer == Refused(question, Reason.ASKED_ONCE) or (passes and isinstance(answer, Granted))
    assert isinstance(answer, Granted) == passes


@pytest.mark.parametrize(
    ("said", "asked", "passes"),
    [
        (("abroad",), "abroad", True), (("abroad",), "", False), (("",), "", True), (("",), "abroad", True),
        (("", "abroad"), "", False), (("abroad", ""), "", True),
    ],
)  # fmt: skip
def test_an_interpreter_of_the_own_country_needs_a_yes_that_did_not_keep_them_out(
    said: tuple[str, ...], asked: str, *, passes: bool
) -> None:
    """4.4: the newest yes to this interpreter decides; whoever is from elsewhere is within both."""
    question = Question(Act.INTERPRETER, "LW-1", recipient="Samira", scope=asked)
    events = tuple(event(question, scope=scope) for scope in said)
    answer = may(question, CARD, events, NOON, MEASURES)

    assert answer == Refused(question, Reason.FROM_THEIR_COUNTRY) or (passes and isinstance(answer, Granted))
    assert isinstance(answer, Granted) == passes


@pytest.mark.parametrize("act", PRINTED)
def test_lines_of_the_annual_report_have_the_one_name_mode_that_they_are_printed_in(act: Act) -> None:
    """3.9.4: a yes to a mention that shows nobody is none to one with the name or the initials, whatever was written down."""
    for mode in ("NM-NAMED", "NM-INIT", "NM-GROUP", "NM-ANON", ""):
        question = Question(act, "LW-1", name_mode=mode, content_version="v1")
        answer = may(question, CARD, yes(question), NOON, MEASURES)
        assert isinstance(answer, Granted) == (mode == PRINTED[act])
        assert mode == PRINTED[act] or answer == Refused(question, Reason.WRONG_NAME_MODE)


def test_a_case_that_is_gone_or_another_one_opens_nothing() -> None:
    """The card decides with the events, and both must be there."""
    question = QUESTIONS[0]
    gone = may(question, None, (event(question),), NOON, MEASURES)
    other = may(question, replace(CARD, case="LW-2"), (event(question),), NOON, MEASURES)

    assert [answer.reason for answer in (gone, other) if isinstance(answer, Refused)] == [Reason.NO_SUCH_CASE] * 2


def test_for_another_person_only_their_own_yes_counts() -> None:
    """4.7: C-TPV opens outward acts; advice without a name may be asked for somebody nobody can reach."""
    question = next(q for q in QUESTIONS if q.measure == "UM-FOC-CHK")
    loud = next(q for q in QUESTIONS if q.measure == "UM-PUB-STA")
    unreachable = replace(CARD, tp_consent="TPC-UNREACH")
    own = replace(event(loud), id="C-TPV")

    assert isinstance(may(question, unreachable, (event(question),), NOON, MEASURES), Granted)
    assert isinstance(may(loud, unreachable, (event(loud),), NOON, MEASURES), Refused)
    assert isinstance(may(loud, unreachable, (event(loud), own), NOON, MEASURES), Granted)


def test_a_permission_cannot_be_made_changed_copied_or_stored() -> None:
    """Nobody but the gate makes one, and nobody changes it afterwards."""
    granted = tried(QUESTIONS[0], "live")
    assert isinstance(granted, Granted)

    with pytest.raises(ForgedGrant):
        Granted(object(), QUESTIONS[1], "CR-1", NOON)  # type: ignore[arg-type]  # what mypy refuses is tried here
    for change in (
        lambda: setattr(granted, "question", QUESTIONS[1]),
        lambda: delattr(granted, "question"),
        lambda: pickle.dumps(granted),
        lambda: copy.copy(granted),
    ):
        with pytest.raises(ForgedGrant):
            change()
    assert "OFF-X" not in repr(granted)
    assert granted == tried(QUESTIONS[0], "live")
    assert hash(granted) == hash(tried(QUESTIONS[0], "live"))
    assert granted != "a permission"


RULES = {
    "C-FWD": "recipient content child", "C-EMER": "recipient scope child", "C-ASG": "recipient",
    "C-SHR": "recipient content outward", "C-CONT": "child", "C-ALTC": "", "C-INTP": "recipient outward", "C-NAME": "",
    "C-FILE": "", "C-STAT": "", "C-RETN": "", "C-SILENT": "", "C-VER": "recipient outward",
    "C-REPA": "name content outward", "C-REPN": "name content outward", "C-M-": "recipient name content outward",
}  # fmt: skip
"""Of every consent: which sides it binds, whether a child's case may ask for it (INV-21), whether it goes outward (4.7)."""


def test_each_act_needs_the_consent_of_its_own_and_binds_what_the_domain_says() -> None:
    """Written out here a second time, so that a changed list is noticed whatever else reads it."""
    lists = {
        "recipient": BINDS_RECIPIENT, "scope": BINDS_SCOPE, "name": BINDS_NAME_MODE, "content": BINDS_CONTENT,
        "child": FOR_CHILDREN, "outward": OUTWARD,
    }  # fmt: skip

    assert {act.value: " ".join(name for name, acts in lists.items() if act in acts) for act in Act} == RULES


def test_what_the_person_concerned_took_back_opens_nothing_any_more() -> None:
    """4.7: the last word on C-TPV counts, in both directions."""
    loud = next(q for q in QUESTIONS if q.measure == "UM-PUB-STA")
    card = replace(CARD, tp_consent="TPC-YES")
    yes = replace(event(loud), id="C-TPV")
    no = replace(yes, status="withdrawn", record_id="CR-2")

    assert isinstance(may(loud, card, (event(loud), yes, no), NOON, MEASURES), Refused)
    assert isinstance(may(loud, card, (event(loud), no, yes), NOON, MEASURES), Granted)


def test_of_several_reasons_the_one_about_the_person_is_given() -> None:
    """A case that is frozen too is still refused for the person's own no."""
    frozen = replace(CARD, status="ST-HOLD", tp_consent="TPC-REFUSED")
    answer = may(QUESTIONS[0], frozen, (event(QUESTIONS[0]),), NOON, MEASURES)

    assert answer == Refused(QUESTIONS[0], Reason.PERSON_REFUSED)


@pytest.mark.parametrize(
    ("act", "changes", "card", "reason"),
    [
        (Act.SHARE, {}, {"channel": "telegram"}, Reason.CHANNEL_CHANGED),
        (Act.CONTACT, {}, {"channel": "telegram"}, Reason.CHANNEL_CHANGED),
        (Act.FORWARD, {}, {"channel": "telegram"}, None),
        (Act.SHARE, {"child": True}, {"child": True}, None),
        (Act.SHARE, {"child": True}, {}, Reason.TURNED_18),
        (Act.SHARE, {"level": "L2"}, {"level": "?"}, Reason.LEVEL_CHANGED),
        (Act.SHARE, {"level": "?"}, {"level": "L2"}, Reason.LEVEL_CHANGED),
        (Act.SHARE, {"level": "?"}, {"level": "?"}, None),
        (Act.FORWARD, {"level": "L4"}, {"level": "L1"}, None),
    ],
)
def test_a_yes_for_something_outward_rests_on_what_was_so_when_it_was_given(
    act: Act, changes: dict[str, Any], card: dict[str, Any], reason: Reason | None
) -> None:
    """4.10: channel, age and level; a level nobody knows is another one. What the intake asked does not lapse."""
    question = next(q for q in QUESTIONS if q.act is act)

    assert lapse(event(question, **changes), replace(CARD, **card), NOON) is reason


def test_a_measure_crosses_its_own_lines_and_an_unknown_one_every_line_there_is() -> None:
    """What is not in the policy is never thought harmless."""
    red = replace(CARD, red=("RED-GOV", "RED-EMP"))
    known, unknown = (Question(Act.MEASURE, "LW-1", measure=code) for code in ("GM-STA-DIP", "GM-NOT-KNOWN"))

    assert red_lines(known, red, MEASURES) == ("RED-GOV",)
    assert red_lines(unknown, red, MEASURES) == ("RED-GOV", "RED-EMP")


@pytest.mark.parametrize("status", ["ST-HOLD", "ST-WDR", "ST-ERA"])
def test_a_case_that_is_frozen_taken_back_or_erased_opens_nothing(status: str) -> None:
    """Whatever was agreed to before."""
    for question in QUESTIONS:
        answer = may(question, replace(CARD, status=status), (event(question),), NOON, MEASURES)
        assert answer == Refused(question, Reason.STOPPED)


def test_acts_that_are_no_measure_cross_the_lines_that_the_domain_names() -> None:
    """Being written to, and the annual report with and without a name."""
    red = replace(CARD, red=LINES)
    crossed = {
        act.value: lines
        for act in Act
        if act is not Act.MEASURE and (lines := red_lines(Question(act, "LW-1"), red, MEASURES))
    }

    assert crossed == {"C-CONT": ("RED-NOCONTACT",), "C-REPA": ("RED-PUB",), "C-REPN": ("RED-PUB", "RED-NAME")}


def test_only_a_measure_adds_its_code_to_the_consent_it_needs() -> None:
    """A copy for another office is asked for with the same card, and has the one consent to share."""
    assert Question(Act.SHARE, "LW-1", measure="SH-COPY").consent == "C-SHR"
    assert Question(Act.MEASURE, "LW-1", measure="GM-STA-DIP").consent == "C-M-STA-DIP"


def test_a_reason_keeps_its_name() -> None:
    """The desk, the audit log and the answers of the command line know a refusal by it."""
    names = (
        "never-asked requested refused deferred withdrawn invalidated superseded used expired wrong-recipient "
        "wrong-scope wrong-name-mode older-content asked-once from-their-country unchecked red-line child person-refused person-not-asked level-changed "
        "channel-changed turned-18 doubted stopped no-such-case"
    )
    assert " ".join(Reason) == names
    assert all(reason.name == reason.replace("-", "_").upper() for reason in Reason)


def test_a_question_names_nothing_that_was_not_said() -> None:
    """A side that is left open is empty, which matches no recipient, scope, name, content or measure."""
    asked = Question(Act.RETAIN, "case")
    assert (asked.recipient, asked.scope, asked.name_mode, asked.content_version, asked.measure) == ("",) * 5
