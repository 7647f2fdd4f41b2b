"""Alerts to duty officers: told in the transaction of the cause, escalated by time, taken with one word and a code.

What an officer is told never holds anything of a case, and is of the same length for every case (INV-05).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dialogs.answers import same_words
from dialogs.escalation import CODE_DIGITS, look, pass_on, take
from dialogs.roster import on_duty
from handlers.paging import NODE, codes, end_ladder, tell
from handlers.triage_state import Actor, AlreadyOwned, CaseIsOver, RoleMayNot, own
from handlers.types import Outgoing

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.escalation import AlertState
    from dialogs.policy import Policy
    from dialogs.roster import Officer
    from handlers.ports import Clock, Entropy, Store, UnitOfWork
    from handlers.types import Address, Inbound

ENTROPY_BYTES: Final = 32
ALERTS_AT_ONCE: Final = 50
TAKE_WORDS: Final = frozenset({"ack", "ok", "mine", "take", "yes"})
PASS_WORDS: Final = frozenset({"busy", "pass", "no"})


@dataclass(frozen=True, slots=True)
class Alerting:
    """The ladder and the officers' answers."""

    store: Store
    policy: Policy
    clock: Clock
    entropy: Entropy

    def tick(self) -> int:
        """Look at every alert that is due; return how many officers were told."""
        now, count = self.clock.now(), 0
        with self.store.transaction() as work:
            for alert in work.alerts.due(now, ALERTS_AT_ONCE):
                fresh = codes(self.entropy.bytes(ENTROPY_BYTES), alert.id)
                changed, told = look(alert, self.policy.roster, now, fresh)
                work.alerts.save(changed)
                tell(work, self.policy, changed, told, now)
                count += len(told)
        return count

    def officer_of(self, address: Address) -> Officer | None:
        """Return who is enrolled with this account; such an account never enters the interview."""
        return self.policy.roster.officer_at(address.channel, address.value)

    def answer(self, inbound: Inbound, officer: Officer, *, trusted: bool = True) -> bool:
        """Take one message of an officer; False when it was taken before.

        `trusted`: their identity key is the one they were enrolled with. An answer that does not count changes
        nothing, and the ladder goes on.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return False
            said = self._answer(work, inbound.text, officer, now) if trusted else "DUTY-NOT-YOU"
            count = str(len(work.alerts.open_ones()))
            text = self.policy.texts.body(said, officer.lang, {"COUNT": count} if said == "DUTY-QUEUE" else {})
            work.outbox.add(Outgoing(inbound.address, text, NODE, 0, priority=0), now)
        return True

    def _answer(self, work: UnitOfWork, text: str, officer: Officer, now: datetime) -> str:
        words = same_words(text[:100]).split()
        code = next((word for word in words if word.isdecimal() and len(word) == CODE_DIGITS), "")
        if words[:1] == ["queue"]:
            return "DUTY-QUEUE"
        if not code or not words:
            return "DUTY-HELP"
        wants = words[0]
        if wants not in TAKE_WORDS | PASS_WORDS and wants != code:
            return "DUTY-HELP"
        if not self._on_duty(officer, now):
            return "DUTY-NOT-NOW"
        return self._apply(work, officer, code, now, passing=wants in PASS_WORDS)

    def _on_duty(self, officer: Officer, now: datetime) -> bool:
        roster = self.policy.roster
        return any(officer in on_duty(roster, officer.office, role, now) for role in officer.roles)

    def _apply(self, work: UnitOfWork, officer: Officer, code: str, now: datetime, *, passing: bool) -> str:
        for alert in work.alerts.open_ones():
            changed = (pass_on if passing else take)(alert, officer.id, code, now)
            if changed is None:
                continue
            if passing:
                work.alerts.save(changed)
                return "DUTY-PASSED"
            self._own(work, changed, officer, now)
            return "DUTY-TAKEN"
        return "DUTY-NO-SUCH"

    def _own(self, work: UnitOfWork, alert: AlertState, officer: Officer, now: datetime) -> None:
        """End the ladder, and make the officer the owner where nobody is and their role owns cases."""
        end_ladder(work, self.policy, alert, officer.id, now)
        card = work.cases.get(alert.case)
        with suppress(AlreadyOwned, CaseIsOver, RoleMayNot):
            if card is not None:
                own(work, self.policy, card, Actor(officer.owner_id, officer.office, officer.roles), now)
