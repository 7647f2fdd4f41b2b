"""What officers say about their duty: on, off, hand-overs and swaps. Everything else stays as it was planned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.answers import same_words
from dialogs.duty_book import DutyBook, Offer, Stint, Swap
from dialogs.frozen import Frozen
from dialogs.replace import replace
from dialogs.roster import duty_end, is_on_duty, on_duty
from handlers.paging import codes, roster_now, write_to
from handlers.types import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.duty_words import Command
    from dialogs.policy import Policy
    from dialogs.roster import Officer
    from handlers.ports import UnitOfWork

ON_HOURS: Final = 12
"""Whoever says "on" beyond the roster is on duty for so many hours, or until they say "off"."""

OFFER_DAYS: Final = 60
KEPT_DAYS: Final = 60


class Said(Frozen):
    """The text that answers an officer, and its variables."""

    text_id: str
    args: Mapping[str, str]


class DutyChat(Frozen):
    """One officer's words about duty in one transaction."""

    work: UnitOfWork
    policy: Policy
    officer: Officer
    now: datetime
    entropy: bytes

    def answer(self, command: Command) -> Said:
        """Carry out on, off, hand_over, swap or accept; return what is answered."""
        return {
            "on": self._on, "off": self._off, "hand_over": self._offer, "swap": self._offer, "accept": self._accept,
        }[command.kind](command)  # fmt: skip

    def _save(self, book: DutyBook, act: str, new: str = "", old: str = "") -> None:
        self.work.duty.save(forget(book, self.now))
        entry = AuditEntry(self.now, self.officer.id, "duty", self.officer.office, act, old=old, new=new)
        self.work.audit.record(entry)
        for alert in self.work.alerts.open_ones():  # whose turn it is may be another one's now
            self.work.alerts.save(replace(alert, next_look=self.now.isoformat()))

    def _on(self, command: Command) -> Said:
        del command
        book = self.work.duty.load()
        now = self.now.isoformat()
        back = tuple(stint for stint in book.off if stint.officer != self.officer.id or stint.until <= now)
        book = replace(book, off=back)
        roster = replace(self.policy.roster, book=book)
        until = ""
        if not is_on_duty(roster, self.officer, self.now):
            until = (self.now + timedelta(hours=ON_HOURS)).isoformat()
            book = replace(book, on=(*book.on, Stint(self.officer.id, now, until)))
        self._save(book, "duty-on", until)
        return Said("DUTY-ON", {})

    def _off(self, command: Command) -> Said:
        del command
        roster = roster_now(self.work, self.policy)
        if not is_on_duty(roster, self.officer, self.now):
            return Said("DUTY-OFF", {})
        end = duty_end(roster, self.officer, self.now) or self.now + timedelta(hours=ON_HOURS)
        now, book = self.now.isoformat(), roster.book
        stints = tuple(replace(s, until=now) if s.officer == self.officer.id and s.until > now else s for s in book.on)
        book = replace(book, on=stints, off=(*book.off, Stint(self.officer.id, now, end.isoformat())))
        if self._left_alone(book):
            return Said("DUTY-ONLY-YOU", {})
        self._save(book, "duty-off", end.isoformat())
        return Said("DUTY-OFF", {})

    def _left_alone(self, book: DutyBook) -> bool:
        """Tell whether a place that is filled now would be empty without this officer."""
        before, after = roster_now(self.work, self.policy), replace(self.policy.roster, book=book)
        places = dict.fromkeys((shift.office, shift.role) for shift in before.shifts)
        mine = [*places, *((self.officer.office, role) for role in self.officer.roles)]
        return any(on_duty(before, *place, self.now) and not on_duty(after, *place, self.now) for place in mine)

    def _offer(self, command: Command) -> Said:
        """Ask somebody to stand in, now or on a day; nothing changes before they accept."""
        other = self._named(command.rest)
        if other is None or (command.kind == "swap") != bool(command.day):
            return Said("DUTY-WHO", {})
        roster = roster_now(self.work, self.policy)
        end = duty_end(roster, self.officer, self.now)
        if not command.day and (end is None or not is_on_duty(roster, self.officer, self.now)):
            return Said("DUTY-NOT-NOW", {})
        until = self.now + timedelta(days=OFFER_DAYS) if command.day or end is None else end
        code = codes(self.entropy, other.id)[0]
        offer = Offer(self.officer.id, other.id, code, until.isoformat(), command.day)
        self.work.duty.save(replace(roster.book, offers=(*roster.book.offers, offer)))
        args = {"NAME": self.officer.id, "CODE": code, "DAY": command.day}
        text = self.policy.texts.body("DUTY-ASK-SWAP" if command.day else "DUTY-ASK-HAND-OVER", other.lang, args)
        write_to(self.work, self.policy, other, text, self.now, alert=False)
        return Said("DUTY-ASKED", {"NAME": other.id})

    def _named(self, words: tuple[str, ...]) -> Officer | None:
        """Return the colleague that is named: of the same office, with a role of theirs."""
        people, said = self.policy.roster.people.values(), f" {' '.join(words)} "
        named = (p for p in people if f" {same_words(p.id)} " in said and p.id != self.officer.id)
        fit = (p for p in named if p.office == self.officer.office and set(p.roles) & set(self.officer.roles))
        return next(fit, None)

    def _accept(self, command: Command) -> Said:
        book, now = self.work.duty.load(), self.now.isoformat()
        offer = next((o for o in book.offers if (o.into, o.code) == (self.officer.id, command.code)), None)
        if offer is None or offer.until <= now:
            return Said("DUTY-NO-SUCH", {})
        book = replace(book, offers=tuple(o for o in book.offers if o != offer))
        if offer.day:
            book = replace(book, swaps=(Swap(offer.day, offer.out, offer.into), *book.swaps))
        else:
            book = replace(book, stand_ins=_handed(book.stand_ins, offer, now), off=_back(book.off, offer.into, now))
        act, until = ("duty-swap", offer.day) if offer.day else ("duty-hand-over", offer.until)
        self._save(book, act, f"{offer.into} {until}", offer.out)
        other = self.policy.roster.people.get(offer.out)
        if other is not None:
            text = self.policy.texts.body("DUTY-ACCEPTED", other.lang, {"NAME": self.officer.id})
            write_to(self.work, self.policy, other, text, self.now, alert=False)
        return Said("DUTY-ON" if not offer.day else "DUTY-SWAPPED", {"DAY": offer.day} if offer.day else {})


