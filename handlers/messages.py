"""Officers' words to people: queued sealed, asked about twice, opened only in the transaction that hands them on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import field

from dialogs.consents import is_live
from dialogs.contact import may_write
from dialogs.effects import Say
from dialogs.events import OfficerBegan, OfficerWrote
from dialogs.frozen import Frozen
from dialogs.gate import Granted, Reason, Refused
from dialogs.limits import MAX_TEXT_CHARS
from dialogs.machine import END, HIDDEN, START
from dialogs.officers import TEMPLATES, awaits_answer, is_busy, is_open
from dialogs.replace import replace
from dialogs.safe_times import is_safe, next_safe
from handlers import contact
from handlers.access import check_office
from handlers.contact import LOOK_AGAIN, obstacle, refusal_code
from handlers.errors import NotPermitted, NotYours, Refusal
from handlers.listening import SAID, readers_beside
from handlers.message_ports import HELD, PENDING, SENDING, WAITING, Message
from handlers.perform import carry_out
from handlers.sink import check
from handlers.talking import locked_card
from handlers.types import SealedBlob

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.actor import Actor
    from handlers.message_ports import TalkKey
    from handlers.ports import Clock, Entropy, Sealer, Store, UnitOfWork
    from handlers.types import Address, Loaded

ENTROPY_BYTES: Final = 32
ID_BYTES: Final = 16
AGE_FILE: Final = b"age-encryption.org/v1\n"
MAX_SEALED_BYTES: Final = 48 * 1024
"""Of each of the two sealed copies: the longest message a chat takes, padded."""

KEPT_DAYS: Final = 14
"""Words that could not go out for so long are dropped: the moment they were for is over."""

WAIT_A_MOMENT: Final = timedelta(seconds=5)
AT_ONCE: Final = 50
MOST_MESSAGES: Final = 5000
"""Of both sides in one case: more than people write to each other by hand."""

TELEGRAM: Final = "telegram"
SAFE_TIME, BUSY, WORDS, TEMPLATES_ONLY, UNREADABLE, EXPIRED = (
    "safe_time", "busy", "words", "telegram_templates_only", "unreadable", "expired",
)  # fmt: skip


class BadMessage(Refusal):
    """The message cannot be taken: load the page again, and send one message of ordinary length at a time."""


class Written(Frozen):
    """What a page sends: the words sealed to the bot, the office's own copy, and those of other offices that read."""

    for_office: bytes
    for_bot: bytes
    for_others: Mapping[str, bytes] = field(default_factory=dict)


class _Moment(Frozen):
    """What is to be done with the first message that waits: `do` is refuse, hold, begin or deliver."""

    do: str
    reason: str = ""
    at: datetime | None = None


