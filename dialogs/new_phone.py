"""The account is on another phone, and nobody knows yet whose: what is said then shows nothing of what was there.

A seized phone and a lost one look the same from here: whoever writes now has a new identity key. The draft is set
aside, no question is open, and until the secret words come only the fast path goes on (dialogs/strangers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.conversation import Draft
from dialogs.draws import PAIR_WORDS, PHRASE_WORDS
from dialogs.effects import CancelWake, NewKey, UpdateCase
from dialogs.limits import TIMER_IDLE, TIMER_KEPT
from dialogs.machine import HIDDEN, START
from dialogs.prompts import ask, speak_only
from dialogs.replace import replace
from dialogs.tries import count_failure, is_locked

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard, Conversation
    from dialogs.turn import Turn

CHANGED, TOLD, RECOGNISED = "changed", "told", "recognised"
"""Conversation.new_phone: the key changed and nobody wrote since; whoever wrote was told; no case is in doubt any more,
because officers are sure who it is, and the person has not written since: what was set aside is theirs when they do."""

_PHRASE, _PAIR = "phrase", "pair"
_WORDS: Final = {_PHRASE: PHRASE_WORDS, _PAIR: PAIR_WORDS}
_SHOWS_PAIR: Final = "Q48"
_HELD: Final = "ST-HOLD"


def secrets(turn: Turn) -> frozenset[tuple[str, str]]:
    """Return kind and hash of the words that show who it is; nothing where the person never got any."""
    conversation, kept = turn.conversation, turn.conversation.kept_draft
    found = {
        (_PHRASE, card.phrase_hash) if card.phrase_hash else (_PAIR, card.your_words_hash)
        for card in conversation.cards
        if card.identity_doubt
    }
    if conversation.phrase_hash:
        found.add((_PHRASE, conversation.phrase_hash))
    elif kept is not None and any(answer.node == _SHOWS_PAIR for answer in kept.answers):
        found.add((_PAIR, turn.policy.secret_hash(_PAIR, kept.your_words)))
    return frozenset(found)


def may_lead_back(here: Conversation, phrase_hash: str, at: datetime) -> bool:
    """Tell whether the phrase of a case that this conversation does not hold, written here, leads back to it.

    Where it is in doubt who writes only the phrase that ends the doubt does: nobody ends it with a case of their own.
    """
    if here.hidden:
        return False
    if here.new_phone and here.cards:
        own = {here.phrase_hash, *(card.phrase_hash for card in here.cards if card.identity_doubt)}
        return phrase_hash in own and not is_locked(here, at)
    return not here.cards or here.draft is None


def erase_what_no_words_lead_to(turn: Turn) -> None:
    """Erase a draft that was set aside and can never be got back, with its files and its key.

    What is left is nobody's answer: the officer's two words, which may be what opens a hidden chat.
    """
    kept = turn.conversation.kept_draft
    if kept is None or secrets(turn):
        return
    left = Draft(off_words=kept.off_words)
    if kept == left:
        return
    turn.drop_files(kept.files)
    turn.set(kept_draft=left)
    turn.do(NewKey())


def tell(turn: Turn) -> None:
    """Ask for the secret words; where there are none, say what is the matter and offer to begin again.

    Whom an officer has recognised is asked for nothing: everything is theirs again.
    """
    if turn.conversation.new_phone == RECOGNISED:
        welcome(turn)
        return
    turn.set(new_phone=TOLD)
    erase_what_no_words_lead_to(turn)
    turn.say("T-PROVE" if secrets(turn) else "T-NEW-PHONE")
    speak_only(turn)


def leave(turn: Turn) -> None:
    """Leave the fast path: what it was told goes, what is set aside stays. Who raised an alert can be written to."""
    stand(turn)
    if turn.conversation.draft is not None:
        turn.set(draft=None)
        turn.do(CancelWake(TIMER_IDLE))
        turn.do(NewKey())


def stand(turn: Turn) -> None:
    """Leave no question open: beside a case without doubt its officer can be talked to; a hidden chat stays hidden."""
    if turn.conversation.node != HIDDEN:
        known = any(not card.identity_doubt for card in turn.conversation.cards)
        turn.restore("TALK" if known else START)
    turn.set(question=None, came_from=())


def proves(turn: Turn, words: str) -> bool:
    """End the doubt when these are the secret words: everything is the person's again. Wrong ones are counted."""
    known = secrets(turn)
    tried = {kind for kind, _digest in known if len(words.split()) == _WORDS[kind]}
    if not tried or any(character.isdigit() for character in words) or is_locked(turn.conversation, turn.event.at):
        return False
    if not any((kind, turn.policy.secret_hash(kind, words)) in known for kind in tried):
        count_failure(turn)
        return False
    welcome(turn)
    return True


def welcome(turn: Turn) -> None:
    """Say that it is them, and ask whether it is safe: everything is the person's again."""
    give_back(turn)
    turn.say("T-PROVED")
    ask(turn, "T-RESUME")


def beyond_doubt(card: CaseCard) -> CaseCard:
    """Return the card of a person who gave the secret words."""
    return replace(card, identity_doubt=False, lost_at="")


def give_back(turn: Turn) -> None:
    """End every doubt: cases and draft are the person's again."""
    turn.set(cards=tuple(map(beyond_doubt, turn.conversation.cards)))
    for card in turn.conversation.cards:
        turn.do(UpdateCase(card))
    kept = turn.conversation.kept_draft
    if kept is not None:
        turn.set(draft=kept, kept_draft=None)
        turn.do(CancelWake(TIMER_KEPT))
    # Somebody may have stopped everything meanwhile; that is what the person should hear of first.
    held = any(card.status == _HELD for card in turn.conversation.cards)
    turn.set(new_phone="", question=None, resume_failures=0, came_from=(START, "T-WITHDRAW") if held else ())
