"""The interview every contestant plays: 20 questions with three buttons each, one answer a step.

A step is: the bytes of an update in, the next question as the bytes of a sendMessage call out. The network is left out
here (`end_to_end.py` has it). People are asked in turn, so that the conversations of all of them are touched.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from time import perf_counter, process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

QUESTIONS = tuple(f"Question {number}: did they tell you what would happen if you went on?" for number in range(20))
CHOICES = (("1", "Yes"), ("2", "No"), ("0", "Skip"))
FIRST_CHAT = 1_000_000
TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # noqa: S105 - of no bot
ANSWER = (
    b'{"ok":true,"result":{"message_id":5,"date":1790000000,"chat":{"id":7,"type":"private","first_name":"P"},'
    b'"text":"a question of the bot"}}'
)


def update(number: int, chat: int, text: str = "1") -> bytes:
    """Return an update as Telegram sends it."""
    person = {"id": chat, "is_bot": False, "first_name": "P"}
    message = {
        "message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private", "first_name": "P"},
        "from": person, "text": text,
    }  # fmt: skip
    return json.dumps({"update_id": number, "message": message}).encode()


def record(chat: int, number: int, text: str) -> dict[str, str]:
    """Return what is kept of one answer: question, words, time."""
    return {"question": f"Q{number:02}", "answer": text, "at": f"2026-11-25T10:{number:02}:{chat % 60:02}+00:00"}


def parked(chat: int) -> list[dict[str, str]]:
    """Return the ten answers of somebody who waits in the middle."""
    return [record(chat, number, "1") for number in range(10)]


def arguments() -> argparse.Namespace:
    """Return how many people are parked, how many steps are played, and how many at a time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--store", default="")
    return parser.parse_args()


async def measure(
    step: Callable[[int, bytes], Awaitable[None]], asked: argparse.Namespace, answered: Callable[[], int]
) -> None:
    """Play the steps, check that each was answered, and print one JSON object with what they cost."""
    stride = max(1, asked.people // asked.steps)
    chats = [FIRST_CHAT + number * stride % asked.people for number in range(asked.steps)]
    waiting = iter([(chat, update(number + 1, chat)) for number, chat in enumerate(chats)])
    seconds: list[float] = []

    async def one_after_the_other() -> None:
        for chat, raw in waiting:
            began = perf_counter()
            await step(chat, raw)
            seconds.append(perf_counter() - began)

    wall, cpu = perf_counter(), process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(asked.in_flight):
            group.create_task(one_after_the_other())
    wall, cpu = perf_counter() - wall, process_time() - cpu
    seconds.sort()
    assert answered() == asked.steps
    figures = {
        "steps_a_second": len(seconds) / wall,
        "cpu_us": cpu / len(seconds) * 1e6,
        "p99_ms": seconds[int(len(seconds) * 0.99)] * 1000,
    }
    json.dump(figures, sys.stdout)
