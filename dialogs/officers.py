"""Officers in the chat: their two words first, their own words only in a talk the person has answered in.

A talk begins when the person answers the two words, and ends when neither side wrote for a while. Until the person
answers, whoever holds the phone has seen two words and nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.answers import clean
from dialogs.consents import minute
from dialogs.contact import is_alert
from dialogs.effects import OfferMove
from dialogs.events import OfficerBegan
from dialogs.machine import END, HIDDEN, START
from dialogs.measures import CARD_NODES, RESTING
from dialogs.prompts import speak_only
from dialogs.replace import replace
from dialogs.steps import remember, update
from dialogs.variables import move_code

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard, Conversation
    from dialogs.events import OfficerWrote
    from dialogs.turn import Turn

TALK_PAUSE: Final = timedelta(hours=1)
"""Silence of both sides after which a talk is over and the two words come first again."""

BUSY: Final = timedelta(minutes=2)
"""How long after their last message somebody counts as being at a menu or a question."""

_MENUS: Final = (
    "T-RESUME", "T-HELP", "LANG", "T-WITHDRAW", "T-WITHDRAW-ONE", "T-WITHDRAW-ASK", "T-DELETE",
    "T-SUPPLEMENT", "T-FEEDBACK", "T-FEEDBACK-WRITE",
)  # fmt: skip

TEMPLATES: Final = ("T-TPL-SAFE", "T-TPL-LATER", "T-TPL-THANKS", "T-TPL-MOVE")
"""Sentences that say nothing of a case: all that is sent where a company can read the chat (Telegram, no C-TGFULL)."""

TWO_WORDS: Final = "words "
"""Id of the message that is the two words of a case: this word and the case id."""

MOVE: Final = "T-TPL-MOVE"
_NOBODY: Final = (HIDDEN, START, END)
_OPEN_END: Final = ("FP5", "FP6", "FP6-LINE")
"""Places with no question that would have to be asked again after the talk."""

BESIDE_WORDS: Final = (*CARD_NODES, *(node for node in RESTING if node != "TALK"))
"""Questions that stay open beside a talk: their digits answer them, words go to the officer."""


def is_busy(conversation: Conversation, card: CaseCard, at: datetime) -> bool:
    """Tell whether the person is just now answering something else, so that an officer's words wait a moment.

    Somebody whose alert stands is interrupted in the interview, but never in a menu where they take things back.
    """
    if at - datetime.fromisoformat(conversation.last_at) > BUSY:
        return False
    return conversation.node in _MENUS or (conversation.draft is not None and not is_alert(card))


def is_open(card: CaseCard, at: datetime) -> bool:
    """Tell whether a talk is going on: the person answered the officer's words, not long ago."""
    return bool(card.talk_until) and at < datetime.fromisoformat(card.talk_until)


def awaits_answer(card: CaseCard) -> bool:
    """Tell whether the officer's words were shown and nobody has answered them yet."""
    return bool(card.words_at) and not card.talk_until


def in_talk(card: CaseCard, at: datetime) -> bool:
    """Tell whether what the person writes now may be an answer to the officer; words still on their way have none."""
    return is_open(card, at) or (awaits_answer(card) and card.words_seen)


def heard(card: CaseCard, at: datetime) -> CaseCard:
    """Return the card after the person wrote to the officer: an answer to the words opens the talk or keeps it open."""
    return replace(card, talk_until=_later(at)) if in_talk(card, at) else card


def officer_spoke(turn: Turn, event: OfficerBegan | OfficerWrote) -> None:
    """Say the officer's two words, or what they wrote under these words; what is answered goes to that officer."""
    card = _reachable(turn, event.case)
    if card is None:
        return
    turn.set(active_case=event.case)
    if isinstance(event, OfficerBegan):
        contacted = card.contacted_at or minute(event.at)
        began = replace(card, words_at=event.at.isoformat(), words_seen=False, talk_until="", contacted_at=contacted)
        update(turn, began)
        turn.say("T-OFFICER-MSG")
        _listen(turn)
        speak_only(turn, message=f"{TWO_WORDS}{event.case}")
        return
    update(turn, replace(card, talk_until=_later(event.at), contacted_at=card.contacted_at or minute(event.at)))
    _say_written(turn, event)
    _listen(turn)
    speak_only(turn, message=event.message)


def _say_written(turn: Turn, event: OfficerWrote) -> None:
    if not event.template:
        turn.say("T-OFFICER-WROTE", CONTENT=clean(event.text))
        return
    turn.say("T-OFFICER-MSG")
    turn.say(event.template)
    if event.template == MOVE:
        turn.do(OfferMove(move_code(turn)))
        turn.say("T-MOVE-SIG")


def arrived(turn: Turn) -> None:
    """The person wrote: they can be reached again."""
    for card in turn.conversation.cards:
        if card.unreachable:
            update(turn, replace(card, unreachable=False))


def shown_again(turn: Turn) -> None:
    """The person came back to a hidden chat: officers may write again, and begin with the two words."""
    for card in turn.conversation.cards:
        if card.hidden_at:
            update(turn, replace(card, hidden_at="", words_at="", talk_until=""))


def in_doubt(turn: Turn) -> bool:
    """Tell whether it is not sure who holds this account since its identity key changed."""
    return any(card.identity_doubt for card in turn.conversation.cards)


def proved(turn: Turn, words: str) -> bool:
    """End the doubt when these are the person's secret words (their own two where they keep no phrase)."""
    if not in_doubt(turn):
        return False
    phrase, pair = turn.policy.secret_hash("phrase", words), turn.policy.secret_hash("pair", words)
    mine = [c for c in turn.conversation.cards if (c.phrase_hash or c.your_words_hash) in (phrase, pair)]
    for card in mine:
        update(turn, replace(card, identity_doubt=False, lost_at=""))
    return bool(mine)


def _reachable(turn: Turn, case: str) -> CaseCard | None:
    """Return the card, unless the chat is hidden or there is none of this case any more."""
    if turn.conversation.node in _NOBODY:
        return None
    return next((card for card in turn.conversation.cards if card.case == case), None)


def _listen(turn: Turn) -> None:
    """From now on words go to the officer; a question that was open comes back with 00."""
    here = turn.conversation.node
    if here in BESIDE_WORDS or here == "TALK":
        return
    if here not in _OPEN_END:
        remember(turn)
    turn.restore("TALK")


def _later(at: datetime) -> str:
    return (at + TALK_PAUSE).isoformat()
