"""The drill: a night apart from everything real, scored against the target."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.commands.drill import Night, drill
from bot.commands.failure import Refused

ROSTER = """
people:
  - {id: amina, office: OFF-EML, roles: [operator], channels: [{channel: signal, address: aci-amina}]}
  - {id: boris, office: OFF-EML, roles: [operator], channels: [{channel: signal, address: aci-boris}]}
shifts:
  - {office: OFF-EML, role: operator, people: [amina, boris]}
ladders:
  L1: {repeat: 2, rungs: [{after: 0, role: operator}, {after: 10, role: operator}]}
  L2: {repeat: 30, rungs: [{after: 0, role: operator}]}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that has a roster and something that looks like a database."""
    monkeypatch.setenv("LEEWARD_HOME", str(tmp_path))
    (tmp_path / "roster.yaml").write_text(ROSTER)
    (tmp_path / "leeward.db").write_bytes(b"real")
    return tmp_path


def test_a_night_is_played_and_scored_and_nothing_is_left_of_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed is the same night; the real database is not touched."""
    (home / "drill").mkdir()
    (home / "drill" / "left behind").write_text("by a drill that was killed")
    code = drill(Night(3, 1.0, 2.0, 0.0, seed=1), as_json=True)
    result = json.loads(capsys.readouterr().out)

    assert code == 0
    assert (result["alerts"], result["owned"], result["owned_within_target"], result["target_minutes"]) == (3, 3, 3, 10)
    assert {score["owner"] for score in result["scores"]} <= {"amina", "boris"}
    assert all(score["told_minutes"] == 0 for score in result["scores"])
    assert sorted(path.name for path in home.iterdir()) == ["leeward.db", "roster.yaml"]
    assert (home / "leeward.db").read_bytes() == b"real"


def test_a_desk_that_sleeps_is_found_out(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody answers: never owned, everybody told, and the exit code says so."""
    assert drill(Night(1, 0.2, 2.0, 1.0, seed=1), as_json=False) == 1
    said = capsys.readouterr().out
    assert "never" in said
    assert "1 alerts: 0 owned, 0 within 10 min" in said
    assert not (home / "drill").exists()


def test_a_roster_that_names_nobody_is_refused(home: Path) -> None:
    """With what to do."""
    (home / "roster.yaml").write_text("people: []\n")
    with pytest.raises(Refused, match="add people"):
        drill(Night(1, 1.0, 2.0, 0.0, seed=1), as_json=True)
    (home / "roster.yaml").unlink()
    with pytest.raises(Refused, match="is missing"):
        drill(Night(1, 1.0, 2.0, 0.0, seed=1), as_json=True)
