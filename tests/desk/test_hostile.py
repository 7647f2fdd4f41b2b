"""What others wrote stays text: hostile reports, files and names execute nothing, call nothing and deceive nobody."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from storage.crypto.age.keys import generate_identity
from storage.crypto.sealing import seal_file
from tests.desk.filled import BLUE, load_key, open_blue
from tests.desk.watching import Watch
from tests.fakes.desk_server import DeskServer, case_of, keys, report_of, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYLOADS = (
    "<script>window.hit=1</script>", "<img src=x onerror='window.hit=1'>", "<svg/onload=window.hit=1>", "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "javascript:window.hit=1", "<a href='javascript:window.hit=1'>x</a>", '"><script>window.hit=1</script>', "{{constructor.constructor('window.hit=1')()}}",
    "<style>@import 'http://127.0.0.1:9/x'</style>", "<link rel=stylesheet href=http://127.0.0.1:9/x>", "<img src=http://127.0.0.1:9/x>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>", "<base href=http://127.0.0.1:9/>", "<form action=http://127.0.0.1:9/><button>",
    "http://127.0.0.1:9/click", "<math><mtext></mtext><script>window.hit=1</script></math>", "<!--<script>window.hit=1</script>-->",
    "\u202egpj.exe\u202c", "\u2066\u2066\u2066deep", "\u202dabc\u202e", "p\u0430ypal", "\u0391\u03a1\u0399 key", "zero\u200bwidth", "nul\u0000byte", "bell\u0007",
    "\ufeffbom", "a\u0300" * 500, "\U000e0041tag", "\ud7ff\ue000", "line\u2028separator",
)  # fmt: skip
FIELDS = ("summary", "story", "answer", "code", "everything")


def hostile(payload: str, field: str, number: int) -> dict[str, Any]:
    """Return a report that carries the payload in one field, or in all of them with wrong types around it."""
    mark = f"What the person wants: marker {number}"
    answer = {"node": "Q", "question": "q", "field": "f", "value": None, "label": "a", "label_shown": "a"}
    match field:
        case "summary":
            return report_of(summary=f"{mark} {payload}\n{payload}: {payload}\n{payload}\n\n::\n: ")
        case "story":
            return report_of(summary=mark, codes={"story": payload * 40})
        case "answer":
            return report_of(summary=mark, answers=[answer | {"label": payload, "question": payload}] * 50)
        case "code":
            return report_of(
                summary=mark,
                codes={
                    payload: payload,
                    "story": [payload],
                    "flags": [payload],
                    "__proto__": payload,
                    "constructor": payload,
                },
            )
        case _:
            return report_of(
                summary=f"{mark}\n" + payload * (200_000 // len(payload)), level=payload, rules=[payload, 7, None, {}], lang=[payload],
                codes=payload, answers=[payload, None, 7, {"question": {"toString": payload}}], consents={"x": payload},
                attachments=[{"name": payload, "type": payload, "size": payload, "sealed": payload}], file_identity=payload, nature_suggested={"a": payload},
            )  # fmt: skip


def test_150_hostile_reports_execute_nothing_and_call_nothing(page: Page, server: DeskServer, key: Path) -> None:
    """Script, direction overrides, look-alikes, huge texts and wrong types: opened, shown as text, and that is all."""
    cases = [(payload, field) for payload in PAYLOADS for field in FIELDS]
    assert len(cases) == 150
    watch = Watch(page)
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    for number, (payload, field) in enumerate(cases):
        server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(hostile(payload, field, number))
        page.keyboard.press("e")
        page.get_by_text(re.compile(rf"marker {number}\b")).first.wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        story = page.get_by_role("button", name="Read the story")
        if story.is_visible():
            story.click()
        assert page.evaluate("window.hit === undefined && document.querySelectorAll('.said *').length === 0"), (
            payload,
            field,
        )

    assert watch.problems == []
    assert watch.others(server.url().removesuffix("/desk")) == []
    shown = page.locator("body").inner_text()
    assert not any(character in shown for character in "\u202a\u202b\u202c\u202d\u202e\u200b\ufeff")


def test_a_report_that_executes_would_be_found(page: Page, server: DeskServer) -> None:
    """Control: markup that reaches the page as markup breaks its rules, and a call elsewhere is seen."""
    watch = Watch(page)
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    page.evaluate(
        "try { document.querySelector('main').innerHTML = '<b>x</b>' } catch (error) { console.error(String(error)) }"
    )
    page.evaluate("fetch('http://127.0.0.1:9/?x').catch(() => 0)")
    page.wait_for_timeout(100)

    assert any(line.startswith("policy") for line in watch.problems)


@pytest.mark.parametrize("why", ["another key", "damaged", "no report"])
def test_what_does_not_open_is_said_and_nothing_of_it_is_shown(
    page: Page, server: DeskServer, key: Path, why: str
) -> None:
    """Three kinds of refusal, each in a sentence with a way on."""
    from storage.crypto.age.hybrid import HybridIdentity
    from storage.crypto.sealing import seal_report

    others = [HybridIdentity.parse(keys("OFF-ASG")[0][index]).recipient().text() for index in (0, 1)]
    content = {
        "another key": seal_report(b'{"summary": "x"}', others),
        "damaged": sealed(report_of())[:-40] + bytes(40),
        "no report": sealed(report_of()),
    }[why]
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = content
    if why == "no report":
        server.answers[f"GET cases/{BLUE}"] = case_of(blobs=[])
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    page.keyboard.press("e")

    words = {
        "another key": "Your key does not open this.",
        "damaged": "This file is damaged",
        "no report": "There is no report here",
    }[why]
    page.get_by_text(words).wait_for()
    assert page.locator("#wanted").count() == 0


def attach(server: DeskServer, content: bytes, name: str, kind: str, **changes: Any) -> None:  # noqa: ANN401 - parts of the entry
    """Give the report of the blue heron one sealed file."""
    identity = generate_identity(bytes(32)).text()
    sink = BytesIO()
    seal_file(BytesIO(content), sink, identity, len(content))
    entry = {
        "name": name,
        "type": kind,
        "size": len(content),
        "digest": sha256(content).hexdigest(),
        "sealed": "f1",
    } | changes
    server.show([case_of(files=[{"name": "f1", "size": len(sink.getvalue())}])])
    server.answers[f"GET cases/{BLUE}/files/f1"] = sink.getvalue()
    server.answers[f"GET cases/{BLUE}/blobs/report/1"] = sealed(report_of(attachments=[entry], file_identity=identity))


def open_files(page: Page, server: DeskServer, key: Path) -> None:
    page.add_init_script("delete window.showSaveFilePicker")
    page.goto(server.url())
    page.get_by_text("blue heron").wait_for()
    load_key(page, key)
    open_blue(page)
    page.keyboard.press("e")
    page.locator("#files").wait_for()


def test_a_picture_is_drawn_anew_in_a_frame_without_origin(
    page: Page, server: DeskServer, key: Path, examples: Path
) -> None:
    """What is saved as a clean copy are the pixels, no byte of the file; the frame has no cookie and no connection."""
    content = (examples / "files" / "screenshot.png").read_bytes()
    attach(server, content + b"GPS 46.2 6.1", "photo.png", "image/png")
    open_files(page, server, key)
    page.get_by_role("button", name="Look").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a clean copy").click()

    saved = download.value.path().read_bytes()
    assert saved.startswith(b"\x89PNG")
    assert b"GPS" not in saved
    frame = next(frame for frame in page.frames if frame.url.endswith("picture.html"))
    assert frame.evaluate("[self.origin, document.querySelectorAll('canvas').length]") == ["null", 1]
    assert frame.evaluate("fetch('/api/session').then(() => 'came', () => 'refused')") == "refused"


def test_a_file_is_saved_as_it_was_sent_after_a_warning(page: Page, server: DeskServer, key: Path) -> None:
    """The padding is gone, the bytes are the person's."""
    content = bytes(range(256)) * 5000
    attach(server, content, "letter.pdf", "application/pdf")
    open_files(page, server, key)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("It comes from outside and may harm your computer").wait_for()
    with page.expect_download() as download:
        page.locator("dialog").get_by_role("button", name="Save", exact=True).click()

    assert download.value.suggested_filename == "letter.pdf"
    assert download.value.path().read_bytes() == content


def test_a_file_that_is_not_the_one_of_the_report_is_not_saved(page: Page, server: DeskServer, key: Path) -> None:
    """The report says its SHA-256; another file is refused."""
    attach(server, b"other words", "letter.pdf", "application/pdf", digest="0" * 64)
    open_files(page, server, key)
    saved: list[object] = []
    page.on("download", lambda download: saved.append(download))  # noqa: PLW0108 - Playwright marks what it is given; a builtin takes no mark
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("dialog").get_by_role("button", name="Save", exact=True).click()

    page.get_by_text("This file is damaged").wait_for()
    assert saved == []


def test_a_name_that_deceives_is_marked(page: Page, server: DeskServer, key: Path) -> None:
    """A file that reads as a picture and is a program is called out."""
    attach(server, b"MZ", "holiday\u202egpj.exe", "application/octet-stream")
    open_files(page, server, key)

    page.get_by_text("The name mixes alphabets or hides characters").wait_for()
    page.get_by_text("holiday⟨U+202E⟩gpj.exe").first.wait_for()
    assert "\u202e" not in page.locator("body").inner_text()
