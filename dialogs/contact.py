"""May an officer write to the person of a case: what they agreed to in the report, or with their alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.gate import Act, Question, Reason, Refused, may

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.gate import Granted
    from dialogs.policy import Policy

IN_CHAT: Final = "chat"


def is_alert(card: CaseCard) -> bool:
    """Tell whether a case is an alert alone (fast path): nobody was asked about a report of it."""
    return not any(event.id == "C-FWD" for event in card.consents)


def invites_words(card: CaseCard) -> bool:
    """Tell whether a case is an alert whose person said that an officer may write in this chat (FP4)."""
    return is_alert(card) and card.fp_reach == IN_CHAT


def may_write(card: CaseCard, policy: Policy, now: datetime) -> Granted | Refused:
    """Ask the gate whether an officer may write to the person of a case.

    A case that is an alert only (fast path) is written to under its C-EMER, where FP4 said "in this chat".
    """
    if not is_alert(card):
        return may(Question(Act.CONTACT, card.case), card, card.consents, now, policy.measures)
    question = Question(Act.ALERT, card.case, recipient=card.office, scope="card")
    if card.fp_reach != IN_CHAT:
        return Refused(question, Reason.NEVER_ASKED)
    return may(question, card, card.consents, now, policy.measures)
