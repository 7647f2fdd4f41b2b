"""Consent events: made from the question as it was shown, never deduced, never changed afterwards."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from dialogs.conversation import ConsentEvent
from dialogs.draws import draw_record
from dialogs.facts import LIVE
from dialogs.replace import replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dialogs.conversation import Answer, Conversation, Draft, Question
    from dialogs.policy import Interview

VOIDED_BY_AN_EDIT = ("C-FWD", "C-EMER", "C-ASG")
"""An edit that changes recipient, level or sensitive content voids these."""

NO_CONTACT = "RED-NOCONTACT"
"""The red line "do not contact me again", which C-CONT crosses."""

ASKED_AGAIN = ("C-FWD", "T-CHECK", "T-CHECK-AGAIN", "C-EMER", "C-ASG")
"""Nodes whose answers go with them."""


def minute(at: datetime) -> str:
    """Return the time as ISO 8601 UTC, rounded down to the minute (spec 4.9)."""
    return at.strftime("%Y-%m-%dT%H:%MZ")


def consent_event(  # noqa: PLR0913 - the fields of one record, all named at the call
    conversation: Conversation,
    question: Question,
    consent: str,
    status: str,
    *,
    at: datetime,
    entropy: bytes,
    recipient: str = "",
    scope: str = "",
    collision: tuple[str, ...] = (),
) -> ConsentEvent:
    """Return the record of one answer to one shown text; its id is random and says nothing."""
    return ConsentEvent(
        record_id=draw_record(entropy, f"consent {consent} {status}"),
        id=consent,
        status=status,
        at=minute(at),
        text_id=question.text_id,
        text_hash=question.text_hash,
        lang=conversation.lang,
        channel=conversation.channel,
        recipient=recipient,
        scope=scope,
        collision=collision,
    )


def is_live(events: Iterable[ConsentEvent], consent: str) -> bool:
    """Tell whether the latest event of this consent permits anything."""
    status = ""
    for event in events:
        if event.id == consent:
            status = event.status
    return status in LIVE


def side(event: ConsentEvent) -> tuple[str, str, str, str, str]:
    """Return what one consent is about, exactly: two events of the same side follow one another."""
    return (event.id, event.recipient, event.scope, event.name_mode, event.content_version)


def standing_events(events: Iterable[ConsentEvent]) -> tuple[ConsentEvent, ...]:
    """Return the latest event of every side that can still be taken back, in the order first asked.

    A yes that was used can be: what it began is stopped as far as anybody can.
    """
    last: dict[tuple[str, str, str, str, str], ConsentEvent] = {}
    for event in events:
        last[side(event)] = event
    return tuple(event for event in last.values() if event.status in (*LIVE, "used"))


def latest(events: Iterable[ConsentEvent], consent: str) -> ConsentEvent | None:
    """Return the latest event of this consent."""
    found = None
    for event in events:
        if event.id == consent:
            found = event
    return found


def voided(draft: Draft, *, at: datetime, entropy: bytes) -> Draft:
    """Return the draft after an edit that touched what was agreed: the consents are invalidated and asked again.

    The consent to an alert that already went out (scope card) stays as it was.
    """
    events = list(draft.consents)
    for consent in VOIDED_BY_AN_EDIT:
        event = latest(events, consent)
        if event is not None and event.status in LIVE and event.scope != "card":
            record = draw_record(entropy, f"void {consent}")
            events.append(replace(event, record_id=record, status="invalidated", at=minute(at)))
    answers = tuple(answer for answer in draft.answers if answer.node not in ASKED_AGAIN)
    return replace(draft, consents=tuple(events), answers=answers, agreed="")


def fingerprint(draft: Draft, interview: Interview, office: str, level: str) -> str:
    """Return what C-FWD is bound to: recipient, level, and a digest of all answers that could identify."""
    sensitive = [answer for answer in draft.answers if interview.nodes[answer.node].sensitivity in ("S2", "S3")]
    lines = [office, level, *(_line(answer) for answer in sorted(sensitive, key=lambda answer: answer.node))]
    lines.extend(file.digest for file in draft.files)
    return sha256("\n".join(lines).encode()).hexdigest()


def _line(answer: Answer) -> str:
    return "\t".join((answer.node, ",".join(sorted(answer.keys)), answer.value, answer.text))
