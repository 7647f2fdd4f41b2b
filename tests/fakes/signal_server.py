"""A signal-cli-rest-api on this machine: REST and WebSocket; messages are dropped while nobody listens, as the real one does."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.faults import Fault, Faults, Restless, cut

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "signal-cli-rest-api-0.101.swagger.json"
NO_FAULT = Fault("none")
TEMPLATES = (
    "/v1/receipts/{number}", "/v1/contacts/{number}", "/v1/remote-delete/{number}", "/v1/attachments/{attachment}",
    "/v1/profiles/{number}", "/v1/identities/{number}", "/v1/configuration/{number}", "/v1/groups/{number}",
    "/v1/identities/{number}/trust/{numberToTrust}",
)  # fmt: skip
"""Names of calls, for where the contract does not lie beside the project: a fault is planned by the name."""
LONG_BYTES = 2000
JSON_TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "number": (int, float)}


@dataclass(slots=True)
class Person:
    """Somebody on Signal, and what they see of the chat."""

    server: SignalServer
    aci: str
    number: str | None = None
    shown: dict[int, str] = field(default_factory=dict)  # time stamp -> text
    received: list[str] = field(default_factory=list)
    receipts: list[int] = field(default_factory=list)
    timer: int = 0
    sent_with: list[int] = field(default_factory=list)  # the timer that each message of the bot carried
    kept_back: list[dict[str, Any]] = field(default_factory=list)  # what they wrote with a key that nobody trusts

    def envelope(self, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of an envelope
        """Return an envelope of this person."""
        stamp = next(self.server.stamps)
        return {
            "envelope": {
                "source": self.number or self.aci, "sourceNumber": self.number, "sourceUuid": self.aci,
                "sourceName": "Somebody", "sourceDevice": 1, "timestamp": stamp,
                "serverReceivedTimestamp": stamp, "serverDeliveredTimestamp": stamp, **content,
            },
            "account": self.server.account,
        }  # fmt: skip

    def say(self, text: str) -> int:
        """Write a message; return its time stamp. Words of more than 2000 bytes come as a file, too."""
        frame = self.envelope()
        stamp: int = frame["envelope"]["timestamp"]
        message = {"timestamp": stamp, "message": text, "expiresInSeconds": self.timer}
        if (size := len(text.encode(errors="replace"))) > LONG_BYTES:
            file_id = f"long{len(self.server.attachments)}.txt"
            self.server.attachments[file_id] = text.encode(errors="replace")
            message["attachments"] = [{"id": file_id, "contentType": "text/x-signal-plain", "size": size}]
        frame["envelope"]["dataMessage"] = message
        self._write(frame)
        return stamp

    def change_timer(self, seconds: int) -> None:
        """Set the disappearing timer of the chat in the app."""
        self.timer = seconds
        frame = self.envelope()
        stamp = frame["envelope"]["timestamp"]
        frame["envelope"]["dataMessage"] = {
            "timestamp": stamp, "message": None, "expiresInSeconds": seconds, "isExpirationUpdate": True,
        }  # fmt: skip
        self.server.push(frame)

    def change_identity(self) -> None:
        """Set Signal up anew: what comes with this key is kept back, and nothing is handed over to it."""
        self.server.untrusted.add(self.aci)

    def _write(self, frame: dict[str, Any]) -> None:
        if self.aci not in self.server.untrusted:
            self.server.push(frame)
            return
        self.kept_back.append(frame)
        bare = {name: value for name, value in frame["envelope"].items() if name != "dataMessage"}
        exception = {"type": "UntrustedIdentityException", "message": "untrusted"}
        self.server.push({**frame, "envelope": bare, "exception": exception})

    def trusted(self) -> None:
        """Hand over what was kept back, as the service does at the next look into its store."""
        self.server.untrusted.discard(self.aci)
        kept, self.kept_back = self.kept_back, []
        for frame in kept:
            self.server.push(frame)

    def send_file(self, content: bytes, name: str = "a.png", kind: str = "image/png") -> int:
        """Send a file."""
        file_id = f"att{len(self.server.attachments)}.bin"
        self.server.attachments[file_id] = content
        frame = self.envelope()
        stamp: int = frame["envelope"]["timestamp"]
        attachment = {"id": file_id, "contentType": kind, "filename": name, "size": len(content)}
        frame["envelope"]["dataMessage"] = {"timestamp": stamp, "message": None, "attachments": [attachment]}
        self.server.push(frame)
        return stamp

    @property
    def last(self) -> str:
        """What the bot said last."""
        return self.received[-1] if self.received else ""


class SignalServer:
    """The server; `app()` serves it."""

    def __init__(
        self, *, keeps: bool = False, mode: str = "json-rpc", version: str = "0.101.0",
        clock: Callable[[], float] = time.monotonic, account: str = "+41790000000",
    ) -> None:  # fmt: skip
        self.account = account
        self.numbers: dict[str, SignalServer] = {}  # other numbers at this address
        self.clock = clock
        self.calls: list[tuple[float, str]] = []
        self.restless: Restless | None = None
        self.trust_mode, self.log_level = "on-first-use", "info"
        self.keeps, self.mode, self.version = keeps, mode, version
        self.people: dict[str, Person] = {}
        self.timers: dict[str, int] = {}  # of chats, as the service was told
        self.attachments: dict[str, bytes] = {}
        self.violations: list[str] = []
        self.untrusted: set[str] = set()
        self.dropped = 0
        self.faults = Faults(clock)
        self.stamps = itertools.count(1_790_000_000_000)
        self.sockets: list[web.WebSocketResponse] = []
        self.deaf = False  # half-open: frames and pings go nowhere, and nobody is told
        self.handed: list[str] = []  # frames that somebody was given
        self._kept: list[str] = []
        self._contract = json.loads(CONTRACT.read_text()) if CONTRACT.is_file() else None

    def number(self, account: str) -> SignalServer:
        """Return what another number has here, with chats and a socket of its own."""
        return self.numbers.setdefault(account, SignalServer(clock=self.clock, account=account))

    def sent(self, person: Person) -> list[str]:
        """Return what the bot sent to somebody, by account id or by number."""
        return [text for one in self.people.values() if one.aci in (person.aci, person.number) for text in one.received]

    def person(self, aci: str, number: str | None = None) -> Person:
        """Return the person with this identity."""
        return self.people.setdefault(aci, Person(self, aci, number))

    def push(self, frame: dict[str, Any] | str) -> None:
        """Deliver a frame to whoever listens; nobody does: it is lost (json-rpc mode), or kept."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        if self.restless is None:
            self._arrive(text)
        else:
            self.restless.deliver(lambda: self._arrive(text))

    def _arrive(self, text: str) -> None:
        if self.deaf:
            self.dropped += 1
            return
        if not self.sockets:
            if self.keeps:
                self._kept.append(text)
            else:
                self.dropped += 1
            return
        self.handed.append(text)
        for socket in self.sockets:
            asyncio.get_running_loop().create_task(self._send(socket, text))

    @staticmethod
    async def _send(socket: web.WebSocketResponse, text: str) -> None:
        try:
            await socket.send_str(text)
        except (ConnectionError, RuntimeError, aiohttp.ClientError):
            return

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/v1/receive/{number}", self._receive)
        app.router.add_route("*", "/{path:.*}", self._call)
        return app

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        return await self.numbers.get(request.match_info["number"], self)._received(request)

    async def _received(self, request: web.Request) -> web.StreamResponse:
        self.calls.append((self.clock(), "receive"))
        fault = self.faults.next("receive") or NO_FAULT
        if fault.kind == "half-open":
            await asyncio.Event().wait()
        if fault.kind == "cut before":
            cut(request)
        if fault.kind != "none":
            return web.json_response({"error": "planned"}, status=fault.status, headers=fault.headers)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        kept, self._kept = self._kept, []
        for text in kept:
            await socket.send_str(text)
        try:
            async for _message in socket:
                pass
        finally:
            if socket in self.sockets:
                self.sockets.remove(socket)
        return socket

    def go_deaf(self) -> None:
        """Let every connection be half-open: nothing is read and nothing written any more, and nobody is told."""
        self.deaf = True
        for socket in self.sockets:
            transport = socket._req.transport if socket._req is not None else None
            if isinstance(transport, asyncio.Transport):
                transport.pause_reading()

    def hear_again(self) -> None:
        """Take new connections again; the half-open ones stay so, and are nobody's."""
        self.deaf = False
        self.sockets.clear()

    async def close_sockets(self, code: int = 1000) -> None:
        """Close every socket with this code."""
        for socket in list(self.sockets):
            await socket.close(code=code)

    def cut_sockets(self) -> None:
        """End every socket without a word."""
        for socket in list(self.sockets):
            self.sockets.remove(socket)
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        data = json.loads(raw) if raw else None
        path = f"/{request.match_info['path']}"
        account = data["number"] if path == "/v2/send" and isinstance(data, dict) else path.rsplit("/", maxsplit=1)[-1]
        return await self.numbers.get(account, self)._called(request, path, data)

    async def _called(self, request: web.Request, path: str, data: Any) -> web.StreamResponse:  # noqa: ANN401 - a JSON value
        method = request.method
        name = self._check(method, path, data)
        self.calls.append((self.clock(), name))
        fault = self.faults.next(name) or NO_FAULT
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "half-open":  # taken, and never answered
            await asyncio.Event().wait()
        if fault.kind == "status":
            return web.json_response(fault.body or {"error": "planned"}, status=fault.status, headers=fault.headers)
        if fault.kind in ("cut before", "close"):
            cut(request, clean=fault.kind == "close")
            return web.Response()
        answer = self._carry_out(method, path, data)
        if fault.kind == "cut after":
            cut(request)
            return web.Response()
        if fault.kind == "half-open after":
            await asyncio.Event().wait()
        if fault.kind == "truncated":
            return web.Response(body=b'[{"timest', status=201, content_type="application/json")
        return answer

    def _check(self, method: str, path: str, data: Any) -> str:  # noqa: ANN401 - a JSON value
        """Compare a call with the contract; return the name of its path, such as `post /v2/send`."""
        if self._contract is None:
            return f"{method.lower()} {next((known for known in TEMPLATES if _is_same(known, path)), path)}"
        for template, methods in self._contract["paths"].items():
            if _is_same(template, path) and method.lower() in methods:
                if method != "GET":  # one of these names a body that the service itself never reads
                    self._check_body(template, methods[method.lower()], data)
                return f"{method.lower()} {template}"
        self.violations.append(f"{method} {path}: no such call")
        return f"{method.lower()} {path}"

    def _check_body(self, template: str, call: dict[str, Any], data: Any) -> None:  # noqa: ANN401 - a JSON value
        bodies = [parameter for parameter in call.get("parameters", ()) if parameter["in"] == "body"]
        if not bodies or self._contract is None:
            return
        schema = bodies[0]["schema"]
        if "$ref" in schema:
            schema = self._contract["definitions"][schema["$ref"].rsplit("/", 1)[1]]
        if not isinstance(data, dict):
            self.violations.append(f"{template}: needs a body")
            return
        for name in schema.get("required", ()):
            if name not in data:
                self.violations.append(f"{template}.{name}: is required")
        for name, value in data.items():
            known = schema.get("properties", {}).get(name)
            if known is None:
                self.violations.append(f"{template}.{name}: no such field")
            elif "type" in known and not isinstance(value, JSON_TYPES[known["type"]]):  # type: ignore[arg-type]  # a type or several
                self.violations.append(f"{template}.{name}: is no {known['type']}")

    def _carry_out(self, method: str, path: str, data: Any) -> web.Response:  # noqa: ANN401 - a JSON value
        if path.startswith("/v1/attachments/"):
            return self._attachment(method, path.rsplit("/", 1)[1])
        told = self._told(path) if method == "GET" else None
        if told is not None:
            return told
        if path == "/v2/send":
            stamp = next(self.stamps)
            doubted = [recipient for recipient in data["recipients"] if recipient in self.untrusted]
            if doubted:
                reasons = [{"uuid": recipient, "reason": "IDENTITY_FAILURE"} for recipient in doubted]
                return web.json_response([{"timestamp": str(stamp), "errors": {"recipients": reasons}}], status=201)
            for recipient in data["recipients"]:
                person = self.person(recipient)
                person.received.append(data["message"])
                person.shown[stamp] = data["message"]
                person.timer = self.timers.get(recipient, 0)  # what is sent carries what the service knows, or none
                person.sent_with.append(person.timer)
            return web.json_response([{"timestamp": str(stamp)}], status=201)
        if path.startswith("/v1/receipts/"):
            self.person(data["recipient"]).receipts.append(data["timestamp"])
            return web.Response(status=204)
        if path.startswith("/v1/contacts/"):
            self.timers[data["recipient"]] = data["expiration_in_seconds"]
            self.person(data["recipient"]).timer = data["expiration_in_seconds"]
            return web.Response(status=204)
        if path.startswith("/v1/remote-delete/"):
            self.person(data["recipient"]).shown.pop(data["timestamp"], None)
            return web.json_response({"timestamp": str(next(self.stamps))}, status=201)
        if path.startswith("/v1/identities/"):
            self.person(path.rsplit("/", 1)[1]).trusted()
            return web.Response(status=204)
        if path.startswith("/v1/profiles/"):
            return web.Response(status=204)
        return web.json_response({"error": "not here"}, status=404)

    def _told(self, path: str) -> web.Response | None:
        """Return what the service says of itself."""
        if path == "/v1/health":
            return web.Response(status=204)
        about = {
            "version": self.version, "mode": self.mode, "versions": ["v1", "v2"], "build": 2,
            "capabilities": {"v2/send": ["quotes", "mentions"]},
        }  # fmt: skip
        known: dict[str, Any] = {
            "/v1/about": about, "/v1/attachments": sorted(self.attachments),
            "/v1/configuration": {"logging": {"Level": self.log_level}},
            "/v1/configuration/{number}": {"trust_mode": self.trust_mode}, "/v1/groups/{number}": [],
            "/v1/identities/{number}": [
                {"uuid": aci, "status": "UNTRUSTED" if aci in self.untrusted else "TRUSTED_UNVERIFIED"} for aci in self.people
            ],
        }  # fmt: skip
        parts = path.split("/")
        found = known.get(path, known.get("/".join([*parts[:3], "{number}"])))
        return None if found is None else web.json_response(found)

    def _attachment(self, method: str, name: str) -> web.Response:
        content = self.attachments.get(name)
        if content is None:
            return web.json_response({"error": "No such attachment"}, status=404)
        if method == "DELETE":
            del self.attachments[name]
            return web.Response(status=204)
        return web.Response(body=content)


def _is_same(template: str, path: str) -> bool:
    parts, asked = template.split("/"), path.split("/")
    return len(parts) == len(asked) and all(p == a or p.startswith("{") for p, a in zip(parts, asked, strict=True))
