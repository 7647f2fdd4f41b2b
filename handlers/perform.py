"""Effects become rows, all in the transaction of the turn. Sealing happens here: nothing plain goes further."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from dialogs import effects as do
from dialogs.keys import identity_recipients, usable_recipients
from handlers.errors import NoRecipients
from handlers.types import Outgoing, SealedBlob

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import Conversation
    from dialogs.policy import Policy
    from handlers.ports import Sealer, UnitOfWork
    from handlers.types import Address

SAFETY, REPLY = 0, 1
"""Priorities of the outbox: the fast path goes before everything else."""


@dataclass(slots=True)
class Performance:
    """One transaction's work: where, for whom, with which keys; collects what concerns the conversation itself."""

    work: UnitOfWork
    sealer: Sealer
    policy: Policy
    address: Address
    now: datetime
    new_key: bool = False
    forget: bool = False
    erased: bool = False
    opened: set[str] = field(default_factory=set)

    def perform(self, effect: do.Effect) -> None:  # noqa: C901, PLR0912 - one arm for each effect
        """Carry out one effect. Raises NoRecipients when an office cannot be sealed to; the turn is then undone."""
        match effect:
            case do.Say():
                self._say(effect)
            case do.SealReport():
                self._seal_report(effect)
            case do.SealMessage():
                self._seal_message(effect)
            case do.RaiseAlert():
                self._raise_alert(effect)
            case do.UpdateAlert():
                self._put(effect.alert_id, effect.office, "alert", effect.card)
            case do.CancelAlert():
                self.work.alerts.cancel(effect.alert_id)
                self.work.cases.erase(effect.alert_id)
                self.erased = True
            case do.UpdateCase():
                self._update_case(effect)
            case do.DestroyReport():
                self.work.cases.erase(effect.case)
                self.erased = True
            case do.WakeAt():
                self.work.timers.set(self.address, effect.timer, effect.at)
            case do.CancelWake():
                self.work.timers.cancel(self.address, effect.timer)
            case do.ClearChat():
                self._tell_channel("clear-chat")
            case do.SetDisappearing():
                self._tell_channel("set-disappearing", seconds=effect.seconds)
            case do.DropFiles():
                self.work.blobs.drop_files(effect.blobs)
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
            self.address, effect.text, effect.node, effect.turn, effect.choices, SAFETY if effect.urgent else REPLY
        )
        self.work.outbox.add(outgoing, self.now)

    def _tell_channel(self, act: str, *, seconds: int = 0) -> None:
        if act == "clear-chat":
            self.work.outbox.drop_for(self.address)
        self.work.outbox.add(Outgoing(self.address, "", "", 0, act=act, seconds=seconds), self.now)

    def _update_case(self, effect: do.UpdateCase) -> None:
        known = self.work.cases.consents(effect.card.case)
        self.work.cases.update(effect.card)
        self.work.cases.record(effect.card.case, effect.card.consents[len(known) :])

    def _seal_report(self, effect: do.SealReport) -> None:
        card = effect.card
        self.work.cases.open(card, self.address)
        self.work.cases.record(card.case, effect.consents)
        self._put(card.case, card.office, "report", effect.document)
        for office in effect.copies:
            self._put(card.case, office, "copy", effect.document)
        if effect.identity is not None:
            recipients = identity_recipients(self.policy.directory, card.office, self.now)
            self._put_to(recipients, card.case, card.office, "identity", effect.identity)

    def _seal_message(self, effect: do.SealMessage) -> None:
        count = sum(1 for blob in self.work.blobs.of(effect.case) if blob.purpose == "message")
        self._put(effect.case, effect.office, "message", effect.document, sequence=count + 1)

    def _raise_alert(self, effect: do.RaiseAlert) -> None:
        self.work.alerts.raise_alert(effect.alert_id, self.now)
        if effect.opens is not None:
            self.work.cases.open(effect.opens, self.address)
            self.work.cases.record(effect.alert_id, effect.consents)
            self._put(effect.alert_id, effect.office, "alert", effect.card)

    def _put(self, case: str, office: str, purpose: str, document: Mapping[str, Any], *, sequence: int = 1) -> None:
        recipients = usable_recipients(self.policy.directory, office, self.now)
        self._put_to(recipients, case, office, purpose, document, sequence=sequence)

    def _put_to(
        self, recipients: tuple[str, ...], case: str, office: str, purpose: str, document: Mapping[str, Any],
        *, sequence: int = 1,
    ) -> None:  # fmt: skip
        if not recipients:
            raise NoRecipients(office)
        sealed = self.sealer.seal(canonical(document), recipients)
        self.work.blobs.put(SealedBlob(case, office, purpose, sequence, sealed))


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the document as UTF-8 JSON, keys in the order given, no spaces to speak of."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
