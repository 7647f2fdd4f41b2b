"""The officer's side of the talk: opening it, where the person agreed to be written to and it is safe now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.consents import minute
from dialogs.contact import may_write
from dialogs.events import AccountLost, CaseClosed, OfficerBegan, PersonRecognised
from dialogs.frozen import Frozen
from dialogs.gate import Granted
from dialogs.lost_account import may_be_lost
from dialogs.replace import replace
from dialogs.safe_times import is_safe, next_safe
from handlers import reasons
from handlers.access import check_office
from handlers.actor import Actor
from handlers.contact import DOUBT, LOST, drop_waiting, obstacle, reconsider, settle_dropped
from handlers.errors import DraftLost, HandlerError, NoSuchCase, NotPermitted, NotYours, Refusal
from handlers.perform import carry_out
from handlers.sink import check
from handlers.triage_state import UNOWNED, CaseIsOver, own

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.ports import Clock, Entropy, Sealer, Store, UnitOfWork
    from handlers.types import Address, Loaded

ENTROPY_BYTES: Final = 32


class CannotReach(Refusal):
    """Nothing leads to this person any more, or their chat is hidden: wait until they write."""


class NoDoubt(Refusal):
    """It is not in doubt who holds this account, or not any more: load the case again."""


class SomebodyElses(Refusal):
    """An officer said that somebody else holds this account: now only the person's secret words end that."""


class NoWordsLeadBack(Refusal):
    """No secret words lead back to this case: without the account nobody would ever find the person again, nor they us.

    Leave it in doubt and write nothing; where its status allows it, put the case on hold.
    """


