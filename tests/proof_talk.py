"""Proofs of the talk: nothing of an officer is said unless exactly permitted, and what is permitted is said at once."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import tempfile  # noqa: TID251 - the folder of a throw-away installation
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from bot.control import ask_running
from storage.crypto.sealing import seal_report
from storage.crypto.talk import seal_words
from tests.fakes.faults import until
from tests.handlers.test_messages_at_random import STEPS, Story
from tests.handlers.test_permission import STATES, permitted, put
from tests.serving import served, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.signal_server import Person
    from tests.serving import Served

TALKS, PEOPLE, STORIES = 200, 20, 300
MOST_SECONDS = 10.0


def every_state() -> Iterator[str]:
    """Words that wait, in every state of consent, red lines, status, trouble, channel, time and talk."""
    said, fates = 0, Counter[str]()
    for state in STATES:
        chat = put(state)
        arrived = any("hello" in text for text in chat.seen())
        assert arrived is permitted(state), state
        said += arrived
        ((outcome, reason),) = chat.lines
        fates[f"{outcome} {reason}".strip()] += 1
    yield f"{len(STATES)} states, {said} of them permit the words: said in exactly these, in no other."
    yield f"What became of the words: {', '.join(f'{fate} {count}' for fate, count in sorted(fates.items()))}."


def at_random() -> Iterator[str]:
    """Seeded officers and people, channels that fail: what goes out is permitted at the moment it goes out."""
    stories = [Story(seed) for seed in range(STORIES)]
    arrived = [story.play() for story in stories]
    written = sum(story.written for story in stories)
    yield (
        f"{STORIES} stories of {STEPS} acts in any order: {written:,} messages of officers, {sum(arrived):,} went out, each "
        "permitted by the gate at that moment and after an answer to the two words; others: 0."
    )


def how_soon() -> Iterator[str]:
    """A served installation: from the moment words are due until they stand in the person's chat."""
    with tempfile.TemporaryDirectory() as folder:
        in_talk, answered = asyncio.run(_talks(Path(folder)))
    yield f"{len(in_talk)} messages in an open talk, from queued to the chat of the person: {_figures(in_talk)}."
    yield f"{len(answered)} messages that waited for the answer to the two words, from the answer on: {_figures(answered)}."


def _figures(took: list[float]) -> str:
    high = quantiles(took, n=20)[-1]
    assert high < MOST_SECONDS
    return f"median {median(took):.2f} s, P95 {high:.2f} s, highest {max(took):.2f} s"


async def _talks(home: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of messages in an open talk, and of those that waited for an answer."""
    async with served(home, "signal") as running:
        return await _in_open_talk(running), [await _after_the_answer(running, number) for number in range(PEOPLE)]


async def _begun(running: Served, name: str, known: set[str]) -> tuple[Person, str, dict[str, str]]:
    """Return somebody whose alert stands, their case and to whom words are sealed."""
    person = running.signal.person(name)
    await talk(person, ("help me", "1", "1", "1", "Dravania", "1", "1", "1", "they ring the bell"))
    (case,) = _cases(running) - known
    return person, case, await _ask(running, "recipients", case=case)


async def _write(running: Served, case: str, to: dict[str, str], text: str) -> None:
    words = json.dumps({"schema": "leeward-words-1", "case": case, "text": text}).encode()
    sealed = {"for_bot": _text(seal_words(words, to["bot"])), "for_office": _text(seal_report(b"{}", to["keys"]))}
    await _ask(running, "write", case=case, by="officer", office=to["office"], for_others={}, **sealed)


async def _after_the_answer(running: Served, number: int) -> float:
    person, case, to = await _begun(running, f"aci-{number}", _cases(running))
    await _write(running, case, to, "Is there a back door?")
    await until(lambda: len(person.last.split()) == 2)
    started = time.perf_counter()
    person.say("who are you")
    await until(lambda: "back door" in person.last)
    return time.perf_counter() - started


async def _in_open_talk(running: Served) -> list[float]:
    person, case, to = await _begun(running, "aci-mina", set())
    await _ask(running, "begin", case=case)
    await until(lambda: len(person.last.split()) == 2)
    await talk(person, ("yes, it is safe",))
    took = []
    for number in range(TALKS):
        started, wanted = time.perf_counter(), f"message {number}"
        await _write(running, case, to, wanted)
        await until(lambda: person.last.endswith(wanted))  # noqa: B023 - awaited before the next turn of the loop
        took.append(time.perf_counter() - started)
    return took


def _cases(running: Served) -> set[str]:
    """Return the ids of all cases: they say nothing."""
    with closing(sqlite3.connect(running.home / "leeward.db")) as connection:
        return {str(case) for (case,) in connection.execute("SELECT id FROM cases")}


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


async def _ask(running: Served, command: str, **arguments: str | dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = await asyncio.to_thread(ask_running, running.home, command, arguments)
    return answer


PROOFS = {"talk-at-random": at_random, "talk-every-state": every_state, "talk-how-soon": how_soon}
