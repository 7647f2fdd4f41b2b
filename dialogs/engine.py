"""advance: one event in, a new conversation and its effects out. No clock, no chance, no disk, no network.

Read it from the top: first what has a meaning in every state (hide, menu, reach a person, take back), then
the open question. Whatever is not understood is said once and the question is repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from dialogs import cases, fast, hidden, measures, retention, steps, strangers
from dialogs.accepting import accept
from dialogs.answers import clean, read_keys, same_words, too_long
from dialogs.choices import show_answer
from dialogs.consents import is_live
from dialogs.conversation import Answer, Conversation, Draft
from dialogs.effects import CancelWake, DropFiles, Forget, WakeAt
from dialogs.events import (
    AccountLost,
    ButtonPressed,
    CardArrived,
    CaseClosed,
    EditNoticed,
    Event,
    FileReceived,
    GapNoticed,
    KeyChanged,
    Moved,
    OfficerBegan,
    OfficerWrote,
    PersonRecognised,
    TextReceived,
    TimeArrived,
)
from dialogs.everywhere import by_key_or_word, repeat, sos_words
from dialogs.flow import only_numbers
from dialogs.limits import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TEXT_CHARS,
    MIB,
    TIMER_DRAFT,
    TIMER_IDLE,
)
from dialogs.machine import END, HIDDEN, START
from dialogs.officers import arrived, in_doubt, in_talk
from dialogs.prompts import ask, ask_again, speak_only
from dialogs.reading import LookedUp, NextPage, Rejected, read_answer, words_here
from dialogs.replace import replace
from dialogs.turn import Turn
from dialogs.unprompted import card_arrived, gap_noticed, moved, officer_acted, time_arrived

if TYPE_CHECKING:
    from dialogs.effects import Effect
    from dialogs.policy import Node, Policy

MIN_PANIC_CHARS = 3
NOBODY_SPOKE = frozenset((
    TimeArrived, GapNoticed, KeyChanged, CardArrived, OfficerBegan, OfficerWrote, CaseClosed, PersonRecognised,
    AccountLost,
))  # fmt: skip
"""Events in which the person did nothing: time passed, or an officer acted."""

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
    turn = Turn(conversation, event, policy, spoke=type(event) not in NOBODY_SPOKE)
    measures.leave_what_is_gone(turn)
    if not (turn.spoke and strangers.answered(turn)):
        _happen(turn, event)
    if turn.spoke:
        arrived(turn)
        _wind_up(turn, conversation.draft)
    return turn.conversation, tuple(turn.effects)


def _happen(turn: Turn, event: Event) -> None:
    match event:
        case TextReceived():
            _text(turn, event)
        case ButtonPressed():
            _button(turn, event)
        case FileReceived():
            _file(turn, event)
        case EditNoticed():
            _edited(turn)
        case TimeArrived():
            time_arrived(turn, event)
        case GapNoticed():
            gap_noticed(turn, event)
        case KeyChanged():
            strangers.key_changed(turn)
        case CardArrived():
            card_arrived(turn)
        case Moved():
            moved(turn)
        case OfficerBegan() | OfficerWrote() | CaseClosed() | PersonRecognised() | AccountLost():
            officer_acted(turn, event)
        case _:
            assert_never(event)


def _text(turn: Turn, event: TextReceived) -> None:
    _notice_pause(turn)
    if turn.conversation.node == HIDDEN:
        hidden.listen(turn, same_words(event.text[:MAX_TEXT_CHARS]))
        return
    if event.known_cases:
        strangers.come_back(turn, event.known_cases)
        return
    if too_long(event.text, MAX_TEXT_CHARS) and turn.conversation.node != START:
        turn.say("T-ERR-LONG", LIMIT=str(MAX_TEXT_CHARS))
        repeat(turn)
        return
    text = event.text[:MAX_TEXT_CHARS]
    if not by_key_or_word(turn, text):
        _at_node(turn, text)


def _notice_pause(turn: Turn) -> None:
    away = turn.event.at - datetime.fromisoformat(turn.conversation.last_at)
    limit = _minutes(turn.policy.settings.ask_safe_again_minutes)
    turn.long_pause = away > limit and is_live(turn.draft.consents, "C-START")


def _at_node(turn: Turn, text: str) -> None:
    here = turn.conversation.node
    if here == START:
        if turn.conversation.lost:
            turn.set(lost=False)
            turn.say("T-LOST")
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
    if not cases.pass_on(turn, kept, "talk"):
        turn.say("T-TALK-CLOSED")
        speak_only(turn)
    elif _sounds_like_taking_back(turn, kept):
        steps.lay_over(turn, "T-WITHDRAW-ASK")
    else:
        turn.say("T-TALK-SENT")
        if in_doubt(turn):
            turn.say("T-PROVE")
        if not (measures.offer(turn) or retention.offer(turn)):
            speak_only(turn)


def _sounds_like_taking_back(turn: Turn, text: str) -> bool:
    words = f" {same_words(text)} "
    return any(phrase in words for phrase in words_here(turn).withdraw_inside)


def _answer(turn: Turn, node: Node, text: str) -> None:
    if node.id == "Q50" and _show(turn, text):
        return
    if node.id == _PANIC and read_keys(text) is None:
        _set_panic(turn, node, text)
        return
    reading = read_answer(turn, node, text)
    if node.id in measures.CARD_NODES and _beside_the_card(turn, text, reading):
        return
    resting = node.id in (*measures.RESTING, fast.END_OF_FAST) and isinstance(reading, Rejected)
    if resting and (_beside_the_menu(turn, text) or fast.with_line(turn, node, text)):
        return
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


def _beside_the_card(turn: Turn, text: str, reading: object) -> bool:
    """0 at a card is "later"; words at a card go to the officer, and the card stays open."""
    if isinstance(reading, Answer) and not reading.keys:
        return measures.measure_later(turn)
    if not isinstance(reading, Rejected) or read_keys(text) is not None or not cases.pass_on(turn, clean(text), "talk"):
        return False
    turn.say("T-TALK-SENT")
    ask_again(turn)
    return True


def _beside_the_menu(turn: Turn, text: str) -> bool:
    """Words at a menu, after an officer's two words came: they are for the officer."""
    card = cases.active_card(turn)
    if read_keys(text) is not None or card is None or not in_talk(card, turn.event.at):
        return False
    turn.restore("TALK")
    _talk(turn, text)
    return True


