"""Sending: the last yes, checked once more against the rules of this very moment, then one effect that seals all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dialogs.conditions import values_of
from dialogs.consents import fingerprint, is_live, minute, voided
from dialogs.conversation import CaseCard
from dialogs.draws import draw_id
from dialogs.effects import DropFiles, RaiseAlert, Say, SealReport, WakeAt
from dialogs.gate import Act, Granted, Question, Refused, may
from dialogs.keys import identity_recipients, usable_recipients
from dialogs.limits import SESSION_MINUTES, TIMER_SEND, TIMER_SESSION
from dialogs.machine import PAUSED
from dialogs.prompts import ask, ensure_pair, speak_only
from dialogs.replace import replace
from dialogs.report import build_document
from dialogs.routing import is_excluded
from dialogs.steps import contact_is_live, drop_draft, go_next
from dialogs.unfetched import look_after
from dialogs.variables import duty_desk, senior_desk

if TYPE_CHECKING:
    from dialogs.conditions import Facts
    from dialogs.conversation import ConsentEvent, SealedFile
    from dialogs.policy import Choice
    from dialogs.routing import Route
    from dialogs.turn import Turn

TRY_AGAIN = timedelta(hours=1)
"""How long to wait before a report that could not be sealed is tried again."""


def check_agreement(turn: Turn) -> bool:
    """Void what was agreed when recipient, level or sensitive content are no longer those; True when all holds."""
    if not is_live(turn.draft.consents, "C-FWD"):
        return True
    found = turn.judged.route
    level = turn.judged.triage.level
    if turn.draft.agreed == fingerprint(turn.draft, turn.interview, found.office, level):
        return True
    draft = voided(turn.draft, at=turn.event.at, entropy=turn.event.entropy)
    turn.set(draft=draft)
    turn.say("T-VOIDED")
    return False


def send(turn: Turn, choice: Choice) -> bool:
    """Seal and send, if and only if the gate grants it for exactly this recipient and content (INV-02)."""
    del choice
    if not is_live(turn.draft.consents, "C-FWD") or not check_agreement(turn):
        _ask_forward_again(turn)
        return True
    found = turn.judged.route
    if not _can_be_sealed(turn, found):
        ask(turn, "T-FAIL", again=True)
        return True
    _send_to(turn, found)
    return True


def keep_trying(turn: Turn, choice: Choice) -> bool:
    """T-FAIL, 1: send as soon as the office can be sealed to, within the life of the draft."""
    del choice
    turn.do(WakeAt(TIMER_SEND, turn.event.at + TRY_AGAIN))
    turn.set(came_from=("Q52",))
    turn.move(PAUSED)
    turn.say("T-TRYING")
    speak_only(turn)
    return True


def try_again(turn: Turn) -> None:
    """Send what could not be sent before, without a word: it may be no safe time. Asked again where it changed."""
    if turn.conversation.draft is None or not is_live(turn.draft.consents, "C-FWD") or not check_agreement(turn):
        turn.notices.clear()
        return
    found = turn.judged.route
    if not _can_be_sealed(turn, found) or turn.conversation.node != PAUSED:
        turn.do(WakeAt(TIMER_SEND, turn.event.at + TRY_AGAIN))
        return
    _send_to(turn, found)
    turn.effects[:] = [effect for effect in turn.effects if not isinstance(effect, Say)]


def _ask_forward_again(turn: Turn) -> None:
    turn.set_draft(answers=tuple(answer for answer in turn.draft.answers if answer.node != "C-FWD"))
    go_next(turn)


def _can_be_sealed(turn: Turn, found: Route) -> bool:
    """Tell whether all that would go now has keys: the report, its copies, and the real name, which has its own."""
    card = _card(turn, found, turn.judged.triage.level, _final_consents(turn))
    offices = (found.office, *(copy.question.recipient for copy in _copies(turn, card)))
    directory, now = turn.policy.directory, turn.event.at
    if not all(usable_recipients(directory, office, now) for office in offices):
        return False
    named = turn.facts.get("real_name") and isinstance(_permission(turn, card, Act.NAME), Granted)
    return not named or bool(identity_recipients(directory, found.office, now))


def _send_to(turn: Turn, found: Route) -> None:
    ensure_pair(turn)
    judged = turn.judged.triage
    consents = _final_consents(turn)
    card = _card(turn, found, judged.level, consents)
    forward = _permission(turn, card, Act.FORWARD, recipient=found.office, content_version=turn.draft.agreed)
    if not isinstance(forward, Granted):
        _ask_forward_again(turn)
        return
    copies = _copies(turn, card)
    name, files = _permission(turn, card, Act.NAME), _files(turn, card)
    real_name = turn.facts.get("real_name")
    turn.do(
        SealReport(
            card=card,
            document=build_document(turn, card, judged, consents, files),
            forward=forward,
            consents=consents,
            copies=copies,
            identity={"case": card.case, "name": str(real_name)} if real_name else None,
            name=name if isinstance(name, Granted) else None,
            files=files,
        )
    )
    left = tuple(file.blob for file in turn.draft.files if file not in files)
    if left:
        turn.do(DropFiles(left))
    for copy in copies:
        if copy.question.act is Act.ALERT:
            turn.do(RaiseAlert(draw_id(turn.event.entropy, "alert", "AL"), copy, {}, (), case=card.case))
    look_after(turn, card)
    turn.set(cards=(*turn.conversation.cards, card), active_case=card.case, came_from=())
    drop_draft(turn)
    if not contact_is_live(turn.conversation.cards):
        turn.do(WakeAt(TIMER_SESSION, turn.event.at + timedelta(minutes=SESSION_MINUTES)))
    ask(turn, "Q53")


def _permission(
    turn: Turn, card: CaseCard, act: Act, *, recipient: str = "", scope: str = "", content_version: str = ""
) -> Granted | Refused:
    question = Question(act, card.case, recipient=recipient, scope=scope, content_version=content_version)
    return may(question, card, card.consents, turn.event.at, turn.policy.measures)


def _files(turn: Turn, card: CaseCard) -> tuple[SealedFile, ...]:
    """Return the files that may go with the report; a voice note is the story itself (Q24), agreed to with C-FWD."""
    if isinstance(_permission(turn, card, Act.FILES), Granted):
        return turn.draft.files
    return tuple(file for file in turn.draft.files if file.type.startswith("audio/"))


def _final_consents(turn: Turn) -> tuple[ConsentEvent, ...]:
    understood = str(turn.facts.get("understood") or "not asked")
    pressure = str(turn.facts.get("pressure") or "not asked")
    return tuple(
        replace(event, comprehension=understood, pressure=pressure) if event.id == "C-FWD" else event
        for event in turn.draft.consents
    )


def _copies(turn: Turn, card: CaseCard) -> tuple[Granted, ...]:
    """The duty desk with C-EMER for the report, the senior focal point with C-ASG; nobody else (INV-02, INV-09)."""
    directory = turn.policy.directory
    asked = (
        _permission(turn, card, Act.ALERT, recipient=duty_desk(turn), scope="report"),
        _permission(turn, card, Act.SENIOR, recipient=senior_desk(turn)),
    )
    return tuple(
        answer
        for answer in asked
        if isinstance(answer, Granted)
        and answer.question.recipient != card.office
        and not is_excluded(directory.offices[answer.question.recipient], turn.facts, directory)
    )


def _of_another(facts: Facts) -> str:
    """Return what the person concerned said; nothing when the writer tells what happened to themselves.

    Somebody may turn to their own case after the other person said no (Q11, T-TP-NO): then only that is reported.
    """
    return "" if facts.get("reporter_role") == "REP-SELF" else str(facts.get("tp_consent") or "")


def _card(turn: Turn, found: Route, level: str, consents: tuple[ConsentEvent, ...]) -> CaseCard:
    facts, draft = turn.facts, turn.draft
    flags = values_of(facts, "flags")
    offset = facts.get("local_time")
    return CaseCard(
        case=draw_id(turn.event.entropy, "case", "LW"),
        office=found.office,
        level=level,
        status="ST-SUB",
        submitted_at=minute(turn.event.at),
        lang=turn.conversation.lang,
        channel=turn.conversation.channel,
        off_words=draft.off_words,
        your_words=draft.your_words,
        your_words_hash=turn.policy.secret_hash("pair", draft.your_words),
        phrase_hash=turn.conversation.phrase_hash,
        panic_hash=turn.conversation.panic_hash,
        safe_times=values_of(facts, "safe_times"),
        utc_offset_minutes=int(offset) if isinstance(offset, str) else None,
        cover=str(facts.get("cover") or ""),
        red=values_of(facts, "red"),
        exclude=values_of(facts, "exclude"),
        child=facts.get("victim_child") == "yes",
        tp_consent=_of_another(facts),
        scope_review="SCP-REV" in flags,
        conflict="FLG-COI" in flags,
        consents=consents,
    )
