"""A Bot API server on this machine: long polling, confirmation by offset, limits and faults as the real one has them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.waiting import came
from tests.fakes.faults import Fault, Faults, Restless, cut
from tests.fakes.telegram_contract import Contract, asked

DATE = 1_790_000_000
MAX_TEXT, MAX_DATA_BYTES, MAX_DELETED, DELETE_SECONDS = 4096, 64, 100, 48 * 3600
LIKE_WIRE = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}
NO_FAULT = Fault("none")


def too_many(seconds: int) -> Fault:
    """Return the fault by which Telegram asks to wait."""
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}
    return Fault("status", 429, body)


@dataclass(slots=True)
class Person:
    """Somebody with a private chat with the bot, and what they see there."""

    server: TelegramServer
    chat: int
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)  # what stands in the chat, by message id
    received: list[dict[str, Any]] = field(default_factory=list)  # all the bot ever sent
    blocked: bool = False

    def _from(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": f"Person {self.chat}"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat, "type": "private", "first_name": f"Person {self.chat}"}

    def message(self, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a message
        """Return a message of this person, and let it stand in the chat."""
        number = next(self.server.message_ids)
        message = {
            "message_id": number,
            "date": self.server.now,
            "chat": self._chat(),
            "from": self._from(),
            **content,
        }
        self.shown[number] = message
        return message

    def say(self, text: str) -> int:
        """Write a message; return the update id."""
        return self.server.update({"message": self.message(text=text)})

    def edit(self, text: str) -> int:
        """Change the last message of this person."""
        mine = [m for m in self.shown.values() if m.get("from", {}).get("id") == self.chat]
        return self.server.update({"edited_message": {**mine[-1], "text": text, "edit_date": DATE}})

    def press(self, key: str) -> int:
        """Press the button of the newest message whose label begins with this."""
        for sent in reversed(self.received):
            for row in sent.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"].startswith(key):
                        return self.press_data(sent, button["callback_data"])
        raise AssertionError(f"no button {key}")

    def press_data(self, sent: dict[str, Any], data: str) -> int:
        """Press a button with this data under this message."""
        query_id = str(next(self.server.message_ids))
        query = {
            "id": query_id, "from": self._from(), "message": sent, "data": data,
            "chat_instance": "1",
        }  # fmt: skip
        self.server.queries.add(query_id)
        return self.server.update({"callback_query": query})

    def send_document(self, content: bytes, name: str = "a.png", kind: str = "image/png", caption: str = "") -> int:
        """Send a file."""
        file_id = f"file{len(self.server.files)}"
        self.server.files[file_id] = content
        document = {
            "file_id": file_id, "file_unique_id": file_id, "file_name": name, "mime_type": kind,
            "file_size": len(content),
        }  # fmt: skip
        extra = {"caption": caption} if caption else {}
        return self.server.update({"message": self.message(document=document, **extra)})

    def send_file(self, content: bytes, name: str = "a.png", kind: str = "image/png", caption: str = "") -> int:
        """Send a file, as people do on either channel."""
        return self.send_document(content, name, kind, caption)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Return what stands in the chat now, of both sides, in its order."""
        return [self.shown[number] for number in sorted(self.shown)]

    def block(self) -> int:
        """Block the bot."""
        self.blocked = True
        member = {"user": {"id": 1, "is_bot": True, "first_name": "bot"}, "status": "kicked", "until_date": 0}
        old = {"user": {"id": 1, "is_bot": True, "first_name": "bot"}, "status": "member"}
        return self.server.update(
            {"my_chat_member": {"chat": self._chat(), "from": self._from(), "date": 1, "old_chat_member": old,
                                "new_chat_member": member}}
        )  # fmt: skip

    @property
    def last(self) -> str:
        """What the bot said last."""
        return str(self.received[-1]["text"]) if self.received else ""


