"""signal-cli-rest-api, called through signalbot's client over one session of ours (ADR 16 says what is whose).

signalbot's errors say in words what happened; what becomes of a message depends on the status, the headers and the body
of the answer. So the session reads an answer that is a refusal before signalbot does, and here signalbot's errors are
taken off what caused them. They name the address that was called, with our number in it, and go no further.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import aiohttp
from signalbot import Attachment, ConnectionMode, ReceiptType, SendMessage, SignalAPIError, TextMode, UpdateContact
from signalbot._client import SignalAPI
from signalbot._generated import Receipt, RemoteDeleteRequest

from bot.signal.answers import error_of, is_final, without_trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbot import About
    from signalbot._generated import SendMessageResponse

CONNECT_SECONDS: Final = 5.0
NOT_OK: Final = 300
BAD_REQUEST, TOO_MANY, SERVER_TROUBLE = 400, 429, 500


class Refusal(aiohttp.ClientError):
    """The service answered that it did not do what it was asked: status, headers, and the body if it is JSON."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:  # noqa: ANN401 - a JSON value
        """Keep what the answer says; as text the error names the status alone."""
        super().__init__(f"signal-cli-rest-api answered {status}")
        self.status, self.headers, self.body = status, headers, body

    @property
    def final(self) -> bool:
        """Whether the same call would be refused again. A 400 is what signal-cli cannot do now, too."""
        if self.status == BAD_REQUEST:
            return is_final(error_of(self.body))
        return self.status < SERVER_TROUBLE and self.status != TOO_MANY


async def _refuse(answer: aiohttp.ClientResponse) -> None:
    """Raise Refusal for an answer that is one: signalbot would drop its body, which says why."""
    if answer.status < NOT_OK:
        return
    try:
        body = await answer.json(content_type=None)
    except ValueError:
        body = None
    raise Refusal(answer.status, answer.headers, body)


@contextmanager
def _caused() -> Iterator[None]:
    """Let out what caused an error of signalbot instead of the error."""
    try:
        yield
    except SignalAPIError as exc:
        cause = exc.__cause__
        raise cause if isinstance(cause, aiohttp.ClientError) else aiohttp.ClientError() from None


def _in_address(name: str) -> str:
    """Return an id as it stands in an address: that of an attachment ends as the name ends that a person gave the file.

    Raises: aiohttp.ClientError for what would be another address.
    """
    if name in ("", ".", ".."):
        raise aiohttp.ClientError
    return quote(name, safe="")


class SignalService:
    """The service as one number uses it. Every call raises aiohttp.ClientError (Refusal: it answered), TimeoutError.

    Calls with an answer to read raise ValueError, too: the call was carried out, and the answer cannot be read.
    """

    def __init__(self, number: str, service: str, call_seconds: float) -> None:
        """Take the number, host:port of the service, and how long a call may take; nothing is called yet."""
        self._number, self._base, self._call_seconds = number, service.rstrip("/"), call_seconds
        self._api = SignalAPI(
            self._base, number, download_attachments=False, connection_mode=ConnectionMode.HTTP_ONLY
        )  # fmt: skip
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """Return the session, made in the loop that first asks for it."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=self._call_seconds, sock_connect=CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, raise_for_status=_refuse)
        return self._session

    @property
    def api(self) -> SignalAPI:
        """Return signalbot's client, on our session."""
        # signalbot makes a session itself, which waits five minutes for an answer and loses why a call was refused;
        # it has no way to be given another one.
        self._api._sessions._session = self.session  # noqa: SLF001 - see above
        return self._api

    def _url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://{self._base}{path}"

    async def about(self) -> About:
        """Return version and mode."""
        with _caused():
            return await self.api.general.about()

    async def send(self, recipient: str, text: str) -> SendMessageResponse:
        """Send a text; the answer has its time stamp, and may say that it did not reach the recipient."""
        message = await SendMessage(text=text, text_mode=TextMode.NORMAL).to_generated(self._number, [recipient])
        with _caused():
            (answer,) = await self.api.messages.send(message)
        return answer

    async def send_receipt(self, recipient: str, timestamp: int) -> None:
        """Say that a message was read."""
        receipt = Receipt(receipt_type=ReceiptType.READ, recipient=recipient, timestamp=timestamp)
        with _caused():
            (await self.api.receipts.send(receipt)).release()

    async def set_timer(self, recipient: str, seconds: int) -> None:
        """Set the disappearing timer of a chat."""
        update = UpdateContact(expiration_in_seconds=seconds).to_generated(recipient)
        with _caused():
            (await self.api.contacts.update(update)).release()

    async def delete_message(self, recipient: str, timestamp: int) -> None:
        """Delete one of our messages for both sides."""
        with _caused():
            await self.api.messages.remote_delete(RemoteDeleteRequest(recipient=recipient, timestamp=timestamp))

    async def delete_file(self, name: str) -> None:
        """Delete the service's copy of an attachment."""
        attachment = Attachment.model_validate({"id": _in_address(name), "isVoiceNote": False})
        with _caused():
            (await self.api.attachments.delete(attachment)).release()

    async def untrusted(self) -> list[str]:
        """Return the accounts whose new identity key is not trusted. Ours: signalbot has no identities."""
        async with self.session.get(self._url(f"/v1/identities/{self._number}")) as answer:
            known = await answer.json(content_type=None)
        return [account for account in without_trust(known) if account]

    async def trust(self, account: str) -> None:
        """Trust the identity key this account has now: signal-cli hands over what it had kept back. Ours, too."""
        place = self._url(f"/v1/identities/{self._number}/trust/{_in_address(account)}")
        async with self.session.put(place, json={"trust_all_known_keys": True}):
            pass

    async def open_file(self, name: str) -> aiohttp.ClientResponse:
        """Begin to read an attachment. Ours: signalbot reads it whole, and once more as base64."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=self._call_seconds)
        return await self.session.get(self._url(f"/v1/attachments/{_in_address(name)}"), timeout=timeout)

    async def stored_files(self) -> set[str]:
        """Return the ids of the attachments that lie in clear with the service. Ours: signalbot cannot list them."""
        async with self.session.get(self._url("/v1/attachments")) as answer:
            names = await answer.json(content_type=None)
        return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()

    async def set_name(self, name: str) -> None:
        """Set what strangers see. Ours: signalbot has no profiles."""
        async with self.session.put(self._url(f"/v1/profiles/{self._number}"), json={"name": name}):
            pass

    async def listen(self, heartbeat: float, most_bytes: int) -> aiohttp.ClientWebSocketResponse:
        """Connect to the stream of frames, with a ping every `heartbeat` seconds. Ours: signalbot's never pings."""
        return await self.session.ws_connect(
            self._url(f"/v1/receive/{self._number}", "ws"), heartbeat=heartbeat, max_msg_size=most_bytes,
            timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
        )  # fmt: skip

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
