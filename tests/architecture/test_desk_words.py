"""The pages of the desk have words for every code the program writes down."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT

ACTS = (r'did\(\s*"([a-z-]+)"', r'_save\(book, "([a-z-]+)"', r'"duty", officer\.office, "([a-z-]+)"')
ALERTS = r'\blog\(work, alert, "([a-z]+)"'


def test_every_act_of_the_audit_log_has_words() -> None:
    """Who reads the log, or the history of a case, sees no code."""
    code = "\n".join(path.read_text() for part in ("handlers", "bot") for path in (ROOT / part).rglob("*.py"))
    acts = {act for pattern in ACTS for act in re.findall(pattern, code)}
    acts |= {f"alert-{act}" for act in re.findall(ALERTS, code)}
    words = (ROOT / "bot" / "desk" / "web" / "src" / "words.ts").read_text()
    said = re.search(r"^  acts: \{(.*?)\} as", words, re.DOTALL | re.MULTILINE)
    assert said is not None
    named = {quoted or bare for quoted, bare in re.findall(r'(?:"([a-z-]+)"|\b([a-z]+)): "', said[1])}

    assert {"own", "share", "alert-told", "duty-on"} <= acts
    assert acts - named == set()
