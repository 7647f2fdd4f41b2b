"""From one question to the next: going on, coming back, ending. Shared by the named acts and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import new_phone
from dialogs.conditions import holds
from dialogs.consents import is_live
from dialogs.conversation import Answer
from dialogs.effects import CancelWake, Forget, NewKey, UpdateCase
from dialogs.flow import next_node, only_numbers
from dialogs.limits import TIMER_DRAFT, TIMER_IDLE
from dialogs.lists import bodies_asked
from dialogs.machine import END, HIDDEN, PAUSED, START
from dialogs.policy import Kind
from dialogs.prompts import ask, speak_only
from dialogs.replace import replace

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.turn import Turn

OVERLAYS = (
    "T-HELP",
    "LANG",
    "C-TGFULL",
    "T-RESUME",
    "T-WITHDRAW",
    "T-WITHDRAW-ONE",
    "T-WITHDRAW-ASK",
    PAUSED,
    HIDDEN,
    START,
)
"""Places that are laid over a question; coming back from one leads to the question below."""

_DEPTH = 4  # how many questions may lie below overlays
_RESTING = (
    "TALK",
    "FP6",
    "FP6-LINE",
    "FP2",
    "FP3",
    "FP4",
    "FP1",
    "T-FP-NO",
    "Q53",
    "Q54",
    PAUSED,
    START,
    "T-ARE-YOU-THERE",
    "T-MEASURE",
    "T-MEASURE-CHECK",
    "T-SP-LETTER",
    "T-SP-PUBLIC",
    "C-INTP",
    "T-REPA",
    "T-REPN",
    "T-REPN-AGAIN",
)
"""Places from which "go on" means the next question, not the same one."""


def go_next(turn: Turn) -> None:
    """Ask the first open question of the main line; after a long pause ask first whether it is safe.

    Nothing lies below a question of the main line: whatever overlays had covered before is over.
    """
    if turn.conversation.new_phone:
        _ask_who_it_is(turn)
        return
    if turn.conversation.came_from:
        turn.set(came_from=())
    node = next_node(turn.interview, turn.draft, turn.facts)
    while node is not None and node.kind is Kind.SEARCH and only_numbers(turn.facts) and not bodies_asked(turn):
        turn.put_answer(Answer(node.id))  # a list without entries is no question
        node = next_node(turn.interview, turn.draft, turn.facts)
    if node is None:
        ask(turn, "Q52")
        return
    if node.early is not None and holds(node.early, turn.facts) and not turn.draft.coi_asked:
        for text_id in node.early_notices:
            turn.say(text_id)
        turn.set_draft(coi_asked=True)
    if turn.long_pause:
        turn.set(came_from=(node.id,))
        ask(turn, "T-RESUME")
        return
    come_to(turn, node.id)


def come_to(turn: Turn, node_id: str) -> None:
    """Ask a question: forward where the table has the edge, else as a return to what was asked before."""
    ask(turn, node_id, again=not turn.moves.allows(turn.conversation.node, node_id))


def lay_over(turn: Turn, node_id: str) -> None:
    """Ask an overlay and remember the question below."""
    remember(turn)
    ask(turn, node_id)


def remember(turn: Turn) -> None:
    """Remember the present question as the one to come back to."""
    here = turn.conversation.node
    if here in OVERLAYS:
        return
    if here in _RESTING:
        turn.set(came_from=(here,))  # from there one goes on to the main line: nothing lies below
    else:
        below = tuple(node for node in turn.conversation.came_from if node != here)
        turn.set(came_from=(*below, here)[-_DEPTH:])


def go_on(turn: Turn) -> None:
    """Come back from an overlay to the question below it."""
    below = turn.conversation.came_from
    turn.set(came_from=below[:-1])
    target = below[-1] if below else START
    if target not in _RESTING:
        ask(turn, target, again=True)
    elif turn.conversation.draft is not None:
        go_next(turn)
    else:
        rest(turn)


def rest(turn: Turn) -> None:
    """Ask what a person with a report wants to do; begin anew where there is none."""
    if turn.conversation.new_phone:
        _ask_who_it_is(turn)
        return
    turn.set(came_from=())
    if turn.conversation.cards:
        ask(turn, "Q54", again=True)
    else:
        turn.restore(START)
        go_next(turn)


def _ask_who_it_is(turn: Turn) -> None:
    """Whoever writes from a new phone leaves the fast path: neither questions nor cases are theirs (yet)."""
    new_phone.leave(turn)
    new_phone.tell(turn)


def contact_is_live(cards: tuple[CaseCard, ...]) -> bool:
    """Tell whether the address may be kept: a case with a live consent to be contacted, or a standing alert."""
    return any(is_live(card.consents, "C-CONT") or is_live(card.consents, "C-EMER") for card in cards)


def end(turn: Turn) -> None:
    """Erase the draft and, when no case keeps it, the conversation; say what is left to say."""
    turn.drop_files(turn.draft.files)
    if turn.conversation.new_phone:  # what was set aside has a time of its own
        new_phone.leave(turn)
        speak_only(turn)
        return
    if turn.conversation.cards and turn.conversation.node == HIDDEN:
        drop_draft(turn)  # hidden it stays (INV-20): only the draft has run out
        turn.set(came_from=("TALK",))
        return
    if turn.conversation.cards:
        turn.set(came_from=())
        turn.move("TALK")
        speak_only(turn)
        drop_draft(turn)
        return
    turn.move(END)
    speak_only(turn)
    turn.do(Forget())


def drop_draft(turn: Turn) -> None:
    """Take the draft out of the conversation; what remains gets a fresh key."""
    turn.set(draft=None, question=None)
    turn.do(CancelWake(TIMER_DRAFT))
    turn.do(CancelWake(TIMER_IDLE))
    turn.do(NewKey())


def with_card(cards: tuple[CaseCard, ...], changed: CaseCard) -> tuple[CaseCard, ...]:
    """Return the cards with one of them changed."""
    return tuple(changed if card.case == changed.case else card for card in cards)


def update(turn: Turn, card: CaseCard) -> None:
    """Keep a changed card, here and in the store."""
    turn.set(cards=with_card(turn.conversation.cards, card))
    turn.do(UpdateCase(card))


def back(turn: Turn) -> None:
    """Ask the question before this one again; its answer stays until it is given anew."""
    nodes = [answer.node for answer in turn.draft.answers]
    here = turn.conversation.node
    before = nodes[: nodes.index(here)] if here in nodes else nodes
    if not before:
        ask(turn, here, again=True)
        return
    turn.set(question=replace(turn.conversation.question, misread=0) if turn.conversation.question else None)
    ask(turn, before[-1], again=True)
