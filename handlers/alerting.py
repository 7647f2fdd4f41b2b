"""Alerts to duty officers: escalated by time, moved where a channel sticks, taken with one word and a code."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dialogs.clocks import OVER
from dialogs.duty_words import read_command
from dialogs.escalation import OWNED, look, pass_on, take
from dialogs.frozen import Frozen
from dialogs.replace import replace
from dialogs.roster import is_on_duty
from handlers.actor import Actor
from handlers.duty_chat import DutyChat, Said
from handlers.duty_clock import DutyClock, on_now, unanswered
from handlers.paging import NODE, end_ladder, fresh_codes, lines_of, log, roster_now, tell
from handlers.triage_state import AlreadyOwned, CaseIsOver, RoleMayNot, own
from handlers.types import Address, Outgoing
from handlers.watching import is_taken_back, its_time_has_come

if TYPE_CHECKING:
    from dialogs.duty_book import DutyBook
    from dialogs.duty_words import Command
    from dialogs.escalation import AlertState
    from dialogs.policy import Policy
    from dialogs.roster import Officer
    from handlers.ports import Clock, Entropy, Store, UnitOfWork
    from handlers.types import Inbound

ENTROPY_BYTES: Final = 32
ALERTS_AT_ONCE: Final = 50
STUCK_AT_ONCE: Final = 200
HELD_AGAIN: Final = timedelta(minutes=2)
DUTY_LINE: Final = "duty-"
DUTY_COMMANDS: Final = frozenset({"on", "off", "hand_over", "swap", "accept"})


class Alerting(Frozen):
    """The ladder and the officers' answers."""

    store: Store
    policy: Policy
    clock: Clock
    entropy: Entropy

    @property
    def calendar(self) -> DutyClock:
        """Return what the desk does by the clock."""
        return DutyClock(self.store, self.policy, self.clock, self.entropy)

    def duty(self) -> dict[str, list[str]]:
        """Return who is on duty now, by office and role, and who did not answer when asked: ids only."""
        now = self.clock.now()
        with self.store.transaction() as work:
            there = {place: list(names) for place, names in on_now(work, self.policy, now).items()}
            return {**there, "not answered": list(unanswered(work, now))}

    def tick(self) -> int:
        """Look at every alert that is due, and move what sticks; return how many messages were queued."""
        now, count = self.clock.now(), 0
        with self.store.transaction() as work:
            due = work.alerts.due(now, ALERTS_AT_ONCE)
            roster = roster_now(work, self.policy) if due else self.policy.roster
            for alert in due:
                if self._is_over(work, alert, now):
                    continue
                ready = its_time_has_come(work, self.policy, alert, roster, now)
                if ready is None:
                    continue
                fresh = fresh_codes(work, self.policy, self.entropy.bytes(ENTROPY_BYTES), alert)
                changed, told = look(ready, roster, now, fresh)
                work.alerts.save(changed)
                tell(work, self.policy, changed, told, now)
                count += len(told)
            return count + self._move_stuck(work, now)

    def _is_over(self, work: UnitOfWork, alert: AlertState, now: datetime) -> bool:
        """Tell whether nobody has to be told now: the case is gone, closed, stopped for now, or owned."""
        card = work.cases.get(alert.case)
        if card is None:
            work.alerts.cancel(alert.id)
            log(work, alert, "cancelled", now)
        elif card.owner:
            work.alerts.save(replace(alert, state=OWNED, owner=card.owner, next_look=""))
            log(work, alert, "taken", now, who=card.owner)
        elif card.status == "ST-HOLD":
            work.alerts.save(replace(alert, next_look=(now + HELD_AGAIN).isoformat()))
        elif card.status in OVER or is_taken_back(self.policy, alert, card):
            work.alerts.cancel(alert.id)
            log(work, alert, "cancelled", now)
        else:
            return False
        return True

    def _move_stuck(self, work: UnitOfWork, now: datetime) -> int:
        """Send by another channel what could not be sent, and forget what repeats something that still waits."""
        moved = 0
        waiting: set[tuple[Address, str]] = set()
        patience = timedelta(seconds=self.policy.roster.next_channel)
        for item in reversed(work.outbox.stuck(STUCK_AT_ONCE)):
            out = item.outgoing
            if (out.address, out.text) in waiting:
                work.outbox.sent(item)
                continue
            waiting.add((out.address, out.text))
            if out.since and datetime.fromisoformat(out.since) + patience <= now:
                following = self._next_line(out.address)
                if following != out.address:
                    work.outbox.sent(item)
                    work.outbox.add(replace(out, address=following, since=now.isoformat()), now)
                    moved += 1
        return moved

    def _next_line(self, address: Address) -> Address:
        officer = self.officer_of(address)
        lines = lines_of(self.policy, officer) if officer is not None else ()
        return lines[(lines.index(address) + 1) % len(lines)] if address in lines else address

    def officer_of(self, address: Address) -> Officer | None:
        """Return who is enrolled with this account; such an account never enters the interview."""
        return self.policy.roster.officer_at(address.channel.removeprefix(DUTY_LINE), address.value)

    def is_for_officers(self, address: Address) -> bool:
        """Tell whether a message is never one of the interview: from an enrolled account, or to the desk's own line."""
        return address.channel.startswith(DUTY_LINE) or self.officer_of(address) is not None

    def answer(self, inbound: Inbound) -> bool:
        """Take one message of an officer, or of a stranger at the desk's own line; False when it was taken before.

        An answer that does not count changes nothing, and the ladder goes on.
        """
        now, officer = self.clock.now(), self.officer_of(inbound.address)
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return False
            said = self._answer(work, inbound, officer, now)
            lang = officer.lang if officer is not None else "en"
            text = self.policy.texts.body(said.text_id, lang, said.args)
            work.outbox.add(Outgoing(inbound.address, text, NODE, 0, priority=0), now)
        return True

    def identity_changed(self, address: Address) -> None:
        """Remember that the identity key of an officer is another one: nothing they write counts until `trust`."""
        officer = self.officer_of(address)
        if officer is None:
            return
        with self.store.transaction() as work:
            book = work.duty.load()
            account = (address.channel.removeprefix(DUTY_LINE), address.value)
            if account not in book.doubted:
                work.duty.save(replace(book, doubted=(*book.doubted, account)))

    def trust(self, name: str) -> bool:
        """Let an officer's words count again after somebody checked who they are; False when nobody doubted them."""
        officer = self.policy.roster.people.get(name)
        with self.store.transaction() as work:
            book = work.duty.load()
            rest = tuple(a for a in book.doubted if officer is None or a not in officer.channels)
            work.duty.save(replace(book, doubted=rest))
            return rest != book.doubted

    def _answer(self, work: UnitOfWork, inbound: Inbound, officer: Officer | None, now: datetime) -> Said:
        if officer is None:
            return Said("DUTY-STRANGER", {})
        channel = inbound.address.channel
        if self.policy.lines.get(channel, channel) != channel:
            return Said("DUTY-ELSEWHERE", {})
        book = work.duty.load()
        if (channel.removeprefix(DUTY_LINE), inbound.address.value) in book.doubted:
            return Said("DUTY-NOT-YOU", {})
        _note_answer(work, book, officer, now)
        command = read_command(inbound.text, self.policy.duty_words)
        if command.kind in DUTY_COMMANDS:
            chat = DutyChat(work, self.policy, officer, now, self.entropy.bytes(ENTROPY_BYTES))
            return chat.answer(command)
        if command.kind == "queue":
            mine = [alert for alert in work.alerts.open_ones() if self._concerns(alert, officer)]
            return Said("DUTY-QUEUE", {"COUNT": str(len(mine))})
        if command.kind in ("take", "pass_on") and command.code:
            return self._apply(work, officer, command, now)
        return Said("DUTY-HELP", {})

    def _concerns(self, alert: AlertState, officer: Officer) -> bool:
        """Tell whether an alert may be counted for an officer: an office learns nothing of another one's (INV-09)."""
        return officer.office == alert.office or (alert.wide and officer.office == self.policy.roster.focal_point)

    def _apply(self, work: UnitOfWork, officer: Officer, command: Command, now: datetime) -> Said:
        if not is_on_duty(roster_now(work, self.policy), officer, now):
            return Said("DUTY-NOT-NOW", {})
        for alert in work.alerts.open_ones():
            changed = (pass_on if command.kind == "pass_on" else take)(alert, officer.id, command.code, now)
            if changed is None:
                continue
            if command.kind == "pass_on":
                work.alerts.save(changed)
                log(work, alert, "passed", now, who=officer.id, office=officer.office)
                return Said("DUTY-PASSED", {})
            self._own(work, alert, officer, now)
            return Said("DUTY-TAKEN", {})
        return Said("DUTY-NO-SUCH", {})

    def _own(self, work: UnitOfWork, alert: AlertState, officer: Officer, now: datetime) -> None:
        """End the ladder, and make the officer the owner where nobody is."""
        end_ladder(work, self.policy, alert, officer.owner_id, now)
        card = work.cases.get(alert.case)
        with suppress(AlreadyOwned, CaseIsOver, RoleMayNot):
            if card is not None:
                by = Actor(officer.owner_id, next(iter(officer.roles), ""), officer.office, officer.roles)
                own(work, self.policy, card, by, now)


def _note_answer(work: UnitOfWork, book: DutyBook, officer: Officer, now: datetime) -> None:
    """Whoever writes anything is reachable."""
    open_ones = [ping for ping in book.pings if ping.officer == officer.id and not ping.answered_at]
    if open_ones:
        answered = tuple(replace(p, answered_at=now.isoformat()) if p in open_ones else p for p in book.pings)
        work.duty.save(replace(book, pings=answered))