def _handed(stand_ins: tuple[Stint, ...], offer: Offer, now: str) -> tuple[Stint, ...]:
    """Hand over; handing back to the one it came from ends the first hand-over."""
    back = [s for s in stand_ins if (s.officer, s.into) == (offer.into, offer.out) and s.until > now]
    if back:
        return tuple(replace(s, until=now) if s in back else s for s in stand_ins)
    return (*stand_ins, Stint(offer.out, now, offer.until, offer.into))


def _back(off: tuple[Stint, ...], officer: str, now: str) -> tuple[Stint, ...]:
    """Whoever takes over is there."""
    return tuple(replace(s, until=now) if s.officer == officer and s.until > now else s for s in off)


def forget(book: DutyBook, now: datetime) -> DutyBook:
    """Return the book without what has been over for two months."""
    old = (now - timedelta(days=KEPT_DAYS)).isoformat()
    on, off, stand_ins = (tuple(s for s in part if s.until > old) for part in (book.on, book.off, book.stand_ins))
    swaps = tuple(swap for swap in book.swaps if swap.day > old[:10])
    offers = tuple(offer for offer in book.offers if offer.until > now.isoformat())
    pings = tuple(ping for ping in book.pings if ping.at > old)
    return replace(book, on=on, off=off, stand_ins=stand_ins, swaps=swaps, offers=offers, pings=pings)
