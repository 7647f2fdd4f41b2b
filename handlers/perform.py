"""Effects become rows, all in the transaction of the turn. Sealing happens here: nothing plain goes further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, assert_never

import msgspec

from dialogs import effects as do
from dialogs.draws import draw_id
from dialogs.engine import advance
from dialogs.escalation import AlertState
from dialogs.keys import identity_recipients, usable_recipients
from dialogs.replace import replace
from handlers.access import is_shut_out
from handlers.contact import DROPPED, reconsider, settle_dropped
from handlers.errors import NoRecipients
from handlers.listening import MESSAGE, erase_copy, listeners, without_who_lost_sight
from handlers.mailing import queue_mail
from handlers.message_ports import SENT, Message
from handlers.opened import tell_opened
from handlers.paging import begin_ladder
from handlers.sink import check
from handlers.types import CLEAR, Outgoing, SealedBlob
from handlers.watching import tell_again, watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import Conversation
    from dialogs.events import Event
    from dialogs.gate import Granted
    from dialogs.policy import Policy
    from handlers.ports import Sealer, UnitOfWork
    from handlers.types import Address

SUPPLEMENT: Final = "supplement"
"""Kind of words that add to a report."""

SAFETY, REPLY = 0, 1
"""Priorities of the outbox: the fast path goes before everything else."""

ENDING: Final = frozenset((do.CancelAlert, do.DestroyReport, do.Forget))
"""Effects after which an officer has nothing to say any more: what waits in the outbox is dropped with them."""


@dataclass(slots=True)
class Performance:
    """One transaction's work: where, for whom, with which keys; collects what concerns the conversation itself."""

    work: UnitOfWork
    sealer: Sealer
    policy: Policy
    address: Address
    now: datetime
    entropy: bytes = b""  # of this turn: codes of alerts are drawn from it
    new_key: bool = False
    forget: bool = False
    erased: bool = False

    def perform(self, effect: do.Effect) -> None:  # noqa: C901, PLR0912, PLR0915 - one arm for each effect
        """Carry out one effect. Raises NoRecipients when an office cannot be sealed to; the turn is then undone."""
        match effect:
            case do.Say():
                self._say(effect)
            case do.WakeAt():  # these two are asked for in nearly every turn
                self.work.timers.set(self.address, effect.timer, effect.at)
            case do.SealReport():
                self._seal_report(effect)
            case do.SealMessage():
                self._seal_message(effect)
            case do.RaiseAlert():
                self._raise_alert(effect)
            case do.SealFeedback():
                self._seal_feedback(effect)
            case do.UpdateAlert():
                self._disclose(effect.granted, "alert", effect.card)
            case do.EraseCopy():
                erase_copy(self.work, effect.case, effect.office, effect.purpose)
                self.erased = True
            case do.EraseFiles():
                self.work.blobs.drop_files(self.work.blobs.files_of(effect.case))
                self.erased = True
            case do.CancelAlert():
                self._cancel_alert(effect)
            case do.UpdateCase():
                self._update_case(effect)
            case do.LoseAddress():
                self.work.cases.detach(effect.case)
            case do.TellOpened():
                tell_opened(self.work, self.policy, self.address, effect, self.now)
            case do.DestroyReport():
                self.work.cases.erase(effect.case)
                self.erased = True
            case do.CancelWake():
                self.work.timers.cancel(self.address, effect.timer)
            case do.ClearChat():
                self._tell_channel(CLEAR)
            case do.SetDisappearing():
                self._tell_channel("set-disappearing", seconds=effect.seconds)
            case do.DropFiles():
                self.work.blobs.drop_files(effect.blobs)
            case do.OfferMove():
                self.work.moves.offer(self.address, effect.code, self.now + timedelta(days=1))
            case do.TallyOutOfScope():
                self.work.tallies.add(self.now.strftime("%Y-%m"))
            case do.NewKey():
                self.new_key = self.erased = True
            case do.Forget():
                self.forget = self.erased = True
            case _:
                assert_never(effect)

    def store(self, conversation: Conversation) -> None:
        """Store what remains of the conversation, or destroy it."""
        if self.forget:
            self.work.conversations.forget(self.address)
        else:
            self.work.conversations.save(self.address, conversation, new_key=self.new_key)

    def _say(self, effect: do.Say) -> None:
        outgoing = Outgoing(
            self.address, effect.text, effect.node, effect.turn, effect.choices, SAFETY if effect.urgent else REPLY,
            seconds=effect.disappear_seconds, message=effect.message, brief=effect.brief,
        )  # fmt: skip
        self.work.outbox.add(outgoing, self.now)

    def _tell_channel(self, act: str, *, seconds: int = 0) -> None:
        refs: tuple[str, ...] = ()
        if act == CLEAR:
            settle_dropped(self.work, self.work.outbox.drop_for(self.address), DROPPED)
            refs = self.work.traces.take(self.address)
        self.work.outbox.add(Outgoing(self.address, "", "", 0, act=act, seconds=seconds, refs=refs), self.now)

    def _cancel_alert(self, effect: do.CancelAlert) -> None:
        self.work.alerts.cancel(effect.alert_id)
        self.work.cases.erase(effect.alert_id)
        self.erased = True

    def _seal_feedback(self, effect: do.SealFeedback) -> None:
        recipients = usable_recipients(self.policy.directory, effect.office, self.now)
        self._seal_to(recipients, SealedBlob(effect.letter, effect.office, MESSAGE, 1, b""), effect.document)

    def _update_case(self, effect: do.UpdateCase) -> None:
        card = without_who_lost_sight(self.work, self.policy, effect.card, self.now)
        known = self.work.cases.consents(card.case)
        self.work.cases.update(card)
        self.work.cases.record(card.case, card.consents[len(known) :])
        reconsider(self.work, self.policy, card, self.address, self.now)

    def _seal_report(self, effect: do.SealReport) -> None:
        card = effect.card
        self.work.cases.open(card, self.address)
        head = self.work.cases.record(card.case, effect.consents)
        document = {**effect.document, "ledger_head": head}
        self._disclose(effect.forward, "report", document)
        for copy in effect.copies:
            self._disclose(copy, "copy", document)
        if effect.identity is not None and effect.name is not None:
            check(self.work, effect.name, self.now, self.policy)
            recipients = identity_recipients(self.policy.directory, card.office, self.now)
            self._seal_to(recipients, SealedBlob(card.case, card.office, "identity", 1, b""), effect.identity)
        self.work.blobs.give_files(card.case, [file.blob for file in effect.files])
        copies = frozenset(copy.question.recipient for copy in effect.copies)
        watch(self.work, self.policy, card, copies, self.now, self.entropy)

    def _seal_message(self, effect: do.SealMessage) -> None:
        case = effect.granted.question.case
        number = self.work.messages.last(case) + 1
        card = self.work.cases.get(case)
        also = listeners(self.work, self.policy, card, self.now) if card is not None else ()
        for granted in (effect.granted, *also):
            self._disclose(granted, MESSAGE, effect.document, sequence=number)
        message = draw_id(self.entropy, f"message {case} {number}", "MS")
        self.work.messages.add(Message(message, case, number, "", self.now, SENT))
        if effect.kind == SUPPLEMENT and card is not None:
            tell_again(self.work, self.policy, card, self.now, self.entropy)

    def _raise_alert(self, effect: do.RaiseAlert) -> None:
        level = effect.opens.level if effect.opens is not None else self._level(effect.case)
        desk = effect.granted.question.recipient
        alert = AlertState(
            effect.alert_id, effect.case or effect.alert_id, desk, level, wide=self._may_be_wide(effect.case),
            raised_at=self.now.isoformat(),
        )  # fmt: skip
        if effect.opens is not None:
            self.work.cases.open(effect.opens, self.address)
            self.work.cases.record(effect.alert_id, effect.consents)
            self._disclose(effect.granted, "alert", effect.card)
        else:
            check(self.work, effect.granted, self.now, self.policy)
        begin_ladder(self.work, self.policy, alert, self.now, self.entropy)

    def _may_be_wide(self, case: str) -> bool:
        """Tell whether the ladder may reach the focal point: never where the person shut that office out (INV-09)."""
        card = self.work.cases.get(case)
        focal_point = self.policy.directory.offices.get(self.policy.roster.focal_point)
        return card is None or focal_point is None or not is_shut_out(focal_point, card, self.policy)

    def _level(self, case: str) -> str:
        card = self.work.cases.get(case)
        return card.level if card is not None else "L1"

    def _disclose(self, granted: Granted, purpose: str, document: Mapping[str, Any], *, sequence: int = 1) -> None:
        """Seal to the one office the gate named, after asking the ledger once more in this transaction."""
        check(self.work, granted, self.now, self.policy)
        case, office = granted.question.case, granted.question.recipient
        recipients = usable_recipients(self.policy.directory, office, self.now)
        self._seal_to(recipients, SealedBlob(case, office, purpose, sequence, b""), document)
        if purpose in ("report", "copy"):
            queue_mail(self.work, self.policy, granted, purpose, self.now)

    def _seal_to(self, recipients: tuple[str, ...], place: SealedBlob, document: Mapping[str, Any]) -> None:
        if not recipients:
            raise NoRecipients(place.office)
        self.work.blobs.put(replace(place, sealed=self.sealer.seal(canonical(document), recipients)))


def carry_out(
    work: UnitOfWork, sealer: Sealer, policy: Policy, address: Address, conversation: Conversation, event: Event
) -> tuple[Conversation, tuple[do.Effect, ...], bool]:
    """Advance a conversation by one event, carry out what follows, and store it; True: something was erased.

    Raises: NoRecipients, NotPermitted; the transaction must be undone then.
    """
    after, effects = advance(conversation, event, policy)
    performance = Performance(work, sealer, policy, address, event.at, event.entropy)
    for effect in effects:
        if type(effect) in ENDING:
            settle_dropped(work, work.outbox.drop_for(address, officers_only=True), DROPPED)
        performance.perform(effect)
    performance.store(after)
    return after, effects, performance.erased


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the document as UTF-8 JSON, keys in the order given, without spaces."""
    return msgspec.json.encode(document)
