"""The browser that plays the desk: Chromium of this machine, one for the tests of a module. And what it plays against."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.desk.filled import fill
from tests.fakes.desk_server import DeskServer, keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = ("--no-sandbox", "--disable-dev-shm-usage")  # as root, and where /dev/shm is small


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    return next((found for name in NAMES if (found := shutil.which(name)) is not None), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without windows; skipped, and counted, where there is none, but never in continuous integration.

    Playwright leaves an event loop running in this thread until it is stopped, and no other test could start its own:
    so it ends with the module.
    """
    program = chromium()
    if program is None:
        if os.environ.get("CI"):  # noqa: TID251 - of the machine, not of ours
            pytest.fail("Chromium is missing: run `make setup`")
        pytest.skip("Chromium is missing: run `make setup`")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    made = browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-GB", timezone_id="UTC")
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab that remembers what went wrong in it (`page.problems`)."""
    return context.new_page()


@pytest.fixture
def server() -> Iterator[DeskServer]:
    """A server with a few cases."""
    made = DeskServer()
    fill(made)
    with made.serving():
        yield made


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The key file of the office."""
    path = tmp_path / "OFF-HRC.key"
    path.write_text(f"# public key: age1pq1…\n{keys()[0][0]}\n", encoding="utf-8")
    return path
