"""What the docs point to exists."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT, project_files, text_of

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]+)")


def dangling(name: str, text: str) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    targets = [link.split("#")[0] for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    return [f"{name}: {target}" for target in targets if target and not ((ROOT / name).parent / target).exists()]


def pages() -> list[str]:
    return [name for name in project_files() if name.endswith(".md")]


def test_no_relative_link_of_a_page_is_dangling() -> None:
    """A reader who follows a link arrives."""
    assert [found for name in pages() for found in dangling(name, text_of(name))] == []


def test_a_dangling_link_would_be_found() -> None:
    """Control: a link to nothing is reported, links to others and to headings are not."""
    text = "[a](docs/nothing.md) [b](https://example.org) [c](#heading) [d](LICENSE)"

    assert dangling("README.md", text) == ["README.md: docs/nothing.md"]


def test_every_make_command_in_the_pages_exists() -> None:
    """`make x` in README or CONTRIBUTING is a target of the Makefile, with a line in `make help`."""
    offered = set(re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), flags=re.MULTILINE))
    named = {
        target
        for page in ("README.md", "CONTRIBUTING.md", "docs/dependencies.md")
        for line in re.findall(r"`[^`]+`|^    .+$", text_of(page), flags=re.MULTILINE)
        for target in TARGET.findall(line)
    }

    assert named
    assert named - offered == set()


def test_every_decision_is_listed_and_has_the_four_parts() -> None:
    """A decision says status, context, decision and consequences, and stands in the list."""
    index = text_of("docs/adr/README.md")
    decisions = [name for name in project_files() if re.match(r"docs/adr/\d{4}-", name)]
    parts = ("Status: ", "## Context", "## Decision", "## Consequences")

    assert decisions
    assert [name for name in decisions if name.rsplit("/", maxsplit=1)[1] not in index] == []
    assert [name for name in decisions if not all(part in text_of(name) for part in parts)] == []
