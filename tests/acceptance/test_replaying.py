"""Examples and files of personas, played by the program; what is sealed opens for its office only."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.command_line import ROOT, run


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    """All examples, replayed once."""
    out = tmp_path_factory.mktemp("replay") / "out"
    files = [str(path) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    done = run("replay", *files, "--out", str(out), "--json", home=out.parent / "home")
    assert done.returncode == 0, done.stderr
    return out, [json.loads(line) for line in done.stdout.splitlines()]


def test_every_example_comes_out_as_it_expects(replayed: tuple[Path, list[dict[str, object]]]) -> None:
    """Fields, flags, rules, level, route and consents, through the engine and the database."""
    _out, results = replayed

    assert len(results) == len(list((ROOT / "examples").glob("*.yaml")))
    assert {"FULL", "SHORT", "LITE"} <= {result["mode"] for result in results}


def test_an_expectation_that_is_not_met_fails_by_name(home: Path, tmp_path: Path) -> None:
    """The positive control of the test above."""
    text = (ROOT / "examples" / "sc-06a-no-at-the-door.yaml").read_text().replace('"alerts":0', '"alerts":1')
    (tmp_path / "wrong.yaml").write_text(text)
    done = run("replay", str(tmp_path / "wrong.yaml"), home=home)

    assert (done.returncode, "alerts: expected 1, found 0" in done.stderr.replace("'", "")) == (1, True)


def test_the_office_opens_its_report_and_no_other_office_can(
    replayed: tuple[Path, list[dict[str, object]]], home: Path
) -> None:
    """With a clear message; copies open for their office only."""
    out, results = replayed
    result = next(r for r in results if r["persona"] == "sc-01-defender-threatened")
    sealed = str(result["sealed"][0])  # type: ignore[index]  # a list of one path
    own = run("open", sealed, "-i", str(out / "keys" / "OFF-HRC.key"), home=home)
    other = run("open", sealed, "-i", str(out / "keys" / "OFF-CO-XA.key"), home=home)
    recovery = run("open", sealed, "-i", str(out / "recovery" / "OFF-HRC.key"), "--json", home=home)

    assert own.stdout.splitlines()[0].startswith("Report LW-")
    assert "What the person wants: Advice on how to be safer" in own.stdout
    assert (other.returncode, "use the key file of the office" in other.stderr, other.stdout) == (1, True, "")
    document = json.loads(recovery.stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "report.schema.json").read_text()))
    assert document["attachments"][0]["name"] == "screenshot.png"


def test_attachments_come_out_of_the_seal_as_they_went_in(
    replayed: tuple[Path, list[dict[str, object]]], home: Path, tmp_path: Path
) -> None:
    """Opened with the one-time identity that travelled inside the report."""
    out, results = replayed
    result = next(r for r in results if r["persona"] == "sc-01-defender-threatened")
    sealed = str(result["sealed"][0])  # type: ignore[index]  # a list of one path
    done = run("open", sealed, "-i", str(out / "keys" / "OFF-HRC.key"), "--files", str(tmp_path / "files"), home=home)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "files" / "1.png").read_bytes() == (ROOT / "examples" / "files" / "screenshot.png").read_bytes()


def test_the_identity_box_is_apart_and_the_name_is_not_in_the_report(
    replayed: tuple[Path, list[dict[str, object]]], home: Path
) -> None:
    """Only the identity file has it."""
    out, results = replayed
    result = next(r for r in results if r["persona"] == "private-matters-refused")
    key = str(out / "keys" / "OFF-ASG.key")
    report = run("open", str(result["sealed"][0]), "-i", key, "--json", home=home)  # type: ignore[index]  # a list of one path
    box = run("open", str(result["identity"]), "-i", key, home=home)

    assert "Real Person" not in report.stdout
    assert "Real Person" in box.stdout


def test_required_questions_that_a_persona_leaves_out_are_listed(home: Path, tmp_path: Path) -> None:
    """Exit code 2."""
    (tmp_path / "p.yaml").write_text('channel: signal\nanswers: {Q01: "1"}\n')
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert (done.returncode, "Q02" in done.stderr) == (2, True)


def test_every_required_question_that_is_left_out_is_listed_not_only_the_first(home: Path, tmp_path: Path) -> None:
    """And what may be skipped is not."""
    (tmp_path / "p.yaml").write_text("channel: signal\nanswers: {Q01: 1, Q02: 1, C-CHAN: 1, C-START: 1, C-FWD: 1}\n")
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert (done.returncode, done.stderr.splitlines()[1:]) == (2, ["Q08", "Q09"])


@pytest.mark.parametrize(
    "text",
    ["", "answers: 3", "channel: pigeon\nanswers: {}", "answers: {}\nsecret: 1", "now: never\nanswers: {}", "a: ["],
)
def test_a_persona_file_with_a_mistake_is_refused_kindly(home: Path, tmp_path: Path, text: str) -> None:
    """No traceback."""
    (tmp_path / "p.yaml").write_text(text)
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert (done.returncode, "p.yaml" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_practice_without_a_terminal_plays_an_example_and_shows_what_the_office_reads(home: Path) -> None:
    """And exits 0."""
    done = run("practice", home=home)

    assert done.returncode == 0, done.stderr
    assert "PRACTICE" in done.stdout
    assert "What OFF-HRC reads" in done.stdout
    assert "Level L2" in done.stdout
