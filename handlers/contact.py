"""Whether an officer may write to the person of a case, and what becomes of waiting words when that changes.

Everything here follows from the case card. It is asked when words are queued, when they are due, and in every
transaction that changes a card: whatever stops contact stops what is waiting, at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.contact import may_write
from dialogs.gate import Granted, Reason
from dialogs.officers import TWO_WORDS, awaits_answer
from dialogs.replace import replace
from handlers.message_ports import HELD, PENDING, REFUSED, SENDING, SENT, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from dialogs.conversation import CaseCard
    from dialogs.policy import Policy
    from handlers.message_ports import Message
    from handlers.ports import UnitOfWork
    from handlers.types import Address

LOOK_AGAIN: Final = timedelta(hours=1)
"""Held words are looked at again this often, should nothing else have woken them."""

STOPPED, HIDDEN, DOUBT, LOST, UNREACHABLE = "stopped", "hidden", "identity_doubt", "account_lost", "unreachable"
RED_LINE, NO_CONTACT, DROPPED, UNKNOWN, NOT_DELIVERED = (
    "red_line", "no_contact", "dropped", "unknown", "not_delivered",
)  # fmt: skip
"""Why words wait or do not go out: codes, shown to officers in words by the desk's page."""


def refusal_code(reason: Reason) -> str:
    """Return the code of the desk for a reason of the gate."""
    return {Reason.RED_LINE: RED_LINE, Reason.STOPPED: STOPPED}.get(reason, NO_CONTACT)


def obstacle(card: CaseCard) -> str:
    """Return what holds words back for now, although the gate lets them through; "" when nothing does."""
    if card.lost_at:
        return LOST
    if card.hidden_at:
        return HIDDEN
    if card.identity_doubt:
        return DOUBT
    return UNREACHABLE if card.unreachable else ""


def reconsider(work: UnitOfWork, policy: Policy, card: CaseCard, address: Address | None, now: datetime) -> None:
    """A card has changed: stop what may not go out any more, hold or wake what waits, in this transaction."""
    messages = work.messages.of(card.case)
    if not messages:
        return
    answer = may_write(card, policy, now)
    code = "" if isinstance(answer, Granted) else refusal_code(answer.reason)
    held = code if code == STOPPED and card.status != "ST-WDR" else obstacle(card)
    if address is not None and (code or held):
        settle_dropped(work, work.outbox.drop_for(address, officers_only=True), held or code)
    for message in messages:
        if message.state not in PENDING:
            continue
        if code and not held:
            work.messages.save(refused(message, code))
        elif held:
            work.messages.save(replace(message, state=HELD, reason=held, due_at=now + LOOK_AGAIN))
        else:
            work.messages.save(replace(message, state=WAITING, reason="", due_at=now))


def drop_waiting(work: UnitOfWork, case: str, reason: str) -> None:
    """Let no words that wait go out any more."""
    for message in work.messages.of(case):
        if message.state in PENDING:
            work.messages.save(refused(message, reason))


def refused(message: Message, reason: str) -> Message:
    """Return the message as one that never goes out; its words are gone."""
    return replace(message, state=REFUSED, reason=reason, due_at=None, for_bot=b"")


def settle_dropped(work: UnitOfWork, dropped: Iterable[str], reason: str) -> None:
    """Write down that these messages were taken out of the outbox before they went out."""
    for message_id in dropped:
        if message_id.startswith(TWO_WORDS):
            _settle_words(work, message_id, seen=False)
            continue
        message = work.messages.get(message_id)
        if message is not None and message.state == SENDING:
            work.messages.save(refused(message, reason))


def settle_sent(work: UnitOfWork, message_id: str, *, known: bool = True) -> None:
    """Write down that a message went out, or probably did; an empty id is nobody's."""
    if message_id.startswith(TWO_WORDS):
        _settle_words(work, message_id, seen=True)
        return
    message = work.messages.get(message_id) if message_id else None
    if message is not None:
        work.messages.save(replace(message, state=SENT, reason="" if known else UNKNOWN, due_at=None))


def _settle_words(work: UnitOfWork, message_id: str, *, seen: bool) -> None:
    """The two words of a case went out, or never will: then they are said anew before anything else."""
    card = work.cases.get(message_id.removeprefix(TWO_WORDS))
    if card is not None and awaits_answer(card):
        work.cases.update(replace(card, words_seen=seen, words_at=card.words_at if seen else ""))
