"""The page of the practice phone: whole, from this machine alone, and its words in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.practice import phone as phone_module
from bot.practice.phone import PAGE
from tests.bot.practice.phones import Chat


def test_the_page_has_its_parts_and_says_practice(chat: Chat) -> None:
    """Every file it names is served, with its type."""
    page = chat.client.get("/")
    named = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<strong>PRACTICE.</strong> Nothing here is real, nobody is told." in page.text
    assert named == {f"/static/{path.name}" for path in PAGE.iterdir() if path.suffix != ".html"}
    assert {chat.client.get(path).status_code for path in named} == {200}
    assert chat.client.get("/static/phone.js").headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/static/../phone.py", "/static/%2e%2e%2fphone.py", "/static/phone.py", "/static/"])
def test_nothing_else_of_this_machine_is_served(guarded: Chat, path: str) -> None:
    """The five files are read once, at the beginning."""
    assert guarded.client.get(path).status_code == 404


def test_the_page_brings_nothing_from_elsewhere_and_nothing_inline() -> None:
    """No address of another machine, no style or script between the lines, no HTML made of strings."""
    page = {path.name: path.read_text(encoding="utf-8") for path in PAGE.iterdir()}
    outside = re.compile(r"https?://(?!www\.w3\.org/2000/svg)")

    assert [name for name, text in page.items() if outside.search(text)] == []
    assert re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page["index.html"]) is None
    assert (
        re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|\.cookie|Storage", page["phone.js"])
        is None
    )


def test_the_script_names_only_words_of_the_page() -> None:
    """Whoever translates the page translates index.html alone."""
    page, script = ((PAGE / name).read_text(encoding="utf-8") for name in ("index.html", "phone.js"))
    offered = set(re.findall(r'data-word="([^"]+)"', page))
    refusals = set(re.findall(r'(?:_refusal|HTTPException)\(\d+, "(\w+)"\)', Path(phone_module.__file__).read_text()))

    assert set(re.findall(r'\bword\("([^"]+)"\)', script)) <= offered
    assert {
        f"error-{reason}" for reason in ("storage", "size", "shape", "key", "missing", "offline", "other")
    } <= offered
    assert {"storage", "size", "shape", "key", "missing"} <= refusals
