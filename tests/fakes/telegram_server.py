"""A Bot API server on this machine: long polling, confirmation by offset, limits and faults as the real one has them."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.faults import Faults, cut

CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "telegram-bot-api-10.0.json"
DATE = 1_790_000_000
WORDS = (
    "text", "name", "description", "short_description", "url", "secret_token", "file_id", "callback_query_id", "parse_mode",
)  # fmt: skip
"""Parameters that are words and not JSON."""

MAX_TEXT, MAX_DATA_BYTES = 4096, 64
PYTHON = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}


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
            "date": DATE,
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


def decoded(data: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters as values: the Bot API takes them JSON-encoded inside strings, too."""
    return {
        name: json.loads(value) if isinstance(value, str) and name not in WORDS else value
        for name, value in data.items()
    }


class TelegramServer:
    """The server; `app()` serves it."""

    def __init__(self, first_update: int = 1000) -> None:
        self.people: dict[int, Person] = {}
        self.updates: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.files: dict[str, bytes] = {}
        self.queries: set[str] = set()
        self.answered: set[str] = set()
        self.violations: list[str] = []
        self.calls: list[tuple[float, str]] = []
        self.faults = Faults()
        self.webhook = ""
        self.names = {"Name": "", "Description": "", "ShortDescription": ""}
        self.commands: list[dict[str, Any]] = []
        self.left: list[int] = []
        self.message_ids = itertools.count(1)
        self._next = itertools.count(first_update)
        self._arrived = asyncio.Event()
        self._contract = json.loads(CONTRACT.read_text()) if CONTRACT.is_file() else None

    def person(self, chat: int) -> Person:
        """Return the person with this chat."""
        return self.people.setdefault(chat, Person(self, chat))

    def update(self, content: dict[str, Any]) -> int:
        """Queue an update; return its id."""
        number = next(self._next)
        self.updates.append({"update_id": number, **content})
        self._arrived.set()
        return number

    def restart_ids(self, first: int) -> None:
        """Let update ids begin anew, as after a quiet week."""
        self._next = itertools.count(first)

    def duplicate(self, update_id: int) -> None:
        """Deliver an update again."""
        found = next(update for update in self.updates if update["update_id"] == update_id)
        self.updates.append(dict(found))

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
        method = request.match_info["method"]
        raw = await request.read()
        data = decoded(json.loads(raw)) if raw else {}
        self.calls.append((time.monotonic(), method))
        self._check(method, data)
        fault = self.faults.next(method)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "status":
            body = fault.body or {"ok": False, "error_code": fault.status, "description": "planned"}
            return web.json_response(body, status=fault.status, headers=fault.headers)
        if fault is not None and fault.kind == "cut before":
            cut(request)
            return web.Response()
        status, result = await self._carry_out(method, data)
        if fault is not None and fault.kind == "cut after":
            cut(request)
            return web.Response()
        if fault is not None and fault.kind == "truncated":
            return web.Response(body=b'{"ok": tr', content_type="application/json")
        if status != 200:
            return web.json_response({"ok": False, "error_code": status, "description": result}, status=status)
        return web.json_response({"ok": True, "result": result})

    def _check(self, method: str, data: dict[str, Any]) -> None:
        """Compare a call with the contract: the method, its parameters, their types, and what is required."""
        if self._contract is None:
            return
        known = self._contract["methods"].get(method)
        if known is None:
            self.violations.append(f"{method}: no such method")
            return
        fields = {field["name"]: field for field in known.get("fields", ())}
        for name, value in data.items():
            if name not in fields:
                self.violations.append(f"{method}.{name}: no such parameter")
            elif not self._fits(value, fields[name]["types"]):
                self.violations.append(f"{method}.{name}: is no {fields[name]['types']}")
        for name, field_ in fields.items():
            if field_["required"] and name not in data:
                self.violations.append(f"{method}.{name}: is required")

    @staticmethod
    def _fits(value: object, types: list[str]) -> bool:
        for kind in types:
            if kind in PYTHON and isinstance(value, PYTHON[kind]):  # type: ignore[arg-type]  # a type or several
                return True
            if kind.startswith("Array") and isinstance(value, list):
                return True
            if kind[0].isupper() and kind not in PYTHON and not kind.startswith("Array") and isinstance(value, dict):
                return True
        return False

    async def _carry_out(self, method: str, data: dict[str, Any]) -> tuple[int, Any]:
        run = getattr(self, f"_do_{method}", None)
        if run is None:
            return 404, "Not Found: method not found"
        answer = run(data)
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer if isinstance(answer, tuple) else (200, answer)

    def _do_getMe(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - methods of the Bot API, by their names
        return {"id": 1, "is_bot": True, "first_name": "Notices", "username": "notices_bot"}

    def _do_setWebhook(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.webhook = data["url"]
        return True

    def _do_deleteWebhook(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.webhook = ""
        return True

    def _do_getMyName(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return {"name": self.names["Name"]}

    def _do_setMyName(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.names["Name"] = data["name"]
        return True

    def _do_getMyDescription(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return {"description": self.names["Description"]}

    def _do_setMyDescription(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.names["Description"] = data["description"]
        return True

    def _do_getMyShortDescription(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return {"short_description": self.names["ShortDescription"]}

    def _do_setMyShortDescription(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.names["ShortDescription"] = data["short_description"]
        return True

    def _do_getMyCommands(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        return self.commands

    def _do_deleteMyCommands(self, _data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.commands = []
        return True

    def _do_leaveChat(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        self.left.append(data["chat_id"])
        return True

    async def _do_getUpdates(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        offset, limit = data.get("offset", 0), data.get("limit", 100)
        places = [i for i, update in enumerate(self.updates) if update["update_id"] == offset - 1]
        if places:  # everything up to the one before the offset is confirmed, and forgotten
            self.confirmed.extend(update["update_id"] for update in self.updates[: places[-1] + 1])
            del self.updates[: places[-1] + 1]
        end = time.monotonic() + data.get("timeout", 0)
        while not self.updates and time.monotonic() < end:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), max(0.0, end - time.monotonic()))
            except TimeoutError:
                break
        return self.updates[:limit]

    def _do_sendMessage(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self.people.get(int(data["chat_id"]))
        if person is None:
            return 400, "Bad Request: chat not found"
        if person.blocked:
            return 403, "Forbidden: bot was blocked by the user"
        if not 0 < len(data["text"]) <= MAX_TEXT:
            return 400, "Bad Request: message is too long"
        markup = data.get("reply_markup", {})
        for row in markup.get("inline_keyboard", ()):
            if any(len(button["callback_data"].encode()) > MAX_DATA_BYTES for button in row):
                return 400, "Bad Request: BUTTON_DATA_INVALID"
        number = next(self.message_ids)
        message = {
            "message_id": number, "date": DATE, "text": data["text"], "reply_markup": markup,
            "chat": {"id": person.chat, "type": "private"},
        }  # fmt: skip
        person.received.append(message)
        person.shown[number] = message
        return {key: value for key, value in message.items() if value != {}}

    def _do_deleteMessages(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, N802 - as above
        person = self.people[int(data["chat_id"])]
        for number in data["message_ids"]:
            person.shown.pop(number, None)
        return True

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
