"""People on one channel whose service is killed (kill -9) at nearly every message, at moments that are chosen from outside.

A moment is reached by a fault of the surroundings: the database is held by somebody else, or the messenger's server
takes a message and does not answer. Which phase a kill hit is read afterwards, from the database and the server.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - a seeded play of chance, no key
from typing import TYPE_CHECKING, Any, Final

from tests.crowd import ANSWERS, answers_of, reports, waiting
from tests.fakes.faults import Fault, until
from tests.serving import Served, served

if TYPE_CHECKING:
    from pathlib import Path

RECEIVED, COMMITTED, SENT = "between receive and commit", "between commit and send", "after the send"
MOMENTS: Final = ("held", "unanswered", "any", "held", "unanswered", "held", "unanswered", "sent", "held", "unanswered")
"""How kills are timed, one after the other."""

SEND: Final = {"telegram": "sendMessage", "signal": "post /v2/send"}
PATIENCE: Final = 60.0


@dataclass(slots=True)
class Seen:
    """What was seen of all kills."""

    kills: Counter[str] = field(default_factory=Counter)
    doubled: int = 0
    most_doubled: int = 0
    written_again: int = 0  # messages without a receipt that the person wrote once more
    early: int = 0  # acknowledged and not in the database


class Killed:
    """One person after another, and the killing."""

    def __init__(self, running: Served, channel: str, seed: int) -> None:
        self.running, self.channel = running, channel
        self.random = Random(seed)  # noqa: S311 - a seeded play of chance, no key
        self.seen = Seen()
        self.server: Any = running.telegram if channel == "telegram" else running.signal
        if channel == "telegram":
            running.telegram.on_confirm = self._confirmed

    def _count(self, table: str) -> int:
        connection = sqlite3.connect(f"file:{self.running.home / 'leeward.db'}?mode=ro", uri=True, timeout=20)
        try:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a name of ours
        finally:
            connection.close()
        return int(count)

    def _confirmed(self) -> None:
        """An offset just confirmed updates: every one the bot was given must be in the database."""
        self.seen.early += max(0, len(set(self.running.telegram.confirmed)) - self._count("inbox"))

    def _person(self, number: int) -> Any:  # noqa: ANN401 - somebody on either channel
        return (
            self.running.telegram.person(1000 + number)
            if self.channel == "telegram"
            else self.running.signal.person(f"aci-{number}")
        )

    async def interview(self, number: int, kills: int) -> None:
        """Let one person finish the interview, with a kill at each message while any are left."""
        person = self._person(number)
        heard: list[str] = []
        for text in answers_of(self.channel, number):
            before = len(person.received)
            if self.seen.kills.total() < kills:
                await self._killed_at(person, text)
            else:
                person.say(text)
            await until(lambda before=before: self._new_prompt(person, before, heard), PATIENCE)
            heard.append(self._texts(person)[-1])
        await until(lambda: waiting(self.running.home) == 0, PATIENCE)

    def _texts(self, person: Any) -> list[str]:  # noqa: ANN401 - as above
        return [str(one["text"]) if isinstance(one, dict) else one for one in person.received]

    def _new_prompt(self, person: Any, before: int, heard: list[str]) -> bool:  # noqa: ANN401 - as above
        """Say whether a prompt came that is not the one that was open already."""
        new = self._texts(person)[before:]
        return any(not heard or text != heard[-1] for text in new)

    async def _killed_at(self, person: Any, text: str) -> None:  # noqa: ANN401 - as above
        """Write a message, kill the service at a moment, start it again; write again what was never acknowledged."""
        moment = MOMENTS[self.seen.kills.total() % len(MOMENTS)]
        stored, received = self._count("inbox"), len(person.received)
        stamp = await self._at(moment, person, text, stored)
        await self.running.kill()
        committed, sent = self._count("inbox") > stored, len(person.received) > received
        self.seen.kills[SENT if sent else COMMITTED if committed else RECEIVED] += 1
        if self.channel == "signal" and stamp in person.receipts and not committed:
            self.seen.early += 1
        self.server.faults.forget()
        await self._start()
        if self.channel == "signal" and not committed:  # the transport dropped it, unacknowledged: the person sees that
            self.seen.written_again += 1
            if received:
                await until(lambda: len(person.received) > received, PATIENCE)  # the open question, asked again
            person.say(text)
        await until(lambda: self._count("outbox") == 0 and len(person.received) > received, PATIENCE)
        self.seen.most_doubled = max(self.seen.most_doubled, len(person.received) - received - 1)

    async def _start(self) -> None:
        await self.running.start()
        if self.channel == "signal":
            await until(lambda: self.running.signal.sockets, PATIENCE)

    async def _at(self, moment: str, person: Any, text: str, stored: int) -> int:  # noqa: ANN401 - as above
        """Write the message and return at the moment of the kill; the id of the message."""
        pause = self.random.uniform(0, 0.03)
        if moment == "held":
            with _held(self.running.home):
                given = len(self.server.handed)
                stamp: int = person.say(text)
                await until(lambda: len(self.server.handed) > given, PATIENCE)
                await asyncio.sleep(pause)
                await self.running.kill()
            return stamp
        if moment != "any":
            self.server.faults.plan(
                SEND[self.channel], Fault("half-open" if moment == "unanswered" else "half-open after")
            )
        received = len(person.received)
        stamp = person.say(text)
        if moment == "unanswered":
            await until(lambda: self._count("inbox") > stored, PATIENCE)
        elif moment == "sent":
            await until(lambda: len(person.received) > received, PATIENCE)
        await asyncio.sleep(pause)
        return stamp


class _held:  # noqa: N801 - read as a word after `with`
    """The database, held by a writer of another process that does not let go."""

    def __init__(self, home: Path) -> None:
        self._connection = sqlite3.connect(home / "leeward.db", timeout=20, isolation_level=None)

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_exc: object) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


async def kill_often(home: Path, channel: str, kills: int, seed: int) -> Seen:
    """Kill the service so many times while people finish their interviews; judge what came of it."""
    async with served(home, channel, forked=True) as running:
        killed = Killed(running, channel, seed)
        people = 0
        while killed.seen.kills.total() < kills:
            await killed.interview(people, kills)
            people += 1
        found = reports(home)
        assert len(found) == people, "not one report each"
        assert all(len(report["answers"]) == ANSWERS[channel] + (2 if channel == "signal" else 1) for report in found)
        assert len({tuple(answer["node"] for answer in report["answers"]) for report in found}) == 1
        expected = people * len(answers_of(channel, 0))
        received = sum(len(killed._person(number).received) for number in range(people))
        killed.seen.doubled = received - expected
    return killed.seen
