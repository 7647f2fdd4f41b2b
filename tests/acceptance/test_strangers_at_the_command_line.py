"""What a stranger meets at the command line: files of others, wrong persona files, closed pipes, careless shells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command_line import LEEWARD, environment_of, run
from tests.forking import fork_command

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default: banana\nanswers: {}", "default is one of skip, fail"),
        ("files: shot.png\nanswers: {}", "`files` is a list of names"),
        ("files: [nowhere.png]\nanswers: {}", "not beside it: nowhere.png"),
        ("answers: {Q01: {a: 1}}", "an answer is a text or a list of texts: Q01"),
        ("expect: [L1]\nanswers: {}", "`expect` is a mapping"),
        ("answers: " + "[" * 600, "cannot be read as YAML"),
    ],
)
def test_a_persona_file_says_what_is_wrong_with_it(home: Path, tmp_path: Path, text: str, said: str) -> None:
    """In one line, exit code 2."""
    (tmp_path / "p.yaml").write_text(text)
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)


def test_default_fail_lists_every_question_that_was_left_out(home: Path, tmp_path: Path) -> None:
    """Those that may be skipped as well."""
    persona = (EXAMPLES / "sc-04-un-staff.yaml").read_text().replace("Q06-PANIC", "Q99").replace("Q06-TIMER", "Q98")
    (tmp_path / "p.yaml").write_text("default: fail\n" + persona.replace("default: skip\n", ""))
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert done.returncode == 2
    assert done.stderr.splitlines()[-2:] == ["Q06-TIMER", "Q06-PANIC"]


def test_an_answer_to_no_question_is_pointed_out(home: Path, tmp_path: Path) -> None:
    """A mistyped id is not silently ignored; the persona is played all the same."""
    persona = (EXAMPLES / "sc-04-un-staff.yaml").read_text().replace("Q06-PANIC", "Q99")
    (tmp_path / "p.yaml").write_text(persona)
    done = run("replay", str(tmp_path / "p.yaml"), home=home)

    assert (done.returncode, done.stderr) == (0, "p: there is no question 'Q99'; its answer was not used\n")


def test_the_transcript_shows_every_question_with_its_answer(home: Path) -> None:
    """Node, the text that stood there, the answer; what was said last stands at the end."""
    done = run("replay", str(EXAMPLES / "sc-04-un-staff.yaml"), "--json", home=home)
    by_node = {turn["node"]: turn for turn in json.loads(done.stdout)["transcript"]}

    assert "in danger right now" in by_node["Q03"]["text"]
    assert by_node["Q03"]["answer"] == "3"
    assert "kept nothing" in by_node["END"]["text"]


def test_what_is_picked_from_a_list_is_named_by_the_id_of_its_text(home: Path) -> None:
    """Q18 searches, Q18-PICK picks."""
    done = run("replay", str(EXAMPLES / "third-person-refused.yaml"), "--json", home=home)
    answers = [turn["answer"] for turn in json.loads(done.stdout)["transcript"] if turn["node"] == "Q18"]

    assert (done.returncode, answers, done.stderr) == (0, ["torture", "1"], "")


def test_one_report_that_does_not_open_is_named_and_keeps_no_other_closed(home: Path, tmp_path: Path) -> None:
    """Exit code 1, and the others are printed."""
    out = tmp_path / "out"
    assert run("replay", str(EXAMPLES / "sc-01-defender-threatened.yaml"), "--out", str(out), home=home).returncode == 0
    (sealed,) = out.glob("*.age")
    (tmp_path / "cut.age").write_bytes(sealed.read_bytes()[:9000])
    done = run("open", str(tmp_path / "cut.age"), str(sealed), "-i", str(out / "keys" / "OFF-HRC.key"), home=home)

    assert done.returncode == 1
    assert done.stderr.startswith("cut.age: The content was changed or cut")
    assert done.stdout.startswith("Report LW-")


def test_files_are_for_their_owner_alone_whatever_the_umask(home: Path) -> None:
    """Settings may hold a token, and the database says how many people write."""
    before = os.umask(0)
    try:
        assert run("init", str(home), home=home).returncode == 0
    finally:
        os.umask(before)

    assert {path.name for path in home.rglob("*") if path.stat().st_mode & 0o077} == set()


def test_a_reader_that_has_enough_is_not_told_of_the_file_system(home: Path) -> None:
    """`leeward diagram | head -1` says nothing else."""
    with subprocess.Popen(
        [*LEEWARD, "diagram"], env=environment_of(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("keygen", "-o", "nowhere/me.key"), "There is no folder nowhere"),
        (("init", "file/inside"), "file/inside: the file system refused: Not a directory"),
        (("open", ".", "-i", "me.key"), "the file system refused: Is a directory"),
    ],
)
def test_a_path_that_cannot_be_used_is_named(home: Path, tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    """With what to do."""
    (tmp_path / "file").touch()
    assert run("keygen", "-o", str(tmp_path / "me.key"), home=home).returncode == 0
    done = run(*args, home=home)

    assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (1, True, 1)


@pytest.mark.parametrize(
    "args",
    [
        ("--cooperators", "-1"),
        ("--reports", "-1"),
        ("--hours", "-1"),
        ("--hours", "nan"),
        ("--answer", "inf"),
        ("--asleep", "2"),
    ],
)
def test_a_night_that_cannot_be_is_not_played(home: Path, args: tuple[str, str]) -> None:
    """Fewer than no people, or more officers asleep than there are."""
    done = run("drill", *args, home=home)

    assert (done.returncode, f"Invalid value for '{args[0]}'" in done.stderr) == (2, True)


@pytest.mark.parametrize("database", ["", "sqlite:///{home}/leeward.db"])
def test_one_part_of_a_service_is_not_served_alone_on_sqlite(home: Path, database: str) -> None:
    """However its file is named: one process writes there."""
    environment = {**environment_of(home), **({"LEEWARD_DATABASE_URL": database.format(home=home)} if database else {})}
    done = fork_command("serve", "--only", "worker", settings=environment, folder=home.parent)

    assert (done.returncode, "--only needs PostgreSQL" in done.stderr) == (1, True)


def test_personas_may_have_names_in_any_script(home: Path, tmp_path: Path) -> None:
    """Also where the locale knows none."""
    persona = tmp_path / "مينا – ✓.yaml"
    shutil.copy(EXAMPLES / "sc-04-un-staff.yaml", persona)
    environment = {**environment_of(home), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([*LEEWARD, "replay", persona], env=environment, capture_output=True, check=False)

    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
