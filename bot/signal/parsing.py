"""One frame of signal-cli-rest-api as what it means to us. Calls nobody; never raises on anything that arrives.

Whose message it is, which one, and whether it is one for us is read from the raw JSON; what it says is parsed by
signalbot. It raises on some receipts and attachments, and whoever can make it raise could stop everybody's messages:
it is given no more of a frame than is used, and what it refuses comes as a message that was not understood, counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import signalbot
from signalbot._client import SignalAPI

from handlers.types import Address, Inbound, IncomingFile

if TYPE_CHECKING:
    from signalbot import Attachment, ReceivedMessage

CHANNEL: Final = "signal"
MAX_ATTACHMENTS: Final = 10
USED: Final = ("message", "reaction", "remoteDelete")
"""What signalbot is given of a message, and its attachments: a quote or a preview that it refuses costs no answer."""

SAYS_NOTHING: Final = frozenset({
    "timestamp", "message", "expiresInSeconds", "isExpirationUpdate", "viewOnce", "pinMessage", "unpinMessage",
})  # fmt: skip
"""What alone is no message: phones send it by themselves, as with a new profile key, or when a message is pinned."""

LONG_TEXT: Final = "text/x-signal-plain"
"""Words of more than 2000 bytes come as a file as well as in the message, where signal-cli puts all of them."""

NO_DOWNLOADS: Final = SignalAPI("", "", download_attachments=False)
"""signalbot fetches attachments through this while it parses, unless told not to: it would hold up everybody."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one frame brings: messages in their order with the time stamp a receipt names, or a changed identity."""

    inbound: tuple[Inbound, ...] = ()
    timestamp: int = 0
    changed: Address | None = None
    timer: tuple[Address, int] | None = None  # the disappearing timer this person's app shows, in seconds; 0: off
    readable: bool = True

    @property
    def address(self) -> Address | None:
        """Return whose order it belongs to; None when it brings nothing to store."""
        return self.changed or (self.inbound[0].address if self.inbound else None)

    @property
    def files(self) -> tuple[str, ...]:
        """Return the service's own ids of the attachments."""
        return tuple(inbound.file.source for inbound in self.inbound if inbound.file is not None)


UNREADABLE: Final = Parsed(readable=False)
NOTHING: Final = Parsed()


async def parse(frame: str | bytes) -> Parsed:
    """Return what the frame means. A coroutine because signalbot's parse is one; it waits for nothing."""
    try:
        data = json.loads(frame)
        envelope = data.get("envelope")
        return UNREADABLE if envelope is None else await _envelope(envelope, data.get("exception"))
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
        return UNREADABLE


async def _envelope(envelope: dict[str, Any], exception: Any) -> Parsed:  # noqa: ANN401 - a JSON value
    aci = envelope.get("sourceUuid") or envelope.get("sourceServiceId")
    if not isinstance(aci, str) or not aci or not aci.isascii():
        return UNREADABLE
    address = Address(CHANNEL, aci)
    if isinstance(exception, dict):  # what it was cannot be read; signal-cli asks the phone for it once more
        return Parsed(changed=address) if "Untrusted" in str(exception.get("type")) else UNREADABLE
    timestamp = int(envelope.get("timestamp") or 0)
    key = f"{aci}:{timestamp}:{int(envelope.get('sourceDevice') or 0)}"
    edit, message = envelope.get("editMessage"), envelope.get("dataMessage")
    if isinstance(edit, dict):
        edited = not _is_of_group(edit.get("dataMessage"))  # what it says now does not count
        return Parsed((Inbound(address, key, edited=True),), timestamp) if edited else NOTHING
    if not isinstance(message, dict) or _is_of_group(message):
        return NOTHING
    timer = _timer(address, message)
    if message.get("isExpirationUpdate") or _says_nothing(message):
        return Parsed(timer=timer)
    try:
        content = await signalbot.parse(NO_DOWNLOADS, _used(envelope, message, timestamp))
    except (ValueError, signalbot.SignalAPIError):
        asked = () if message.get("reaction") or message.get("remoteDelete") else (Inbound(address, key),)
        return Parsed(asked, timestamp, timer=timer, readable=False)
    return Parsed(_messages(address, key, content), timestamp, timer=timer)


def _is_of_group(message: Any) -> bool:  # noqa: ANN401 - a JSON value
    return isinstance(message, dict) and bool(message.get("groupInfo") or message.get("groupV2"))


def _says_nothing(message: dict[str, Any]) -> bool:
    said = (value for name, value in message.items() if name not in SAYS_NOTHING)
    return message.get("message") is None and all(value is None for value in said)


def _timer(address: Address, message: dict[str, Any]) -> tuple[Address, int] | None:
    seconds = message.get("expiresInSeconds")
    return (address, seconds) if isinstance(seconds, int) else None


def _used(envelope: dict[str, Any], message: dict[str, Any], timestamp: int) -> str:
    """Return the frame with what is used of it, and with what signalbot insists on and signal-cli may leave out."""
    used = {name: message[name] for name in USED if message.get(name) is not None}
    used |= {
        "timestamp": timestamp,
        "attachments": [{"isVoiceNote": False, **one} for one in _files(message)[:MAX_ATTACHMENTS]],
    }
    stamps = {"timestamp": timestamp, "serverReceivedTimestamp": timestamp, "serverDeliveredTimestamp": timestamp}
    source = {"sourceUuid": envelope.get("sourceUuid")}
    text = json.dumps({"account": "", "envelope": {**stamps, **source, "dataMessage": used}}, ensure_ascii=False)
    return text.encode(errors="replace").decode()  # half a surrogate pair, which JSON can bring and nothing can store


def _files(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the attachments without the words of a long message. Raises: ValueError when it has not all of those."""
    found = message.get("attachments")
    every = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    words = str(message.get("message") or "").encode(errors="replace")
    if any(one.get("contentType") == LONG_TEXT and (one.get("size") or 0) > len(words) for one in every):
        raise ValueError(LONG_TEXT)
    return [one for one in every if one.get("contentType") != LONG_TEXT]


def _messages(address: Address, key: str, content: ReceivedMessage) -> tuple[Inbound, ...]:
    if not isinstance(content, signalbot.DataMessage):
        return ()  # a reaction, a deletion
    files = content.attachments or ()
    found = [Inbound(address, f"{key}:{index}", file=_file(one)) for index, one in enumerate(files)]
    if content.text:
        found.append(Inbound(address, key, text=content.text))
    elif not found:
        found.append(Inbound(address, key))  # a sticker, a poll, a contact, a place: not understood, kindly
    return tuple(found)


def _file(attachment: Attachment) -> IncomingFile:
    return IncomingFile(
        attachment.remote_filename or ("voice" if attachment.is_voice_note else "file"),
        attachment.content_type or "application/octet-stream", attachment.size or 0,
        attachment.local_filename or "", CHANNEL,
    )  # fmt: skip
