"""What is installed is the five packages with all their data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from tests.architecture.sources import PACKAGES, ROOT, project_files

if TYPE_CHECKING:
    from pathlib import Path

PAGE_SOURCES = "bot/desk/web/"
"""What Vite builds into bot/desk/static; only the result is shipped."""


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(tmp_path: Path) -> None:
    """Policy, texts, migrations, schemas and the built pages of the desk travel with the code."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("leeward-*.whl")

    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]

    ours = {name for name in project_files() if name.split("/")[0] in PACKAGES and not name.startswith(PAGE_SOURCES)}
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "bot/desk/static").rglob("*") if path.is_file()}
    assert pages >= {"bot/desk/static/index.html", "bot/desk/static/offline-opener.html"}
    assert ours | pages == held
    assert len(licences) == 1
