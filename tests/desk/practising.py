"""A real `leeward practice` in a folder of its own, and the person on its phone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as NotYet

from tests.architecture.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

START_SECONDS = 60
TAKEN_MS = 5000
MOST_TRIES = 12
STORY = "A man called three times. He said the lighthouse will be the last thing I see."
NAME = "Mina Orlova-Quist"
ANSWERS = (
    ("Choose a language", "1"), ("safe for you to write", "1"), ("in danger right now", "2"), ("reach a person first", "2"),
    ("see this phone", "1"), ("Please read this first", "1"), ("disappear by themselves", "3"), ("come back with these words", "1"),
    ("a word of your own", "0"), ("an automatic helper", "1"), ("contact with the United Nations", "1"), ("a paid job", "1"),
    ("Who are you in this report", "1"), ("under 18", "2"), ("put under pressure", "1"), ("What should we call you", "Mina"),
    ("know your real name", "3"), ("a separate locked box", "1"), ("Please write the name", NAME), ("Which of these fit the person", "1"), ("describe themselves", "1"),
    ("Which part of the UN", "5"), ("know its name", "land rights"), ("What was the contact", "4"), ("When was it", "2"),
    ("a link between", "2 3"), ("What happened? Choose", "1"), ("More exactly", "1"), ("in your own words", STORY),
    ("last thing happen", "2"), ("which country did it happen", "Arlenia"), ("the region or town", "0"), ("Does one of these fit?", "0"),
    ("Who did this", "1"), ("know about them", "0"), ("still going on?", "2"), ("when something would happen", "4"),
    ("could happen next", "2 4"), ("Are other people in danger", "2"), ("to help you well", "0"), ("a place to stay", "1"),
    ("already knows", "2"), ("told any of these", "1"), ("like to happen?", "1 3"), ("should not happen?", "4"),
    ("should not see your report", "1"), ("something that shows it", "1"), ("Files can show", "1"), ("up to 5 photos", "0"),
    ("May an officer write", "1"), ("through this chat", "1"), ("safe for us to write", "6"), ("What time is it now", "0"),
    ("it is really us", "2"), ("reach you for some time", "2"), ("we would do only this", "1"), ("telling you what to answer", "1"),
    ("Nobody acts for you", "1"), ("I can send your report", "1"), ("explained it well", "1"), ("tell the duty desk", "2"),
    ("one senior UN official", "2"), ("count your report", "1"), ("has not been sent", "3"), ("Send the report to", "1"),
)  # fmt: skip
"""What the person answers, by words of the question."""
SENT = "Sent. "


@contextmanager
def practising(home: Path) -> Iterator[str]:
    """Run the program until the block ends; yields its address."""
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LEEWARD_HOME": str(home), "PYTHONUNBUFFERED": "1",  # noqa: TID251 - of the child
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},  # noqa: TID251 - as above
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "practice", "--serve", "--port", "0"], env=environment, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        killer = threading.Timer(START_SECONDS, process.kill)
        killer.start()
        said = []
        try:
            for line in process.stdout or ():
                said.append(line)
                if found := re.match(r"(http://localhost:\d+)\s*$", line):
                    killer.cancel()
                    yield found[1]
                    return
            raise AssertionError("".join(said))
        finally:
            killer.cancel()
            process.send_signal(signal.SIGINT)
            process.wait(20)


class Person:
    """Somebody who writes on the practice phone, in a page of their own."""

    def __init__(self, page: Page, address: str) -> None:
        """Open the phone."""
        self.page = page
        self._heard = 0  # how many messages of the bot there were when something was written last
        page.goto(address)

    def last(self) -> str:
        """Return what the bot wrote last."""
        return self.page.locator("#log .bubble:not(.mine) .text").last.inner_text()

    def heard(self) -> int:
        """Return how many messages of the bot stand in the chat."""
        return self.page.locator("#log .bubble:not(.mine)").count()

    def say(self, text: str) -> str:
        """Write something; returns what the bot answers."""
        self._heard = self.heard()
        mine = self.page.locator("#log .bubble.mine")
        before = mine.count()
        self._write(text, lambda: mine.nth(before).wait_for(timeout=TAKEN_MS))
        self._answered()
        return self.last()

    def report(self, file: Path | None = None, *, instead: tuple[tuple[str, str], ...] = ()) -> str:
        """Answer every question up to the sealed report; returns the last prompt. Some other question fails.

        `instead`: answers that are other ones than those above, by words of the question.
        """
        said = self.say("hi")
        while SENT not in said:
            found = next((answer for words, answer in (*instead, *ANSWERS) if words in said), None)
            assert found is not None, said
            if file is not None and "up to 5 photos" in said:
                self.send(file)
                file = None
            said = self.say(found)
        return said

    def clear(self) -> None:
        """Clear the chat after the report was sent: only what the bot then says stands on the phone."""
        few = "() => document.querySelectorAll('#log .bubble').length < 5"
        self._write("1", lambda: self.page.wait_for_function(few, timeout=TAKEN_MS))
        self.page.locator("#log .bubble:not(.mine)").first.wait_for()
        self._heard = 0

    def send(self, file: Path) -> None:
        """Send a file."""
        self._heard = self.heard()
        self.page.locator("#file").set_input_files(file)
        self._answered()

    def _write(self, text: str, taken: Callable[[], object]) -> None:
        """Write until it was taken: while the page still sends what was written before, it takes nothing new."""
        box = self.page.locator("#text")
        box.fill(text)
        for _ in range(MOST_TRIES):
            box.press("Enter")
            with suppress(NotYet):
                taken()
                return
        raise AssertionError(f"the page does not take {text!r}: {self.page.locator('#trouble').text_content()!r}")

    def _answered(self) -> None:
        self.page.locator("#log .bubble:not(.mine)").nth(self._heard).wait_for()
        self.page.locator("#typing").wait_for(state="hidden")

    def hears(self, words: str) -> None:
        """Wait until the bot writes these words, after what was written last."""
        self.page.wait_for_function(
            "([heard, words]) => [...document.querySelectorAll('#log .bubble:not(.mine)')].slice(heard).some(one => one.innerText.includes(words))",
            arg=[self._heard, words],
        )
        self._heard = self.heard()
