"""Whoever writes from a new phone: what begins the doubt, and what they may do before they have given the secret words.

In this order: hiding and SOS as always, then the words, then taking back, which stops everything at once from anybody
(spec 4.8). Words besides go, sealed, to the officer of a case, who sees the doubt. Everything else has one answer,
whatever there is: who took the account over must not learn it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs import cases, new_phone, steps
from dialogs.answers import clean, read_keys, same_words, too_long
from dialogs.consents import is_live, minute
from dialogs.conversation import Draft
from dialogs.effects import CancelWake, DropFiles, Forget, NewKey, UpdateCase, WakeAt
from dialogs.events import FileReceived, Moved, TextReceived
from dialogs.everywhere import LONGEST_PHRASE, MENU, hides, sos_words
from dialogs.lapses import follow_channel
from dialogs.limits import (
    MAX_TEXT_CHARS,
    SESSION_MINUTES,
    TIMER_DRAFT,
    TIMER_IDLE,
    TIMER_KEPT,
    TIMER_SEND,
    TIMER_SESSION,
)
from dialogs.machine import END, HIDDEN, START
from dialogs.officers import in_talk, shown_again
from dialogs.prompts import ask, speak_only
from dialogs.reading import words_here
from dialogs.replace import replace

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard
    from dialogs.turn import Turn

IMPOSTOR: Final = "FLG-IMP"
_BEGIN_AGAIN, _LEAVE = ("1",), ("2",)
"""What may be answered to T-NEW-PHONE."""


def key_changed(turn: Turn) -> None:
    """Doubt who holds the account: cases wait for the words, the draft is set aside, nothing is open any more.

    A draft that no words lead back to is erased at once.

    The same change is told several times: whoever was asked for the words by now is not interrupted by that.
    """
    before = turn.conversation
    for card in before.cards:
        if not (before.new_phone and card.identity_doubt):
            steps.update(turn, replace(card, identity_doubt=True, doubt=IMPOSTOR, doubted_at=minute(turn.event.at)))
    if before.new_phone == new_phone.RECOGNISED:  # that was whoever held the account until now
        turn.set(new_phone=new_phone.CHANGED)
    conversation = turn.conversation
    if conversation.draft is None and (conversation.new_phone or not conversation.cards):
        return
    if not conversation.new_phone and conversation.draft is not None:
        turn.do(WakeAt(TIMER_KEPT, _goes_at(turn)))
        turn.set(kept_draft=conversation.draft)
        new_phone.erase_what_no_words_lead_to(turn)
    for timer in (TIMER_DRAFT, TIMER_IDLE, TIMER_SEND):
        turn.do(CancelWake(timer))
    turn.set(new_phone=new_phone.CHANGED, draft=None, question=None, came_from=(), open_card="")
    if conversation.node != HIDDEN:
        turn.restore(START)


def recognised(turn: Turn, cases_of_office: tuple[str, ...]) -> None:
    """End the doubt of these cases: their office is sure of the person by other means. Nothing is said.

    When no case of theirs is in doubt any more, nor are they: what was set aside comes back when they write.
    """
    known = [card for card in turn.conversation.cards if card.case in cases_of_office and card.identity_doubt]
    for card in known:
        steps.update(turn, replace(card, identity_doubt=False))
    if not known or not turn.conversation.new_phone:
        return
    if not any(card.identity_doubt for card in turn.conversation.cards):
        turn.set(new_phone=new_phone.RECOGNISED)
    if not _in_fast_path(turn):
        turn.set(active_case=cases_of_office[0])
        new_phone.stand(turn)


def _goes_at(turn: Turn) -> datetime:
    """Return when the draft would have gone after the last message of the person themselves."""
    settings, started = turn.policy.settings, is_live(turn.draft.consents, "C-START")
    minutes = settings.draft_hours * 60 if started else settings.idle_minutes_before_start
    return datetime.fromisoformat(turn.conversation.last_at) + timedelta(minutes=minutes)


def answered(turn: Turn) -> bool:
    """Answer whoever writes from a new phone; False where what they do means the same as from anybody."""
    conversation, event = turn.conversation, turn.event
    if not conversation.new_phone or conversation.node == HIDDEN or isinstance(event, Moved):
        return False
    if isinstance(event, TextReceived):
        return _text(turn, event)
    if _is_their_own(turn):
        return False
    if isinstance(event, FileReceived) and event.file is not None:
        turn.do(DropFiles((event.file.blob,)))
    new_phone.tell(turn)
    return True


def _text(turn: Turn, event: TextReceived) -> bool:
    keys, words = read_keys(event.text), same_words(event.text[: LONGEST_PHRASE + 1])
    words = words if len(event.text) <= LONGEST_PHRASE else ""
    if event.known_cases or hides(turn, keys, words) or words in sos_words(turn):
        return False
    if new_phone.proves(turn, words):
        return True
    if _answers_who_knows_them(turn):
        new_phone.give_back(turn)
        turn.say("T-PROVED")
        return False
    if words and (words in words_here(turn).withdraw or words in words_here(turn).withdraw_one):
        cases.freeze(turn)
    elif _is_their_own(turn) and keys != MENU:
        return False
    elif keys in (_BEGIN_AGAIN, _LEAVE) and _may_choose(turn):
        _choose(turn, begins=keys == _BEGIN_AGAIN)
        return True
    elif keys is None:
        _pass_on(turn, event.text)
    new_phone.tell(turn)
    return True


def _is_their_own(turn: Turn) -> bool:
    """Tell whether what is open was opened by whoever writes now: the fast path, and the talk that follows it."""
    if turn.conversation.node == "TALK":
        card = cases.active_card(turn)
        known = turn.conversation.new_phone == new_phone.RECOGNISED  # they have yet to hear that they are
        return card is not None and not card.identity_doubt and not known
    return _in_fast_path(turn)


def _in_fast_path(turn: Turn) -> bool:
    node = turn.interview.nodes.get(turn.conversation.node)
    return node is not None and node.part == "fast"


def _answers_who_knows_them(turn: Turn) -> bool:
    """Tell whether somebody who was recognised answers an officer: that goes on as a talk, without a question first."""
    card = cases.active_card(turn)
    known = turn.conversation.new_phone == new_phone.RECOGNISED and turn.conversation.node == "TALK"
    return known and card is not None and in_talk(card, turn.event.at)


def _pass_on(turn: Turn, text: str) -> None:
    if too_long(text, MAX_TEXT_CHARS):
        turn.say("T-ERR-LONG", LIMIT=str(MAX_TEXT_CHARS))
    elif clean(text):
        cases.pass_on(turn, clean(text), "talk")


def _may_choose(turn: Turn) -> bool:
    """Tell whether T-NEW-PHONE was said: a digit before it was meant for a question that is not open any more."""
    return turn.conversation.new_phone == new_phone.TOLD and not new_phone.secrets(turn)


def _choose(turn: Turn, *, begins: bool) -> None:
    if not begins:
        turn.say("T-NEXT-OTHER")
        speak_only(turn)
        return
    _drop_kept(turn)
    turn.set(
        interview=turn.policy.interview.version, draft=turn.conversation.draft or Draft(), question=None, came_from=(),
    )  # fmt: skip
    turn.restore(START)
    steps.go_next(turn)


def _drop_kept(turn: Turn) -> None:
    """Erase what was set aside, and the words that would have led back to it; the rest gets a fresh key."""
    kept = turn.conversation.kept_draft
    if kept is not None:
        turn.drop_files(kept.files)
    turn.set(
        new_phone="", kept_draft=None, phrase_hash="", panic_hash="", resume_failures=0, resume_locked_until="",
    )  # fmt: skip
    turn.do(CancelWake(TIMER_KEPT))
    turn.do(NewKey())


def kept_is_over(turn: Turn) -> None:
    """The hours of a draft are over: it goes without a word, and with it a conversation that has nothing else."""
    before = turn.conversation
    if before.kept_draft is None:
        return
    _drop_kept(turn)
    known = bool(before.cards) and before.new_phone == new_phone.RECOGNISED
    if known or any(card.identity_doubt for card in before.cards):  # the words still lead to the cases
        turn.set(new_phone=before.new_phone, phrase_hash=before.phrase_hash, panic_hash=before.panic_hash)
    elif not before.cards and before.draft is None:
        turn.move(END)
        turn.do(Forget())


def come_back(turn: Turn, known: tuple[CaseCard, ...]) -> None:
    """The phrase of these cases was given where nothing else led to them: they are this person's, beyond doubt."""
    for card in known:
        if card.identity_doubt:
            turn.do(UpdateCase(new_phone.beyond_doubt(card)))
    cards, newest = tuple(map(new_phone.beyond_doubt, known)), known[-1]
    if turn.conversation.new_phone and turn.conversation.cards:  # the same words end the doubt about what is here
        turn.set(cards=(*turn.conversation.cards, *cards))
        new_phone.welcome(turn)
        return
    if turn.conversation.kept_draft is not None:
        _drop_kept(turn)
    if turn.conversation.draft is not None:
        turn.drop_files(turn.draft.files)
        steps.drop_draft(turn)
    turn.set(cards=(*turn.conversation.cards, *cards), active_case=newest.case, lang=newest.lang)
    turn.set(phrase_hash=newest.phrase_hash, panic_hash=newest.panic_hash, came_from=())
    shown_again(turn)
    if follow_channel(turn):
        turn.set(came_from=("C-CONT-AGAIN",))
    turn.do(WakeAt(TIMER_SESSION, turn.event.at + timedelta(minutes=SESSION_MINUTES)))
    ask(turn, "T-RESUME")
