"""Mail against a real SMTP server: the sealed file goes out, and nothing else says anything."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP

from bot.adapter import Outcome
from bot.mail import MailAdapter
from handlers.types import Address, Outgoing

SEALED = b"age-encryption.org/v1\nsealed"


class _Mailbox:
    """Keeps what arrives; refuses addresses that begin with `no`."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        self.envelopes.append(envelope)
        return self.answer


def send(mailbox: _Mailbox, act: str, sealed: tuple[bool, bytes | None], *, there: bool = True) -> str:
    """Send one message through a server of this machine; return what became of it."""

    async def play() -> str:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(mailbox, hostname="desk.example"), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if not there:
            server.close()
        adapter = MailAdapter(f"smtp://127.0.0.1:{port}", lambda _ref: sealed)
        text = "A sealed file is attached."
        outgoing = Outgoing(Address("mail", "desk@un.example"), text, "mail", 0, act=act, refs=("LW-1|O|report",))
        outcome = (await adapter.send(outgoing)).outcome.value
        server.close()
        return outcome

    return asyncio.run(play())


def test_a_sealed_report_arrives_with_words_that_say_nothing() -> None:
    """Subject, body and file name are constant; the bytes are those that were sealed."""
    mailbox = _Mailbox()
    assert send(mailbox, "sealed", (False, SEALED)) == Outcome.SENT
    message = message_from_bytes(mailbox.envelopes[0].content)
    (part,) = [part for part in message.walk() if part.get_filename()]

    assert (message["Subject"], part.get_filename()) == ("Desk", "sealed.age")
    assert part.get_payload(decode=True) == SEALED
    assert b"LW-1" not in mailbox.envelopes[0].content


def test_what_is_held_waits_and_what_was_taken_back_is_not_sent() -> None:
    """The person stopped everything, or took it back."""
    mailbox = _Mailbox()
    assert send(mailbox, "sealed", (True, SEALED)) == Outcome.LATER
    assert send(mailbox, "sealed", (False, None)) == Outcome.SENT
    assert mailbox.envelopes == []


def test_refusals_and_silence_of_the_server() -> None:
    """A 4xx is tried again, a 5xx is a dead letter, no server is tried again."""
    mailbox = _Mailbox()
    mailbox.answer = "451 try later"
    assert send(mailbox, "say", (False, None)) == Outcome.LATER
    mailbox.answer = "550 no"
    assert send(mailbox, "say", (False, None)) == Outcome.REFUSED
    assert send(mailbox, "say", (False, None), there=False) == Outcome.LATER
