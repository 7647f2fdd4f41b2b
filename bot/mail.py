"""Mail: sealed reports to the mailboxes of offices, and the constant words to officers. Subject and body say nothing.

A message carries one `.age` file that only the office opens; its name, the subject and the words are the same for
every case, so that a mail server, or whoever reads a screen, learns that something came and nothing else.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.adapter import Outcome, Sending, SendsOnly
from handlers.mailing import MAIL_ACT

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.types import Outgoing

CHANNEL: Final = "mail"
SUBJECT: Final = "Desk"
FILE_NAME: Final = "sealed.age"
SECONDS: Final = 30.0
WAIT_SECONDS: Final = 60.0
PERMANENT: Final = 500
TLS_PORT: Final = 465


class MailAdapter(SendsOnly):
    """bot.adapter.Adapter for mail: it only sends."""

    channel = CHANNEL

    def __init__(self, url: str, sealed: Callable[[str], tuple[bool, bytes | None]]) -> None:
        """Take the server (smtps://name:password@host:port) and how to read sealed bytes; True: they are held."""
        self._server = urlsplit(url)
        self._sealed = sealed
        self.healthy, self.problem = True, ""

    async def send(self, outgoing: Outgoing) -> Sending:
        """Send one message; with `act` "sealed" it carries the sealed bytes that `refs` names."""
        message = EmailMessage()
        sender = unquote(self._server.username or "") or "desk@localhost"
        message["From"], message["To"], message["Subject"] = sender, outgoing.address.value, SUBJECT
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="desk.invalid")
        message.set_content(outgoing.text)
        if outgoing.act == MAIL_ACT:
            held, content = self._sealed(outgoing.refs[0])
            if held:
                return Sending(Outcome.LATER, wait_seconds=WAIT_SECONDS)
            if content is None:
                return Sending(Outcome.SENT)  # taken back in the meantime: there is nothing to send any more
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=FILE_NAME)
        return await self._deliver(message)

    async def _deliver(self, message: EmailMessage) -> Sending:
        locked = self._server.scheme == "smtps"
        try:
            await aiosmtplib.send(
                message, hostname=self._server.hostname or "localhost", port=self._server.port or TLS_PORT,
                username=unquote(self._server.username) if self._server.username else None,
                password=unquote(self._server.password) if self._server.password else None,
                use_tls=locked, start_tls=None if not locked else False, timeout=SECONDS,
            )  # fmt: skip
        except aiosmtplib.SMTPResponseException as exc:
            self.healthy, self.problem = False, "the mail server refused a message"
            refused = exc.code >= PERMANENT
            return Sending(Outcome.REFUSED) if refused else Sending(Outcome.LATER, wait_seconds=WAIT_SECONDS)
        except aiosmtplib.SMTPRecipientsRefused:
            return Sending(Outcome.REFUSED)
        except (aiosmtplib.SMTPException, OSError):
            self.healthy, self.problem = False, "the mail server does not answer: check LEEWARD_SMTP_URL"
            return Sending(Outcome.LATER, wait_seconds=WAIT_SECONDS)
        self.healthy, self.problem = True, ""
        return Sending(Outcome.SENT)
