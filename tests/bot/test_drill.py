"""The drill: a night apart from everything real, scored against the target."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands import drill_night
from bot.commands.drill import drill
from bot.commands.drill_night import Night
from bot.commands.failure import Refused
from bot.directory_files import example_offices, write_directory

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

OFFICE = """  - {id: chen, office: OFF-TRB-PET, roles: [first-respondent], channels: [{channel: signal, address: aci-chen}]}
shifts:
  - {office: OFF-TRB-PET, role: first-respondent, people: [chen]}
""".rstrip()
DIGEST = """
digest: {at: ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]}
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
    level = result["levels"]["L1"]
    assert (result["cases"], result["rostered"], result["late"]) == (3, 3, 0)
    assert [level[name] for name in ("owned_in_time", "contact_due", "contact_in_time")] == [3, 3, 3]
    assert {score["owner"] for score in result["scores"]} <= {"amina", "boris"}
    assert all(score["owned_minutes"] <= score["contact_minutes"] for score in result["scores"])
    assert all(score["told_minutes"] == 0 for score in result["scores"])
    assert sorted(path.name for path in home.iterdir()) == ["leeward.db", "roster.yaml"]
    assert (home / "leeward.db").read_bytes() == b"real"


def test_a_desk_that_sleeps_is_found_out(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers: never owned, everybody told, and the exit code says so. Half an hour after the night is enough."""
    monkeypatch.setattr(drill_night, "AFTER", timedelta(minutes=30))
    assert drill(Night(1, 0.2, 2.0, 1.0, seed=1), as_json=False) == 1
    said = capsys.readouterr().out
    assert "never" in said
    assert "L1: 1 cases, 0 owned, 0 in time, median never" in said
    assert not (home / "drill").exists()


def test_reports_are_found_at_the_digest_by_the_office_they_were_sent_to(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """L2 is told at once, L3 and L4 are taken from the queue; each is written to as it agreed."""
    (home / "roster.yaml").write_text(ROSTER.replace("shifts:", OFFICE, 1) + DIGEST)
    code = drill(Night(0, 0.5, 2.0, 0.0, seed=2, reports=3), as_json=True)
    result = json.loads(capsys.readouterr().out)

    scores = {score["level"]: score for score in result["scores"]}
    assert (code, result["late"], sorted(scores)) == (0, 0, ["L2", "L3", "L4"])
    assert scores["L2"]["told_minutes"] == 0
    assert (scores["L3"]["told"], scores["L4"]["told"]) == (0, 0)
    assert (scores["L3"]["owner"], scores["L4"]["owner"]) == ("chen", "chen")
    assert all(score["contact_due"] and score["contact_minutes"] is not None for score in scores.values())


@pytest.mark.usefixtures("home")
def test_what_the_roster_does_not_answer_for_is_said_and_not_scored(capsys: pytest.CaptureFixture[str]) -> None:
    """An office without shifts here has people of its own: its report is neither in time nor late."""
    assert drill(Night(0, 0.2, 2.0, 0.0, seed=1, reports=3), as_json=False) == 0
    said = capsys.readouterr().out
    assert said.count("not in the roster") == 2
    assert "L2: 1 cases, 1 owned, 1 in time" in said
    assert "L3:" not in said


def test_a_roster_that_names_nobody_is_refused(home: Path) -> None:
    """With what to do."""
    (home / "roster.yaml").write_text("people: []\n")
    with pytest.raises(Refused, match="add people"):
        drill(Night(1, 1.0, 2.0, 0.0, seed=1), as_json=True)
    (home / "roster.yaml").unlink()
    with pytest.raises(Refused, match="is missing"):
        drill(Night(1, 1.0, 2.0, 0.0, seed=1), as_json=True)


def test_reports_go_to_the_offices_of_the_installation_that_the_roster_serves(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An installation has offices of its own: one report of each level for each, whatever the example calls them."""
    directory = example_offices(None)
    text = json.dumps(directory).replace("OFF-EML", "OFF-DESK").replace("OFF-HRC", "OFF-OURS")
    write_directory(home / "directory.yaml", json.loads(text))
    people = ROSTER.replace("OFF-EML", "OFF-DESK").replace("shifts:", OFFICE.replace("OFF-TRB-PET", "OFF-OURS"), 1)
    dora = OFFICE.replace("chen", "dora").replace("OFF-TRB-PET", "OFF-UPR")
    (home / "roster.yaml").write_text(people.replace("shifts:", dora, 1) + DIGEST)
    code = drill(Night(1, 1.0, 1.0, 0.0, seed=1, reports=6), as_json=True)
    scores = json.loads(capsys.readouterr().out)["scores"]

    took = {level: {score["owner"] for score in scores if score["level"] == level} for level in ("L1", "L3", "L4")}
    assert (code, took["L3"], took["L4"]) == (0, {"chen", "dora"}, {"chen", "dora"})
    assert took["L1"] <= {"amina", "boris"}