def _show(turn: Turn, text: str) -> bool:
    first, _space, number = same_words(text).partition(" ")
    if first != "show" or not number.isdecimal() or not show_answer(turn, int(number[:4])):
        return False
    ask_again(turn)
    return True


def _set_panic(turn: Turn, node: Node, text: str) -> None:
    words = same_words(text)
    if len(words) < MIN_PANIC_CHARS or words in sos_words(turn):
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
    if text and read_keys(text) is None and _offer_full_telegram(turn):
        return
    if node.id in measures.RESTING and measures.offer(turn):
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


def _offer_full_telegram(turn: Turn) -> bool:
    """On Telegram, words or a file where numbers are asked bring the choice to lift LITE, once (spec 2.3; INV-21)."""
    may = (
        turn.conversation.channel == "telegram"
        and only_numbers(turn.facts)
        and is_live(turn.draft.consents, "C-START")
        and not turn.draft.tg_full_offered
        and not _stays_lite(turn)
    )
    if may:
        turn.set_draft(tg_full_offered=True)
        steps.lay_over(turn, "C-TGFULL")
    return may


def _stays_lite(turn: Turn) -> bool:
    if turn.facts.get("victim_child") == "yes":
        return True
    return turn.facts.get("device") in ("seen", "notmine", "watched") or turn.facts.get("device_suspect") == "this"


