"""The same store in memory, for tests, demonstrations and the model the real one is compared with. Nothing is kept."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from dialogs.replace import replace
from handlers.types import BlobLine, Loaded, Recorded
from storage.codec import in_order
from storage.memory_desk import MemoryAccounts, MemorySessions
from storage.memory_messages import MemoryMessages
from storage.memory_queues import (
    Data,
    MemoryCheckpoints,
    MemoryInbox,
    MemoryMoves,
    MemoryOutbox,
    MemoryTimers,
    MemoryTraces,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from dialogs.conversation import CaseCard, ConsentEvent, Conversation
    from dialogs.duty_book import DutyBook
    from dialogs.escalation import AlertState
    from handlers.types import Address, AuditEntry, Inbound, SealedBlob


class MemoryConversations:
    """handlers.ports.Conversations in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def load(self, address: Address) -> Loaded | None:
        """Return the conversation with its cards."""
        found = self._data.conversations.get(address)
        if found is None:
            return None
        mine = [c for case, c in self._data.cards.items() if c is not None and self._data.people.get(case) == address]
        return Loaded(replace(found.conversation, cards=in_order(mine)), found.revision)

    def save(self, address: Address, conversation: Conversation, *, new_key: bool = False) -> int:
        """Store without the cards; return the new revision."""
        del new_key
        old = self._data.conversations.get(address)
        revision = 1 if old is None else old.revision + 1
        self._data.conversations[address] = Loaded(replace(conversation, cards=()), revision)
        return revision

    def of_case(self, case: str) -> Address | None:
        """Return where the person of a case can be reached."""
        address = self._data.people.get(case)
        return address if address in self._data.conversations else None

    def forget(self, address: Address) -> None:
        """Remove conversation and timers; cases stay and lose their way back."""
        self._data.traces.pop(address, None)
        self._data.conversations.pop(address, None)
        for key in [key for key in self._data.timers if key[0] == address]:
            del self._data.timers[key]
        for case, person in self._data.people.items():
            if person == address:
                self._data.people[case] = None


class MemoryCases:
    """handlers.ports.Cases in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def open(self, card: CaseCard, address: Address | None) -> None:
        """Store a new case."""
        self._data.cards[card.case] = card
        self._data.people[card.case] = address
        self._data.events[card.case] = ()

    def update(self, card: CaseCard) -> None:
        """Store a changed card; an erased case stays erased."""
        if self._data.cards.get(card.case) is not None:
            self._data.cards[card.case] = card

    def get(self, case: str) -> CaseCard | None:
        """Return the card, or None."""
        return self._data.cards.get(case)

    def by_phrase(self, phrase_hash: str) -> tuple[CaseCard, ...]:
        """Return the cards with this phrase."""
        cards = self._data.cards.values()
        return in_order(c for c in cards if c is not None and phrase_hash and c.phrase_hash == phrase_hash)

    def attach(self, case: str, address: Address) -> None:
        """Lead from this person to the case."""
        if case in self._data.people:
            self._data.people[case] = address

    def detach(self, case: str) -> None:
        """Let nothing lead to the case any more but the phrase."""
        if case in self._data.people:
            self._data.people[case] = None

    def erase(self, case: str) -> None:
        """Leave a tombstone."""
        if case in self._data.cards:
            self._data.cards[case] = None
            self._data.people[case] = None
            self._data.events[case] = ()
            self._data.audit = [(name, None if name == case else entry) for name, entry in self._data.audit]
        for key in [key for key in self._data.blobs if key[0] == case]:
            del self._data.blobs[key]
        for message in [message for message in self._data.messages.values() if message.case == case]:
            del self._data.messages[message.id]
        for name in [name for name, owner in self._data.owners.items() if owner == case]:
            del self._data.owners[name], self._data.files[name]

    def record(self, case: str, events: Iterable[ConsentEvent]) -> str:
        """Append consent events; the head is one of no secrecy, for nothing here outlives the process."""
        if self._data.cards.get(case) is not None:
            self._data.events[case] = (*self._data.events[case], *events)
        return sha256(repr((case, self._data.events.get(case))).encode()).hexdigest()

    def consents(self, case: str) -> tuple[ConsentEvent, ...]:
        """Return the recorded events."""
        return self._data.events.get(case, ())

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all cases."""
        return tuple(self._data.cards)

    def revisions(self) -> dict[str, int]:
        """Return every case that is not erased with a number drawn from its card."""
        kept = {case: card for case, card in self._data.cards.items() if card is not None}
        return {case: int.from_bytes(sha256(repr(card).encode()).digest()[:4]) for case, card in kept.items()}

    def cards(self, cases: Iterable[str]) -> dict[str, CaseCard]:
        """Return the cards of these cases."""
        return {case: card for case in cases if (card := self._data.cards.get(case)) is not None}


