"""What a played persona came to: the fields and codes of the specification, and whether they are as expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dialogs.conditions import values_of
from dialogs.events import Moment
from dialogs.facts import consent_states
from dialogs.fast import CARD_FIELDS
from dialogs.report import codes
from dialogs.turn import Turn

if TYPE_CHECKING:
    from datetime import datetime

    from bot.practice.player import Played
    from dialogs.conversation import Conversation
    from dialogs.policy import Policy

INTAKE_CONSENTS: Final = (
    "C-CHAN", "C-TGFULL", "C-START", "C-SENS", "C-NAME", "C-FILE", "C-FWD", "C-EMER", "C-ASG", "C-CONT", "C-ALTC",
    "C-INTP", "C-STAT", "C-RETN", "C-SILENT",
)  # fmt: skip
CARD: Final = ("handle", "lang", "time", *CARD_FIELDS)
PARTS: Final = ("phase_fast", "phase_report")


def outcome(played: Played, policy: Policy, at: datetime, *, stored_after: str) -> dict[str, Any]:
    """Return the outcome of a persona, by the field names of the examples."""
    subject = played.subject
    sealed = played.sealed
    result: dict[str, Any] = {
        "submitted": sealed is not None,
        "case": sealed.card.case if sealed is not None else None,
    }
    if subject is not None:
        turn = _turn(subject, policy, at)
        result.update(codes(turn))
        result.update(channel=subject.channel, lang=subject.lang)
        result.update(_judged(turn))
        states = consent_states(turn.draft)
        result["consents"] = {consent: states.get(consent, "not_asked") for consent in INTAKE_CONSENTS}
        result["comprehension"] = str(turn.facts.get("understood") or "not asked")
        result["counted"] = sealed is not None and states.get("C-STAT") == "given"
    if sealed is not None:
        result["status_after_send"] = sealed.card.status
    result.update(
        stored_after=stored_after,
        alerts=played.alerts,
        tally={"OOS": played.out_of_scope} if played.out_of_scope else {},
    )
    if played.fast is not None:
        result["phase_fast"] = _fast(played, policy, at)
    result["sealed"] = []
    return result


def _turn(conversation: Conversation, policy: Policy, at: datetime) -> Turn:
    return Turn(conversation, Moment(at=at, entropy=b""), policy)


def _judged(turn: Turn) -> dict[str, Any]:
    """Level and route; nothing before the person agreed to questions, no route for what is out of scope."""
    started, fast = turn.facts.get("C-START") == "given", turn.facts.get("fast") == "yes"
    if not started and not fast:
        return {"mode": turn.facts["mode"], "rules": [], "level": None, "route": None}
    judged = turn.judged.triage
    found: dict[str, Any] = {
        "mode": turn.facts["mode"] if started else "FAST",
        "rules": list(judged.rules), "level": judged.level, "review_to_l1": judged.review_to_l1, "route": None,
    }  # fmt: skip
    in_scope = not any(scope.startswith("OOS") for scope in values_of(turn.facts, "scope"))
    if started and in_scope:
        way = turn.judged.route
        route: dict[str, Any] = {"office": way.office, "rule": way.rule}
        if way.out_of_hours is not None:
            route["out_of_hours"] = way.out_of_hours
        if way.dropped:
            route["dropped"] = list(way.dropped)
        found["route"] = route
    return found


def _fast(played: Played, policy: Policy, at: datetime) -> dict[str, Any]:
    conversation = played.fast
    if conversation is None:
        return {}
    turn = _turn(conversation, policy, at)
    judged = turn.judged.triage
    states = consent_states(turn.draft)
    facts = {name: turn.facts.get(name) for name in CARD_FIELDS}
    return {
        **facts, "mode": "FAST", "rules": list(judged.rules), "level": judged.level,
        "consents": {consent: states.get(consent, "not_asked") for consent in INTAKE_CONSENTS},
        "alert_before_node": played.alert_before, "card_fields": list(CARD),
    }  # fmt: skip


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return what is not as expected, one line each; fields that are not expected are not compared."""
    lines = []
    for name, value in expected.items():
        if name == "phase_report":
            lines.extend(differences(value, found))
        else:
            lines.extend(_compare(name, value, found.get(name)))
    return lines


def _compare(name: str, expected: object, found: object) -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key, value in expected.items() for line in _compare(f"{name}.{key}", value, found.get(key))]
    if isinstance(expected, list) and isinstance(found, list):
        same = sorted(map(str, expected)) == sorted(map(str, found))
    else:
        same = expected == found or (expected is not None and found is not None and str(expected) == str(found))
    empty = expected in (None, [], {}, "") and found in (None, [], {}, "")
    return [] if same or empty else [f"{name}: expected {expected!r}, found {found!r}"]