class Messaging(Frozen):
    """What officers write."""

    store: Store
    sealer: Sealer
    policy: Policy
    clock: Clock
    entropy: Entropy
    key: TalkKey

    def write(self, case: str, by: Actor, written: Written) -> Message:
        """Queue a message of the owner of a case; return it as it waits now.

        Raises: NoSuchCase, NotYours, BadMessage, NotPermitted with the code `no_contact`, `red_line` or `stopped`.
        Hidden chats, doubts about who it is and safe times only make it wait.
        """
        now = self.clock.now()
        if not all(map(is_sealed, (written.for_office, written.for_bot, *written.for_others.values()))):
            raise BadMessage
        with self.store.transaction() as work:
            card, _address, _loaded = locked_card(work, case)
            check_office(by, card, self.policy, now)
            if card.owner != by.who:
                raise NotYours
            answer = self._asked(work, card, now)
            if not isinstance(answer, Granted):
                raise NotPermitted(refusal_code(answer.reason))
            number = work.messages.last(case) + 1
            if number > MOST_MESSAGES:
                raise BadMessage
            message = Message(
                self.entropy.bytes(ID_BYTES).hex(), case, number, by.who, now, WAITING, due_at=now,
                for_bot=written.for_bot,
            )  # fmt: skip
            work.messages.add(message)
            own = SealedBlob(case, by.office, SAID, number, written.for_office)
            work.blobs.put(own)
            self._keep_for_others(work, card, own, written.for_others, now)
            work.audit.record(by.did("write", now, case=case))
            self._look(work, case, now)
            return work.messages.get(message.id) or message

    def _keep_for_others(
        self, work: UnitOfWork, card: CaseCard, own: SealedBlob, copies: Mapping[str, bytes], now: datetime
    ) -> None:
        """Keep the copy of each office that reads now, and no other. Raises: BadMessage when one is missing."""
        for granted in readers_beside(work, self.policy, card, own.office, now):
            reader = granted.question.recipient
            if reader not in copies:
                raise BadMessage  # sealed by a page that was loaded before this office read
            check(work, granted, now, self.policy)
            work.blobs.put(replace(own, office=reader, sealed=copies[reader]))

    def templates(self, lang: str = "en") -> tuple[tuple[str, str], ...]:
        """Return id and sentence of what alone goes out where a company can read the chat (no C-TGFULL)."""
        return tuple((text_id, self.policy.texts.body(text_id, lang, {})) for text_id in TEMPLATES)

    def deliver_due(self) -> frozenset[str]:
        """Look at what is due, each case in a transaction of its own; return the channels that have to send now."""
        channels: set[str] = set()
        for _ in range(AT_ONCE):
            with self.store.transaction() as work:
                now = self.clock.now()
                due = work.messages.due(now, 1)
                if not due:
                    break
                channels.update(self._look(work, due[0], now))
        return frozenset(channels)

    def _look(self, work: UnitOfWork, case: str, now: datetime) -> frozenset[str]:
        """Do with the waiting messages of a case what this moment allows; return the channels to wake."""
        said: set[str] = set()
        while True:
            card, address, loaded = locked_card(work, case)
            pending = [message for message in work.messages.of(case) if message.state in PENDING]
            if not pending:
                return frozenset(said)
            answer = self._asked(work, card, now)
            moment = self._moment(card, address, loaded, pending[0], answer, now)
            if moment.do == "refuse":
                work.messages.save(contact.refused(pending[0], moment.reason))
                continue
            if moment.do == "deliver" and address is not None and loaded is not None:
                if self._deliver(work, address, loaded, card, pending[0], now):
                    said.add(address.channel)
                continue
            if moment.do == "begin" and address is not None and loaded is not None:
                self._begin(work, address, loaded, case, now)
                said.add(address.channel)
            for message in pending:
                state = WAITING if moment.at is not None else HELD
                due = moment.at if moment.at is not None else now + LOOK_AGAIN
                work.messages.save(replace(message, state=state, reason=moment.reason, due_at=due))
            return frozenset(said)

    def _asked(self, work: UnitOfWork, card: CaseCard, now: datetime) -> Granted | Refused:
        """Ask the gate, and the ledger of this transaction: a card that says more than its chain is not believed."""
        answer = may_write(card, self.policy, now)
        if isinstance(answer, Granted):
            try:
                check(work, answer, now, self.policy)
            except NotPermitted:
                return Refused(answer.question, Reason.NEVER_ASKED)
        return answer

    def _moment(
        self, card: CaseCard, address: Address | None, loaded: Loaded | None, message: Message,
        answer: Granted | Refused, now: datetime,
    ) -> _Moment:  # fmt: skip
        """Decide. Whatever is not exactly permitted now waits or is refused."""
        if now - message.at > timedelta(days=KEPT_DAYS):
            return _Moment("refuse", EXPIRED)
        if not isinstance(answer, Granted):
            code = refusal_code(answer.reason)
            thawing = code == contact.STOPPED and card.status != "ST-WDR"
            return _Moment("hold" if thawing else "refuse", code)
        held = obstacle(card)
        if held:
            return _Moment("hold", held)
        if address is None or loaded is None or loaded.conversation.node in (START, END):
            return _Moment("hold", contact.UNREACHABLE)
        if loaded.conversation.hidden or loaded.conversation.node == HIDDEN:
            return _Moment("hold", contact.HIDDEN)
        office = self.policy.directory.offices[card.office]
        if not is_safe(card, office, now):
            return _Moment("hold", SAFE_TIME, next_safe(card, office, now))
        if awaits_answer(card):
            return _Moment("hold", WORDS)
        if is_busy(loaded.conversation, card, now):
            return _Moment("hold", BUSY, now + WAIT_A_MOMENT)
        return _Moment("deliver") if is_open(card, now) else _Moment("begin", WORDS)

    def _begin(self, work: UnitOfWork, address: Address, loaded: Loaded, case: str, now: datetime) -> None:
        event = OfficerBegan(at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), case=case)
        carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)

    def _deliver(
        self, work: UnitOfWork, address: Address, loaded: Loaded, card: CaseCard, message: Message, now: datetime
    ) -> bool:
        """Open the words, hand them on and erase them; False: there was nothing that could be handed on."""
        text, template = self._opened(message), ""
        if address.channel == TELEGRAM and not is_live(card.consents, "C-TGFULL"):
            template = next((id_ for id_, sentence in self.templates() if sentence == text), "")
            if text and not template:
                work.messages.save(contact.refused(message, TEMPLATES_ONLY))
                return False
        if not text:
            work.messages.save(contact.refused(message, UNREADABLE))
            return False
        event = OfficerWrote(
            at=now, entropy=self.entropy.bytes(ENTROPY_BYTES), case=message.case, message=message.id, text=text,
            template=template,
        )  # fmt: skip
        _after, effects, _erased = carry_out(work, self.sealer, self.policy, address, loaded.conversation, event)
        if not any(isinstance(effect, Say) and effect.message == message.id for effect in effects):
            work.messages.save(contact.refused(message, UNREADABLE))
            return False
        work.messages.save(replace(message, state=SENDING, reason="", due_at=None, for_bot=b""))
        return True

    def _opened(self, message: Message) -> str:
        """Return the words, or "" when they are not exactly what a page seals for this case."""
        opened = self.key.open(message.for_bot)
        try:
            document = json.loads(opened or b"")
        except (ValueError, RecursionError):
            return ""
        match document:
            case {"schema": "leeward-words-1", "case": message.case, "text": str(text)} if len(text) <= MAX_TEXT_CHARS:
                return str(text).strip()
            case _:
                return ""


def is_sealed(content: bytes) -> bool:
    """Tell whether these bytes are an age file of ordinary length: nothing else of an officer is ever stored."""
    return content.startswith(AGE_FILE) and len(content) <= MAX_SEALED_BYTES