class TelegramServer:
    """The server; `app()` serves it."""

    def __init__(self, first_update: int = 1000, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.restless: Restless | None = None
        self.on_confirm: Callable[[], None] | None = None
        self.people: dict[int, Person] = {}
        self.updates: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.handed: set[int] = set()  # ids the bot was given
        self.confirmed_at: dict[int, float] = {}  # when, on the clock of `calls`
        self.now = DATE
        self._polls = 0
        self.files: dict[str, bytes] = {}
        self.queries: set[str] = set()
        self.answered: set[str] = set()
        self.violations: list[str] = []
        self.calls: list[tuple[float, str]] = []
        self.parameters: list[tuple[str, dict[str, Any]]] = []
        self.faults = Faults(clock)
        self.webhook = self.secret = ""
        self.names = {"Name": "", "Description": "", "ShortDescription": ""}
        self.commands: list[dict[str, Any]] = []
        self.left: list[int] = []
        self.message_ids = itertools.count(1)
        self._next = itertools.count(first_update)
        self._arrived = asyncio.Event()
        self._contract = Contract()
        self.bots: dict[str, TelegramServer] = {}  # other bots at this address, by token

    def bot(self, token: str) -> TelegramServer:
        """Return what another bot has here, with chats and updates of its own."""
        return self.bots.setdefault(token, TelegramServer(clock=self.clock))

    def person(self, chat: int) -> Person:
        """Return the person with this chat."""
        return self.people.setdefault(chat, Person(self, chat))

    def update(self, content: dict[str, Any]) -> int:
        """Queue an update; return its id."""
        number = next(self._next)
        if self.restless is None:
            self._arrive({"update_id": number, **content})
        else:
            self.restless.deliver(lambda: self._arrive({"update_id": number, **content}))
        return number

    def _arrive(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        self._arrived.set()

    def restart_ids(self, first: int) -> None:
        """Let update ids begin anew, as after a quiet week."""
        self._next = itertools.count(first)

    def duplicate(self, update_id: int) -> None:
        """Deliver an update again."""
        found = next(update for update in self.updates if update["update_id"] == update_id)
        self.updates.append(dict(found))

    def reorder(self) -> None:
        """Deliver what waits the other way round."""
        self.updates.reverse()

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        return app

    async def _file(self, request: web.Request) -> web.StreamResponse:
        content = self.files.get(request.match_info["path"])
        return web.Response(body=content) if content is not None else web.Response(status=404)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return await self.bots.get(request.match_info["token"], self)._called(request)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        data = await asked(request)
        self.calls.append((self.clock(), method))
        self.parameters.append((method, data))
        self.violations += self._contract.violations(method, data)
        fault = self.faults.next(method) or NO_FAULT
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "half-open":  # taken, and never answered
            await asyncio.Event().wait()
        if fault.kind == "status":
            body = fault.body or {"ok": False, "error_code": fault.status, "description": "planned"}
            return web.json_response(body, status=fault.status, headers=fault.headers)
        if fault.kind in ("cut before", "close"):
            cut(request, clean=fault.kind == "close")
            return web.Response()
        status, result = await self._carry_out(method, data)
        if fault.kind == "cut after":
            cut(request)
            return web.Response()
        if fault.kind == "half-open after":
            await asyncio.Event().wait()
        if fault.kind == "truncated":
            return web.Response(body=b'{"ok": tr', content_type="application/json")
        if status != 200:
            return web.json_response({"ok": False, "error_code": status, "description": result}, status=status)
        return web.json_response({"ok": True, "result": result})

    async def _carry_out(self, method: str, data: dict[str, Any]) -> tuple[int, Any]:
        kind = method[5:]
        if method.startswith("getMy") and kind in self.names:
            return 200, {LIKE_WIRE[kind]: self.names[kind]}
        if method.startswith("setMy") and kind in self.names:
            self.names[kind] = data.get(LIKE_WIRE[kind], "")
            return 200, True
        run = getattr(self, f"_do_{method}", None)
        if run is None:
            return 404, "Not Found: method not found"
        try:
            answer = run(data)
        except KeyError as exc:
            return 400, f"Bad Request: parameter {exc} is missing"
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer if isinstance(answer, tuple) else (200, answer)

    def _do_getMe(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - methods of the Bot API, by their names
        return {"id": 1, "is_bot": True, "first_name": "Notices", "username": "notices_bot"}

    def _do_setWebhook(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.webhook, self.secret = data["url"], data.get("secret_token", "")
        return self._dropped(data)

    def _do_deleteWebhook(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.webhook = self.secret = ""
        return self._dropped(data)

    def _dropped(self, data: dict[str, Any]) -> bool:
        if data.get("drop_pending_updates"):
            self.updates.clear()
        return True

    def _do_getWebhookInfo(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    def _do_getMyCommands(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return self.commands

    def _do_setMyCommands(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.commands = data["commands"]
        return True

    def _do_deleteMyCommands(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.commands = []
        return True

    def _do_leaveChat(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.left.append(data["chat_id"])
        return True

    async def _do_getUpdates(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        if self.webhook:
            return 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
        self._polls += 1
        mine = self._polls
        self._arrived.set()  # whoever waits is told that somebody else asks now
        self._confirm(data.get("offset", 0))
        end = time.monotonic() + data.get("timeout", 0)
        while not self.updates and time.monotonic() < end:
            self._arrived.clear()
            if not await came(self._arrived, max(0.0, end - time.monotonic())):
                break
            if mine != self._polls:
                return 409, "Conflict: terminated by other getUpdates request"
        if self.restless is not None:
            self.restless.random.shuffle(self.updates)
        batch = self.updates[: data.get("limit", 100)]
        self.handed.update(update["update_id"] for update in batch)
        return batch

    def _confirm(self, offset: int) -> None:
        """Forget what came before the offset; one of another numbering confirms nothing."""
        ids = [update["update_id"] for update in self.updates]
        count = ids.index(offset - 1) + 1 if offset - 1 in ids else 0
        if offset < 0:
            count = max(0, len(ids) + offset)
        if count and self.on_confirm is not None:
            self.on_confirm()
        self.confirmed.extend(ids[:count])
        self.confirmed_at.update(dict.fromkeys(ids[:count], time.monotonic()))
        del self.updates[:count]

    def _do_sendMessage(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self._reachable(data)
        if not isinstance(person, Person):
            return person
        if not data["text"].strip():
            return 400, "Bad Request: message text is empty"
        if len(data["text"]) > MAX_TEXT:
            return 400, "Bad Request: message is too long"
        markup = data.get("reply_markup", {})
        for row in markup.get("inline_keyboard", ()):
            if any(len(button["callback_data"].encode()) > MAX_DATA_BYTES for button in row):
                return 400, "Bad Request: BUTTON_DATA_INVALID"
        return self._sent(person, text=data["text"], reply_markup=markup)

    def _do_sendDocument(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self._reachable(data)
        if not isinstance(person, Person):
            return person
        file_id = f"file{len(self.files)}"
        self.files[file_id] = data["document"]
        document = {"file_id": file_id, "file_unique_id": file_id}
        return self._sent(person, document=document, caption=data.get("caption", ""))

    def _reachable(self, data: dict[str, Any]) -> Person | tuple[int, str]:
        person = self.people.get(int(data["chat_id"]))
        if person is None:
            return 400, "Bad Request: chat not found"
        return (403, "Forbidden: bot was blocked by the user") if person.blocked else person

    def _sent(self, person: Person, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a message
        number = next(self.message_ids)
        message = {
            "message_id": number, "date": self.now, "chat": {"id": person.chat, "type": "private"}, **content,
        }  # fmt: skip
        message = {key: value for key, value in message.items() if value not in ({}, "")}
        person.received.append(message)
        person.shown[number] = message
        return message

    def _do_deleteMessages(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self._reachable(data)
        if not isinstance(person, Person):
            return person
        if not 0 < len(data["message_ids"]) <= MAX_DELETED:
            return 400, "Bad Request: too many message identifiers specified"
        known = [number for number in data["message_ids"] if number in person.shown]
        if any(person.shown[number]["date"] < self.now - DELETE_SECONDS for number in known):
            return 400, "Bad Request: message can't be deleted for everyone"
        for number in known:
            del person.shown[number]
        return True

    def _do_deleteMessage(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self._reachable(data)
        if isinstance(person, Person) and data["message_id"] not in person.shown:
            return 400, "Bad Request: message to delete not found"
        return self._do_deleteMessages({"chat_id": data["chat_id"], "message_ids": [data["message_id"]]})

    def _do_answerCallbackQuery(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        if data["callback_query_id"] not in self.queries:
            return 400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
        self.answered.add(data["callback_query_id"])
        return True

    def _do_getFile(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        content = self.files.get(data["file_id"])
        if content is None:
            return 400, "Bad Request: invalid file_id"
        return {
            "file_id": data["file_id"], "file_unique_id": data["file_id"], "file_size": len(content),
            "file_path": data["file_id"],
        }  # fmt: skip
