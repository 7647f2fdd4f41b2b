"""The figures of the pages: how long a queue and a report take, how much memory a large file.

Every figure is the median, or the highest, of what was seen in a Chromium of this machine against a server that answers
from a table, so that the time of the real server is not counted.
"""

from __future__ import annotations

import statistics
import threading
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from storage.crypto.age.keys import generate_identity
from storage.crypto.sealing import seal_file
from tests.desk.conftest import SWITCHES, chromium
from tests.desk.filled import BLUE
from tests.fakes.desk_server import LINE, DeskServer, case_of, keys, report_of, sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 7
CASES = 10_000
FILE_BYTES = 100 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
SAMPLE_SECONDS = 0.05
STUB = """window.showSaveFilePicker = async () => ({createWritable: async () => ({
  write: async () => {}, close: async () => {}, abort: async () => {}})})"""
"""A place on the disk without the dialog that nobody can answer here; what is written to it is let go."""
OPEN = "[...document.querySelectorAll('section button')].find(one => one.textContent.startsWith('Open the report')).click()"


def timed(page: Page, act: str, until: str) -> float:
    """Return the milliseconds from an act to the frame in which something is drawn, measured in the page."""
    return float(
        page.evaluate(
            """async ([act, until]) => {
              const begun = performance.now();
              new Function(act)();
              while (document.querySelector(until) === null) await new Promise(requestAnimationFrame);
              await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
              return performance.now() - begun;
            }""",
            [act, until],
        )
    )


def ready(browser: Browser, server: DeskServer) -> Page:
    """Return a page with the key loaded, at the queue."""
    page = browser.new_page(bypass_csp=True, viewport={"width": 1360, "height": 900})
    page.goto(server.url())
    page.get_by_role("button", name="My key").click()
    key = FilePayload(name="OFF-HRC.key", mimeType="text/plain", buffer=keys()[0][0].encode())
    page.get_by_label("Key file").set_input_files(key)
    page.get_by_role("button", name="Load my key").click()
    page.get_by_text("Your key is loaded.").first.wait_for()
    return page


def queue_figure(browser: Browser, server: DeskServer) -> str:
    """Return how long it takes until 10,000 lines stand in the page, and until the first 200 do."""
    lines = [LINE | {"case": f"LW-{number}", "name": f"blue heron {number}"} for number in range(CASES)]
    found = []
    for count in (200, CASES):
        server.answers["GET cases"] = {"cases": lines[:count], "next": "", "counts": {"L2": CASES, "unowned": CASES}}
        page = ready(browser, server)
        press = "window.dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
        times = []
        for _run in range(RUNS):
            times.append(timed(page, press % "1", f".queue li:nth-child({count})"))
            timed(page, press % "2", "#loaded")
        found.append(f"{count:,} lines {statistics.median(times):.0f} ms")
        page.close()
    return f"The queue, from the key press to the drawn frame (median of {RUNS}): {', '.join(found)}"


def report_figure(browser: Browser, server: DeskServer) -> str:
    """Return how long it takes from the click until the opened report is drawn."""
    server.show([case_of()])
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(report_of(codes={"story": "word " * 2000}))
    times = []
    for _run in range(RUNS):
        page = ready(browser, server)
        page.keyboard.press("1")
        page.get_by_role("button", name="blue heron").click()
        page.locator(".strip").wait_for()
        times.append(timed(page, OPEN, "#wanted"))
        page.close()
    return f"A report, from the click to the drawn frame (median of {RUNS}): {statistics.median(times):.0f} ms, highest {max(times):.0f} ms"


class Memory:
    """Watches the memory of their own (RssAnon) of the processes that draw pages."""

    def __init__(self, browser: Browser) -> None:
        """Take the browser."""
        self._session = browser.new_browser_cdp_session()
        self._ends = threading.Event()
        self._pids: list[int] = []
        self.most = 0

    def now(self) -> int:
        """Return the bytes of the largest process that draws a page."""
        return max((self._resident(pid) for pid in self._pids), default=0)

    def begin(self) -> int:
        """Find the processes and begin to watch; return what the largest holds now."""
        found = self._session.send("SystemInfo.getProcessInfo")["processInfo"]
        self._pids = [one["id"] for one in found if one["type"] == "renderer"]
        threading.Thread(target=self._watch, daemon=True).start()
        return self.now()

    def end(self) -> int:
        """Return the most that was seen."""
        self._ends.set()
        return self.most

    def _watch(self) -> None:
        while not self._ends.wait(SAMPLE_SECONDS):
            self.most = max(self.most, self.now())

    @staticmethod
    def _resident(pid: int) -> int:
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon")), 0)


def file_figure(browser: Browser, server: DeskServer, *, picker: bool) -> str:
    """Return how much the page grows while it opens a file of 100 MB, and how long that takes."""
    identity, content = generate_identity(bytes(32)).text(), bytes(range(256)) * (FILE_BYTES // 256)
    sink = BytesIO()
    seal_file(BytesIO(content), sink, identity, FILE_BYTES)
    entry = {
        "name": "film.mp4",
        "type": "video/mp4",
        "size": FILE_BYTES,
        "digest": sha256(content).hexdigest(),
        "sealed": "f1",
    }
    server.show([case_of(files=[{"name": "f1", "size": len(sink.getvalue())}])])
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(report_of(attachments=[entry], file_identity=identity))

    def pieces() -> Iterator[bytes]:
        whole = sink.getbuffer()
        for at in range(0, len(whole), PIECE_BYTES):
            yield bytes(whole[at : at + PIECE_BYTES])

    server.files[f"cases/{BLUE}/files/f1"] = pieces
    page = ready(browser, server)
    page.evaluate(STUB if picker else "delete window.showSaveFilePicker")
    page.keyboard.press("1")
    page.get_by_role("button", name="blue heron").click()
    page.locator(".strip").wait_for()
    page.keyboard.press("e")
    page.get_by_role("button", name="Save", exact=True).click()
    memory = Memory(browser)
    before = memory.begin()
    begun = time.perf_counter()
    page.locator("dialog").get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for(timeout=120_000)
    seconds = time.perf_counter() - begun
    most = memory.end()
    page.close()
    way = "straight to the disk" if picker else "as a download"
    return f"A file of 100 MB {way}: {seconds:.1f} s; the page's own memory {before / 1e6:.0f} MB before, {most / 1e6:.0f} MB at most"


def pages() -> Iterator[str]:
    """Measure the pages of the desk."""
    server = DeskServer()
    program = chromium()
    assert program is not None, "Chromium is missing: run `make setup`"
    with server.serving(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield queue_figure(browser, server)
        yield report_figure(browser, server)
        for picker in (True, False):
            yield file_figure(browser, server, picker=picker)
        browser.close()
