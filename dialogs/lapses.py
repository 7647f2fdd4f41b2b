"""Yeses that stopped counting by themselves become events of the ledger: expired, invalidated or superseded.

The gate refuses them from the very moment (dialogs/gate.py, `lapse`); here it is written down, so that whoever reads
the ledger years later need not work it out. Asking again is for an officer to choose the moment for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.consents import NO_CONTACT, consent_event, latest, minute, side, standing_events
from dialogs.draws import draw_record
from dialogs.effects import EraseCopy
from dialogs.facts import LIVE
from dialogs.gate import Act, Reason, lapse
from dialogs.measures import LAPSED, question_of
from dialogs.replace import replace
from dialogs.sharing import SHARE, no_longer_with
from dialogs.steps import go_next, rest, update

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard, ConsentEvent, Proposal
    from dialogs.policy import Choice
    from dialogs.turn import Turn

CONTACT: Final = Act.CONTACT.value

STATUS_OF: Final[Mapping[Reason, str]] = {Reason.EXPIRED: "expired", Reason.DOUBTED: "invalidated"}
"""Status of the event; whatever else changed makes a yes `superseded`."""


def lapsed_events(card: CaseCard, now: datetime, entropy: bytes) -> tuple[ConsentEvent, ...]:
    """Return an event for every yes of the case that does not count any more although nobody took it back."""
    return tuple(
        _lapsed(event, reason, now, entropy)
        for event in standing_events(card.consents)
        if event.status in LIVE and (reason := lapse(event, card, now)) is not None
    )


def _lapsed(event: ConsentEvent, reason: Reason, now: datetime, entropy: bytes) -> ConsentEvent:
    status = STATUS_OF.get(reason, "superseded")
    record = draw_record(entropy, f"{status} {event.record_id}")
    return replace(event, record_id=record, status=status, at=minute(now), asked_by="bot")


def with_lapses(card: CaseCard, events: tuple[ConsentEvent, ...]) -> CaseCard:
    """Return the card with these events, and what they stood behind resting until it is asked again."""
    gone = {side(replace(event, scope="")) for event in events}
    measures = tuple(_resting(card, proposal, gone) for proposal in card.measures)
    changed = replace(card, consents=(*card.consents, *events), measures=measures)
    for office in shares_of(events):
        changed = no_longer_with(changed, office, events[-1].at)
    return changed


def shares_of(events: tuple[ConsentEvent, ...]) -> tuple[str, ...]:
    """Return the offices whose copy goes with these yeses."""
    return tuple(event.recipient for event in events if event.id == SHARE)


def _resting(card: CaseCard, proposal: Proposal, gone: set[tuple[str, str, str, str, str]]) -> Proposal:
    asked = question_of(card, proposal)
    mine = (asked.consent, asked.recipient, "", asked.name_mode, asked.content_version)
    return replace(proposal, state=LAPSED) if proposal.state == "consented" and mine in gone else proposal


def follow_channel(turn: Turn) -> bool:
    """The person writes from another channel: their cases follow, and what was agreed for the old one does not.

    Return whether an officer was allowed to write to them: then that is asked for here anew (C-CONT-AGAIN).
    """
    contact = False
    for card in turn.conversation.cards:
        if card.channel != turn.conversation.channel:
            changed = replace(card, channel=turn.conversation.channel)
            events = lapsed_events(changed, turn.event.at, turn.event.entropy)
            contact = contact or any(event.id == CONTACT for event in events)
            for office in shares_of(events):
                turn.do(EraseCopy(card.case, office, "copy"))
            update(turn, with_lapses(changed, events))
    return contact


def contact_again(turn: Turn, choice: Choice) -> bool:
    """C-CONT-AGAIN: may an officer write in this chat, for every case for which they might in the old one."""
    question = turn.conversation.question
    for card in turn.conversation.cards if question is not None else ():
        before = latest(card.consents, CONTACT)
        if question is not None and before is not None and before.status == "superseded":
            event = consent_event(
                turn.conversation, question, CONTACT, str(choice.value), at=turn.event.at,
                entropy=turn.event.entropy + card.case.encode(),
                collision=tuple(line for line in card.red if line == NO_CONTACT),
            )  # fmt: skip
            update(turn, replace(card, consents=(*card.consents, event)))
    if turn.conversation.draft is not None:
        go_next(turn)
    else:
        rest(turn)
    return True
