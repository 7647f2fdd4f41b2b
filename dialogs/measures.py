"""Measure cards: what an officer proposes reaches the person as one question, and their answer binds it exactly.

A yes counts for this measure, this recipient, this name mode and this content, until it runs out, and only after
the person showed that they understood what cannot be taken back. Cards wait for one another: one open question at
a time, and none while the chat is hidden or while a report is being written. Whoever has an alert is asked in the talk
with the duty desk all the same: what is urgent does not wait for a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.consents import consent_event, side
from dialogs.consulting import CONSULTS, INTERPRETER
from dialogs.contact import is_alert, may_write
from dialogs.effects import WakeAt
from dialogs.facts import LIVE
from dialogs.gate import (
    ABROAD,
    PRINTED,
    STOPPED_STATES,
    UNNAMED,
    Act,
    Granted,
    Question,
    is_checked,
    needs_second_yes,
    red_lines,
    yeses,
)
from dialogs.machine import HIDDEN
from dialogs.prompts import ask, ask_again, speak_only
from dialogs.replace import replace
from dialogs.safe_times import is_safe, next_safe
from dialogs.sharing import SHARES
from dialogs.steps import update, with_card
from dialogs.variables import end_of_a_yes, is_over

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.conversation import CaseCard, Proposal
    from dialogs.policy import Choice, Interview
    from dialogs.turn import Turn

WAITING: Final = ("proposed", "asked")
OPEN_ENDED: Final = ("consented", "started", "answered")
"""States in which a yes stands behind a proposal."""

RETURNED: Final = "returned"
"""A second officer sent the lines back: they never reach the person, and are wiped."""

LAPSED: Final = "lapsed"
"""The yes behind it stopped counting by itself: it ran out, or what it rested on changed (dialogs/lapses.py)."""

RESTING: Final = ("TALK", "Q53", "Q54")
CARD, CHECK, LETTER, PUBLIC = "T-MEASURE", "T-MEASURE-CHECK", "T-SP-LETTER", "T-SP-PUBLIC"
MENTION, MENTION_NAMED, MENTION_AGAIN = "T-REPA", "T-REPN", "T-REPN-AGAIN"
ASK_INTERPRETER: Final = "C-INTP"
CARD_NODES: Final = (CARD, CHECK, LETTER, PUBLIC, ASK_INTERPRETER, MENTION, MENTION_NAMED, MENTION_AGAIN)
EXPERT_LETTER: Final = "GM-EXP-SP"
NAMED: Final = "AR-NAMED"
ANNUAL: Final = {UNNAMED: MENTION, NAMED: MENTION_NAMED}
OWN_QUESTIONS: Final = {**ANNUAL, INTERPRETER: ASK_INTERPRETER}
"""What is asked in words of its own instead of with the plain card (spec 4.4, 4.5)."""

ACTS: Final = {
    **dict.fromkeys(SHARES, Act.SHARE), **CONSULTS, UNNAMED: Act.ANNUAL_REPORT, NAMED: Act.ANNUAL_REPORT_NAMED,
}  # fmt: skip
"""Proposals that are no measures of the catalogue, and what the gate is asked about them."""

NAME_MODES: Final = {code: PRINTED[ACTS[code]] for code in ANNUAL}
"""The one name mode of lines for the annual report; of everything else the officer proposes one."""

CARD_TIMER: Final = "card "
"""Timer name: this word and the case id."""

MOST_ASKED: Final = 2
"""Never asked more than twice for the same thing (spec 4.10)."""


def question_of(card: CaseCard, proposal: Proposal) -> Question:
    """Return what the gate is asked before this proposal may be carried out."""
    act = ACTS.get(proposal.measure, Act.MEASURE)
    recipient = "" if proposal.measure in ANNUAL else proposal.recipient
    return Question(
        act, card.case, recipient=recipient, name_mode=proposal.name_mode,
        content_version=proposal.content_version, measure=proposal.measure if act is Act.MEASURE else "",
    )  # fmt: skip


def question_to_begin(card: CaseCard, proposal: Proposal, origin: str) -> Question:
    """Return what the gate is asked when this begins. `origin`: where an interpreter is from (dialogs.consulting)."""
    return replace(question_of(card, proposal), scope=ABROAD if origin == ABROAD else "")


def open_proposal(turn: Turn) -> tuple[CaseCard, Proposal] | None:
    """Return the case and the proposal whose card is the open question."""
    wanted = turn.conversation.open_card
    return next(((c, p) for c in turn.conversation.cards for p in c.measures if wanted and p.id == wanted), None)


def leave_what_is_gone(turn: Turn) -> None:
    """Go back to talking when the card that is open was taken back, or its case erased, since it was shown."""
    if turn.conversation.node in CARD_NODES and open_proposal(turn) is None:
        turn.restore("TALK")
        turn.set(open_card="", question=None)


def offer(turn: Turn) -> bool:
    """Ask the next card that waits, when this is a moment for it; False when there is none."""
    here = turn.conversation
    if here.node == HIDDEN or here.new_phone:  # a yes needs somebody who is known (spec 4.8)
        return False
    for card in here.cards:
        if here.draft is not None and not (here.node == "TALK" and is_alert(card)):
            continue
        for proposal in card.measures:
            if _is_due(card, proposal) and _may_reach(turn, card):
                _show(turn, card, proposal)
                return True
    return False


def awaits_check(card: CaseCard, proposal: Proposal) -> bool:
    """Tell whether a second officer must look at these lines before the person is asked about them."""
    return proposal.state == "proposed" and not is_checked(question_of(card, proposal), card)


def waits_for_second_yes(card: CaseCard, proposal: Proposal) -> bool:
    """Tell whether the person has agreed to these lines with their name, and is due to be asked a second time."""
    return proposal.state == "consented" and needs_second_yes(question_of(card, proposal), card.consents)


def _is_due(card: CaseCard, proposal: Proposal) -> bool:
    """A card that waits for the person: a second officer has looked at its lines where they must be looked at."""
    waits = proposal.state in WAITING and proposal.asked < MOST_ASKED
    return waits and is_checked(question_of(card, proposal), card)


def _may_reach(turn: Turn, card: CaseCard) -> bool:
    """The officer's card comes through the contact the person agreed to; who writes first may always be answered."""
    if card.status in STOPPED_STATES or card.identity_doubt:
        return False
    if turn.spoke:
        return True
    if not isinstance(may_write(card, turn.policy, turn.event.at), Granted):
        return False
    office = turn.policy.directory.offices[card.office]
    if is_safe(card, office, turn.event.at):
        return True
    turn.do(WakeAt(f"{CARD_TIMER}{card.case}", next_safe(card, office, turn.event.at)))
    return False


