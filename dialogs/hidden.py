"""The hidden state: whatever is written, the answer is the decoy, until the right words come (INV-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import new_phone
from dialogs.answers import same_words
from dialogs.draws import PAIR_WORDS, PHRASE_WORDS
from dialogs.machine import START
from dialogs.officers import shown_again
from dialogs.prompts import ask, speak_only
from dialogs.tries import count_failure, is_locked

if TYPE_CHECKING:
    from dialogs.turn import Turn


def listen(turn: Turn, words: str) -> None:
    """Answer with the decoy, or come back when these are the resume words and the lock is not on."""
    count = len(words.split())
    needed = PHRASE_WORDS if turn.conversation.phrase_hash else PAIR_WORDS
    attempt = count == needed and not any(character.isdigit() for character in words)
    if attempt and not is_locked(turn.conversation, turn.event.at):
        if _right(turn, words):
            _come_back(turn, words)
            return
        count_failure(turn)
    turn.say("T-DECOY")
    speak_only(turn)


def _come_back(turn: Turn, words: str) -> None:
    turn.set(hidden=False, resume_failures=0)
    shown_again(turn)
    if not turn.conversation.new_phone:
        ask(turn, "T-RESUME")
    elif not new_phone.proves(turn, words):  # the officer's two words open a hidden chat, but show nobody's identity
        turn.restore(START)
        new_phone.stand(turn)
        new_phone.tell(turn)


def _right(turn: Turn, words: str) -> bool:
    if turn.conversation.phrase_hash:
        return turn.policy.secret_hash("phrase", words) == turn.conversation.phrase_hash
    drafts = (turn.draft, turn.conversation.kept_draft)
    pairs = [draft.off_words for draft in drafts if draft is not None]
    pairs += [card.off_words for card in turn.conversation.cards]
    return any(pair and same_words(pair) == words for pair in pairs)
