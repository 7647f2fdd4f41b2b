"""What the desk does by the clock: digests, "are you reachable?", alerts without a cause, a look ahead for holes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dialogs.duty_book import Ping
from dialogs.frozen import Frozen
from dialogs.holes import holes, offices_of
from dialogs.replace import replace
from dialogs.roster import can_be_told, is_on_duty, on_duty
from handlers.duty_chat import forget
from handlers.paging import codes, roster_now, write_to
from handlers.types import AuditEntry

if TYPE_CHECKING:
    from dialogs.policy import Policy
    from dialogs.roster import Officer, Roster
    from handlers.ports import Clock, Entropy, Store, UnitOfWork

ENTROPY_BYTES: Final = 32
DIGEST, GAP, PING, TEST = "digest", "gap", "ping", "test"
NOT_URGENT: Final = "L3"
GAP_DAYS: Final = 7
"""A hole in the roster is told so many days before it comes."""

MINUTES_A_WEEK: Final = 7 * 24 * 60
LEADS: Final = ("shift-lead", "head")


class DutyClock(Frozen):
    """The desk's own calendar; looked at once a minute."""

    store: Store
    policy: Policy
    clock: Clock
    entropy: Entropy

    def tick(self) -> int:
        """Do what is due; return how many officers were written to."""
        if not self.policy.roster.people:
            return 0
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            roster = roster_now(work, self.policy)
            there = [officer for officer in roster.people.values() if is_on_duty(roster, officer, now)]
            calm = [officer for officer in there if can_be_told(roster, officer, NOT_URGENT, now)]
            return (
                self._digest(work, calm, now, chance)
                + self._pings(work, calm, now)
                + self._test(work, there, now, chance)
                + self._gaps(work, roster, calm, now)
            )

    def page_everybody(self) -> dict[str, str]:
        """Send everybody on duty an alert without a cause, and remember when; return who, and the time."""
        now, chance = self.clock.now(), self.entropy.bytes(ENTROPY_BYTES)
        with self.store.transaction() as work:
            roster = roster_now(work, self.policy)
            there = [officer for officer in roster.people.values() if is_on_duty(roster, officer, now)]
            for officer in there:
                self._push(work, officer, now, chance, mark=roster.drill_word)
                work.audit.record(AuditEntry(now, officer.id, "duty", officer.office, "duty-drill"))
            pings = tuple(Ping(officer.id, now.isoformat()) for officer in there)
            work.duty.save(replace(roster.book, pings=(*roster.book.pings, *pings)))
        return {officer.id: now.isoformat() for officer in there}

    def answered_after(self, since: str) -> dict[str, float | None]:
        """Return after how many minutes everybody who was asked at this time wrote; None: not yet."""
        with self.store.transaction() as work:
            pings = [ping for ping in work.duty.load().pings if ping.at == since]
        asked = datetime.fromisoformat(since)
        answers = {p.officer: datetime.fromisoformat(p.answered_at) if p.answered_at else None for p in pings}
        return {who: (at - asked).total_seconds() / 60 if at is not None else None for who, at in answers.items()}

    def _done(self, work: UnitOfWork, name: str, now: datetime) -> None:
        book = work.duty.load()
        rest = tuple(entry for entry in book.done if entry[0] != name)
        work.duty.save(forget(replace(book, done=(*rest, (name, now.isoformat()))), now))

    def _since(self, work: UnitOfWork, name: str, now: datetime) -> datetime:
        """Return when something was last done; a service that never did it counts from now on."""
        last = work.duty.load().last(name)
        if not last:
            self._done(work, name, now)
        return datetime.fromisoformat(last) if last else now

    def _digest(self, work: UnitOfWork, there: list[Officer], now: datetime, chance: bytes) -> int:
        """At the fixed times, also when nothing waits: the words of an alert, with a code that takes nothing."""
        roster = self.policy.roster
        since, zone = self._since(work, DIGEST, now), ZoneInfo(roster.digest_zone)
        today = now.astimezone(zone).date()
        if not any(since < _moment(today, minutes, zone) <= now for minutes in roster.digest) or not there:
            return 0
        for officer in there:
            self._push(work, officer, now, chance)
        self._done(work, DIGEST, now)
        return len(there)

    def _push(self, work: UnitOfWork, officer: Officer, now: datetime, chance: bytes, *, mark: str = "") -> None:
        """Send the words of an alert, with a code that takes nothing and, in a drill, the roster's own word."""
        code = codes(chance, officer.id)[0]
        text = self.policy.texts.body("ALERT-PUSH", officer.lang, {"CODE": code})
        write_to(work, self.policy, officer, f"{text} {mark}".strip(), now)

    def _pings(self, work: UnitOfWork, there: list[Officer], now: datetime) -> int:
        """Ask whoever was not asked for some days whether they are reachable; any answer counts."""
        days = self.policy.roster.ping_days
        book = work.duty.load()
        old = (now - timedelta(days=days)).isoformat()
        lately = {ping.officer for ping in book.pings if ping.at > old}
        asked = [officer for officer in there if days and officer.id not in lately]
        for officer in asked:
            write_to(work, self.policy, officer, self.policy.texts.body("DUTY-PING", officer.lang, {}), now)
            work.audit.record(AuditEntry(now, officer.id, "duty", officer.office, "duty-ping"))
        if asked:
            pings = tuple(Ping(officer.id, now.isoformat()) for officer in asked)
            work.duty.save(replace(book, pings=(*book.pings, *pings)))
        return len(asked)

    def _test(self, work: UnitOfWork, there: list[Officer], now: datetime, chance: bytes) -> int:
        """Now and then somebody gets an alert without a cause."""
        wanted = self.policy.roster.tests_a_week
        if not there or int.from_bytes(chance[:4], "big") % MINUTES_A_WEEK >= wanted:
            return 0
        self._push(work, there[int.from_bytes(chance[4:8], "big") % len(there)], now, chance)
        self._done(work, TEST, now)
        return 1

    def _gaps(self, work: UnitOfWork, roster: Roster, there: list[Officer], now: datetime) -> int:
        """Once a day, tell the leads of a hole in the next days; where there is none of them, everybody."""
        if now - self._since(work, GAP, now) < timedelta(days=1):
            return 0
        self._done(work, GAP, now)
        watched = offices_of(roster, self.policy.directory.offices.values())
        if next(iter(holes(roster, watched, now, GAP_DAYS)), None) is None:
            return 0
        leads = [officer for officer in there if set(officer.roles) & set(LEADS)] or there
        for officer in leads:
            text = self.policy.texts.body("DUTY-GAP", officer.lang, {})
            write_to(work, self.policy, officer, text, now, alert=False)
        return len(leads)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)


def unanswered(work: UnitOfWork, now: datetime, *, hours: int = 24) -> tuple[str, ...]:
    """Return who was asked whether they are reachable and has not written anything for so long since."""
    old = (now - timedelta(hours=hours)).isoformat()
    return tuple(ping.officer for ping in work.duty.load().pings if not ping.answered_at and ping.at < old)


def on_now(work: UnitOfWork, policy: Policy, now: datetime) -> dict[str, tuple[str, ...]]:
    """Return who is on duty now, by `office role`."""
    roster = roster_now(work, policy)
    places = dict.fromkeys((officer.office, role) for officer in roster.people.values() for role in officer.roles)
    return {f"{o} {r}": tuple(p.id for p in on_duty(roster, o, r, now)) for o, r in sorted(places)}