def _show(turn: Turn, card: CaseCard, proposal: Proposal) -> None:
    """Ask this card, which names the day on which a yes to it ends, whenever that is given."""
    asked = replace(proposal, asked=proposal.asked + 1, valid_until=end_of_a_yes(proposal, turn.policy, turn.event.at))
    card = _with(card, asked)
    turn.set(active_case=card.case, open_card=proposal.id, cards=with_card(turn.conversation.cards, card))
    node = _node_of(turn, card, proposal)
    for notice in notices(node, red_lines(question_of(card, proposal), card, turn.policy.measures)):
        turn.say(notice)
    ask(turn, node, again=True)
    _record(turn, card, asked, "requested", state="asked")


def notices(node: str, collisions: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what is said before this question about a measure that crosses these red lines."""
    crossed = tuple(f"CROSSES-{line}" for line in collisions)
    first = ("T-MEASURE-FIRST",) if crossed or node != CARD else ()  # a phone shows how a message begins to everybody
    return (*first, *crossed, *(("T-INTP-WHO",) if node == ASK_INTERPRETER else ()))


def node_of(measure: str, interview: Interview) -> str:
    """Return the question a measure is first asked with; the plain card in an interview that began before another."""
    node = OWN_QUESTIONS.get(measure, CARD)
    return node if node in interview.nodes else CARD


def _node_of(turn: Turn, card: CaseCard, proposal: Proposal) -> str:
    """Return the question that this is asked with now."""
    node = node_of(proposal.measure, turn.interview)
    if node == MENTION_NAMED and yeses(question_of(card, proposal), card.consents):
        return MENTION_AGAIN if MENTION_AGAIN in turn.interview.nodes else CARD
    return node


def _with(card: CaseCard, proposal: Proposal) -> CaseCard:
    return replace(card, measures=tuple(proposal if other.id == proposal.id else other for other in card.measures))


def _put(turn: Turn, card: CaseCard, proposal: Proposal) -> CaseCard:
    changed = _with(card, proposal)
    update(turn, changed)
    return changed


def measure_yes(turn: Turn, choice: Choice) -> bool:
    """A first yes: the expert's letter asks twice more; every other one asks whether it was understood."""
    del choice
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    if is_over(found[1], turn.event.at):
        return _ask_anew(turn, *found)
    ask(turn, LETTER if found[1].measure == EXPERT_LETTER else CHECK)
    return True


def measure_no(turn: Turn, choice: Choice) -> bool:
    """A no is final for this proposal; nothing is asked why."""
    del choice
    return _close(turn, "refused", "refused", "T-MEASURE-NO")


def measure_talk(turn: Turn, choice: Choice) -> bool:
    """Talk first: the card rests until the officer asks again."""
    del choice
    return _close(turn, "talk", "deferred", "T-MEASURE-TALK")


def measure_later(turn: Turn) -> bool:
    """0 at a card: not now. It is asked once more when the person writes next."""
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    card, proposal = found
    state = "proposed" if proposal.asked < MOST_ASKED else "talk"
    _record(turn, card, proposal, "deferred", state=state)
    return _leave(turn, "T-MEASURE-LATER", next_card=False)


def measure_show(turn: Turn, choice: Choice) -> bool:
    """Show exactly what would be said, then the same card again."""
    del choice
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    turn.say("T-MEASURE-CONTENT", CONTENT=found[1].content)
    ask_again(turn)
    return True


def measure_understood(turn: Turn, choice: Choice) -> bool:
    """The understanding check was answered rightly: now the yes counts."""
    del choice
    found = open_proposal(turn)
    if found is not None and is_over(found[1], turn.event.at):
        return _ask_anew(turn, *found)
    return _close(turn, "consented", "given", "T-MEASURE-YES", comprehension="ok")


def measure_explain(turn: Turn, choice: Choice) -> bool:
    """Not understood: explained once, and the card is asked again; the second time the officer explains."""
    del choice
    found = open_proposal(turn)
    return _gone(turn) if found is None else _ask_anew(turn, *found, "T-MEASURE-EXPLAIN", comprehension="explained")


def _ask_anew(turn: Turn, card: CaseCard, proposal: Proposal, *before: str, comprehension: str = "not asked") -> bool:
    """Ask the card once more, after these texts; where it was asked twice the officer is to talk about it."""
    if proposal.asked >= MOST_ASKED:
        return _close(turn, "talk", "deferred", "T-MEASURE-TALK", comprehension=comprehension)
    for text_id in before:
        turn.say(text_id)
    _show(turn, card, proposal)
    return True


def letter_answer(turn: Turn, choice: Choice) -> bool:
    """T-SP-LETTER: with the name, without it, or no letter."""
    if choice.value == "none":
        return _close(turn, "refused", "refused", "T-MEASURE-NO")
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    card, proposal = found
    if choice.value == "unnamed":
        _put(turn, card, replace(proposal, name_mode="NM-ANON", public=False))
        ask(turn, CHECK)
    else:
        ask(turn, PUBLIC)
    return True


def public_answer(turn: Turn, choice: Choice) -> bool:
    """T-SP-PUBLIC: the name in the public copy is a consent of its own."""
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    card, proposal = found
    yes = choice.value == "yes"
    card = _record(turn, card, proposal, "given" if yes else "refused", state=proposal.state, consent="-PUBLIC")
    _put(turn, card, replace(proposal, public=yes))
    ask(turn, CHECK)
    return True


def interpreter_answer(turn: Turn, choice: Choice) -> bool:
    """C-INTP: a yes, or a yes to nobody from the person's own country."""
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    card, proposal = found
    _put(turn, card, replace(proposal, abroad=choice.value == ABROAD))
    ask(turn, CHECK)
    return True


def mention_unnamed(turn: Turn, choice: Choice) -> bool:
    """T-REPN answered "without my name": the named mention is refused, the other may be proposed."""
    del choice
    return _close(turn, "refused", "refused", "T-MEASURE-UNNAMED")


def _close(turn: Turn, state: str, status: str, said: str, *, comprehension: str = "not asked") -> bool:
    found = open_proposal(turn)
    if found is None:
        return _gone(turn)
    card, proposal = found
    _record(turn, card, proposal, status, state=state, comprehension=comprehension)
    return _leave(turn, said)


def _record(  # noqa: PLR0913 - the sides of one answer, named at the call
    turn: Turn, card: CaseCard, proposal: Proposal, status: str, *, state: str, comprehension: str = "not asked",
    consent: str = "",
) -> CaseCard:  # fmt: skip
    question = turn.conversation.question
    if question is None:
        return card
    asked = question_of(card, proposal)
    event = consent_event(
        turn.conversation, question, f"{asked.consent}{consent}", status, at=turn.event.at,
        entropy=turn.event.entropy, recipient=asked.recipient,
        scope=ABROAD if proposal.abroad and status in LIVE else "",
        collision=red_lines(asked, card, turn.policy.measures),
    )  # fmt: skip
    event = replace(
        event, asked_by=proposal.by, name_mode=asked.name_mode, content_version=asked.content_version,
        measure=proposal.measure, comprehension=comprehension, level=card.level, child=card.child,
        expires=(proposal.valid_until or end_of_a_yes(proposal, turn.policy, turn.event.at)) if status in LIVE else "",
    )  # fmt: skip
    if status == "given" and any(side(old) == side(event) and old.status in LIVE for old in card.consents):
        event = replace(event, status="renewed")
    kept = "" if state == "refused" else proposal.content
    answered = proposal.answered_at if status == "requested" else event.at
    until = proposal.valid_until if state == "asked" else event.expires
    changed = replace(proposal, state=state, answered_at=answered, content=kept, valid_until=until)
    return _put(turn, replace(card, consents=(*card.consents, event)), changed)


def _gone(turn: Turn) -> bool:
    """The card was taken back or is too old: nothing happens."""
    return _leave(turn, "T-MEASURE-GONE")


def _leave(turn: Turn, said: str, *, next_card: bool = True) -> bool:
    turn.set(open_card="")
    turn.say(said)
    turn.restore("TALK")
    if not (next_card and offer(turn)):
        speak_only(turn)
    return True


def withdrawn(card: CaseCard, consent: str) -> CaseCard:
    """Return the card with the proposals behind this consent stopped; their content is wiped."""
    measures = tuple(
        replace(p, state="withdrawn", content="")
        if p.state in (*OPEN_ENDED, *WAITING, "talk", LAPSED) and question_of(card, p).consent == consent
        else p
        for p in card.measures
    )
    return replace(card, measures=measures)


def not_asked(card: CaseCard) -> CaseCard:
    """Return the card with every proposal withdrawn that still waits for the person; their content is wiped."""
    measures = tuple(
        replace(p, state="withdrawn", content="") if p.state in (*WAITING, "talk") else p for p in card.measures
    )
    return replace(card, measures=measures)


def all_withdrawn(card: CaseCard) -> CaseCard:
    """Return the card with every proposal stopped."""
    for proposal in card.measures:
        card = withdrawn(card, question_of(card, proposal).consent)
    return card
