"""Accepting an answer: keep it, record its consent, do what it says, and ask what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import acts, cases, fast, steps
from dialogs.conditions import values_of
from dialogs.consents import NO_CONTACT, consent_event, fingerprint
from dialogs.conversation import Answer, Draft
from dialogs.facts import LIVE
from dialogs.limits import MAX_CONSENT_EVENTS
from dialogs.lists import OUTSIDE
from dialogs.policy import Kind
from dialogs.prompts import ask, speak_only
from dialogs.replace import replace
from dialogs.sending import check_agreement
from dialogs.variables import duty_desk, senior_desk

if TYPE_CHECKING:
    from dialogs.conversation import ConsentEvent
    from dialogs.policy import Choice, Node
    from dialogs.turn import Turn

_NO_ANSWER_KEPT = frozenset(
    {
        "LANG",
        "Q50",
        "Q52",
        "T-RESUME",
        "C-TGFULL",
        "FP1",
        "T-SUPPLEMENT",
        "T-FEEDBACK-WRITE",
        "T-WITHDRAW-ONE",
        "T-WITHDRAW-ASK",
    }
)
"""Places that are no part of a report."""


def accept(turn: Turn, node: Node, answer: Answer) -> None:
    """Keep the answer, record its consent, do what it says, and ask what follows."""
    chosen = _chosen(node, answer)
    before = turn.draft
    if _keeps(node, chosen):
        turn.put_answer(_permitted(turn, answer))
    if node.field == "lang" and chosen:
        turn.set(lang=str(chosen[0].value))
    if node.kind is Kind.CONSENT and chosen and chosen[0].status is not None:
        _record_consent(turn, node, chosen[0])
        fast.reconsider(turn)
    for choice in chosen:
        for text_id in choice.notices:
            turn.say(text_id)
    for choice in chosen:
        if choice.act is not None and acts.run(turn, choice):
            return
    if before.alert_id and node.field in fast.CARD_FIELDS:
        fast.update_card(turn)
    _words_of(turn, node, answer)
    _after_edit(turn, node, before)
    _follow(turn, node, answer, chosen)


def _chosen(node: Node, answer: Answer) -> tuple[Choice, ...]:
    if not answer.keys or node.kind in (Kind.OFFICES, Kind.SEARCH):
        return ()
    return tuple([choice for choice in node.choices if choice.key in answer.keys])


def _keeps(node: Node, chosen: tuple[Choice, ...]) -> bool:
    if node.kind is Kind.CONSENT and chosen and chosen[0].status is None:
        return False  # neither yes nor no: the consent is still open
    if node.id in _NO_ANSWER_KEPT:
        return False
    return node.line or node.field is not None or any(choice.sets or choice.flags for choice in node.choices)


def _permitted(turn: Turn, answer: Answer) -> Answer:
    """Once C-SENS was refused, later private answers are not kept either."""
    refused = "refused" in [event.status for event in turn.draft.consents if event.id == "C-SENS"]
    return acts.without_private(turn, answer) or Answer(answer.node) if refused else answer


def _record_consent(turn: Turn, node: Node, choice: Choice) -> None:
    question, consent = turn.conversation.question, node.consent or node.id
    if question is None or choice.status is None or len(turn.draft.consents) >= MAX_CONSENT_EVENTS:
        return
    recipient, scope = _recipient(turn, node)
    event = consent_event(
        turn.conversation, question, consent, choice.status, at=turn.event.at, entropy=turn.event.entropy,
        recipient=recipient, scope=scope, collision=_collision(turn, consent),
    )  # fmt: skip
    turn.set_draft(consents=(*turn.draft.consents, event))
    if consent == "C-FWD" and event.status in LIVE:
        _bind(turn, event)


def _collision(turn: Turn, consent: str) -> tuple[str, ...]:
    """C-CONT says so when it crosses "do not contact me again" (Q42), and is asked after it."""
    return tuple(line for line in values_of(turn.facts, "red") if consent == "C-CONT" and line == NO_CONTACT)


def _recipient(turn: Turn, node: Node) -> tuple[str, str]:
    if node.id == "FP1":
        return duty_desk(turn), "card"
    if node.id == "C-EMER":
        return duty_desk(turn), "report"
    if node.id == "C-ASG":
        return senior_desk(turn), "report"
    if node.id == "C-FWD":
        return turn.judged.route.office, "report"
    return "", ""


def _bind(turn: Turn, event: ConsentEvent) -> None:
    level = turn.judged.triage.level
    agreed = fingerprint(turn.draft, turn.interview, event.recipient, level)
    bound = tuple(
        replace(old, content_version=agreed) if old.record_id == event.record_id else old for old in turn.draft.consents
    )
    turn.set_draft(agreed=agreed, consents=bound)


def _words_of(turn: Turn, node: Node, answer: Answer) -> None:
    if node.id == "T-SUPPLEMENT" and answer.text:
        turn.say("T-SUPPLEMENT-SENT" if cases.pass_on(turn, answer.text, "supplement") else "T-TALK-CLOSED")
    elif node.id == "T-FEEDBACK-WRITE" and answer.text:
        cases.feedback(turn, answer.text)
        turn.say("T-FEEDBACK-SENT")


def _after_edit(turn: Turn, node: Node, before: Draft) -> None:
    part = node.part not in ("permissions", "review", "later", "fast")
    if part and before.agreed and turn.draft.answers != before.answers:
        check_agreement(turn)


def _follow(turn: Turn, node: Node, answer: Answer, chosen: tuple[Choice, ...]) -> None:
    if acts.is_private(turn, answer) and not any(event.id == "C-SENS" for event in turn.draft.consents):
        ask(turn, "C-SENS")
        return
    if node.id == "T-WITHDRAW-ONE" and answer.value:
        cases.withdraw_one(turn, answer.value)
        return
    if node.kind is Kind.SEARCH and _is_outside(turn, answer.value):
        ask(turn, "T-OOS-OTH", again=True)
        return
    goto = _goto(chosen) or node.then
    if goto is None:
        steps.go_next(turn)
    elif goto == "FP1" and turn.draft.alert_id:
        fast.sos(turn)
    elif goto == "TALK":
        turn.move("TALK")
        turn.say("T-TALK-SENT")
        speak_only(turn)
    elif node.then is not None and goto == node.then and node.then in turn.interview.line:
        steps.go_next(turn)
    else:
        steps.come_to(turn, goto)


def _goto(chosen: tuple[Choice, ...]) -> str | None:
    """Return where the first of the answers that leads anywhere leads."""
    for choice in chosen:
        if choice.goto is not None:
            return choice.goto
    return None


def _is_outside(turn: Turn, name: str) -> bool:
    return name in [body.name for body in turn.policy.directory.bodies if body.kind == OUTSIDE]
