"""One message of a person, one transaction: dropped if known, loaded under lock, advanced, stored, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from dialogs.answers import same_words
from dialogs.conversation import SealedFile
from dialogs.draws import PHRASE_WORDS
from dialogs.engine import advance, begin
from dialogs.events import ButtonPressed, FileReceived, GapNoticed, TextReceived, TimeArrived
from dialogs.limits import MAX_FILE_BYTES
from handlers.perform import Performance

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dialogs.conversation import CaseCard, Conversation
    from dialogs.effects import Effect
    from dialogs.events import Event
    from dialogs.policy import Policy
    from handlers.ports import Clock, Entropy, Sealer, Store, UnitOfWork
    from handlers.types import Address, Inbound, IncomingFile, Loaded

ENTROPY_BYTES = 32
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class TurnDone:
    """What one turn did, for channels, replay and tests; it holds answers: never log it."""

    before: Conversation
    after: Conversation
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """Receives messages and time; everything it needs is given once."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy
    interview_document: bytes = b""
    open_file: Callable[[IncomingFile], BinaryIO] | None = None

    def receive(self, inbound: Inbound) -> TurnDone | None:
        """Take one message; None when it was taken before. When this returns, the turn is durable.

        Raises StorageError when it could not be stored (nothing is acknowledged then), HandlerError when an
        office could not be sealed to (the turn is undone).
        """
        now = self.clock.now()
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return None
            done, erased = self._turn(work, inbound, now)
        if erased:
            self.store.finish_erasure()
        return done

    def repeat_question(self, address: Address) -> bool:
        """Say the open question again after a gap or a restart; False when nobody by this address is known."""
        now = self.clock.now()
        with self.store.transaction() as work:
            loaded = work.conversations.load(address)
            if loaded is None:
                return False
            event = GapNoticed(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES))
            self._advance(work, address, loaded.conversation, event)
        return True

    def time_arrived(self, *, limit: int = 100) -> int:
        """Handle the timers that are due, each in a transaction of its own; return how many."""
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
        if erased:
            self.store.finish_erasure()
        return bool(due)

    def _turn(self, work: UnitOfWork, inbound: Inbound, now: datetime) -> tuple[TurnDone, bool]:
        loaded = work.conversations.load(inbound.address)
        conversation = self._begin(work, inbound, now) if loaded is None else loaded.conversation
        known_case = self._case_of_phrase(work, inbound, loaded)
        if known_case is not None:
            work.cases.attach(known_case.case, inbound.address)
        conversation, event = self._event(work, inbound, conversation, now, known_case)
        return self._advance(work, inbound.address, conversation, event)

    def _begin(self, work: UnitOfWork, inbound: Inbound, now: datetime) -> Conversation:
        work.versions.keep(self.policy.interview.version, self.interview_document)
        return begin(self.entropy.bytes(ID_BYTES).hex(), inbound.address.channel, self.policy, now)

    def _case_of_phrase(self, work: UnitOfWork, inbound: Inbound, loaded: Loaded | None) -> CaseCard | None:
        """Somebody whom we do not know writes four words: they may be the phrase of a case."""
        unknown = loaded is None or not loaded.conversation.cards
        hidden = loaded is not None and loaded.conversation.hidden
        words = same_words(inbound.text[:200])
        if not unknown or hidden or len(words.split()) != PHRASE_WORDS:
            return None
        return work.cases.by_phrase(self.policy.secret_hash("phrase", words))

    def _event(
        self, work: UnitOfWork, inbound: Inbound, conversation: Conversation, now: datetime, known: CaseCard | None
    ) -> tuple[Conversation, Event]:
        entropy = self.entropy.bytes(ENTROPY_BYTES)
        if inbound.button is not None:
            node, turn, key = inbound.button
            return conversation, ButtonPressed(at=now, entropy=entropy, node=node, turn=turn, key=key)
        if inbound.file is not None:
            conversation, file, refusal = self._take_file(work, inbound.file, conversation)
            return conversation, FileReceived(at=now, entropy=entropy, file=file, refusal=refusal)
        return conversation, TextReceived(at=now, entropy=entropy, text=inbound.text, known_case=known)

    def _take_file(
        self, work: UnitOfWork, incoming: IncomingFile, conversation: Conversation
    ) -> tuple[Conversation, SealedFile | None, str | None]:
        """Stream the file into the draft's one-time identity while hashing; it is never decoded."""
        limit = MAX_FILE_BYTES[conversation.channel]
        if conversation.draft is None or self.open_file is None or conversation.hidden:
            return conversation, None, "T-FILE-NOT-NOW"
        if incoming.size > limit:
            return conversation, None, "T-FILE-TOO-LARGE"
        identity = conversation.draft.file_identity or self.sealer.new_file_identity()
        with self.open_file(incoming) as source:
            sealed, size, digest = self.sealer.seal_file(source, identity, limit)
        blob = self.entropy.bytes(ID_BYTES).hex()
        work.blobs.put_file(blob, sealed)
        draft = replace(conversation.draft, file_identity=identity)
        file = SealedFile(blob=blob, name=incoming.name[:200], type=incoming.type[:100], size=size, digest=digest)
        return replace(conversation, draft=draft), file, None

    def _advance(
        self, work: UnitOfWork, address: Address, conversation: Conversation, event: Event
    ) -> tuple[TurnDone, bool]:
        after, effects = advance(conversation, event, self.policy)
        performance = Performance(work, self.sealer, self.policy, address, event.at)
        for effect in effects:
            performance.perform(effect)
        performance.store(after)
        return TurnDone(conversation, after, effects), performance.erased