class MemoryBlobs:
    """handlers.ports.Blobs in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def put(self, blob: SealedBlob) -> None:
        """Store."""
        self._data.blobs[blob.case, blob.office, blob.purpose, blob.sequence] = blob
        self._data.fetched.discard((blob.case, blob.office, blob.purpose, blob.sequence))

    def of(self, case: str) -> tuple[SealedBlob, ...]:
        """Return all blobs of a case."""
        found = [blob for blob in self._data.blobs.values() if blob.case == case]
        return tuple(sorted(found, key=lambda blob: (blob.purpose, blob.office, blob.sequence)))

    def lines(self, case: str, office: str) -> tuple[BlobLine, ...]:
        """Return what there is for one office in a case."""
        mine = [blob for blob in self.of(case) if blob.office == office]
        return tuple(
            BlobLine(b.purpose, b.sequence, len(b.sealed), (case, office, b.purpose, b.sequence) in self._data.fetched)
            for b in mine
        )

    def fetch(self, case: str, office: str, purpose: str, sequence: int) -> SealedBlob | None:
        """Return one blob and remember that the office has it now."""
        found = self._data.blobs.get((case, office, purpose, sequence))
        if found is not None:
            self._data.fetched.add((case, office, purpose, sequence))
        return found

    def unread(self, office: str) -> dict[str, int]:
        """Return how many messages of each case this office has not fetched."""
        waiting = [k for k in self._data.blobs if k[1:3] == (office, "message") and k not in self._data.fetched]
        return dict(Counter(key[0] for key in waiting))

    def holding(self, office: str, purpose: str, cases: Iterable[str]) -> frozenset[str]:
        """Return those of these cases of which this office holds sealed bytes of this purpose."""
        return frozenset(cases) & {key[0] for key in self._data.blobs if key[1:3] == (office, purpose)}

    def erase(self, case: str, office: str, purpose: str) -> None:
        """Erase what one office would have received of one purpose."""
        for key in [key for key in self._data.blobs if key[:3] == (case, office, purpose)]:
            del self._data.blobs[key]

    def adopt_file(self, name: str, at: datetime) -> None:
        """Take a file that was written."""
        del at
        self._data.owners[name] = ""

    def give_files(self, case: str, names: Iterable[str]) -> None:
        """Say whose they are."""
        self._data.owners.update(dict.fromkeys(names, case))

    def files_of(self, case: str) -> tuple[str, ...]:
        """Return the names of the attachments of a case."""
        return tuple(sorted(name for name, owner in self._data.owners.items() if owner == case))

    def file(self, name: str) -> bytes | None:
        """Return the sealed bytes."""
        return self._data.files.get(name)

    def drop_files(self, names: Iterable[str]) -> None:
        """Erase."""
        for name in names:
            self._data.files.pop(name, None)
            self._data.owners.pop(name, None)


class MemoryAudit:
    """handlers.ports.Audit in memory; its order is the list's."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def record(self, entry: AuditEntry) -> None:
        """Append."""
        if entry.case and self._data.cards.get(entry.case) is None:
            self._data.audit.append(("desk", replace(entry, old="", new="", reason="")))
        else:
            self._data.audit.append((entry.case or "desk", entry))

    def of(self, case: str) -> tuple[AuditEntry, ...]:
        """Return the entries of a case."""
        return tuple(entry for name, entry in self._data.audit if name == case != "desk" and entry is not None)

    def page(self, after: int, limit: int) -> tuple[Recorded, ...]:
        """Return entries by number."""
        found = self._data.audit[after : after + limit]
        return tuple(Recorded(number, entry) for number, (_name, entry) in enumerate(found, start=after + 1))

    def latest(self, before: int, limit: int) -> tuple[Recorded, ...]:
        """Return entries by number, backwards."""
        return tuple(reversed(self.page(0, before - 1 if before else len(self._data.audit))))[:limit]


