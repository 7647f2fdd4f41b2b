"""advance: one event in, a new conversation and its effects out. No clock, no chance, no disk, no network.

Read it from the top: first what has a meaning in every state (hide, menu, reach a person, take back), then
the open question. Whatever is not understood is said once and the question is repeated.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from dialogs import acts, cases, fast, hidden, steps
from dialogs.accepting import accept
from dialogs.answers import clean, read_keys, same_words, too_long
from dialogs.choices import show_answer
from dialogs.consents import is_live
from dialogs.conversation import Answer, Conversation, Draft
from dialogs.effects import CancelWake, DropFiles, Forget, WakeAt
from dialogs.events import ButtonPressed, Event, FileReceived, GapNoticed, TextReceived, TimeArrived
from dialogs.flow import only_numbers
from dialogs.limits import (
    MAX_FILES,
    MAX_TEXT_CHARS,
    TIMER_DRAFT,
    TIMER_FAST_SILENT,
    TIMER_IDLE,
    TIMER_SESSION,
)
from dialogs.machine import END, HIDDEN, PAUSED, START
from dialogs.policy import Kind
from dialogs.prompts import ask, ask_again, speak_only
from dialogs.reading import LookedUp, NextPage, Rejected, read_answer, words_here
from dialogs.turn import Turn

if TYPE_CHECKING:
    from dialogs.effects import Effect
    from dialogs.policy import Node, Policy

HIDE, MENU, BACK = ("000",), ("00",), ("9",)
MIN_PANIC_CHARS = 3
_PANIC = "Q06-PANIC"


def begin(conversation_id: str, channel: str, policy: Policy, at: datetime) -> Conversation:
    """Return the conversation of somebody who writes for the first time."""
    now = at.isoformat()
    return Conversation(
        id=conversation_id, channel=channel, interview=policy.interview.version, started_at=now, last_at=now,
        draft=Draft(),
    )  # fmt: skip


def advance(conversation: Conversation, event: Event, policy: Policy) -> tuple[Conversation, tuple[Effect, ...]]:
    """Return the conversation after the event, and what should be done.

    Pure: equal arguments give equal results and are never changed. Never raises on anything a person writes.
    Raises ForbiddenMove or UnknownInterview when the interview itself is broken.
    """
    if conversation.node == END:  # forgotten, and somebody writes again: everything begins anew
        conversation = begin(conversation.id, conversation.channel, policy, event.at)
    turn = Turn(conversation, event, policy)
    match event:
        case TextReceived():
            _text(turn, event)
        case ButtonPressed():
            _button(turn, event)
        case FileReceived():
            _file(turn, event)
        case TimeArrived():
            _time(turn, event)
        case GapNoticed():
            if turn.conversation.node not in (HIDDEN, START):
                _repeat(turn)
        case _:
            assert_never(event)
    if not isinstance(event, TimeArrived | GapNoticed):
        _wind_up(turn)
    return turn.conversation, tuple(turn.effects)


def _text(turn: Turn, event: TextReceived) -> None:
    _notice_pause(turn)
    if turn.conversation.node == HIDDEN:
        hidden.listen(turn, same_words(event.text[:MAX_TEXT_CHARS]))
        return
    if event.known_case is not None:
        _come_back(turn, event)
        return
    if too_long(event.text, MAX_TEXT_CHARS) and turn.conversation.node != START:
        turn.say("T-ERR-LONG", LIMIT=str(MAX_TEXT_CHARS))
        _repeat(turn)
        return
    text = event.text[:MAX_TEXT_CHARS]
    if not _by_key_or_word(turn, text):
        _at_node(turn, text)


def _notice_pause(turn: Turn) -> None:
    away = turn.event.at - datetime.fromisoformat(turn.conversation.last_at)
    limit = timedelta(minutes=turn.policy.settings.ask_safe_again_minutes)
    turn.long_pause = away > limit and is_live(turn.draft.consents, "C-START")


def _by_key_or_word(turn: Turn, text: str) -> bool:
    """Handle what has the same meaning in every state; False when the text is something else."""
    keys, words = read_keys(text), same_words(text)
    if keys == HIDE or _is_panic(turn, words):
        acts.hide(turn)
        return True
    if turn.conversation.node == START and words not in _sos_words(turn):
        return False
    if keys == MENU:
        steps.remember(turn)
        cases.open_menu(turn)
        return True
    if words in _sos_words(turn):
        fast.sos(turn)
        return True
    return _by_word(turn, words) or _back_or_paused(turn, keys)


def _by_word(turn: Turn, words: str) -> bool:
    known = words_here(turn)
    if not words:
        return False
    if turn.conversation.cards and cases.destroy_by_words(turn, words):
        return True
    free = turn.conversation.node in turn.interview.nodes and turn.node(turn.conversation.node).kind is Kind.TEXT
    if not free and words in {same_words(phrase) for phrase in known.withdraw}:
        cases.freeze(turn)
        steps.lay_over(turn, "T-WITHDRAW")
        return True
    if words in {same_words(word) for word in known.check}:
        turn.say("T-CHECK-WORD")
        _repeat(turn)
        return True
    return False


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
    return node is not None and node.kind is not Kind.REST and node.id not in ("Q53", "Q54")


def _is_panic(turn: Turn, words: str) -> bool:
    panic = turn.conversation.panic_hash
    return bool(panic) and bool(words) and turn.policy.secret_hash("panic", words) == panic


def _sos_words(turn: Turn) -> frozenset[str]:
    return frozenset(same_words(word) for words in turn.policy.words.values() for word in words.sos)


def _at_node(turn: Turn, text: str) -> None:
    here = turn.conversation.node
    if here == START:
        steps.go_next(turn)
    elif here == "TALK":
        _talk(turn, text)
    elif here not in turn.interview.nodes or turn.conversation.question is None:
        steps.rest(turn)
    else:
        _answer(turn, turn.node(here), text)


def _talk(turn: Turn, text: str) -> None:
    kept = clean(text)
    if cases.active_card(turn) is None or not kept:
        steps.rest(turn)
        return
    cases.pass_on(turn, kept, "talk")
    turn.say("T-TALK-SENT")
    speak_only(turn)


def _answer(turn: Turn, node: Node, text: str) -> None:
    if node.id == "Q50" and _show(turn, text):
        return
    if node.id == _PANIC and read_keys(text) is None:
        _set_panic(turn, node, text)
        return
    reading = read_answer(turn, node, text)
    match reading:
        case Answer():
            accept(turn, node, reading)
        case LookedUp(typed):
            ask(turn, node.id, again=True, typed=typed)
        case NextPage():
            _turn_page(turn, node)
        case Rejected():
            _not_understood(turn, node, text, reading)
        case _:
            assert_never(reading)


def _show(turn: Turn, text: str) -> bool:
    first, _space, number = same_words(text).partition(" ")
    if first != "show" or not number.isdecimal() or not show_answer(turn, int(number[:4])):
        return False
    ask_again(turn)
    return True


def _set_panic(turn: Turn, node: Node, text: str) -> None:
    words = same_words(text)
    if len(words) < MIN_PANIC_CHARS or words in _sos_words(turn):
        _not_understood(turn, node, "", Rejected("T-PANIC-OTHER"))
        return
    turn.set(panic_hash=turn.policy.secret_hash("panic", words))
    accept(turn, node, Answer(node.id, value="set"))


def _turn_page(turn: Turn, node: Node) -> None:
    question = turn.conversation.question
    offset = question.offset + 7 if question is not None else 0
    ask(turn, node.id, again=True, offset=offset)
    if turn.conversation.question is not None and len(turn.conversation.question.options) <= 1:
        turn.effects.pop()
        ask(turn, node.id, again=True)


def _not_understood(turn: Turn, node: Node, text: str, rejected: Rejected) -> None:
    if text and _heard(turn, node, text):
        return
    if text and _offer_full_telegram(turn, text):
        return
    question = turn.conversation.question
    if question is None:
        return
    if question.misread == 0 or rejected.text_id != "T-ERR":
        turn.say(rejected.text_id, **dict(rejected.args))
    turn.set(question=replace(question, misread=question.misread + 1))
    ask_again(turn)


def _heard(turn: Turn, node: Node, text: str) -> bool:
    words = f" {same_words(text)} "
    for target, listened in node.hear:
        if any(f" {same_words(word)} " in words for word in listened):
            steps.come_to(turn, target)
            return True
    return False


def _offer_full_telegram(turn: Turn, text: str) -> bool:
    """On Telegram, words where numbers are asked bring the choice to lift LITE, once (domain.md 2.3)."""
    may = (
        turn.conversation.channel == "telegram"
        and only_numbers(turn.facts)
        and is_live(turn.draft.consents, "C-START")
        and not turn.draft.tg_full_offered
        and not _lite_by_phone(turn)
        and read_keys(text) is None
    )
    if may:
        turn.set_draft(tg_full_offered=True)
        steps.lay_over(turn, "C-TGFULL")
    return may


def _lite_by_phone(turn: Turn) -> bool:
    return turn.facts.get("device") in ("seen", "notmine", "watched") or turn.facts.get("device_suspect") == "this"


def _button(turn: Turn, event: ButtonPressed) -> None:
    if turn.conversation.node == HIDDEN:
        turn.say("T-DECOY")
        speak_only(turn)
        return
    question = turn.conversation.question
    if question is None or (question.node, question.turn) != (event.node, event.turn):
        turn.say("T-STALE-BUTTON")
        _repeat(turn)
        return
    _notice_pause(turn)
    _answer(turn, turn.node(question.node), event.key)


def _file(turn: Turn, event: FileReceived) -> None:
    if turn.conversation.node == HIDDEN:
        _drop(turn, event)
        turn.say("T-DECOY")
        speak_only(turn)
        return
    reason = _why_no_file(turn, event)
    if reason is not None or event.file is None:
        _drop(turn, event)
        turn.say(reason or "T-FILE-NOT-NOW", **_file_limits())
        _repeat(turn)
        return
    turn.set_draft(files=(*turn.draft.files, event.file))
    turn.say("T-FILE-OK")
    if turn.conversation.node == "Q24":
        accept(turn, turn.node("Q24"), Answer("Q24", value="voice"))
    else:
        ask_again(turn)


def _why_no_file(turn: Turn, event: FileReceived) -> str | None:
    if event.refusal is not None:
        return event.refusal
    here = turn.conversation.node
    voice = here == "Q24" and event.file is not None and event.file.type.startswith("audio/")
    if not voice and (here != "Q45" or not is_live(turn.draft.consents, "C-FILE")):
        return "T-FILE-NOT-NOW"
    return "T-FILE-TOO-MANY" if len(turn.draft.files) >= MAX_FILES else None


def _file_limits() -> dict[str, str]:
    return {"COUNT": str(MAX_FILES), "LIMIT": "100"}


def _drop(turn: Turn, event: FileReceived) -> None:
    if event.file is not None:
        turn.do(DropFiles((event.file.blob,)))


def _time(turn: Turn, event: TimeArrived) -> None:
    here = turn.conversation.node
    if event.timer == TIMER_FAST_SILENT:
        if here == "FP1":
            ask(turn, "T-ARE-YOU-THERE")
    elif event.timer in (TIMER_IDLE, TIMER_DRAFT):
        _expire(turn)
    elif event.timer == TIMER_SESSION:
        if turn.conversation.draft is None and not steps.contact_is_live(turn.conversation.cards):
            turn.move(END)
            turn.do(Forget())
    elif event.timer.startswith(cases.DESTROY_TIMER):
        cases.destroy(turn, event.timer.removeprefix(cases.DESTROY_TIMER))


def _expire(turn: Turn) -> None:
    """Nobody wrote for long: the draft goes without a word, since the bot never writes on its own."""
    turn.notices.clear()
    steps.end(turn)


def _repeat(turn: Turn) -> None:
    if turn.conversation.question is None or turn.conversation.node in ("TALK", PAUSED, START):
        speak_only(turn)
    else:
        ask_again(turn)


def _come_back(turn: Turn, event: TextReceived) -> None:
    """The phrase was given where nothing else led to the case: it is this person's again."""
    card = event.known_case
    if card is None:
        return
    turn.set(cards=(*turn.conversation.cards, card), active_case=card.case, lang=card.lang, draft=None)
    turn.set(phrase_hash=card.phrase_hash, panic_hash=card.panic_hash, came_from=())
    ask(turn, "T-RESUME")


def _wind_up(turn: Turn) -> None:
    turn.set(last_at=turn.event.at.isoformat())
    if any(isinstance(effect, Forget) for effect in turn.effects) or turn.conversation.draft is None:
        return
    settings = turn.policy.settings
    if is_live(turn.draft.consents, "C-START"):
        if any(event.id == "C-START" and event.at for event in turn.draft.consents[-1:]):
            turn.do(CancelWake(TIMER_IDLE))
        turn.do(WakeAt(TIMER_DRAFT, turn.event.at + timedelta(hours=settings.draft_hours)))
    else:
        turn.do(WakeAt(TIMER_IDLE, turn.event.at + timedelta(minutes=settings.idle_minutes_before_start)))
