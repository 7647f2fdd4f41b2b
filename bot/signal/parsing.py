"""One frame of signal-cli-rest-api as what it means to us. Pure; never raises on anything that arrives.

The frame is read as raw JSON. signalbot's own parse raises on some receipts and attachments, and whoever can make it
raise could stop everybody's messages; what cannot be read here is counted and left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from handlers.types import Address, Inbound, IncomingFile

CHANNEL: Final = "signal"
MAX_ATTACHMENTS: Final = 10


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


def parse(frame: str | bytes) -> Parsed:
    """Return what the frame means."""
    try:
        data = json.loads(frame)
        envelope = data.get("envelope")
        if envelope is None:
            return _exception(data)
        return _envelope(envelope)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return UNREADABLE


def _exception(data: dict[str, Any]) -> Parsed:
    """An error frame; one about an untrusted identity names who it is."""
    params = data.get("params")
    if isinstance(params, dict) and isinstance(params.get("envelope"), dict):
        return _envelope(params["envelope"])
    return UNREADABLE


def _envelope(envelope: dict[str, Any]) -> Parsed:
    aci = envelope.get("sourceUuid") or envelope.get("sourceServiceId")
    if not isinstance(aci, str) or not aci:
        return UNREADABLE
    address = Address(CHANNEL, aci)
    if isinstance(envelope.get("exception"), dict) and "Untrusted" in str(envelope["exception"].get("type")):
        return Parsed(changed=address)
    timestamp = int(envelope.get("timestamp") or 0)
    key = f"{aci}:{timestamp}:{int(envelope.get('sourceDevice') or 0)}"
    if isinstance(envelope.get("editMessage"), dict):
        return Parsed((Inbound(address, key, edited=True),), timestamp)
    message = envelope.get("dataMessage")
    if not isinstance(message, dict) or message.get("groupInfo") or message.get("groupV2"):
        return NOTHING
    timer = _timer(address, message)
    if message.get("reaction") or message.get("remoteDelete") or message.get("isExpirationUpdate"):
        return Parsed(timer=timer)
    return Parsed(_messages(address, key, message), timestamp, timer=timer)


def _timer(address: Address, message: dict[str, Any]) -> tuple[Address, int] | None:
    seconds = message.get("expiresInSeconds")
    return (address, seconds) if isinstance(seconds, int) else None


def _messages(address: Address, key: str, message: dict[str, Any]) -> tuple[Inbound, ...]:
    attachments = message.get("attachments")
    files = [one for one in attachments if isinstance(one, dict)] if isinstance(attachments, list) else []
    found = [Inbound(address, f"{key}:{index}", file=_file(one)) for index, one in enumerate(files[:MAX_ATTACHMENTS])]
    text = message.get("message")
    if isinstance(text, str) and text:
        found.append(Inbound(address, key, text=text))
    elif not found:
        found.append(Inbound(address, key))  # a sticker, a poll, a contact, a place: not understood, kindly
    return tuple(found)


def _file(attachment: dict[str, Any]) -> IncomingFile:
    kind = str(attachment.get("contentType") or "application/octet-stream")
    size = attachment.get("size")
    name = attachment.get("filename")
    return IncomingFile(
        name if isinstance(name, str) and name else "file", kind, size if isinstance(size, int) else 0,
        str(attachment.get("id") or ""), CHANNEL,
    )  # fmt: skip
