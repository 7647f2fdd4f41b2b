"""Every library has a reason, is locked by hash, and is used where its row says."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest

from tests.architecture.sources import PACKAGES, imported_modules, python_files, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = r"[a-zA-Z0-9._-]+(?:\[[^\]]+\])?"
"""A distribution in a lock file, with its extras."""

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")


def normal(name: str) -> str:
    """Return the name as packaging compares names: lower case, one dash."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None, requirement
    return normal(match[0])


def project() -> dict[str, Any]:
    return tomllib.loads(text_of("pyproject.toml"))


def declared() -> dict[str, set[str]]:
    tables = project()
    return {
        "To run": {name_of(line) for line in tables["project"]["dependencies"]},
        "To develop": {
            name_of(line)
            for group in tables["dependency-groups"].values()
            for line in group
            if isinstance(line, str)  # the others include a group
        },
    }


def rows(text: str, heading: str) -> dict[str, list[str]]:
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return {normal(row[0]): row for row in cells[2:]}


def locked(lock: str) -> dict[str, int]:
    """Return the names a lock file pins, with the number of their hashes."""
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", "\n" + text_of(lock))
    return {name_of(block): block.count("--hash=sha256:") for block in blocks if re.match(f"{NAME}==", block)}


def metadata_of(name: str) -> list[str]:
    """Return what a distribution requires; nothing where it is not for this platform."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def extras_of(requirements: Iterable[str]) -> set[tuple[str, str]]:
    """Return (name, extra) of those that ask for an extra and are not themselves part of one."""
    found = (re.match(r"([a-zA-Z0-9._-]+)\[([^\]]+)\]", line) for line in requirements if "extra ==" not in line)
    return {(normal(one[1]), extra.strip()) for one in found if one is not None for extra in one[2].split(",")}


def imports_of_others() -> set[str]:
    found = set().union(*(imported_modules(text_of(name)) for name in python_files(*PACKAGES)))
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


@cache
def distributions_of_modules() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())  # it reads the list of files of every package


def distributions(module: str) -> set[str]:
    return {normal(name) for name in distributions_of_modules().get(module, [])}


@pytest.mark.parametrize("heading", ["To run", "To develop"])
def test_the_page_lists_exactly_the_direct_dependencies(heading: str) -> None:
    """docs/dependencies.md and pyproject.toml name the same libraries."""
    assert set(rows(text_of("docs/dependencies.md"), heading)) == declared()[heading]


def test_every_library_to_run_has_a_job_a_reason_and_a_place() -> None:
    """A row with an empty cell is not a reason."""
    table = rows(text_of("docs/dependencies.md"), "To run")

    assert [name for name, row in table.items() if len(row) != 4 or not all(row)] == []


def test_every_import_of_another_library_is_a_direct_dependency() -> None:
    """What is imported is declared; nothing is used because something else happens to bring it along."""
    wanted = declared()["To run"]
    undeclared = {module for module in imports_of_others() if not distributions(module) & wanted}

    assert undeclared - {"_typeshed"} == set()  # names of types that only mypy reads


def test_a_library_that_nothing_imports_is_marked_so() -> None:
    """The page says `not yet imported` of exactly those libraries that are not; drivers are loaded by name."""
    imported = set().union(*(distributions(module) for module in imports_of_others()))
    table = rows(text_of("docs/dependencies.md"), "To run")
    idle = {name for name, row in table.items() if name not in imported and not row[3].startswith("through")}

    assert idle == {name for name, row in table.items() if "not yet imported" in row[3]}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock: str) -> None:
    """Nothing can be installed that was not seen when the lock was written."""
    pinned = locked(lock)

    assert pinned
    assert [name for name, hashes in pinned.items() if hashes == 0] == []


def test_the_locks_hold_what_is_declared() -> None:
    """The lock files pin every direct dependency, and the largest one contains the others."""
    run, everything, build = (locked(lock) for lock in LOCKS)

    assert declared()["To run"] <= set(run)
    assert declared()["To develop"] | set(run) | set(build) <= set(everything)


def test_all_locks_pin_the_same_versions() -> None:
    """What is tested is what runs."""
    pins = [set(re.findall(rf"^({NAME}==[^ \\]+)", text_of(lock), flags=re.MULTILINE)) for lock in LOCKS]

    assert (pins[0] | pins[2]) - pins[1] == set()


def test_the_locks_name_the_extras_that_are_asked_for() -> None:
    """Without its extra a line does not count for pip, which then looks for the newest release and refuses it."""
    asked = extras_of(line for name in locked("requirements-dev.lock") for line in metadata_of(name))
    named = extras_of(text_of("requirements-dev.lock").splitlines())

    assert ("coverage", "toml") in asked
    assert asked <= named


def test_a_missing_row_would_be_found() -> None:
    """Control: the table is really read, cell by cell."""
    page = "## To run\n\n| L | J |\n|---|---|\n| fluent.runtime | texts |\n\n## To develop\n"

    assert rows(page, "To run") == {"fluent-runtime": ["fluent.runtime", "texts"]}
