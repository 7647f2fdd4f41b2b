"""What means the same in every state but the hidden one: hide, menu, SOS, taking back, back, the word of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import acts, cases, fast, measures, retention, standing, steps
from dialogs.answers import read_keys, same_words
from dialogs.choices import say_who
from dialogs.consents import is_live
from dialogs.contact import invites_words
from dialogs.machine import PAUSED, START
from dialogs.officers import proved
from dialogs.policy import Kind
from dialogs.prompts import ask, ask_again, speak_only
from dialogs.reading import words_here

if TYPE_CHECKING:
    from dialogs.turn import Turn

LONGEST_PHRASE = 200
"""Characters: longer messages are no phrase that means something everywhere."""

HIDE, MENU, BACK = ("000",), ("00",), ("9",)


def by_key_or_word(turn: Turn, text: str) -> bool:
    """Handle what has the same meaning in every state; False when the text is something else."""
    keys = read_keys(text)
    words = same_words(text) if len(text) <= LONGEST_PHRASE else ""
    if hides(turn, keys, words):
        acts.hide(turn)
        return True
    if turn.conversation.node == START and words not in sos_words(turn):
        return False
    if keys == MENU:
        steps.remember(turn)
        cases.open_menu(turn)
        return True
    if words in sos_words(turn):
        fast.sos(turn)
        return True
    if turn.conversation.new_phone:
        return False  # in the fast path: nothing else is theirs
    return _by_word(turn, words) or _back_or_paused(turn, keys)


def _by_word(turn: Turn, words: str) -> bool:
    known = words_here(turn)
    if not words:
        return False
    has_case = bool(turn.conversation.cards)
    if has_case and cases.destroy_by_words(turn, words):
        return True
    if has_case and proved(turn, words):
        turn.say("T-PROVED")
        if turn.conversation.node not in measures.RESTING or not (measures.offer(turn) or retention.offer(turn)):
            repeat(turn)
        return True
    if words in known.withdraw:
        cases.freeze(turn)
        steps.lay_over(turn, "T-WITHDRAW")
        return True
    one = known.withdraw_one.get(words)
    if one is not None and _takes_back(turn, one):
        return True
    if words in known.opened and standing.answer(turn, standing.OPENED):
        return True
    if words in known.status and standing.answer(turn, standing.STATUS):
        return True
    first, _space, letter = words.rpartition(" ")
    if first in known.who and say_who(turn, letter):
        repeat(turn)
        return True
    if words in known.check:
        turn.say("T-CHECK-WORD")
        repeat(turn)
        return True
    return False


def _takes_back(turn: Turn, consent: str) -> bool:
    """Take one permission back where it was given; who says no to being written to means every way of it."""
    contact = consent == "C-CONT"
    if not (_may_be_contacted(turn) if contact else _given(turn, consent)):
        return False
    steps.remember(turn)
    return cases.withdraw_contact(turn) if contact else cases.withdraw_one(turn, consent)


def _may_be_contacted(turn: Turn) -> bool:
    """Tell whether anything the person agreed to, or answered in an alert, lets somebody contact them."""
    return any(_given(turn, consent) for consent in cases.CONTACT) or any(
        invites_words(card) for card in turn.conversation.cards
    )


def _given(turn: Turn, consent: str) -> bool:
    return any(is_live(card.consents, consent) for card in turn.conversation.cards) or is_live(
        turn.draft.consents, consent
    )


def _back_or_paused(turn: Turn, keys: tuple[str, ...] | None) -> bool:
    if turn.conversation.node == PAUSED:
        ask(turn, "T-RESUME")
        return True
    if keys == BACK and turn.conversation.draft is not None and _can_go_back(turn):
        steps.back(turn)
        return True
    return False


def _can_go_back(turn: Turn) -> bool:
    """Tell whether a question of the interview is open, so that 9 can mean back."""
    node = turn.interview.nodes.get(turn.conversation.node)
    return node is not None and node.kind is not Kind.REST and node.id not in ("Q53", "Q54", *measures.CARD_NODES)


def hides(turn: Turn, keys: tuple[str, ...] | None, words: str) -> bool:
    """Tell whether this hides the chat: 000, or the person's own word for it."""
    panic = turn.conversation.panic_hash
    return keys == HIDE or (bool(panic) and bool(words) and turn.policy.secret_hash("panic", words) == panic)


def sos_words(turn: Turn) -> frozenset[str]:
    """Return the words that call for a person, of every language: in danger nobody should have to switch."""
    return turn.policy.sos_words


def repeat(turn: Turn) -> None:
    """Say the open question again; where none is open, only what this turn has to say."""
    if turn.conversation.question is None or turn.conversation.node in ("TALK", PAUSED, START):
        speak_only(turn)
    else:
        ask_again(turn)
