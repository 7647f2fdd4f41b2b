"""Who may import whom: the contracts of pyproject.toml hold, and each of them would notice a breach."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

SEEDS = {
    "Dependencies point inwards": {"dialogs/breach_layers.py": "import handlers"},
    "dialogs is sans-I/O": {"dialogs/breach_io.py": "import socket"},
    "handlers does no I/O of its own": {"handlers/breach_io.py": "import asyncio"},
    "storage sees neither configuration nor edges": {"storage/breach_config.py": "import config"},
    "config builds values of dialogs and knows nothing else of ours": {"config/breach_ours.py": "import handlers"},
    "Channels do not know each other": {"bot/signal/breach_other.py": "import bot.telegram"},
    "transitions is a detail of one module": {"dialogs/breach_machine.py": "import transitions"},
    "SQLAlchemy stays in storage": {"handlers/breach_sql.py": "import sqlalchemy"},
    "Cryptography stays in storage.crypto": {"storage/breach_crypto.py": "import cryptography"},
    "signalbot stays in bot.signal": {"bot/breach_signal.py": "import signalbot"},
    "No cycles between siblings": {
        "dialogs/breach_egg.py": "import dialogs.breach_hen",
        "dialogs/breach_hen.py": "import dialogs.breach_egg",
    },
}
"""For every contract, files that break it."""


def run_lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo", "--config", folder / "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def verdicts(output: str) -> dict[str, str]:
    return dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", output, flags=re.MULTILINE))


def contract_names() -> list[str]:
    block = re.compile(r'^\[\[tool\.importlinter\.contracts\]\]\nname = "(.+)"$', flags=re.MULTILINE)
    return block.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_all_import_contracts_are_kept() -> None:
    """Imports point down only, and every library stays in its place."""
    result = run_lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert verdicts(result.stdout) == dict.fromkeys(contract_names(), "KEPT")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the verdicts on a copy of the house in which every contract is broken on purpose."""
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for files in SEEDS.values():
        for name, line in files.items():
            if (copy / name).parent.is_dir():
                (copy / name).write_text(f'"""A breach."""\n\n{line}\n', encoding="utf-8")
    return verdicts(run_lint_imports(copy).stdout)


def test_every_contract_has_a_breach_here_and_no_breach_is_of_none() -> None:
    """A contract that is renamed or taken away is noticed."""
    assert set(SEEDS) == set(contract_names())


@pytest.mark.parametrize("contract", contract_names())
def test_every_contract_notices_a_breach(contract: str, broken: dict[str, str]) -> None:
    """Control: a file that breaks the contract is reported."""
    assert broken[contract] == "BROKEN"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_are_ours(package: str) -> None:
    """`config`, `bot` and the others are common names; what is imported is what stands here."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__) == ROOT / package / "__init__.py"
