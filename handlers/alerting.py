"""Alerts to duty officers: told in the transaction of the cause, escalated by time, taken with one word and a code.

What an officer is told never holds anything of a case, and is of the same length for every case (INV-05).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from dialogs.answers import same_words
from dialogs.escalation import CODE_DIGITS, AlertState, look, pass_on, take
from dialogs.roster import on_duty
from handlers.types import Address, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dialogs.policy import Policy
    from dialogs.roster import Officer
    from handlers.ports import Clock, Entropy, Store, UnitOfWork
    from handlers.types import Inbound

ENTROPY_BYTES: Final = 32
MOST_TOLD_AT_ONCE: Final = 8
ALERTS_AT_ONCE: Final = 50
TAKE_WORDS: Final = frozenset({"ack", "ok", "mine", "take", "yes"})
PASS_WORDS: Final = frozenset({"busy", "pass", "no"})
NODE: Final = "duty"


def codes(entropy: bytes, alert_id: str) -> tuple[str, ...]:
    """Return different codes of four digits for everybody who may be told in one look."""
    drawn: dict[str, None] = {}
    counter = 0
    while len(drawn) < MOST_TOLD_AT_ONCE:
        digest = sha256(entropy + alert_id.encode() + counter.to_bytes(4, "big")).digest()
        drawn[str(int.from_bytes(digest[:8], "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)] = None
        counter += 1
    return tuple(drawn)


def tell(work: UnitOfWork, policy: Policy, alert: AlertState, told: Iterable[Officer], now: datetime) -> None:
    """Queue the constant words to each of these officers, by the next of their channels."""
    pages = {page.officer: page for page in alert.pages}
    for officer in told:
        page = pages[officer.id]
        channel, address = officer.channels[(page.times - 1) % len(officer.channels)]
        text = policy.texts.body("ALERT-PUSH", officer.lang, {"CODE": page.code})
        work.outbox.add(Outgoing(Address(channel, address), text, NODE, 0, priority=0), now)


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
            work.alerts.save(changed)
            if not passing:
                self._own(work, changed)
                self._tell_others(work, changed, now)
            return "DUTY-PASSED" if passing else "DUTY-TAKEN"
        return "DUTY-NO-SUCH"

    def _own(self, work: UnitOfWork, alert: AlertState) -> None:
        card = work.cases.get(alert.case)
        if card is not None and card.status in ("ST-SUB", "ST-DLV"):
            work.cases.update(replace(card, owner=alert.owner, status="ST-ACK"))

    def _tell_others(self, work: UnitOfWork, alert: AlertState, now: datetime) -> None:
        for page in alert.pages:
            other = self.policy.roster.people.get(page.officer)
            if other is not None and other.id != alert.owner:
                channel, address = other.channels[0]
                text = self.policy.texts.body("DUTY-OVER", other.lang, {})
                work.outbox.add(Outgoing(Address(channel, address), text, NODE, 0), now)
