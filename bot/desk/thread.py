"""The talk with the person: what officers write, sealed in the page, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from bot.desk.answers import answered
from bot.desk.routes import OFFICERS, Nothing, Route
from dialogs.consents import minute
from dialogs.keys import usable_recipients
from handlers.listening import MESSAGE, SAID, readers_beside
from handlers.message_ports import WAITING
from handlers.messages import MAX_SEALED_BYTES, Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.desk.routes import Call
    from dialogs.conversation import CaseCard
    from handlers.message_ports import Message
    from handlers.ports import UnitOfWork

MOST_BYTES: Final = 224 * 1024
"""Of a request: three sealed copies in base64, for the bot, the office of the report and that of the owner."""

MOST_READERS: Final = 2
"""Beside the office of the writer: what is sealed for more was not sealed by the page."""

PERSON, OFFICE = "person", "office"
PURPOSES: Final = {PERSON: MESSAGE, OFFICE: SAID}
"""Where the sealed bytes of a message lie, by who wrote it."""

Sealed = Annotated[bytes, msgspec.Meta(max_length=MAX_SEALED_BYTES)]


class Reader(msgspec.Struct, frozen=True):
    """Another office that reads what is written to the person, and the keys its copy is sealed to."""

    office: str
    name: str
    keys: tuple[str, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words sealed to the bot, the office's own copy, and one for each of the `readers` of the case."""

    for_bot: Sealed
    for_office: Sealed
    for_others: Annotated[dict[str, Sealed], msgspec.Meta(max_length=MOST_READERS)] = msgspec.field(
        default_factory=dict
    )


class Template(msgspec.Struct, frozen=True):
    """A neutral sentence: on Telegram nothing else goes out before the person agreed to more (C-TGFULL)."""

    id: str
    text: str


class MessageLine(msgspec.Struct, frozen=True):
    """One message of the thread; its words lie sealed at `blobs/{purpose}/{sequence}`."""

    id: str
    sender: str = msgspec.field(name="from")  # person | office
    sequence: int
    purpose: str
    at: str
    state: str = ""
    due: str = ""
    reason: str = ""
    by: str = ""


def thread_of(work: UnitOfWork, case: str, office: str, names: Mapping[str, str]) -> tuple[MessageLine, ...]:
    """Return what this office can open of the thread, the oldest first."""
    there = {(line.purpose, line.sequence) for line in work.blobs.lines(case, office)}
    shown = (_shown(message, names) for message in work.messages.of(case))
    return tuple(line for line in shown if (line.purpose, line.sequence) in there)


def readers_of(call: Call[Any], work: UnitOfWork, card: CaseCard) -> tuple[Reader, ...]:
    """Return the other offices that read what this account's office writes to the person now."""
    directory = call.desk.policy.directory
    return tuple(
        Reader(office, directory.offices[office].name, usable_recipients(directory, office, call.now))
        for granted in readers_beside(work, call.desk.policy, card, call.account.office, call.now)
        if (office := granted.question.recipient)
    )


def _shown(message: Message, names: Mapping[str, str]) -> MessageLine:
    sender = OFFICE if message.by else PERSON
    waits = message.state == WAITING and message.due_at is not None
    return MessageLine(
        message.id, sender, message.sequence, PURPOSES[sender], minute(message.at), message.state if message.by else "",
        minute(message.due_at) if waits and message.due_at is not None else "", message.reason,
        names.get(message.by, message.by),
    )  # fmt: skip


def write(call: Call[Words]) -> MessageLine:
    """Queue words for the person."""
    asked, account = call.asked, call.account
    with answered():
        written = Written(asked.for_office, asked.for_bot, asked.for_others)
        message = call.desk.service.messaging.write(call.case, call.actor, written)
    call.desk.wake()
    return _shown(message, {account.id: account.name})


def templates(call: Call[Nothing]) -> tuple[Template, ...]:
    """Answer the neutral sentences."""
    return tuple(Template(text_id, text) for text_id, text in call.desk.service.messaging.templates())


def begin(call: Call[Nothing]) -> Nothing:
    """Show the person the officer's two words."""
    with answered():
        call.desk.service.talking.begin(call.case, actor=call.actor)
    call.desk.wake()
    return Nothing()


ROUTES: Final = (
    Route("GET", "/api/templates", "Neutral sentences", OFFICERS, templates, gives=tuple[Template, ...]),
    Route(
        "POST", "/api/cases/{case}/messages", "Write to the person", OFFICERS, write, Words, MessageLine, MOST_BYTES,
        content=True,
    ),
    Route("POST", "/api/cases/{case}/begin", "Show the officer's two words", OFFICERS, begin, content=True),
)  # fmt: skip
