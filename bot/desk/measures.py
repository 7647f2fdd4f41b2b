"""Measures: what there is, what was proposed to the person, and what came of it. Everything passes the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from bot.desk.answers import answered
from bot.desk.refusals import refused
from bot.desk.routes import CHECKERS, OFFICERS, PROPOSERS, Nothing, ReasonCode, Route
from bot.desk.thread import MOST_BYTES, Sealed
from dialogs.consulting import CONSULT_DAYS, CONSULTS
from dialogs.gate import Granted, Reason, may, red_lines
from dialogs.measures import (
    ANNUAL,
    NAME_MODES,
    RETURNED,
    awaits_check,
    node_of,
    notices,
    question_of,
    waits_for_second_yes,
)
from dialogs.sharing import SHARES
from dialogs.variables import ANNUAL_DAYS, SHARE_DAYS
from handlers.proposing import MAX_CONTENT_CHARS, MAX_HOPE_CHARS, MAX_RECIPIENT_CHARS, Draft

if TYPE_CHECKING:
    from datetime import datetime

    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard, Proposal
    from dialogs.policy import Policy

PUBLIC: Final = ("UM-PUB-", "GM-STA-IDG", "AR-")
GREY, AMBER, GREEN, RED = "grey", "amber", "green", "red"
ASKED: Final = ("asked", "talk")
WAITS: Final = "waits"
UNDER_A_YES: Final = ("started", "answered", "closed")


class MeasureShown(msgspec.Struct, frozen=True):
    """One measure of the catalogue, in the words the person would read."""

    code: str
    group: str
    do: str
    who_learns: str
    risk: str
    decided_by: tuple[str, ...]
    reversible: str
    identity: str
    valid_days: int
    public: bool
    asks: tuple[str, ...]  # what the person is asked, line by line; {OFF_WORDS}, {HOPE} and their like are the case's
    name_mode: str = ""  # the only one there is; "": whoever proposes it chooses


class ProposalShown(msgspec.Struct, frozen=True):
    """A measure put to the person, and the light of its consent now."""

    id: str
    measure: str
    words: str
    recipient: str
    name_mode: str
    content: str
    hope: str
    state: str
    light: str  # grey: not shown | amber: not answered | green: may be done, or was | red: may not
    proposed_at: str
    answered_at: str
    valid_until: str
    started_at: str
    outcome: str  # OUT-…, or RSN-LIN-… of lines that were sent back
    collisions: tuple[str, ...]
    abroad: bool  # an interpreter was agreed to, but nobody from the person's own country
    check: str  # waits: for a second officer | yours: waits, and you wrote the lines | second: a second yes is due


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure card: what exactly would be said to whom, and two notes, sealed to the office, that are kept with it.

    `risk_view`: the person's own view of the risk. `do_no_harm`: why it does none, once the checklist was gone through.
    """

    measure: Annotated[str, msgspec.Meta(max_length=20)]
    recipient: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_RECIPIENT_CHARS)]
    name_mode: Literal["NM-NAMED", "NM-INIT", "NM-GROUP", "NM-ANON"]
    content: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CONTENT_CHARS)]
    risk_view: Sealed
    do_no_harm: Sealed
    hope: Annotated[str, msgspec.Meta(max_length=MAX_HOPE_CHARS)] = ""
    raised: bool = False  # the person asked for it themselves
    valid_days: Annotated[int, msgspec.Meta(ge=0)] = 0  # fewer than the measure gives a yes; 0: as many


