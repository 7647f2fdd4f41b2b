"""Another UN office gets the report, as a copy or with the case, while the person's yes for it counts (C-SHR).

Pure. What is sealed to that office, and when, is in handlers/sharing.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.facts import LIVE
from dialogs.gate import STOPPED_STATES, Act, Question
from dialogs.replace import replace

if TYPE_CHECKING:
    from dialogs.conversation import CaseCard

COPY, HAND = "SH-COPY", "SH-HAND"
SHARES: Final = (COPY, HAND)
"""What an officer may propose: a copy for another office, or that the other office takes the case over."""

SHARE: Final = Act.SHARE.value
BACK: Final = "ST-TRI"
"""Status of a case that was handed over when the yes to it ends: the first office works on it again, once owned."""


def reading_a_share(card: CaseCard, office: str) -> Question | None:
    """Return what the gate is asked before this office reads what was shared with it; None: nothing was."""
    agreed = [e for e in card.consents if e.id == SHARE and e.recipient == office and e.status in LIVE]
    if office not in card.shared or not agreed:
        return None
    last = agreed[-1]
    return Question(
        Act.SHARE, card.case, recipient=office, name_mode=last.name_mode, content_version=last.content_version
    )


def no_longer_with(card: CaseCard, office: str, at: str) -> CaseCard:
    """Return the card after the yes for this office ended: a case that was handed over belongs to nobody there now.

    `at`: when it ended, to the minute; the clocks of the first office run from then on.
    """
    shared = tuple(other for other in card.shared if other != office)
    if card.handed_to != office:
        return replace(card, shared=shared)
    status = card.status if card.status in STOPPED_STATES else BACK
    since = card.status_at if status == card.status else at
    return replace(card, shared=shared, handed_to="", owner="", handing_to="", status=status, status_at=since)
