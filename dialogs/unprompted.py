"""What happens without the person doing anything: time, gaps, a move to another channel, a card of an officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import cases, lapses, lost_account, measures, retention, sending, steps, strangers, unfetched
from dialogs.effects import Forget
from dialogs.events import AccountLost, CaseClosed, PersonRecognised
from dialogs.everywhere import repeat
from dialogs.limits import TIMER_DRAFT, TIMER_FAST_SILENT, TIMER_IDLE, TIMER_KEPT, TIMER_SEND, TIMER_SESSION
from dialogs.machine import END, HIDDEN, START
from dialogs.officers import officer_spoke
from dialogs.prompts import ask

if TYPE_CHECKING:
    from dialogs.events import GapNoticed, OfficerBegan, OfficerWrote, TimeArrived
    from dialogs.turn import Turn


def officer_acted(turn: Turn, event: OfficerBegan | OfficerWrote | CaseClosed | PersonRecognised | AccountLost) -> None:
    """An officer begins to talk, writes, closed the case, or is sure whose account it is, or is not."""
    if isinstance(event, CaseClosed):
        retention.case_closed(turn, event)
    elif isinstance(event, PersonRecognised):
        strangers.recognised(turn, event.cases)
    elif isinstance(event, AccountLost):
        lost_account.lose(turn, event.cases)
    else:
        officer_spoke(turn, event)


def gap_noticed(turn: Turn, event: GapNoticed) -> None:
    """Repeat the open question, or show the card that waits; nothing wakes a hidden chat."""
    if event.trouble:
        turn.say(event.trouble)
    if turn.conversation.node not in (HIDDEN, START) and not card_arrived(turn):
        repeat(turn)


def moved(turn: Turn) -> None:
    """Go on here: the channel is asked about anew, everything else stays as it was answered."""
    turn.say("T-MOVED")
    if lapses.follow_channel(turn):
        turn.set(came_from=())
        ask(turn, "C-CONT-AGAIN", again=True)
    elif turn.conversation.draft is not None:
        turn.set(came_from=())
        steps.go_next(turn)
    else:
        steps.rest(turn)


def card_arrived(turn: Turn) -> bool:
    """Show the card where nothing else is open; otherwise it waits until the person is there."""
    return turn.conversation.node in measures.RESTING and measures.offer(turn)


def time_arrived(turn: Turn, event: TimeArrived) -> None:
    """Do what a timer was set for; a timer of something that is over does nothing."""
    here = turn.conversation.node
    if event.timer == TIMER_FAST_SILENT:
        if here == "FP1":
            ask(turn, "T-ARE-YOU-THERE")
    elif event.timer in (TIMER_IDLE, TIMER_DRAFT):
        _expire(turn)
    elif event.timer == TIMER_KEPT:
        strangers.kept_is_over(turn)
    elif event.timer == TIMER_SESSION:
        nothing_written = turn.conversation.draft is None and turn.conversation.kept_draft is None
        if nothing_written and not steps.contact_is_live(turn.conversation.cards):
            turn.move(END)
            turn.do(Forget())
    elif event.timer == TIMER_SEND:
        sending.try_again(turn)
    elif event.timer.startswith(retention.ERASE_TIMER):
        retention.erase(turn, event.timer.removeprefix(retention.ERASE_TIMER))
    elif event.timer.startswith(unfetched.UNFETCHED_TIMER):
        unfetched.look(turn, event.timer.removeprefix(unfetched.UNFETCHED_TIMER))
    elif event.timer.startswith(measures.CARD_TIMER):
        card_arrived(turn)
    elif event.timer.startswith(cases.DESTROY_TIMER):
        cases.destroy(turn, event.timer.removeprefix(cases.DESTROY_TIMER))


def _expire(turn: Turn) -> None:
    """Nobody wrote for long: the draft goes without a word, since the bot never writes on its own."""
    turn.notices.clear()
    steps.end(turn)
