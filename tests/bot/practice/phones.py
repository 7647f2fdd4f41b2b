"""A browser of the tests that has a practice phone open."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import practice_service
from bot.clock import FixedClock
from bot.practice.phone import phone_app
from config.load import load_settings
from tests.stores import make_empty_file, make_practice_files

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have the successor of httpx, which is not locked here
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import Service


TO_STORY = (
    "hi", "1", "1", "3", "1", "1", "3", "1", "0", "1", "1", "1", "1", "2", "1", "Mina", "3", "1", "Amina Example", "1",
    "1",
)  # fmt: skip
TO_FILES = (
    *TO_STORY, "5", "A body", "4", "2", "2", "1", "5", "They came to my house.", "1", "Arlenia", "The north", "0", "1",
    "Police", "1", "4", "0", "1", "0", "0", "0", "0", "0", "0", "1",
)  # fmt: skip
TO_SEND = ("3", "1", "1", "3", "14:30", "2", "1", "1", "1", "1", "1", "2", "2", "3", "1")


class Chat:
    """A browser of the tests."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self.client, self.service = client, service

    def say(self, *texts: str) -> dict[str, Any]:
        for text in texts:
            answer = self.client.post("/say", json={"text": text})
            assert answer.status_code == 200, answer.text
        return self.screen()

    def press(self, node: str, turn: int, key: str) -> dict[str, Any]:
        answer = self.client.post("/say", json={"button": {"node": node, "turn": turn, "key": key}})
        assert answer.status_code == 200, answer.text
        return self.screen()

    def send_file(self, content: bytes, name: str = "photo.png", kind: str = "image/png") -> Any:  # noqa: ANN401 - an untyped response
        return self.client.post("/file", content=content, headers={"X-File-Name": name, "Content-Type": kind})

    def screen(self) -> dict[str, Any]:
        screen: dict[str, Any] = self.client.get("/messages").json()
        return screen

    def newest(self) -> dict[str, Any]:
        message: dict[str, Any] = self.screen()["messages"][-1]
        return message


@contextmanager
def a_chat(home: Path, clock: FixedClock, **options: Any) -> Iterator[Chat]:  # noqa: ANN401 - of an untyped client
    settings = load_settings({"LEEWARD_HOME": str(home)}, home)
    make_practice_files(home, clock.now())
    make_empty_file(home)
    with practice_service(settings, home, clock=clock) as service:
        app = phone_app(service, home / "offices")
        with TestClient(app, base_url="http://localhost", **options) as client:
            yield Chat(client, service)


def texts(screen: dict[str, Any]) -> list[str]:
    return [message["text"] for message in screen["messages"]]
