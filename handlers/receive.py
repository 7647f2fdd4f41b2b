"""One message of a person, one transaction: dropped if known, loaded under lock, advanced, stored, answered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from dialogs.answers import same_words
from dialogs.conversation import Conversation
from dialogs.draws import PHRASE_WORDS
from dialogs.effects import Effect
from dialogs.engine import begin
from dialogs.events import (
    ButtonPressed,
    EditNoticed,
    FileReceived,
    GapNoticed,
    KeyChanged,
    Moved,
    TextReceived,
    TimeArrived,
)
from dialogs.frozen import Frozen
from dialogs.limits import TIMER_DRAFT, TIMER_IDLE
from dialogs.new_phone import may_lead_back
from dialogs.replace import replace
from handlers.attachments import Attachments, Taken
from handlers.contact import DOUBT, DROPPED, UNREACHABLE, reconsider, settle_dropped
from handlers.deliver import clear_brief
from handlers.errors import DraftLost
from handlers.perform import carry_out
from handlers.types import CLEAR, Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.events import Event
    from dialogs.policy import Policy
    from handlers.ports import Clock, Entropy, Sealer, Store, UnitOfWork
    from handlers.types import Address, Inbound, IncomingFile, Loaded

ENTROPY_BYTES = 32
ID_BYTES = 16
MOVE_CODE = re.compile(r"MV-[A-Z2-7]{4}-[A-Z2-7]{4}")


class TurnDone(Struct, frozen=True, gc=False):
    """What one turn did, for channels, replay and tests; it holds answers: never log it."""

    before: Conversation
    after: Conversation
    effects: tuple[Effect, ...]


class Reception(Frozen):
    """Receives messages and time; everything it needs is given once."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy
    interview_document: bytes = b""
    open_file: Callable[[IncomingFile], BinaryIO] | None = None

    @property
    def attachments(self) -> Attachments:
        """Return what takes attachments for the same store."""
        return Attachments(self.store, self.sealer, self.entropy, self.open_file)

    def receive(self, inbound: Inbound) -> TurnDone | None:
        """Take one message; None when it was taken before. When this returns, the turn is durable.

        Raises StorageError when it could not be stored (nothing is acknowledged then), HandlerError when an
        office could not be sealed to (the turn is undone).
        """
        taken = self.attachments.take(inbound) if inbound.file is not None else None
        return self.receive_taken(inbound, taken)

    def receive_taken(self, inbound: Inbound, taken: Taken | None) -> TurnDone | None:
        """Take one message whose file, if it has one, was sealed already. Raises as `receive` does."""
        now = self.clock.now()
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return None
            done, erased = self._turn(work, inbound, now, taken)
        if erased:
            self.store.finish_erasure()
        return done

    def excuse(self, inbound: Inbound, trouble: str) -> None:
        """Take a message that cannot be carried out, say so and ask again: it must not come back for ever."""
        now = self.clock.now()
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return
            try:
                loaded = work.conversations.load(inbound.address)
            except DraftLost:
                return
            if loaded is not None:
                event = GapNoticed(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), trouble=trouble)
                self._advance(work, inbound.address, loaded.conversation, event)

    def unreachable(self, address: Address) -> None:
        """Remember that nothing can be sent to this person any more; the officer sees it on the case card."""
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                return
            settle_dropped(work, work.outbox.drop_for(address), UNREACHABLE)
            self._change(work, address, loaded, lambda card: replace(card, unreachable=True))

    def identity_changed(self, address: Address) -> bool:
        """Remember that the identity key of this person is another one. True: the doubt is durable.

        What was agreed outward until now does not count any more. What is on its way was for the person before.
        """
        now, erased = self.clock.now(), False
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                loaded = None
            if loaded is not None:
                event = KeyChanged(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES))
                done, erased = self._advance(work, address, loaded.conversation, event)
                if done.after == done.before:  # told once more
                    return True
            settle_dropped(work, work.outbox.drop_for(address), DOUBT)
        if erased:
            self.store.finish_erasure()
        return True

    def _change(
        self, work: UnitOfWork, address: Address, loaded: Loaded | None, change: Callable[[CaseCard], CaseCard]
    ) -> None:
        """Change every card of a person, and what officers' words wait for."""
        for card in loaded.conversation.cards if loaded is not None else ():
            changed = change(card)
            work.cases.update(changed)
            reconsider(work, self.policy, changed, address, self.clock.now())

    def active_since(self, at: datetime) -> tuple[Address, ...]:
        """Return who did something in a conversation that is not finished since then (their timers tell)."""
        settings = self.policy.settings
        waits = ((TIMER_DRAFT, timedelta(hours=settings.draft_hours)),
                 (TIMER_IDLE, timedelta(minutes=settings.idle_minutes_before_start)))  # fmt: skip
        with self.store.transaction() as work:
            return tuple(address for timer, wait in waits for address in work.timers.active(timer, at + wait))

    def repeat_question(self, address: Address) -> bool:
        """Say the open question again after a gap or a restart; False when it is on its way, or nobody is known."""
        now = self.clock.now()
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                return False
            if loaded is None or work.outbox.waits_for(address):  # the question is on its way already
                return False
            event = GapNoticed(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES))
            self._advance(work, address, loaded.conversation, event)
        return True

    def time_arrived(self, *, limit: int = 100) -> int:
        """Handle the timers that are due, each in a transaction of its own, then what was shown for a short time only.

        Return how many transactions did something.
        """
        handled = 0
        while handled < limit and self._one_timer():
            handled += 1
        return handled

    def _one_timer(self) -> bool:
        now = self.clock.now()
        erased = False
        with self.store.transaction() as work:
            due = work.timers.due(now, 1)
            for timer in due:
                loaded = work.conversations.load(timer.address)
                if loaded is not None:
                    event = TimeArrived(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), timer=timer.timer)
                    _done, erased = self._advance(work, timer.address, loaded.conversation, event)
            cleared = clear_brief(work, now) if not due else 0
        if erased:
            self.store.finish_erasure()
        return bool(due or cleared)

    def _turn(self, work: UnitOfWork, inbound: Inbound, now: datetime, taken: Taken | None) -> tuple[TurnDone, bool]:
        loaded, lost = None, False
        try:
            loaded = work.conversations.load(inbound.address)
        except DraftLost:
            lost = True
        if inbound.ref:  # after loading, which looks the person up; before the turn, which may clear the chat
            work.traces.add(inbound.address, inbound.ref, now)
        conversation = self._begin(work, inbound, now, lost=lost) if loaded is None else loaded.conversation
        moved = self._moved(work, inbound, loaded, now)
        if moved is not None:
            return self._advance(work, inbound.address, moved, Moved(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES)))
        known_cases = self._cases_of_phrase(work, inbound, loaded, now)
        for known in known_cases:
            work.cases.attach(known.case, inbound.address)
            reconsider(work, self.policy, known, inbound.address, now)
        if taken is not None and taken.file is not None:
            work.blobs.adopt_file(taken.file.blob, now)
        event = self._event(inbound, now, known_cases, taken)
        return self._advance(work, inbound.address, conversation, event)

    def _begin(self, work: UnitOfWork, inbound: Inbound, now: datetime, *, lost: bool) -> Conversation:
        work.versions.keep(self.policy.interview.version, self.interview_document)
        begun = begin(self.entropy.bytes(ID_BYTES).hex(), inbound.address.channel, self.policy, now)
        return replace(begun, lost=lost)

    def _moved(self, work: UnitOfWork, inbound: Inbound, loaded: Loaded | None, now: datetime) -> Conversation | None:
        """Somebody new sends a code: what they wrote on the other channel comes over, and nothing stays there."""
        code = inbound.text.strip().upper()
        if not MOVE_CODE.fullmatch(code) or (loaded is not None and loaded.conversation.cards):
            return None
        old = work.moves.take(code, now)
        found = work.conversations.load(old) if old is not None and old != inbound.address else None
        if old is None or found is None:
            return None
        settle_dropped(work, work.outbox.drop_for(old), DROPPED)
        work.outbox.add(Outgoing(old, "", "", 0, act=CLEAR, refs=work.traces.take(old)), now)
        work.conversations.forget(old)
        for card in found.conversation.cards:
            work.cases.attach(card.case, inbound.address)
        return replace(found.conversation, channel=inbound.address.channel)

    def _cases_of_phrase(
        self, work: UnitOfWork, inbound: Inbound, loaded: Loaded | None, now: datetime
    ) -> tuple[CaseCard, ...]:
        """Whoever writes four words: they may be the phrase of cases that this conversation does not hold."""
        words = same_words(inbound.text[:200])
        if len(words.split()) != PHRASE_WORDS:
            return ()
        phrase = self.policy.secret_hash("phrase", words)
        if loaded is not None and not may_lead_back(loaded.conversation, phrase, now):
            return ()
        here = {card.case for card in loaded.conversation.cards} if loaded is not None else set()
        return tuple(card for card in work.cases.by_phrase(phrase) if card.case not in here)

    def _event(self, inbound: Inbound, now: datetime, known: tuple[CaseCard, ...], taken: Taken | None) -> Event:
        entropy = self.entropy.bytes(ENTROPY_BYTES)
        if inbound.button is not None:
            node, turn, key = inbound.button
            return ButtonPressed(at=now, entropy=entropy, node=node, turn=turn, key=key)
        if taken is not None:
            return FileReceived(at=now, entropy=entropy, file=taken.file, refusal=taken.refusal)
        if inbound.edited:
            return EditNoticed(at=now, entropy=entropy)
        return TextReceived(at=now, entropy=entropy, text=inbound.text, known_cases=known)

    def _advance(
        self, work: UnitOfWork, address: Address, conversation: Conversation, event: Event
    ) -> tuple[TurnDone, bool]:
        after, effects, erased = carry_out(work, self.sealer, self.policy, address, conversation, event)
        return TurnDone(conversation, after, effects), erased
