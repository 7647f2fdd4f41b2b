"""A rule may be suppressed for one line, with a reason that a reader can weigh."""

from __future__ import annotations

import io
import re
import tokenize

from tests.architecture.sources import PACKAGES, python_files, text_of

SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover|nosec|fmt:\s*off)", re.IGNORECASE)
WITHOUT_REASON = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w, -]+\])?"
    r"|pragma:\s*no cover|nosec|fmt:\s*off)\W*",
    re.IGNORECASE,
)
MIN_REASON_CHARS = 10


def unexplained(source: str) -> list[int]:
    """Return the lines whose suppression has no reason behind it and no comment above it."""
    lines = source.splitlines()
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not SUPPRESSION.search(token.string):
            continue
        above = lines[token.start[0] - 2].strip() if token.start[0] > 1 else ""
        reason = WITHOUT_REASON.sub("", token.string).strip(" #-:")
        if len(reason) < MIN_REASON_CHARS and not above.startswith("#"):
            found.append(token.start[0])
    return found


def test_every_suppression_has_a_reason() -> None:
    """In the line itself, or in a comment above it."""
    assert [f"{name}:{n}" for name in python_files(*PACKAGES) for n in unexplained(text_of(name))] == []


def test_a_bare_suppression_would_be_found() -> None:
    """Control: bare ones are found, explained ones are not."""
    assert unexplained("import os  # noqa: F401\n") == [1]
    assert unexplained("x = y  # type: ignore[attr-defined]\n") == [1]
    assert unexplained("import os  # noqa: F401 - kept for its side effect\n") == []
    assert unexplained("# The library ships no types for this call.\nx = y  # type: ignore[attr-defined]\n") == []
