"""Files speak of the project alone: no registry host, no path of a machine, no word about how they were made."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import project_files, text_of

HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|deb\.debian\.org|crates\.io|proxy\.golang\.org"
    r"|(?<![\w-])--(?:extra-)?index-url|(?<![\w-])--find-links|\"resolved\": \"",
    re.IGNORECASE,
)
PATHS = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users|opt/(?:wheels|pypi)|tmp/pytest)(?:/|\b(?![\w-]))")
WORDS = re.compile(
    r"\b(?:workplace|sub-?agents?|chat ?gpt|claude|copilot|openai|anthropic|large language models?|llms?|as an ai"
    r"|ai[- ](?:generated|written)|(?:this|the previous|my) session|the brief|founder-engineer|other engineers)\b",
    re.IGNORECASE,
)
PROSE = (".md", ".mmd", ".yaml", ".yml", ".toml", ".ftl", ".py", ".txt")
THIS_FILE = "tests/architecture/test_files_say_nothing.py"


def matches(pattern: re.Pattern[str], names: tuple[str, ...]) -> list[str]:
    return [
        f"{name}:{number}: {found[0]}"
        for name in names
        if name != THIS_FILE
        for number, line in enumerate(text_of(name).splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_an_index_or_a_registry() -> None:
    """Where packages come from is the business of whoever installs."""
    assert matches(HOSTS, project_files()) == []


def test_no_file_names_a_path_of_somebody_s_machine() -> None:
    """A path that exists on one machine only has no place in the project."""
    assert matches(PATHS, project_files()) == []


def test_no_text_speaks_of_how_it_was_made() -> None:
    """Docs, texts and comments speak of Leeward."""
    assert matches(WORDS, tuple(name for name in project_files() if name.endswith(PROSE))) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (HOSTS, "--index-url https://example.org/simple"),
        (HOSTS, '      "resolved": "https://example.org/left-pad.tgz"'),
        (HOSTS, "https://files.pythonhosted.org/packages/x.whl"),
        (PATHS, "see /root/.cache/x"),
        (PATHS, "open('/home/mina/report.txt')"),
        (WORDS, "Written by ChatGPT"),
        (WORDS, "as decided in the previous session"),
    ],
)
def test_each_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    """Control: the patterns match what they are for."""
    assert pattern.search(line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (HOSTS, "uv pip compile --no-emit-index-url --no-emit-find-links"),
        (PATHS, "tmpfs: [/tmp]"),
        (PATHS, "/srv/leeward/bin/leeward"),
        (PATHS, "docs/work/home/x"),
        (WORDS, "the session of the Human Rights Council"),
    ],
)
def test_ordinary_lines_pass(pattern: re.Pattern[str], line: str) -> None:
    """Control: the patterns leave alone what is ours."""
    assert not pattern.search(line)