class Checked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second officer found in lines for the annual report: they show nobody, or why they go back (RSN-LIN-…)."""

    shows_nobody: bool
    reason: ReasonCode = ""


class Begun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an interpreter is from, `theirs` being the person's country or community; of everything else nothing."""

    interpreter: Literal["", "abroad", "theirs"] = ""


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of a measure (OUT-…)."""

    outcome: ReasonCode


def catalogue(call: Call[Nothing]) -> tuple[MeasureShown, ...]:
    """Answer every measure there is."""
    policy = call.desk.policy
    listed = [
        _shown(
            policy, m.code, m.group, _words(policy, m.code), decided_by=m.decides, reversible=m.reversible,
            identity=m.identity, valid_days=m.valid_days, public=m.code.startswith(PUBLIC),
        )
        for m in policy.measures.values()
    ]  # fmt: skip
    annual = [
        _shown(
            policy, code, "The annual report",
            (policy.texts.body(f"DO-{code}", "en", {}), "Everyone", "Once public, it stays public"),
            decided_by=("ASG",), reversible="no", identity="ID-1", valid_days=ANNUAL_DAYS, public=True,
            name_mode=NAME_MODES[code],
        )
        for code in ANNUAL
    ]  # fmt: skip
    shares = [
        _shown(
            policy, code, "Another UN office", _words(policy, code, TO_OFFICE="that office"), decided_by=("FR",),
            reversible="partly", identity="ID-1", valid_days=SHARE_DAYS, public=False,
        )
        for code in SHARES
    ]  # fmt: skip
    consults = [
        _shown(
            policy, code, "Asking somebody", _words(policy, code, TO_WHOM="the one you name"), decided_by=("FR",),
            reversible="partly", identity="ID-0", valid_days=CONSULT_DAYS, public=False,
        )
        for code in CONSULTS
    ]  # fmt: skip
    return (*listed, *annual, *shares, *consults)


def _shown(policy: Policy, code: str, group: str, words: tuple[str, str, str], **more: Any) -> MeasureShown:  # noqa: ANN401 - the fields of MeasureShown
    do, who_learns, risk = words
    asks = _asks(policy, code, DO=do, WHO_LEARNS=who_learns, RISK=risk)
    return MeasureShown(code=code, group=group, do=do, who_learns=who_learns, risk=risk, asks=asks, **more)


def _asks(policy: Policy, code: str, **known: str) -> tuple[str, ...]:
    """Return what the person is asked about a measure; what only the case knows stands there by its name, in braces."""
    node, texts = node_of(code, policy.interview), policy.texts
    said = (*notices(node), node)
    names = {name for text in said for name in texts.variables(text)}
    args = {name: known.get(name, f"{{{name}}}") for name in names}
    keys = (choice.key for choice in policy.interview.nodes[node].choices)
    answers = (f"{key} {texts.label(node, key, 'en', args)}" for key in keys)
    return (*(line for text in said for line in texts.body(text, "en", args).splitlines()), *answers)


def _words(policy: Policy, code: str, **given: str) -> tuple[str, str, str]:
    body = policy.texts.body
    return body(f"DO-{code}", "en", given), body(f"WHO-{code}", "en", given), body(f"RISK-{code}", "en", given)


def proposals_of(card: CaseCard, call: Call[Any]) -> tuple[ProposalShown, ...]:
    """Return the proposals of a case for whoever asks, the oldest first."""
    return tuple(shown(card, proposal, call) for proposal in card.measures)


def to_check(card: CaseCard, call: Call[Any]) -> tuple[ProposalShown, ...]:
    """Return the lines of a case that wait for whoever asks to check them: all that a shift lead reads of it."""
    return tuple(one for one in proposals_of(card, call) if one.check == WAITS)


def shown(card: CaseCard, p: Proposal, call: Call[Any]) -> ProposalShown:
    """Return one proposal with its light as of now."""
    policy, now = call.desk.policy, call.now
    return ProposalShown(
        p.id, p.measure, policy.texts.body(f"DO-{p.measure}", "en", {}), p.recipient, p.name_mode, p.content, p.hope,
        p.state, light_of(card, p, policy, now), p.proposed_at, p.answered_at, p.valid_until, p.started_at, p.outcome,
        red_lines(question_of(card, p), card, policy.measures), p.abroad, _check_of(card, p, call.account.id),
    )  # fmt: skip


def _check_of(card: CaseCard, proposal: Proposal, account: str) -> str:
    if waits_for_second_yes(card, proposal):
        return "second"
    if not awaits_check(card, proposal):
        return ""
    return "yours" if proposal.by == account else WAITS


def light_of(card: CaseCard, proposal: Proposal, policy: Policy, now: datetime) -> str:
    """Return the consent light: green only while the gate would let exactly this be done, or once it was done so."""
    if proposal.state in ("proposed", RETURNED):
        return GREY
    if proposal.state in ASKED:
        return AMBER
    if proposal.state in UNDER_A_YES:
        return GREEN
    granted = may(question_of(card, proposal), card, card.consents, now, policy.measures)
    if isinstance(granted, Granted):
        return GREEN
    if granted.reason is Reason.FROM_THEIR_COUNTRY:  # it may begin with an interpreter from elsewhere
        return GREEN
    return AMBER if granted.reason is Reason.ASKED_ONCE else RED


def collisions_of(card: CaseCard, policy: Policy) -> dict[str, tuple[str, ...]]:
    """Return which measures of the catalogue would cross which red lines of this person."""
    return {
        code: crossed
        for code, measure in policy.measures.items()
        if (crossed := tuple(line for line in measure.red if line in card.red))
    }


def propose(call: Call[Wanted]) -> ProposalShown:
    """Put a measure card to the person."""
    asked = call.asked
    draft = Draft(
        asked.measure, asked.recipient, asked.name_mode, asked.content, asked.hope, call.account.id, asked.raised,
        asked.valid_days, (asked.do_no_harm, asked.risk_view),
    )  # fmt: skip
    with answered():
        number, _shown_now = call.desk.service.proposing.propose(call.case, draft, call.actor)
    call.desk.wake()
    return _one(call, number)


def again(call: Call[Nothing]) -> ProposalShown:
    """Ask once more what rests: the person wanted to talk first, or their yes ran out."""
    with answered():
        call.desk.service.proposing.again(call.case, call.path["id"], call.actor)
    call.desk.wake()
    return _one(call, call.path["id"])


def check(call: Call[Checked]) -> ProposalShown:
    """Let lines for the annual report go to the person, or send them back."""
    asked = call.asked
    if asked.shows_nobody == bool(asked.reason):
        raise refused("bad_request", "Lines that show nobody go on; all others go back with a reason from the list.")
    with answered():
        call.desk.service.proposing.check_lines(call.case, call.path["id"], asked.reason, call.actor)
    call.desk.wake()
    return _one(call, call.path["id"])


def start(call: Call[Begun]) -> ProposalShown:
    """Begin a measure under a live consent."""
    with answered():
        call.desk.service.proposing.start(call.case, call.path["id"], call.actor, call.asked.interpreter)
    return _one(call, call.path["id"])


def close(call: Call[Outcome]) -> ProposalShown:
    """Close a measure with its outcome."""
    with answered():
        call.desk.service.proposing.close(call.case, call.path["id"], call.asked.outcome, call.actor)
    return _one(call, call.path["id"])


def _one(call: Call[Any], number: str) -> ProposalShown:
    with call.desk.store.transaction() as work:
        card = call.card(work)
    return next(shown(card, p, call) for p in card.measures if p.id == number)


def _route(part: str, summary: str, handle: Any, takes: type = Nothing) -> Route:  # noqa: ANN401 - as in Route
    path = f"/api/cases/{{case}}/measures/{{id}}/{part}"
    return Route("POST", path, summary, PROPOSERS, handle, takes, ProposalShown, content=True)


ROUTES: Final = (
    Route("GET", "/api/measures", "The catalogue of measures", OFFICERS, catalogue, gives=tuple[MeasureShown, ...]),
    Route(
        "POST", "/api/cases/{case}/measures", "Put a measure card to the person", PROPOSERS, propose, Wanted,
        ProposalShown, MOST_BYTES, content=True,
    ),
    _route("again", "Ask once more what rests", again),
    Route(
        "POST", "/api/cases/{case}/measures/{id}/check", "Check lines for the annual report, as a second officer",
        CHECKERS, check, Checked, ProposalShown,
    ),
    _route("start", "Begin a measure", start, Begun),
    _route("close", "Close a measure", close, Outcome),
)  # fmt: skip
