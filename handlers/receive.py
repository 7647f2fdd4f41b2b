"""One message of a person, one transaction: dropped if known, loaded under lock, advanced, stored, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from dialogs.answers import same_words
from dialogs.conversation import SealedFile
from dialogs.draws import PHRASE_WORDS
from dialogs.engine import advance, begin, file_refusal
from dialogs.events import ButtonPressed, EditNoticed, FileReceived, GapNoticed, TextReceived, TimeArrived
from dialogs.limits import MAX_FILE_BYTES
from handlers.errors import DraftLost
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
MAX_NAME_CHARS, MAX_TYPE_CHARS = 200, 100


@dataclass(frozen=True, slots=True)
class TurnDone:
    """What one turn did, for channels, replay and tests; it holds answers: never log it."""

    before: Conversation
    after: Conversation
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of a file at the door: sealed, or the text id of the reason why not."""

    file: SealedFile | None
    refusal: str | None


class _Refused(Exception):
    """The file is larger than it was said to be; raised so that Store.new_file leaves nothing behind."""


def _whole(sealed: tuple[int, str] | None) -> tuple[int, str]:
    if sealed is None:
        raise _Refused
    return sealed


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
        taken = self._take_file(inbound) if inbound.file is not None else None
        now = self.clock.now()
        with self.store.transaction() as work:
            if not work.inbox.is_new(inbound.address.channel, inbound.key, now):
                return None
            if inbound.ref:
                work.traces.add(inbound.address, inbound.ref, now)
            done, erased = self._turn(work, inbound, now, taken)
        if erased:
            self.store.finish_erasure()
        return done

    def repeat_question(self, address: Address) -> bool:
        """Say the open question again after a gap or a restart; False when nobody by this address is known."""
        now = self.clock.now()
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                return False
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

    def _turn(self, work: UnitOfWork, inbound: Inbound, now: datetime, taken: _Taken | None) -> tuple[TurnDone, bool]:
        loaded, lost = None, False
        try:
            loaded = work.conversations.load(inbound.address)
        except DraftLost:
            lost = True
        conversation = self._begin(work, inbound, now, lost=lost) if loaded is None else loaded.conversation
        known_case = self._case_of_phrase(work, inbound, loaded)
        if known_case is not None:
            work.cases.attach(known_case.case, inbound.address)
        if taken is not None and taken.file is not None:
            work.blobs.adopt_file(taken.file.blob, now)
        event = self._event(inbound, now, known_case, taken)
        return self._advance(work, inbound.address, conversation, event)

    def _begin(self, work: UnitOfWork, inbound: Inbound, now: datetime, *, lost: bool) -> Conversation:
        work.versions.keep(self.policy.interview.version, self.interview_document)
        begun = begin(self.entropy.bytes(ID_BYTES).hex(), inbound.address.channel, self.policy, now)
        return replace(begun, lost=lost)

    def _case_of_phrase(self, work: UnitOfWork, inbound: Inbound, loaded: Loaded | None) -> CaseCard | None:
        """Somebody whom we do not know writes four words: they may be the phrase of a case."""
        unknown = loaded is None or not loaded.conversation.cards
        hidden = loaded is not None and loaded.conversation.hidden
        words = same_words(inbound.text[:200])
        if not unknown or hidden or len(words.split()) != PHRASE_WORDS:
            return None
        return work.cases.by_phrase(self.policy.secret_hash("phrase", words))

    def _event(self, inbound: Inbound, now: datetime, known: CaseCard | None, taken: _Taken | None) -> Event:
        entropy = self.entropy.bytes(ENTROPY_BYTES)
        if inbound.button is not None:
            node, turn, key = inbound.button
            return ButtonPressed(at=now, entropy=entropy, node=node, turn=turn, key=key)
        if taken is not None:
            return FileReceived(at=now, entropy=entropy, file=taken.file, refusal=taken.refusal)
        if inbound.edited:
            return EditNoticed(at=now, entropy=entropy)
        return TextReceived(at=now, entropy=entropy, text=inbound.text, known_case=known)

    def _take_file(self, inbound: Inbound) -> _Taken:
        """Stream the file into the draft's one-time identity while hashing; it is never decoded.

        This happens before the transaction of the turn, so that nobody waits for somebody's slow upload. A crash in
        between leaves a sealed file that nothing can open and that `leeward purge` removes.
        """
        incoming = inbound.file
        identity, refusal = self._file_identity(inbound.address)
        if refusal is not None or incoming is None or self.open_file is None:
            return _Taken(None, refusal or "T-FILE-NOT-NOW")
        limit = MAX_FILE_BYTES[inbound.address.channel]
        if incoming.size > limit:
            return _Taken(None, "T-FILE-TOO-LARGE")
        blob = self.entropy.bytes(ID_BYTES).hex()
        try:
            with self.open_file(incoming) as source, self.store.new_file(blob) as sink:
                size, digest = _whole(self.sealer.seal_file(source, sink, identity, limit))
        except _Refused:
            return _Taken(None, "T-FILE-TOO-LARGE")
        except OSError:
            return _Taken(None, "T-FILE-BROKEN")
        name, kind = incoming.name[:MAX_NAME_CHARS], incoming.type[:MAX_TYPE_CHARS]
        return _Taken(SealedFile(blob=blob, name=name, type=kind, size=size, digest=digest), None)

    def _file_identity(self, address: Address) -> tuple[str, str | None]:
        """Return the one-time identity of the draft, made and stored when it has none, or why no file is welcome."""
        with self.store.transaction() as work:
            try:
                loaded = work.conversations.load(address)
            except DraftLost:
                loaded = None
            if loaded is None or loaded.conversation.draft is None:
                return "", "T-FILE-NOT-NOW"
            conversation, draft = loaded.conversation, loaded.conversation.draft
            refusal = file_refusal(conversation)
            if refusal is None and not draft.file_identity:
                draft = replace(draft, file_identity=self.sealer.new_file_identity())
                work.conversations.save(address, replace(conversation, draft=draft))
            return draft.file_identity, refusal

    def _advance(
        self, work: UnitOfWork, address: Address, conversation: Conversation, event: Event
    ) -> tuple[TurnDone, bool]:
        after, effects = advance(conversation, event, self.policy)
        performance = Performance(work, self.sealer, self.policy, address, event.at)
        for effect in effects:
            performance.perform(effect)
        performance.store(after)
        return TurnDone(conversation, after, effects), performance.erased