def _button(turn: Turn, event: ButtonPressed) -> None:
    if turn.conversation.node == HIDDEN:
        turn.say("T-DECOY")
        speak_only(turn)
        return
    question = turn.conversation.question
    if question is None or (question.node, question.turn) != (event.node, event.turn):
        turn.say("T-STALE-BUTTON")
        repeat(turn)
        return
    _notice_pause(turn)
    _answer(turn, turn.node(question.node), event.key)


def _edited(turn: Turn) -> None:
    """What was sent stays as it was understood; the person is told how to change an answer."""
    if turn.conversation.node == HIDDEN:
        turn.say("T-DECOY")
        speak_only(turn)
    elif turn.conversation.node not in (START, END):
        turn.say("T-EDITED")
        repeat(turn)


def file_refusal(conversation: Conversation) -> str | None:
    """Return why a file sent now would not be kept (a text id), or None.

    Files are welcome at Q45 with C-FILE, and at Q24, where a voice note may be the story.
    """
    draft = conversation.draft
    if draft is None or conversation.hidden:
        return "T-FILE-NOT-NOW"
    if conversation.node != "Q24" and (conversation.node != "Q45" or not is_live(draft.consents, "C-FILE")):
        return "T-FILE-NOT-NOW"
    return "T-FILE-TOO-MANY" if len(draft.files) >= MAX_FILES else None


def _file(turn: Turn, event: FileReceived) -> None:
    if turn.conversation.node == HIDDEN:
        _drop(turn, event)
        turn.say("T-DECOY")
        speak_only(turn)
        return
    reason = _why_no_file(turn, event)
    if reason is not None or event.file is None:
        _drop(turn, event)
        turn.say(reason or "T-FILE-NOT-NOW", **_file_limits(turn))
        if reason != "T-FILE-NOT-NOW" or not _offer_full_telegram(turn):
            repeat(turn)
        return
    turn.set_draft(files=(*turn.draft.files, event.file))
    turn.say("T-FILE-OK")
    if turn.conversation.node == "Q24":
        accept(turn, turn.node("Q24"), Answer("Q24", value="voice"))
    else:
        ask_again(turn)


def _why_no_file(turn: Turn, event: FileReceived) -> str | None:
    reason = event.refusal or file_refusal(turn.conversation)
    if reason is None and turn.conversation.node == "Q24" and not (event.file and event.file.type.startswith("audio/")):
        return "T-FILE-NOT-NOW"
    return reason


def _file_limits(turn: Turn) -> dict[str, str]:
    return {"COUNT": str(MAX_FILES), "LIMIT": str(MAX_FILE_BYTES[turn.conversation.channel] // MIB)}


def _drop(turn: Turn, event: FileReceived) -> None:
    if event.file is not None:
        turn.do(DropFiles((event.file.blob,)))


def _wind_up(turn: Turn, before: Draft | None) -> None:
    turn.set(last_at=turn.event.at.isoformat())
    if turn.conversation.draft is None or _is_forgotten(turn):
        return
    settings = turn.policy.settings
    if is_live(turn.draft.consents, "C-START"):
        if before is None or not is_live(before.consents, "C-START"):
            turn.do(CancelWake(TIMER_IDLE))
        turn.do(WakeAt(TIMER_DRAFT, turn.event.at + _minutes(settings.draft_hours * 60)))
    else:
        turn.do(WakeAt(TIMER_IDLE, turn.event.at + _minutes(settings.idle_minutes_before_start)))


@lru_cache(maxsize=8)
def _minutes(count: int) -> timedelta:
    """Return so many minutes: half a microsecond when they are made anew, and most turns need two spans."""
    return timedelta(minutes=count)


def _is_forgotten(turn: Turn) -> bool:
    for effect in turn.effects:  # noqa: SIM110 - once in every turn, and three times faster
        if isinstance(effect, Forget):
            return True
    return False
