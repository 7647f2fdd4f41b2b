"""The practice phone over HTTP: a chat, who may ask at all, and what the office opens."""

from __future__ import annotations

import warnings
from pathlib import Path

from bot.app import practice_service
from bot.clock import FixedClock
from bot.practice.phone import HEADERS, phone_app
from config.load import load_settings
from tests.conftest import NOON

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have the successor of httpx, which is not locked here
    from starlette.testclient import TestClient


def test_the_phone_chats_and_guards_itself(tmp_path: Path) -> None:
    """Questions by digits; other hosts, origins and bodies are refused; every answer carries the headers."""
    settings = load_settings({"LEEWARD_HOME": str(tmp_path)}, tmp_path)
    with (
        practice_service(settings, tmp_path, clock=FixedClock(NOON)) as service,
        TestClient(phone_app(service, tmp_path / "offices"), base_url="http://localhost") as client,
    ):
        for text in ("Hello", "1", "1"):
            assert client.post("/say", json={"text": text}).status_code == 200
        screen = client.get("/messages").json()
        page = client.get("/")
        refused = [
            client.get("/", headers={"Host": "evil.example"}).status_code,
            client.post("/say", json={"text": "x"}, headers={"Origin": "http://evil.example"}).status_code,
            client.post("/say", content="x", headers={"Content-Type": "text/plain"}).status_code,
            client.post("/open", json={"case": "LW-AAAA"}).status_code,
            client.get("/static/nothing.js").status_code,
        ]

    assert "danger" in screen["messages"][-1]["text"]
    assert "PRACTICE" in page.text
    assert {name: page.headers.get(name) for name in HEADERS} == HEADERS
    assert refused == [421, 403, 415, 404, 404]