class MemoryAlerts:
    """handlers.ports.Alerts in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def raise_alert(self, alert: AlertState) -> None:
        """Record as open."""
        self._data.alerts[alert.id] = alert

    def save(self, alert: AlertState) -> None:
        """Store a changed alert."""
        self._data.alerts[alert.id] = alert

    def cancel(self, alert_id: str) -> None:
        """Record as cancelled."""
        if alert_id in self._data.alerts:
            self._data.alerts[alert_id] = None

    def get(self, alert_id: str) -> AlertState | None:
        """Return an alert that was not cancelled."""
        return self._data.alerts.get(alert_id)

    def due(self, now: datetime, limit: int) -> tuple[AlertState, ...]:
        """Return what is to be looked at now."""
        known = [alert for alert in self._data.alerts.values() if alert is not None and alert.next_look]
        ready = [alert for alert in known if datetime.fromisoformat(alert.next_look).replace(microsecond=0) <= now]
        return tuple(sorted(ready, key=lambda alert: alert.next_look)[:limit])

    def open_ones(self) -> tuple[AlertState, ...]:
        """Return every open alert."""
        return tuple(alert for alert in self._data.alerts.values() if alert is not None and alert.state == "open")

    def state(self, alert_id: str) -> str | None:
        """Return the state."""
        if alert_id not in self._data.alerts:
            return None
        alert = self._data.alerts[alert_id]
        return "cancelled" if alert is None else alert.state

    def count(self) -> int:
        """Count."""
        return len(self._data.alerts)


class MemoryDuty:
    """handlers.ports.Duty in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def load(self) -> DutyBook:
        """Return the book."""
        return self._data.duty

    def save(self, book: DutyBook) -> None:
        """Store it."""
        self._data.duty = book


class MemoryTallies:
    """handlers.ports.Tallies in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def add(self, month: str) -> None:
        """Add one."""
        self._data.tallies[month] = self._data.tallies.get(month, 0) + 1

    def all(self) -> dict[str, int]:
        """Return all."""
        return dict(self._data.tallies)


class MemoryVersions:
    """handlers.ports.Versions in memory."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def keep(self, version: str, document: bytes) -> None:
        """Store once."""
        self._data.versions.setdefault(version, document)

    def all(self) -> dict[str, bytes]:
        """Return all."""
        return dict(self._data.versions)


class MemoryUnitOfWork:
    """handlers.ports.UnitOfWork in memory."""

    def __init__(self, data: Data) -> None:
        self.inbox = MemoryInbox(data)
        self.conversations = MemoryConversations(data)
        self.cases = MemoryCases(data)
        self.blobs = MemoryBlobs(data)
        self.messages = MemoryMessages(data)
        self.outbox = MemoryOutbox(data)
        self.traces = MemoryTraces(data)
        self.checkpoints = MemoryCheckpoints(data)
        self.audit = MemoryAudit(data)
        self.moves = MemoryMoves(data)
        self.timers = MemoryTimers(data)
        self.alerts = MemoryAlerts(data)
        self.duty = MemoryDuty(data)
        self.tallies = MemoryTallies(data)
        self.versions = MemoryVersions(data)
        self.accounts = MemoryAccounts(data)
        self.sessions = MemorySessions(data)


class MemoryStore:
    """handlers.ports.Store in memory; an exception in a transaction puts everything back."""

    def __init__(self) -> None:
        self._data = Data()

    @contextmanager
    def transaction(self) -> Iterator[MemoryUnitOfWork]:
        """Open one transaction."""
        before = self._data.copied()
        try:
            yield MemoryUnitOfWork(self._data)
        except BaseException:
            self._data = before
            raise

    @contextmanager
    def group(self, expected: Sequence[Inbound] = ()) -> Iterator[None]:
        """Make all transactions of the block one."""
        del expected
        before = self._data.copied()
        try:
            yield
        except BaseException:
            self._data = before
            raise

    @contextmanager
    def new_file(self, name: str) -> Iterator[BinaryIO]:
        """Write a file of sealed bytes."""
        file = io.BytesIO()
        yield file
        self._data.files[name] = file.getvalue()

    def open_file(self, name: str) -> BinaryIO | None:
        """Open the sealed bytes of an attachment."""
        content = self._data.files.get(name)
        return io.BytesIO(content) if content is not None else None

    def finish_erasure(self) -> bool:
        """Nothing is left anywhere."""
        return True