class NotSafeNow(HandlerError):
    """This is no time at which the person said it is safe to write."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"{' '.join((type(self).__doc__ or '').split())} The next one begins at {at:%Y-%m-%d %H:%M} UTC."
        )
        self.at = at


def locked_card(work: UnitOfWork, case: str) -> tuple[CaseCard, Address | None, Loaded | None]:
    """Return the card, and the conversation of its person under lock while anything leads there. Raises: NoSuchCase.

    The conversation is locked before the card is read, in the order in which a person's own turn does it.
    """
    address = work.conversations.of_case(case)
    try:
        loaded = work.conversations.load(address) if address is not None else None
    except DraftLost:
        loaded = None
    card = work.cases.get(case)
    if card is None:
        raise NoSuchCase
    return card, address, loaded


class Talking(Frozen):
    """Who opens talks with people."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy

    def begin(self, case: str, by: str = "officer", actor: Actor | None = None) -> None:
        """Open the talk: the person sees the officer's two words, and their answers go to the officer.

        Whoever begins owns the case; one that a colleague owns is theirs to begin. Raises: NoSuchCase, NotYours,
        NotPermitted (no C-CONT, a red line, FP4 not "in this chat", a doubt about who it is),
        NotSafeNow, CannotReach.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card, address, loaded = locked_card(work, case)
            if actor is not None:
                check_office(actor, card, self.policy, now)
            if actor is not None and card.owner not in {"", actor.who}:
                raise NotYours
            granted = may_write(card, self.policy, now)
            if not isinstance(granted, Granted):
                raise NotPermitted(granted.reason)
            check(work, granted, now, self.policy)
            if card.identity_doubt:
                raise NotPermitted(LOST if card.lost_at else DOUBT)
            office = self.policy.directory.offices[card.office]
            if not is_safe(card, office, now):
                raise NotSafeNow(next_safe(card, office, now))
            if address is None or loaded is None or loaded.conversation.hidden:
                raise CannotReach
            if actor is not None:
                card = own(work, self.policy, card, actor, now)  # the ladder stops, as for whoever takes a case
            who = actor or Actor(by, "officer", card.office)
            status = "ST-ACK" if card.status in UNOWNED else card.status
            owned_at = card.owned_at or minute(now)
            since = card.status_at if status == card.status else minute(now)
            work.cases.update(replace(card, owner=who.who, status=status, owned_at=owned_at, status_at=since))
            work.audit.record(who.did("begin", now, case=case))
            event = OfficerBegan(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), case=case)
            cards = tuple(work.cases.get(other.case) or other for other in loaded.conversation.cards)
            conversation = replace(loaded.conversation, cards=cards)
            carry_out(work, self.sealer, self.policy, address, conversation, event)

    def recognise(self, case: str, reason: str, actor: Actor) -> None:
        """End the doubt of a case: its owner is sure by other means than the secret words (RSN-WHO-…) who it is.

        So is their office, in all cases of the person that were sent to it; other offices have to be sure themselves.
        Nothing is said to whoever holds the phone, and what was agreed before the doubt stays to be asked again.
        Raises: NoSuchCase, NotYours, NoDoubt, ReasonNeeded.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card, address, loaded = locked_card(work, case)
            check_office(actor, card, self.policy, now)
            if card.owner != actor.who:
                raise NotYours
            if card.lost_at:
                raise SomebodyElses
            if not card.identity_doubt:
                raise NoDoubt
            reasons.check_reason(self.policy, reasons.WHO, reason)
            others = loaded.conversation.cards if loaded is not None else ()
            doubted = (
                case,
                *(
                    c.case
                    for c in others
                    if c.case != case and c.identity_doubt and not c.lost_at and c.office == actor.office
                ),
            )
            for one in doubted:
                work.audit.record(actor.did("recognise", now, case=one, reason=reason))
            if address is not None and loaded is not None:
                event = PersonRecognised(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), cases=doubted)
                carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)
                return
            known = replace(card, identity_doubt=False)
            work.cases.update(known)
            reconsider(work, self.policy, known, address, now)

    def lose_account(self, case: str, reason: str, actor: Actor) -> None:
        """Somebody else holds the account (RSN-ELS-…), says the owner of a case: it goes to that account no more.

        Nor do the other cases of the person at that office; those of other offices there are in doubt. What waits is
        dropped, and only the secret words lead back, from any account. Clocks and alerts of the office go on.
        Raises: NoSuchCase, NotYours, SomebodyElses, CannotReach, NoWordsLeadBack, CaseIsOver, ReasonNeeded.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card, address, loaded = locked_card(work, case)
            check_office(actor, card, self.policy, now)
            if card.owner != actor.who:
                raise NotYours
            _check_words(card)
            if address is None or loaded is None:
                raise CannotReach
            reasons.check_reason(self.policy, reasons.LOST, reason)
            lost = tuple(
                one.case for one in loaded.conversation.cards
                if may_be_lost(one) and not one.lost_at and (one.case == case or one.office == actor.office)
            )  # fmt: skip
            for one in lost:
                work.audit.record(actor.did("lose-account", now, case=one, reason=reason))
            settle_dropped(work, work.outbox.drop_for(address), LOST)
            event = AccountLost(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), cases=lost)
            _after, _effects, erased = carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)
            for one in lost:
                drop_waiting(work, one, LOST)
        if erased:
            self.store.finish_erasure()

    def closed(self, case: str) -> None:
        """A case was closed: it goes after the days the person was told, unless they agree that the office keeps it.

        They are asked where they may be written to now.
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            card, address, loaded = locked_card(work, case)
            if address is None or loaded is None:
                return
            permitted = isinstance(may_write(card, self.policy, now), Granted) and not obstacle(card)
            office = self.policy.directory.offices[card.office]
            may_ask = permitted and is_safe(card, office, now) and not loaded.conversation.hidden
            event = CaseClosed(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), case=case, may_ask=may_ask)
            carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)


def _check_words(card: CaseCard) -> None:
    if card.lost_at:
        raise SomebodyElses
    if not card.phrase_hash:
        raise NoWordsLeadBack
    if not may_be_lost(card):
        raise CaseIsOver
