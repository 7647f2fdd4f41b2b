"""The officer's side of the talk: opening it, where the person agreed to be written to and it is safe now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dialogs.consents import minute
from dialogs.engine import advance
from dialogs.events import OfficerBegan
from dialogs.gate import Act, Granted, Question, Reason, Refused, may
from dialogs.safe_times import is_safe, next_safe
from handlers.errors import DraftLost, HandlerError, NotPermitted
from handlers.perform import Performance
from handlers.proposing import NoSuchCase
from handlers.sink import check

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.ports import Clock, Entropy, Sealer, Store

ENTROPY_BYTES: Final = 32
IN_CHAT: Final = "chat"
UNOWNED: Final = ("ST-SUB", "ST-DLV")


class CannotReach(HandlerError):
    """Nothing leads to this person any more, or their chat is hidden: wait until they write."""

    def __init__(self) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()))


class NotSafeNow(HandlerError):
    """This is no time at which the person said it is safe to write."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"{' '.join((type(self).__doc__ or '').split())} The next one begins at {at:%Y-%m-%d %H:%M} UTC."
        )


def may_write(card: CaseCard, policy: Policy, now: datetime) -> Granted | Refused:
    """Ask the gate whether an officer may write to the person of a case.

    A case that is an alert only (fast path) is written to under its C-EMER, where FP4 said "in this chat".
    """
    if any(event.id == "C-FWD" for event in card.consents):
        return may(Question(Act.CONTACT, card.case), card, card.consents, now, policy.measures)
    question = Question(Act.ALERT, card.case, recipient=card.office, scope="card")
    if card.fp_reach != IN_CHAT:
        return Refused(question, Reason.NEVER_ASKED)
    return may(question, card, card.consents, now, policy.measures)


@dataclass(frozen=True, slots=True)
class Talking:
    """What officers say to people."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy

    def begin(self, case: str, by: str = "officer") -> None:
        """Open the talk: the person sees the officer's two words, and their answers go to the officer.

        Raises: NoSuchCase, NotPermitted (no C-CONT, a red line, FP4 not "in this chat", a doubt about who it is),
        NotSafeNow, CannotReach.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card = work.cases.get(case)
            if card is None:
                raise NoSuchCase
            granted = may_write(card, self.policy, now)
            if not isinstance(granted, Granted):
                raise NotPermitted(granted.reason)
            check(work, granted, now, self.policy)
            office = self.policy.directory.offices[card.office]
            if not is_safe(card, office, now):
                raise NotSafeNow(next_safe(card, office, now))
            address = work.conversations.of_case(case)
            try:
                loaded = work.conversations.load(address) if address is not None else None
            except DraftLost:
                loaded = None
            if address is None or loaded is None or loaded.conversation.hidden:
                raise CannotReach
            status = "ST-ACK" if card.status in UNOWNED else card.status
            owned_at, contacted_at = card.owned_at or minute(now), card.contacted_at or minute(now)
            work.cases.update(replace(card, owner=by, status=status, owned_at=owned_at, contacted_at=contacted_at))
            loaded = work.conversations.load(address)
            if loaded is None:
                raise CannotReach
            event = OfficerBegan(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), case=case)
            after, effects = advance(loaded.conversation, event, self.policy)
            performance = Performance(work, self.sealer, self.policy, address, now, event.entropy)
            for effect in effects:
                performance.perform(effect)
            performance.store(after)
