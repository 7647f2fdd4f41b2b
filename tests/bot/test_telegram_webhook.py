"""The webhook: only what Telegram sends is taken, and it is answered when it is durable."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.adapter import NotStored
from bot.telegram.webhook import MAX_BODY_BYTES, SECRET_HEADER, webhook_route
from tests.fakes.faults import until
from tests.fakes.telegram_server import TelegramServer
from tests.telegram_account import running


async def post(route: Any, body: bytes, secret: str | None, *, pieces: int = 1) -> int:  # noqa: ANN401 - a route of starlette
    """Post to the route as a web server would; return the status."""
    headers = [] if secret is None else [(SECRET_HEADER.lower().encode(), secret.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/hook",
        "headers": headers,
        "query_string": b"",
        "root_path": "",
    }
    size = -(-len(body) // pieces)
    parts = [body[start : start + size] for start in range(0, len(body), size)] if body else [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:  # noqa: ANN401 - of the protocol
        sent.append(message)

    await Starlette(routes=[route])(scope, receive, send)
    return int(sent[0]["status"])


def update(text: str, number: int = 50) -> bytes:
    person = TelegramServer().person(7)
    return json.dumps({"update_id": number, "message": person.message(text=text)}).encode()


@pytest.mark.parametrize(
    ("secret", "shown", "body", "status"),
    [
        ("s3cret", "s3cret", update("hello"), 200),
        ("s3cret", "wrong", update("hello"), 403),
        ("s3cret", "", update("hello"), 403),
        ("s3cret", None, update("hello"), 403),
        ("s3cret", "s3cret\xe9", update("hello"), 403),
        ("", "", update("hello"), 403),
        ("", None, update("hello"), 403),
        ("s3cret", "s3cret", b"{", 400),
        ("s3cret", "s3cret", b"", 400),
        ("s3cret", "s3cret", b"[]", 400),
        ("s3cret", "s3cret", b"[" * 100_000, 400),
        ("s3cret", "s3cret", b"\xff\xfe", 400),
        ("s3cret", "s3cret", b" " * (MAX_BODY_BYTES + 1), 413),
        ("s3cret", "s3cret", b'{"update_id": 50, "message": {"text": "x"}}', 200),
    ],
)
def test_the_webhook_takes_only_what_telegram_sends(secret: str, shown: str | None, body: bytes, status: int) -> None:
    """And answers what cannot be read with 200, or it would come for ever."""

    async def play() -> None:
        async with running() as here:
            route = webhook_route("/hook", secret, here.adapter, here.intake)
            assert await post(route, body, shown, pieces=3) == status
            assert here.intake.texts == (["hello"] if status == 200 and b"hello" in body else [])

    asyncio.run(play())


@pytest.mark.parametrize("trouble", [NotStored(), RuntimeError("a defect")])
def test_the_webhook_says_503_for_what_could_not_be_stored(trouble: Exception) -> None:
    """Telegram brings it again, and then it is taken."""

    async def play() -> None:
        async with running() as here:
            here.intake.troubles = [trouble]
            route = webhook_route("/hook", "s3cret", here.adapter, here.intake)
            assert await post(route, update("hello"), "s3cret") == 503
            assert await post(route, update("hello"), "s3cret") == 200
            assert here.intake.texts == ["hello"]

    asyncio.run(play())


def test_the_webhook_answers_when_it_is_durable_and_keeps_the_order_of_a_chat() -> None:
    """A second message of the same person waits for the first, another person does not."""

    async def play() -> None:
        async with running(webhook_url="https://bot.example/hook", webhook_secret="s3cret") as here:
            await here.adapter.set_up()
            assert (here.server.webhook, here.server.secret) == ("https://bot.example/hook", "s3cret")
            route = webhook_route("/hook", "s3cret", here.adapter, here.intake)
            here.intake.gates["one"] = asyncio.Event()
            other = TelegramServer().person(8).message(text="other")
            async with here.receiving(), asyncio.TaskGroup() as group:
                first = group.create_task(post(route, update("one", 1), "s3cret"))
                second = group.create_task(post(route, update("two", 2), "s3cret"))
                await until(lambda: here.intake.asked == ["one"])
                third = json.dumps({"update_id": 3, "message": other}).encode()
                assert await post(route, third, "s3cret") == 200
                await asyncio.sleep(0.02)
                assert (first.done(), second.done()) == (False, False)
                here.intake.gates["one"].set()
                assert (await first, await second) == (200, 200)
            assert here.intake.texts == ["other", "one", "two"]

    asyncio.run(play())
