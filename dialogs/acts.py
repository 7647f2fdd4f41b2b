"""The named acts of the interview file: what an answer does besides being kept.

Each takes the turn and the answer chosen, and returns True when it has said what comes next. An act that
discloses anything checks the consent itself, whatever the interview file says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.cases import (
    ask_erasure,
    begin_again,
    clear_chat,
    freeze,
    talk,
    unfreeze,
    withdraw_all,
    withdraw_contact,
    withdraw_steps,
)
from dialogs.choices import say_choices, say_summary
from dialogs.conditions import holds
from dialogs.consents import ASKED_AGAIN, consent_event, is_live, latest, minute
from dialogs.conversation import Answer
from dialogs.effects import CancelWake, ClearChat, OfferMove, SetDisappearing, TallyOutOfScope, UpdateCase
from dialogs.fast import alert, cancel_alert
from dialogs.flow import answered_part
from dialogs.lapses import contact_again
from dialogs.limits import TIMER_SEND
from dialogs.machine import HIDDEN, PAUSED
from dialogs.measures import (
    interpreter_answer,
    letter_answer,
    measure_explain,
    measure_no,
    measure_show,
    measure_talk,
    measure_understood,
    measure_yes,
    mention_unnamed,
    public_answer,
)
from dialogs.prompts import ask_again, speak_only
from dialogs.replace import replace
from dialogs.retention import offer, retain
from dialogs.sending import keep_trying, send
from dialogs.standing import say_status, tell_opened
from dialogs.steps import drop_draft, end, go_next, go_on, remember, rest
from dialogs.variables import move_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dialogs.policy import Choice
    from dialogs.turn import Turn

_SECONDS = {"1h": 3600, "1d": 86400, "off": 0}
_PRIVATE_ACTS = ("ACT-PHY-SXV", "ACT-THR-SXV")
"""What C-SENS is about when it is refused: the topic itself goes, the group of acts stays (spec 0, item 7)."""


def run(turn: Turn, choice: Choice) -> bool:
    """Carry out the act of an answer; True when the turn is complete."""
    return choice.act is not None and ACTS[choice.act](turn, choice)


def _end(turn: Turn, choice: Choice) -> bool:
    del choice
    end(turn)
    return True


def _end_clear(turn: Turn, choice: Choice) -> bool:
    """End, and clear the chat as far as the platform lets us: it is not safe to write here, or nothing is kept."""
    turn.do(ClearChat())
    return _end(turn, choice)


def _end_out_of_scope(turn: Turn, choice: Choice) -> bool:
    turn.do(TallyOutOfScope())
    return _end_clear(turn, choice)


def pause(turn: Turn, choice: Choice) -> bool:
    """Keep the answers and say nothing until the person writes again; nothing is sent meanwhile, as they are told."""
    del choice
    remember(turn)
    turn.do(CancelWake(TIMER_SEND))  # "keep trying" was said before
    turn.move(PAUSED)
    turn.say("T-PAUSED")
    speak_only(turn)
    return True


def hide(turn: Turn, choice: Choice | None = None) -> bool:
    """Clear the chat and fall silent: from now on only the words come back (INV-20)."""
    del choice
    remember(turn)
    if turn.conversation.node != HIDDEN:
        turn.move(HIDDEN)
    turn.set(hidden=True, resume_failures=0)
    turn.do(ClearChat())
    for card in turn.conversation.cards:
        hidden = replace(card, hidden_at=minute(turn.event.at))
        turn.set(cards=tuple(hidden if other.case == card.case else other for other in turn.conversation.cards))
        turn.do(UpdateCase(hidden))
    turn.notices.clear()
    return True


def _disappear(turn: Turn, choice: Choice) -> bool:
    """Set the timer before the next question is asked; every later message keeps it."""
    seconds = _SECONDS[str(choice.value)]
    if seconds or turn.conversation.disappear_seconds:
        turn.set(disappear_seconds=seconds)
        turn.do(SetDisappearing(seconds))
    return False


def _keep_phrase(turn: Turn, choice: Choice) -> bool:
    del choice
    turn.set(phrase_hash=turn.policy.secret_hash("phrase", turn.draft.phrase))
    turn.set_draft(phrase="")
    return False


def _drop_phrase(turn: Turn, choice: Choice) -> bool:
    del choice
    turn.set_draft(phrase="")
    return False


def _summary(turn: Turn, choice: Choice) -> bool:
    del choice
    say_summary(turn)
    ask_again(turn)
    return True


def _choices(turn: Turn, choice: Choice) -> bool:
    del choice
    say_choices(turn)
    say_status(turn)
    tell_opened(turn)
    ask_again(turn)
    return True


def _tips(turn: Turn, choice: Choice) -> bool:
    del choice
    turn.say("T-TIPS")
    ask_again(turn)
    return True


def _ready(turn: Turn, choice: Choice) -> bool:
    """Go to the last question; whoever had said no to sending is asked for that again, as they wished."""
    turn.put_answer(Answer("Q50", keys=(choice.key,)))
    if not is_live(turn.draft.consents, "C-FWD"):
        turn.set_draft(answers=tuple(answer for answer in turn.draft.answers if answer.node not in ASKED_AGAIN))
    go_next(turn)
    return True


def _edit(turn: Turn, choice: Choice) -> bool:
    nodes = answered_part(turn.interview, turn.draft, str(choice.value))
    turn.set_draft(reask=nodes, answers=tuple(a for a in turn.draft.answers if a.node != "Q50"))
    go_next(turn)
    return True


def _refuse_forward(turn: Turn, choice: Choice) -> bool:
    del choice
    question = turn.conversation.question
    given = latest(turn.draft.consents, "C-FWD")
    if question is not None and given is not None:
        event = consent_event(
            turn.conversation, question, "C-FWD", "refused", at=turn.event.at, entropy=turn.event.entropy,
            recipient=given.recipient,
        )  # fmt: skip
        turn.set_draft(consents=(*turn.draft.consents, event))
    return False


def _drop_private(turn: Turn, choice: Choice) -> bool:
    """C-SENS was refused: what it was asked for is taken out again, the rest stays."""
    del choice
    turn.set_draft(answers=tuple(kept for answer in turn.draft.answers if (kept := without_private(turn, answer))))
    return False


def without_private(turn: Turn, answer: Answer) -> Answer | None:
    """Return the answer without what needs C-SENS; an answer with nothing left counts as skipped."""
    node = turn.node(answer.node)
    if node.id.startswith("Q23-"):
        keys = {choice.key for choice in node.choices if choice.value in _PRIVATE_ACTS}
        return replace(answer, keys=tuple(key for key in answer.keys if key not in keys))
    if not is_private(turn, answer):
        return answer
    keys_left = tuple(key for key in answer.keys if key not in node.private and "*" not in node.private)
    return Answer(answer.node, keys=keys_left)


def is_private(turn: Turn, answer: Answer) -> bool:
    """Tell whether the answer holds something that is kept only with C-SENS."""
    node = turn.node(answer.node)
    if not node.private or not (answer.keys or answer.text or answer.value):
        return False
    if node.private_when is not None and not holds(node.private_when, turn.facts):
        return False
    return "*" in node.private or any(key in node.private for key in answer.keys)


def _erase(turn: Turn, choice: Choice) -> bool:
    """Erase the draft, and what stands in the chat; say so, and nothing else."""
    del choice
    _clear_unsent(turn)
    end(turn)
    return True


def _erase_draft(turn: Turn, choice: Choice) -> bool:
    """Erase what was written so far, here and in the chat."""
    del choice
    _clear_unsent(turn)
    if turn.conversation.cards:
        turn.drop_files(turn.draft.files)
        drop_draft(turn)
        rest(turn)
    else:
        end(turn)
    return True


def _clear_unsent(turn: Turn) -> None:
    """Clear the chat and say what is gone: whoever sent something is not to think that it is gone, too."""
    turn.do(ClearChat())
    turn.say("T-CLEARED-UNSENT" if turn.conversation.cards else "T-CLEARED")


def _go_on(turn: Turn, choice: Choice) -> bool:
    del choice
    turn.set(hidden=False)
    if turn.conversation.came_from or not offer(turn):
        go_on(turn)
    return True


def _move(turn: Turn, choice: Choice) -> bool:
    """Show a code that carries everything over to Signal; the question here stays open."""
    del choice
    turn.do(OfferMove(move_code(turn)))
    turn.say("T-MOVE-SIG")
    ask_again(turn)
    return True


def _freeze(turn: Turn, choice: Choice) -> bool:
    del choice
    freeze(turn)
    return False


def _leave_fast(turn: Turn, choice: Choice) -> bool:
    """Go on with the interview; whoever has a report and began no other one goes back to what they can do with it."""
    del choice
    turn.set(came_from=())
    if turn.conversation.cards and not turn.draft.answers:
        drop_draft(turn)
        rest(turn)
    else:
        go_next(turn)
    return True


ACTS: Final[Mapping[str, Callable[[Turn, Choice], bool]]] = {
    "end": _end,
    "end-clear": _end_clear,
    "end-out-of-scope": _end_out_of_scope,
    "pause": pause,
    "hide": hide,
    "disappear": _disappear,
    "keep-phrase": _keep_phrase,
    "drop-phrase": _drop_phrase,
    "summary": _summary,
    "choices": _choices,
    "tips": _tips,
    "ready": _ready,
    "edit": _edit,
    "refuse-forward": _refuse_forward,
    "drop-private": _drop_private,
    "send": send,
    "keep-trying": keep_trying,
    "retain": retain,
    "clear": clear_chat,
    "talk": talk,
    "new-report": begin_again,
    "erase": _erase,
    "erase-draft": _erase_draft,
    "ask-erasure": ask_erasure,
    "withdraw-all": withdraw_all,
    "withdraw-steps": withdraw_steps,
    "withdraw-contact": withdraw_contact,
    "unfreeze": unfreeze,
    "freeze": _freeze,
    "move": _move,
    "go-on": _go_on,
    "leave-fast": _leave_fast,
    "alert": alert,
    "cancel-alert": cancel_alert,
    "measure-yes": measure_yes,
    "measure-no": measure_no,
    "measure-talk": measure_talk,
    "measure-show": measure_show,
    "measure-understood": measure_understood,
    "measure-explain": measure_explain,
    "letter": letter_answer,
    "public": public_answer,
    "mention-unnamed": mention_unnamed,
    "interpreter": interpreter_answer,
    "contact-again": contact_again,
}
