"""Many people at once on both channels, while deliveries come late, twice and out of order; and what must come of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from storage.crypto.age.keys import parse_identity
from storage.crypto.sealing import open_report
from tests.fakes.faults import Restless
from tests.serving import TO_FILES, TO_SEND, served, talk

ON_SIGNAL = (*TO_FILES, *TO_SEND)
ON_TELEGRAM = (
    "/start", "1", "1", "2", "2", "1", "2", "2", "0", "1", "1", "1", "1", "2", "1", "1", "Arlenia", "1", "1", "1", "1", "1",
    "2", "Arlenia", "1", "1", "1", "1", "1", "1", "1", "1", "0", "1", "1", "1", "1", "1", "1", "1", "2", "2", "2", "3", "1",
)  # fmt: skip
"""What somebody on Telegram answers who goes on there, in numbers, to the sealed report."""

NAMED, DATED = ON_SIGNAL.index("Mina"), 22
"""Where on Signal the alias is asked, and where on Telegram when it happened: there people differ."""


ANSWERS = {"signal": 43, "telegram": 29}
"""How many answers a report holds besides those in which people differ."""


def answers_of(channel: str, number: int) -> tuple[str, ...]:
    """Return what this person writes."""
    script = list(ON_SIGNAL if channel == "signal" else ON_TELEGRAM)
    if channel == "signal":
        script[NAMED] = f"Mina {number}"
    else:
        script[DATED] = str(1 + number % 4)
    return tuple(script)


def reports(home: Path) -> list[dict[str, Any]]:
    """Open every sealed report of an installation with the throw-away keys of its offices."""
    connection = sqlite3.connect(home / "leeward.db")
    rows = connection.execute("SELECT office, sealed FROM blobs WHERE purpose = 'report'").fetchall()
    connection.close()
    keys = {path.stem: parse_identity(_secret(path)) for path in (home / "offices" / "keys").glob("*.key")}
    return [json.loads(open_report(sealed, [keys[office]])) for office, sealed in rows]


def _secret(path: Path) -> str:
    return next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("AGE-SECRET-KEY"))


def waiting(home: Path) -> int:
    """Return how many messages of an installation were not sent, dead letters included."""
    connection = sqlite3.connect(home / "leeward.db")
    (count,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    connection.close()
    return int(count)


async def crowd(home: Path, people: int, seed: int) -> list[str]:
    """Let so many people on each channel finish the interview at once; return what was seen, as lines."""
    async with served(home, "telegram", "signal", forked=True) as running:
        running.telegram.restless, running.signal.restless = Restless(seed), Restless(seed + 1)
        here = {("telegram", n): running.telegram.person(1000 + n) for n in range(people)}
        there = {("signal", n): running.signal.person(f"aci-{n}") for n in range(people)}
        async with asyncio.TaskGroup() as group:
            for (channel, number), person in (here | there).items():
                group.create_task(talk(person, answers_of(channel, number), 300))
        for (channel, number), person in (here | there).items():
            assert len(person.received) == len(answers_of(channel, number)), f"{channel} {number}: {person.last}"
        assert all(any("Sent." in text for text in person.received[-2:]) for person in there.values())
        confirmed = len(set(running.telegram.confirmed))
        receipts = sum(len(set(person.receipts)) for person in there.values())
        odd = (running.telegram.restless, running.signal.restless)
    judge(home, people)
    late, twice = sum(one.delayed for one in odd), sum(one.doubled for one in odd)
    line = (
        f"{people} people at once on each channel: {confirmed:,} updates confirmed, {receipts:,} messages receipted, "
        f"{late:,} delivered late and {twice:,} twice; {2 * people} sealed reports, each answer once and in its order."
    )
    return [line]


def judge(home: Path, people: int) -> None:
    """Raise AssertionError unless there is one report each, with every answer once and in its order, and nothing waits."""
    found = reports(home)
    assert Counter(report["channel"] for report in found) == {"signal": people, "telegram": people}
    names = [_value(report, "Q14") for report in found if report["channel"] == "signal"]
    assert sorted(names) == sorted(f"Mina {number}" for number in range(people))
    dates = Counter(_value(report, "Q25") for report in found if report["channel"] == "telegram")
    assert sorted(dates.values()) == sorted(Counter(number % 4 for number in range(people)).values())
    alike = {(report["channel"], _others(report)) for report in found}
    assert len(alike) == 2, "somebody's answers are not those of the others"
    assert sorted(len(answers) for _channel, answers in alike) == sorted(set(ANSWERS.values()))
    assert waiting(home) == 0


def _others(report: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return node and value of all answers in which people do not differ, in their order."""
    return tuple((a["node"], str(a["value"])) for a in report["answers"] if a["node"] not in ("Q14", "Q25"))


def _value(report: dict[str, Any], node: str) -> str:
    (value,) = [str(answer["value"]) for answer in report["answers"] if answer["node"] == node]
    return value
