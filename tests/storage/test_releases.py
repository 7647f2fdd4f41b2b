"""Releases as files: written once, for their owner alone, and never made anew."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.trends import load_trends
from dialogs.replace import replace
from dialogs.trend_plan import Period
from dialogs.trends import Release, release_of
from storage import schema
from storage.operations import backup, restore
from storage.releases import FOLDER, ReleaseBroken, ReleaseFiles
from storage.store import make_engine, sqlite_url


@pytest.fixture
def release() -> Release:
    """A release of nothing."""
    return release_of(load_trends(None)[0], Period(2026), [], "2026-05-02")


def test_a_release_is_read_as_it_was_kept(tmp_path: Path, release: Release) -> None:
    """In a file that its owner alone may read."""
    files = ReleaseFiles(tmp_path / FOLDER)
    kept = files.keep(release)
    (path,) = (tmp_path / FOLDER).iterdir()

    assert kept == files.of(2026) == release
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("2026.json", 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_first_release_of_a_year_stays(tmp_path: Path, release: Release) -> None:
    """Whoever comes second gets the first."""
    files = ReleaseFiles(tmp_path / FOLDER)
    files.keep(release)

    assert files.keep(replace(release, made_on="2026-06-01")) == release
    assert files.of(2027) is None


def test_what_was_half_written_when_the_power_went_is_no_release(tmp_path: Path, release: Release) -> None:
    """It is written beside its place and put there whole."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "2026.json.part").write_bytes(b'{"schema":')
    files = ReleaseFiles(folder)

    assert files.of(2026) is None
    assert files.keep(release) == release
    assert [path.name for path in folder.iterdir()] == ["2026.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"year": "x"}'])
def test_a_broken_release_is_not_made_anew(tmp_path: Path, release: Release, content: bytes) -> None:
    """Another one could be subtracted from what was printed."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "2026.json").write_bytes(content)
    files = ReleaseFiles(tmp_path / FOLDER)

    with pytest.raises(ReleaseBroken, match=r"backup.*2026\.json"):
        files.of(2026)
    with pytest.raises(ReleaseBroken):
        files.keep(release)


def test_releases_go_along_in_a_backup(tmp_path: Path, release: Release) -> None:
    """What was published once is printed again by the installation that was put back."""
    home, copy, again = (tmp_path / name for name in ("home", "copy", "again"))
    ReleaseFiles(home / FOLDER).keep(release)
    engine = make_engine(sqlite_url(home))
    schema.upgrade(engine)
    engine.dispose()
    backup(home, copy, "pin")
    restore(copy, again)

    assert ReleaseFiles(again / FOLDER).of(2026) == release
