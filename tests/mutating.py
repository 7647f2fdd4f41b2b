"""Try every mutant of one module: `python -m tests.mutating dialogs/gate.py tests/dialogs/test_gate.py …`.

It prints one line (JSON) for each mutant: line, what was changed, and whether a test noticed. Tests are collected and
run once; a mutant is put into a fork of that process, and only the tests that reached its statement (of a constant:
all) are run, the fastest first. Where none notices that a constant is another, its module is imported anew,
in a fork of a process that has imported nothing of ours yet. Nothing is ever written to a source file.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import signal
import sys
import threading
import time
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from _typeshed import TraceFunction

TIMEOUT: Final = 60
"""Seconds: a mutant that makes the tests run longer was noticed."""
QUIET: Final = (
    "-q", "-x", "-n", "0", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider", "-m", "not postgres and not proof",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip


CONSTANTS: Final = (str, bytes, int, tuple, list, dict, set, frozenset)


def in_fork(work: Callable[[], bool]) -> bool:
    """Return whether `work` was true in a fork; also when it took too long or died."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(TIMEOUT)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            noticed = work()
        except BaseException:  # noqa: BLE001 - whatever a mutant raises was noticed
            noticed = True
        os._exit(int(noticed))
    return os.waitpid(pid, 0)[1] != 0


class Trier:
    """A plugin of pytest that runs the tests once and then again for each mutant of a function."""

    def __init__(self, path: Path, report: Callable[[int, bool], None]) -> None:
        self.path, self.report = path, report
        self.lines: dict[pytest.Item, set[int]] = {}
        self.took: dict[pytest.Item, float] = {}
        self.functions: list[FunctionType] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as they are, then try the mutants."""
        for item in session.items:
            self.lines[item] = set()
            self._watch(item)
            started = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            self.took[item] = time.perf_counter() - started
            self._watch(None)
        functions = [found for found in gc.get_objects() if isinstance(found, FunctionType)]
        self.functions = [found for found in functions if found.__code__.co_filename == str(self.path)]
        gc.freeze()
        gc.disable()  # a fork that collects would copy all memory
        if session.testsfailed:
            raise pytest.UsageError("the tests fail without any mutant")
        found = mutants(ast.parse(self.path.read_text("utf-8")))
        for index, mutant in sorted(enumerate(found), key=lambda each: not each[1].in_function):
            self.report(index, in_fork(partial(self._noticed, session, index, mutant)))
        return True

    def _watch(self, item: pytest.Item | None) -> None:
        name = str(self.path)

        def enter(frame: FrameType, _event: str, _value: object) -> TraceFunction | None:
            if frame.f_code.co_filename != name or item is None:
                return None
            seen = self.lines[item]

            def step(frame: FrameType, _event: str, _value: object) -> TraceFunction:
                seen.add(frame.f_lineno)
                return step

            return step(frame, "", None)

        sys.settrace(enter if item else None)
        threading.settrace(enter if item else None)

    def _noticed(self, session: pytest.Session, index: int, mutant: Mutant) -> bool:
        lines = set(range(mutant.first, mutant.last + 1))
        reached = [item for item, seen in self.lines.items() if seen & lines or not mutant.in_function]
        put_in(self.path, index, self.functions)
        for item in sorted(reached, key=lambda item: self.took[item]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.testsfailed:
                return True
        return False


def changed(path: Path, index: int) -> CodeType:
    """Return the code of the module with this mutant."""
    tree = ast.parse(path.read_text("utf-8"))
    mutants(tree)[index].make()
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


def put_in(path: Path, index: int, functions: Sequence[FunctionType]) -> None:
    """Give the functions and constants of the module, wherever they are used, the code and value of this mutant."""
    module = changed(path, index)
    new = {(code.co_qualname, code.co_firstlineno): code for code in _codes(module)}
    for function in functions:
        function.__code__ = new[function.__code__.co_qualname, function.__code__.co_firstlineno]
    loaded = next(found for found in list(sys.modules.values()) if getattr(found, "__file__", None) == str(path))
    namespace = {"__name__": loaded.__name__}
    exec(module, namespace)  # noqa: S102 - our own source, changed in one place
    for name, old in list(vars(loaded).items()):
        if isinstance(old, CONSTANTS) and not name.startswith("__") and namespace[name] != old:
            for other in [found for found in list(sys.modules.values()) if vars(found).get(name) is old]:
                setattr(other, name, namespace[name])


def _codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes(inner)


def noticed_at_import(path: Path, index: int, tests: Sequence[str]) -> bool:
    """Return whether the tests notice a mutant that takes effect when its module is imported."""
    get_code = SourceFileLoader.get_code

    def instead(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return changed(path, index) if Path(self.path) == path else get_code(self, fullname)

    SourceFileLoader.get_code = instead  # type: ignore[method-assign,assignment] # for this fork alone
    return pytest.main([*QUIET, *tests]) != 0


def main(module: str, tests: Sequence[str]) -> int:
    """Print what became of each mutant; return the exit code."""
    path = Path(module).resolve()
    settings.register_profile(
        "mutating", deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    settings.load_profile("mutating")

    found = mutants(ast.parse(path.read_text("utf-8")))
    reading, writing = os.pipe()
    if os.fork() == 0:
        with os.fdopen(writing, "w", buffering=1) as pipe:
            os.dup2(2, 1)
            os._exit(pytest.main([*QUIET, *tests], plugins=[Trier(path, lambda *tried: print(*tried, file=pipe))]))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        for index, noticed in map(str.split, pipe):
            mutant = found[int(index)]
            seen = noticed == "True" or (
                not mutant.in_function and in_fork(partial(noticed_at_import, path, int(index), tests))
            )
            print(json.dumps({"line": mutant.first, "what": mutant.what, "noticed": seen}), flush=True)
    return os.waitstatus_to_exitcode(os.wait()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
