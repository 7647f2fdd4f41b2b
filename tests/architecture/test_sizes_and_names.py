"""Files and functions stay short enough to be read in one sitting, and are named by what they hold."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import PACKAGES, ROOT, functions, python_files, text_of

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

LONGER_FILES: dict[str, int] = {}
"""Files allowed to be longer, with the most they may have. This list may only shrink."""

LONGER_FUNCTIONS: dict[str, int] = {}
"""Functions allowed to be longer, as `path::name`. This list may only shrink."""

NAMES_THAT_SAY_NOTHING = {
    "base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
}  # fmt: skip

CLASSES_THAT_SAY_NOTHING = re.compile(r"(?:Manager|Helpers?|Utils?|Misc)$")


def file_lengths() -> dict[str, int]:
    return {name: len(text_of(name).splitlines()) for name in python_files(*PACKAGES, "benchmarks")}


def function_lengths() -> dict[str, int]:
    found: dict[str, int] = {}
    for name in python_files(*PACKAGES, "benchmarks"):
        for function, lines in functions(text_of(name)):
            key = f"{name}::{function}"
            found[key] = max(lines, found.get(key, 0))
    return found


def too_long(lengths: dict[str, int], limit: int, exempt: dict[str, int]) -> list[str]:
    return [f"{name}: {lines} lines" for name, lines in sorted(lengths.items()) if lines > exempt.get(name, limit)]


def says_nothing(path: str) -> bool:
    return any(part.removesuffix(".py").strip("_") in NAMES_THAT_SAY_NOTHING for part in path.split("/"))


def test_there_is_something_to_measure() -> None:
    """The five packages hold Python files with functions, so the tests below measure something."""
    assert {name.split("/")[0] for name in file_lengths()} >= set(PACKAGES)

    assert function_lengths()


def test_no_file_is_longer_than_400_lines() -> None:
    """A file that grows past 400 lines holds two things."""
    assert too_long(file_lengths(), MAX_FILE_LINES, LONGER_FILES) == []


def test_no_function_is_longer_than_60_lines() -> None:
    """A function that grows past 60 lines does two things."""
    assert too_long(function_lengths(), MAX_FUNCTION_LINES, LONGER_FUNCTIONS) == []


def test_the_exemptions_only_shrink() -> None:
    """An exemption that is no longer needed, or wider than needed, has to go."""
    measured = file_lengths() | function_lengths()
    stale = [name for name, lines in (LONGER_FILES | LONGER_FUNCTIONS).items() if measured.get(name) != lines]

    assert stale == []


def test_a_long_function_would_be_found() -> None:
    """Control: 61 lines are counted as 61, and reported."""
    source = "def long() -> None:\n" + "    pass\n" * 60

    assert dict(functions(source)) == {"long": 61}
    assert too_long({"x.py::long": 61}, MAX_FUNCTION_LINES, {}) == ["x.py::long: 61 lines"]


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    """No utils, helpers, common, manager, misc or base, in the packages or in the tests."""
    assert [name for name in python_files(*PACKAGES, "tests", "benchmarks") if says_nothing(name)] == []


def test_no_class_has_a_name_that_says_nothing() -> None:
    """No class is called SomethingManager, SomethingHelper or SomethingUtils."""
    named = [
        f"{name}: {node.name}"
        for name in python_files(*PACKAGES)
        for node in ast.walk(ast.parse(text_of(name)))
        if isinstance(node, ast.ClassDef) and CLASSES_THAT_SAY_NOTHING.search(node.name)
    ]

    assert named == []


def test_a_name_that_says_nothing_would_be_found() -> None:
    """Control: the names are found as file, as folder and as private file, and not inside longer names."""
    assert says_nothing("storage/utils.py")
    assert says_nothing("bot/common/web.py")
    assert says_nothing("bot/_base.py")
    assert not says_nothing("storage/baseline.py")
    assert CLASSES_THAT_SAY_NOTHING.search("KeyManager")


def test_importable_code_lives_in_the_five_packages_only() -> None:
    """Nothing else at the top level can be imported, but the tests and the benchmarks."""
    with_code = {name.split("/")[0] for name in python_files(*(p.name for p in ROOT.iterdir() if p.is_dir()))}

    assert with_code <= {*PACKAGES, "tests", "benchmarks", "docs"}
