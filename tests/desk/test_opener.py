"""The offline opener: one file that opens a sealed report from the disk, and lets nothing leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.crypto.age.identity_file import protect
from tests.desk.watching import Watch, violations
from tests.fakes.desk_server import STATIC, keys, report_of, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_opens_a_report_from_the_disk_and_nothing_leaves(page: Page, tmp_path: Path) -> None:
    """A key with a passphrase, no server, no request but the page itself, and not even a script could make one."""
    (tmp_path / "case.age").write_bytes(sealed(report_of()))
    (tmp_path / "office.key").write_bytes(protect(keys()[0][0].encode(), "correct horse", work_factor=10))
    watch = Watch(page)
    page.goto((STATIC / "offline-opener.html").as_uri())
    page.get_by_label("Sealed file (.age)").set_input_files(tmp_path / "case.age")
    page.get_by_label("Key file", exact=True).set_input_files(tmp_path / "office.key")
    page.get_by_label("Passphrase").fill("correct horse")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_text("Advice on how to be safer").wait_for()

    assert violations(page) == []
    assert [url for _method, url, _body in watch.requests if not url.startswith("file:///")] == []
    assert page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'came', () => 'refused')") == "refused"
    assert any("Content Security Policy" in line for line in watch.problems)


def test_it_is_one_file() -> None:
    """Nothing is fetched: script and style stand inside, and the page's own rules allow exactly those."""
    page = (STATIC / "offline-opener.html").read_text(encoding="utf-8")

    assert "default-src 'none'" in page
    assert not any(part in page.split("<script", 1)[0] for part in ("href=", "src=", "connect-src"))
