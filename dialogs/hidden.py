"""The hidden state: whatever is written, the answer is the decoy, until the right words come (INV-20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dialogs.answers import same_words
from dialogs.draws import PAIR_WORDS, PHRASE_WORDS
from dialogs.officers import shown_again
from dialogs.prompts import ask, speak_only

if TYPE_CHECKING:
    from dialogs.turn import Turn


def listen(turn: Turn, words: str) -> None:
    """Answer with the decoy, or come back when these are the resume words and the lock is not on."""
    count = len(words.split())
    needed = PHRASE_WORDS if turn.conversation.phrase_hash else PAIR_WORDS
    attempt = count == needed and not any(character.isdigit() for character in words)
    if attempt and not _locked(turn):
        if _right(turn, words):
            turn.set(hidden=False, resume_failures=0)
            shown_again(turn)
            ask(turn, "T-RESUME")
            return
        _count_failure(turn)
    turn.say("T-DECOY")
    speak_only(turn)


def _right(turn: Turn, words: str) -> bool:
    if turn.conversation.phrase_hash:
        return turn.policy.secret_hash("phrase", words) == turn.conversation.phrase_hash
    pairs = [turn.draft.off_words, *(card.off_words for card in turn.conversation.cards)]
    return any(pair and same_words(pair) == words for pair in pairs)


def _locked(turn: Turn) -> bool:
    until = turn.conversation.resume_locked_until
    return bool(until) and turn.event.at < datetime.fromisoformat(until)


def _count_failure(turn: Turn) -> None:
    failures = turn.conversation.resume_failures + 1
    if failures < turn.policy.settings.resume_attempts:
        turn.set(resume_failures=failures)
        return
    until = turn.event.at + timedelta(hours=turn.policy.settings.resume_lock_hours)
    turn.set(resume_failures=0, resume_locked_until=until.isoformat())
