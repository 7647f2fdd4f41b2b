"""The program as a person runs it: real processes, real files."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import jsonschema
import pytest

from bot.app import practice_service
from bot.commands import checks
from config import texts
from config.load import load_settings
from handlers.types import Address, Inbound
from storage import schema
from tests.forking import fork_command
from tests.serving import free_port

ROOT = Path(__file__).parents[2]
LEEWARD = [sys.executable, "-m", "bot"]
CANARY = "Canary7731"
QUESTION = "is it safe for you to write here now?"
TO_STORY = [
    "hi",
    "1",
    "1",
    "2",  # danger soon: level 2, so that the duty desk is asked about at every hour, not only when the office is closed
    "2",
    "1",
    "1",
    "3",
    "1",
    "0",
    "1",
    "1",
    "1",
    "1",
    "2",
    "1",
    CANARY + "alias",
    "3",
    "1",
    CANARY + "name",
    "1",
    "1",
]
TO_REVIEW = [
    *TO_STORY, "5", CANARY + "body", "4", "2", "2", "1", "5", CANARY + "story", "1", "Arlenia", CANARY + "place", "0", "1",
    CANARY + "detail", "1", "4", "0", "1", "0", "0", "0", "0", "0", "0", "1", "3", "1", "1", "3", "14:30", "2", "1", "1", "1", "1",
    "1", "2", "2", "2",
]  # fmt: skip


def environment_of(home: Path | None) -> dict[str, str]:
    """Return what a child sees: PATH, our sources, its home, and what measures coverage."""
    mine = os.environ  # noqa: TID251 - passed on to a child
    kept = {name: value for name, value in mine.items() if name.startswith("COVERAGE_") or name == "PATH"}
    return {**kept, "PYTHONPATH": str(ROOT), **({"LEEWARD_HOME": str(home)} if home is not None else {})}


def run(*args: str, home: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run `leeward` with its own home; PATH and little else of the developer's environment."""
    return fork_command(*args, settings=environment_of(home), folder=home.parent, text=text)


def chat(home: Path, *messages: str) -> str:
    """Return what the bot says to these messages."""
    done = run("chat", home=home, text="\n".join(messages) + "\n")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for one installation."""
    return tmp_path / "home"


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
    key = str(out / "keys" / "OFF-INV-XB.key")
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


def test_a_killed_chat_goes_on_at_the_same_question(home: Path) -> None:
    """Killed after any answer, at any moment: start again, and the question is there."""
    environment = environment_of(home)
    command = [*LEEWARD, "chat"]
    steps = {
        "hi": "Choose a language",
        "1": "is it safe",
        " 1": "in danger right now",
        "3": "Can someone else see",
        "1 ": "Please read this",
    }
    for answer, followed_by in steps.items():
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=home.parent
        )
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{answer}\n")
        child.stdin.flush()
        _read_until(child, followed_by)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdin.close()
        child.stdout.close()

    said = chat(home)
    assert "Please read this first. Signal locks" in said
    assert "Please read this first. Signal locks" not in chat(home, "1")[-400:]


def test_what_a_killed_chat_was_about_to_print_is_printed_by_the_next_one(home: Path) -> None:
    """At once, even where the next one has nothing to read: its question had been leased by a process that is gone."""
    chat(home, "hi")
    with practice_service(load_settings(environment_of(home)), home / "practice") as service:
        service.reception.receive(Inbound(Address("practice", "terminal"), "k", text="1"))
        with service.store.transaction() as work:
            assert work.outbox.claim(service.reception.clock.now(), 9, 60, "practice")

    assert "is it safe for you to write here now?" in chat(home)


def _read_until(child: subprocess.Popen[str], said: str) -> None:
    """Read until this was said: the answer before it was taken then."""
    text = ""
    assert child.stdout is not None
    too_long = Timer(60, child.kill)
    too_long.start()
    while said not in text:
        read = child.stdout.read(1)
        assert read, f"it ended before it said: {said}"
        text += read
    too_long.cancel()


@pytest.mark.parametrize("questions", range(2, 12))
def test_a_kill_in_the_middle_of_writing_loses_nothing_acknowledged(home: Path, questions: int) -> None:
    """In one of the turns after so many questions: the database opens, and what a question had followed is there."""
    chat(home, "hi", "1")
    killed = fork_command(
        "chat", settings=environment_of(home), folder=home.parent, text="00\n1\n" * 200,
        until=lambda said: said.count(QUESTION) >= questions,
    )  # fmt: skip

    assert killed.returncode == -signal.SIGKILL
    said, deadline = "", time.monotonic() + 60
    while QUESTION not in said and time.monotonic() < deadline:  # what it was about to send is its own for a second
        said = chat(home, "00", "1")  # whether it was killed at the question or in the menu over it
    assert QUESTION in said


def _on_disk(folder: Path, word: str) -> list[str]:
    wanted = word.encode()
    return [str(path) for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()]


def test_what_was_typed_is_nowhere_on_disk_and_unreadable_with_every_key(home: Path, tmp_path: Path) -> None:
    """A canary in every text field, before and after sending; the scan would find it (positive control)."""
    said = chat(home, *TO_REVIEW)
    assert "Your report is ready" in said, said[-600:]
    assert _on_disk(tmp_path, CANARY) == []
    assert "Sent." in chat(home, "3", "1")
    database = home / "practice" / "leeward.db"
    control = sqlite3.connect(tmp_path / "control.db")
    control.execute("CREATE TABLE t (x)")
    control.execute("INSERT INTO t VALUES (?)", (CANARY,))
    control.commit()
    control.close()

    assert _on_disk(tmp_path, CANARY) == [str(tmp_path / "control.db")]
    assert database.stat().st_size > 0
    assert _opened_by_the_server(home) == []


def _opened_by_the_server(home: Path) -> list[str]:
    """Decrypt everything the server's keys open, and look for the canary."""
    from sqlalchemy import select

    from bot.clock import SystemEntropy
    from storage.crypto.drafts import decrypt_body
    from storage.keys import load_keys
    from storage.packing import unpack
    from storage.row_keys import RowKeys
    from storage.statements import Session
    from storage.store import make_engine, sqlite_url
    from storage.tables import cases, conversations

    keys = load_keys(home / "practice" / "keys")
    engine = make_engine(sqlite_url(home / "practice"))
    found = []
    with engine.begin() as connection:
        row_keys = RowKeys(
            Session(engine, connection.connection, connection), keys.ring, keys.draft_ring, SystemEntropy()
        )
        rows = [
            ("conversations", str(r.row), r.key, r.revision, r.body) for r in connection.execute(select(conversations))
        ]
        rows += [("cases", r.id, r.key, r.revision, r.card) for r in connection.execute(select(cases)) if r.key]
        for table, row, key, revision, body in rows:
            plain = decrypt_body(row_keys.get(key), body, table, row, revision)
            found.extend([table] if CANARY.encode() in (unpack(plain) if table == "conversations" else plain) else [])
    engine.dispose()
    assert rows, "nothing was opened, so this proves nothing"
    return found


def test_saying_no_to_everything_leaves_nothing_behind(home: Path) -> None:
    """No row of a conversation, a case, a key, a message or a timer."""
    chat(home, "hi", "1", "1", "3", "1", "1", "3", "2", "0", "3")
    connection = sqlite3.connect(home / "practice" / "leeward.db")
    tables = (
        "conversations",
        "cases",
        "keys",
        "outbox",
        "timers",
        "blobs",
        "ledger",
        "checkpoints",
        "attachments",
        "traces",
        "alerts",
        "tallies",
    )
    left = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608 - own names
    connection.close()

    assert left == dict.fromkeys(tables, 0)


@pytest.mark.parametrize(
    "message",
    [
        "x" * 4 * 1024 * 1024,
        "nul\0inside",
        "\udcff\udcfe",
        "a" + "\u0301" * 10_000,
        "9" * 500,
        "\u202eabc",
        "/file /nowhere",
        "{ $LIMIT }",
    ],
    ids=["4MiB", "NUL", "surrogates", "marks", "digits", "rtl", "no file", "braces"],
)
def test_bad_input_gets_a_kind_answer_and_nothing_is_lost(home: Path, message: str) -> None:
    """The question stands, the program too."""
    said = chat(home, "hi", "1", message)

    assert said.rstrip().endswith("Send 000 at any time and I will go quiet.")
    assert "is it safe for you" in chat(home)


def test_keygen_makes_keys_that_open_and_never_overwrites(home: Path, tmp_path: Path) -> None:
    """The public key is printed; the file is for its owner only."""
    key = tmp_path / "me.key"
    made = run("keygen", "-o", str(key), home=home)
    again = run("keygen", "-o", str(key), home=home)

    assert re.search(r"Public key: age1pq1\w+", made.stdout)
    assert key.stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY-PQ-1" in run("keygen", home=home).stdout
    assert (again.returncode, "never overwritten" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("open", "nowhere.age", "-i", "nowhere.key"), "there is no such file"),
        (("open", "junk", "-i", "junk"), "This is not a key"),
        (("migrate", "--to", "base", "extra"), "Usage"),
        (("migrate", "--to", "0999"), "does not know that version"),
        (("directory", "verify"), "No root key is pinned"),
        (("verify",), "The keys of this folder are missing"),
    ],
)
def test_wrong_use_is_answered_with_the_remedy(home: Path, args: tuple[str, ...], said: str) -> None:
    """One line, no traceback."""
    home.mkdir()
    (home.parent / "junk").write_text("junk")
    done = run(*args, home=home)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after `init`, with a root key, keys of every office, and a signature: everything doctor wants."""
    home = tmp_path_factory.mktemp("template") / "home"
    assert run("init", str(home), home=home).returncode == 0
    made = run("directory", "root", "-o", str(home.parent / "root.key"), home=home)
    pin = made.stdout.split()[-1]
    settings = (home / "leeward.toml").read_text().replace('# root_key = ""', f'root_key = "{pin}"')
    (home / "leeward.toml").write_text(settings)
    _fill_keys(home)
    assert run("directory", "sign", "-k", str(home.parent / "root.key"), "-d", str(home), home=home).returncode == 0
    assert run("invite", "--office", "OFF-ASG", "--role", "administrator", home=home).returncode == 0
    _set(home, "desk_listen", f"127.0.0.1:{free_port()}")
    return home


@pytest.fixture
def installed(home: Path, template: Path) -> Path:
    """A copy of the template for one test."""
    import shutil

    shutil.copytree(template, home)
    shutil.copy(template.parent / "root.key", home.parent / "root.key")
    settings = home / "leeward.toml"
    settings.write_text(settings.read_text().replace(str(template), str(home)))
    return home


def _fill_keys(home: Path) -> None:
    import yaml

    from bot.clock import SystemClock
    from bot.directory_files import key_record, write_directory
    from storage.crypto.age.keys import generate_identity

    data = yaml.safe_load((home / "directory.yaml").read_text())
    recipients = [generate_identity(bytes([n]) * 32).recipient().text() for n in (1, 2)]
    for office in data["offices"]:
        office["keys"] = [
            key_record(recipient, use, f"{office['id']}-{use}", SystemClock().now())
            for recipient, use in zip(recipients, ("report", "recovery"), strict=True)
        ]
    write_directory(home / "directory.yaml", data)


def run_in(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run `leeward` in the folder of an installation, so that its leeward.toml counts."""
    return fork_command(*args, settings=environment_of(None), folder=folder)


def doctor(home: Path) -> dict[str, str]:
    """Return what doctor says, by check."""
    done = run_in(home, "doctor", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines, done.stderr
    assert done.returncode == (0 if all(line["ok"] for line in lines) else 1)
    return {line["check"]: line["problem"] for line in lines}


def test_a_fresh_installation_passes_every_check(installed: Path) -> None:
    """init, root, add keys, sign, doctor."""
    assert {name: problem for name, problem in doctor(installed).items() if problem} == {}


def _break_settings(home: Path) -> None:
    (home / "leeward.toml").write_text('hme = "x"\n')


def _break_policy(home: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "config" / "policy", home / "policy")
    text = (home / "policy" / "interview.yaml").read_text().replace("goto: T-SAFE-TIP", "goto: NOWHERE")
    (home / "policy" / "interview.yaml").write_text(text)
    _set(home, "policy_dir", str(home / "policy"))


def _break_flow(home: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "config" / "policy", home / "policy")
    text = (home / "policy" / "interview.yaml").read_text().replace("    when: {C-FILE: given}\n", "")
    (home / "policy" / "interview.yaml").write_text(text)
    _set(home, "policy_dir", str(home / "policy"))


def _set(home: Path, name: str, value: str) -> None:
    settings = re.sub(rf'(?m)^(# )?{name} = ".*"$', f'{name} = "{value}"', (home / "leeward.toml").read_text())
    (home / "leeward.toml").write_text(settings)


def _set_all(home: Path, **values: str) -> None:
    for name, value in values.items():
        _set(home, name, value)


def _edit(home: Path) -> None:
    path = home / "directory.yaml"
    path.write_text(path.read_text().replace("asg-desk@example.org", "enemy@example.org"))


def _no_recovery(home: Path) -> None:
    path = home / "directory.yaml"
    path.write_text(path.read_text().replace("use: recovery", "use: report"))


FAULTS: dict[str, Callable[[Path], object]] = {
    "settings": _break_settings,
    "policy": _break_policy,
    "flow": _break_flow,
    "home": lambda home: _set(home, "home", str(home / "nowhere")),
    "keys": lambda home: (home / "keys" / "draft.keys").chmod(0o644),
    "directory": _edit,
    "office keys": _no_recovery,
    "database": lambda home: (home / "leeward.db").unlink(),
    "telegram": lambda home: _set_all(
        home, telegram_token="123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", telegram_api_url="http://127.0.0.1:1"
    ),
    "signal": lambda home: _set_all(home, signal_number="+41790000000", signal_service="127.0.0.1:1"),
    "mail": lambda home: _set(home, "smtp_url", "smtp://127.0.0.1:1"),
    "pager": lambda home: _set(home, "pager_url", "http://127.0.0.1:1/page"),
    "heartbeat": lambda home: _set(home, "heartbeat_url", "http://127.0.0.1:1/alive"),
    "roster": lambda home: _set(home, "smtp_url", "smtp://127.0.0.1:1"),
    "desk": lambda home: _set(home, "desk_listen", "192.0.2.1:80"),
}


def test_doctor_names_the_levels_without_a_ladder(installed: Path) -> None:
    """Where the roster leaves one out, that of another level is climbed, and doctor says which are missing."""
    _set(installed, "smtp_url", "smtp://127.0.0.1:1")
    roster = (installed / "roster.yaml").read_text()
    roster = roster.replace("people: []", "people: [{id: a, office: OFF-EML, roles: [operator], channels: "
                            "[{channel: mail, address: a@example.org}]}]")  # fmt: skip
    (installed / "roster.yaml").write_text(roster[: roster.index("  L3:\n")])

    assert doctor(installed)["roster"].startswith("there is no ladder for L3, L4")


@pytest.mark.parametrize("check", FAULTS)
def test_doctor_finds_a_planted_fault_by_name_with_its_remedy(installed: Path, check: str) -> None:
    """One for each check that files can break."""
    FAULTS[check](installed)

    assert doctor(installed)[check]


def test_every_check_of_doctor_has_a_planted_fault_here(installed: Path, tmp_path: Path) -> None:
    """A new check needs a fault that it finds; what no file of an installation can break is told the fault directly."""
    (tmp_path / "locales" / "en").mkdir(parents=True)
    (tmp_path / "locales" / "en" / "bot.ftl").write_text("Q01 = { $broken\n")
    of_the_machine = {
        "clock": checks.clock_fault(datetime(2025, 12, 31, tzinfo=UTC)),
        "disk": checks.disk_fault(200 * 1024 * 1024 - 1),
        "seal": checks.seal_fault(b"{"),
        "texts": "".join(map(str, texts.problems(tmp_path / "locales"))),
    }

    assert set(doctor(installed)) == {*FAULTS, *of_the_machine}
    assert all(of_the_machine.values())


def test_the_desk_wants_an_administrator(installed: Path) -> None:
    """Doctor advises it until one is invited, and is content: a fresh service is well. The link is shown once."""
    (installed / "leeward.db").unlink()
    assert run("migrate", home=installed).returncode == 0
    assert doctor(installed)["desk"] == ""
    before = run_in(installed, "doctor")
    assert "desk: OK\n" in before.stdout
    assert before.stderr.startswith("desk: it has no administrator, invite one")

    invited = run("invite", "--office", "OFF-ASG", "--role", "administrator", "--id", "amina", home=installed)

    assert re.fullmatch(r"http://localhost:\d+/desk#invite=[\w-]{32}", invited.stdout.splitlines()[0])
    assert run_in(installed, "doctor").stderr == ""


@pytest.mark.parametrize("fault", ["keys", "database"])
def test_the_desk_is_not_well_where_nobody_could_log_in(installed: Path, fault: str) -> None:
    """What keeps the accounts from being read is a fault of the desk too, and no advice."""
    FAULTS[fault](installed)
    said = doctor(installed)

    assert said["desk"] == said[fault] != ""


def test_a_database_file_that_is_none_is_not_called_a_server(installed: Path) -> None:
    """Whoever never set up a server is not sent to look for one."""
    (installed / "leeward.db").write_text("this is no database")

    assert doctor(installed)["database"].startswith("The file of the database cannot be used")


def test_doctor_prints_lines_of_one_form(installed: Path) -> None:
    """`name: OK` or `name: FAIL (reason, remedy)`, whatever is wrong."""
    FAULTS["keys"](installed)
    FAULTS["directory"](installed)
    lines = run_in(installed, "doctor").stdout.splitlines()

    assert [line for line in lines if not re.fullmatch(r"[a-z ]+: (OK|FAIL \(.+\))", line)] == []
    assert any(line.startswith("keys: FAIL") for line in lines)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--office", "OFF-NOWHERE", "--role", "operator"), "OFF-NOWHERE is no office"),
        (("--office", "OFF-ASG", "--role", "king"), "king is no role"),
    ],
)
def test_nobody_is_invited_to_nowhere_or_as_nothing(installed: Path, args: tuple[str, ...], said: str) -> None:
    """One line with the remedy."""
    done = run("invite", *args, home=installed)

    assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (1, True, 1)


@pytest.mark.parametrize(
    ("office", "changed", "said"),
    [
        ("../OFF-X", (), "offices[35].id: '../OFF-X' is not written as one"),
        ("OFF-X", ("--kind", "ENT-NOTHING"), "offices[35].kind"),
        ("OFF-X", ("--country", "Arlenia"), "offices[35].country"),
        ("OFF-X", ("--tz", "Mars/Olympus"), "offices[35].tz"),
        ("OFF-X", ("--mailbox", "a@example.org\nBcc: b@example.org"), "offices[35].mailbox"),
    ],
)
def test_an_office_with_a_mistake_is_not_added(
    installed: Path, office: str, changed: tuple[str, ...], said: str
) -> None:
    """The directory stays as it was signed."""
    before = (installed / "directory.yaml").read_bytes()
    args = ("--name", "X", "--kind", "ENT-FLD", "--mailbox", "x@example.org", *changed, "-d", str(installed))
    done = run("directory", "add-office", office, *args, home=installed)

    assert (done.returncode, said in done.stderr) == (1, True)
    assert (installed / "directory.yaml").read_bytes() == before
    assert not list(installed.glob("*.new"))


def test_a_key_is_added_from_the_file_it_stands_in(installed: Path, tmp_path: Path) -> None:
    """Of an identity too: its public key stands in it. Days that cannot be are refused."""
    assert run("keygen", "-o", str(tmp_path / "me.key"), home=installed).returncode == 0
    args = ("directory", "add-key", "OFF-HRC", str(tmp_path / "me.key"), "-d", str(installed))
    public = re.search(r"age1pq1\w+", (tmp_path / "me.key").read_text())
    endless = run(*args, "--days", "99999999999", home=installed)
    done = run(*args, home=installed)

    assert (done.returncode, endless.returncode) == (0, 2)
    assert public is not None
    assert (installed / "directory.yaml").read_text().count(public[0]) == 1


def test_directory_commands_change_sign_and_compare(installed: Path, tmp_path: Path) -> None:
    """Adding breaks the signature until it is signed again; diff names what changed."""
    before = (installed / "directory.yaml").read_bytes()
    (tmp_path / "before.yaml").write_bytes(before)
    args = (
        "--name",
        "New office",
        "--kind",
        "ENT-FLD",
        "--country",
        "XK",
        "--mailbox",
        "new@example.org",
        "-d",
        str(installed),
    )
    assert run("directory", "add-office", "OFF-NEW", *args, home=installed).returncode == 0
    assert run("directory", "add-office", "OFF-NEW", *args, home=installed).returncode == 1
    made = run("keygen", home=installed).stdout
    recipient = re.search(r"age1pq1\w+", made)
    assert recipient is not None
    for use in ("report", "recovery"):
        assert (
            run(
                "directory", "add-key", "OFF-NEW", recipient[0], "--use", use, "-d", str(installed), home=installed
            ).returncode
            == 0
        )
    assert run("directory", "add-key", "OFF-NEW", "age1classic", "-d", str(installed), home=installed).returncode == 1
    pin = re.search(r"leeward-root-1-\w+", (installed / "leeward.toml").read_text())
    assert pin is not None
    unsigned = run("directory", "verify", "--root", pin[0], "-d", str(installed), home=installed)
    assert "changed after signing" in unsigned.stderr
    assert (
        run(
            "directory", "sign", "-k", str(installed.parent / "root.key"), "-d", str(installed), home=installed
        ).returncode
        == 0
    )
    verified = run("directory", "verify", "--root", pin[0], "-d", str(installed), home=installed)
    assert (verified.returncode, "36 offices" in verified.stdout) == (0, True)
    changed = run("directory", "diff", str(tmp_path / "before.yaml"), "-d", str(installed), home=installed)
    assert (changed.returncode, changed.stdout) == (1, "- OFF-NEW\n")


def test_init_refuses_a_folder_with_something_in_it(home: Path) -> None:
    """Nothing is ever overwritten."""
    home.mkdir()
    (home / "precious").write_text("x")

    assert run("init", str(home), home=home).returncode == 1
    assert [path.name for path in home.iterdir()] == ["precious"]


def test_the_settings_file_is_read_in_the_home_folder_too(home: Path) -> None:
    """Wherever one stands, and whatever the folder is called."""
    odd = home.parent / 'a "home" \\ über'
    assert run("init", str(odd), home=odd).returncode == 0
    with (odd / "leeward.toml").open("a") as settings:
        settings.write('hme = "x"\n')

    assert "LEEWARD_HME: is no setting. Did you mean LEEWARD_HOME?" in run("doctor", home=odd).stdout


def test_migrate_and_verify_and_diagram_and_bench_answer(installed: Path) -> None:
    """Operations on a fresh installation."""
    assert "is at base" in run("migrate", "--to", "base", home=installed).stdout
    assert f"is at {schema.newest()}" in run("migrate", home=installed).stdout
    assert "0 wrong" in run("verify", home=installed).stdout
    assert run("diagram", home=installed).stdout == (ROOT / "docs" / "dialog.mmd").read_text()
    measured = json.loads(run("bench", "step", "--people", "2", "--rounds", "1", "--json", home=installed).stdout)
    assert measured["figures"]["ratio (reference / step)"]["median"] > 0


def test_verify_finds_a_consent_record_that_was_changed(home: Path) -> None:
    """Deleted, swapped or edited: the case is named."""
    out = chat(home, *TO_REVIEW, "3", "1")
    assert "Sent." in out, out[-500:]
    practice = home / "practice"
    fine = run("verify", home=practice)
    connection = sqlite3.connect(practice / "leeward.db")
    connection.execute("DELETE FROM ledger WHERE sequence = 2")
    connection.commit()
    connection.close()
    spoiled = run("verify", home=practice)

    assert (fine.returncode, fine.stdout.count("FAIL")) == (0, 0)
    assert spoiled.returncode == 1
    assert "one before it is missing" in spoiled.stdout


def test_a_second_program_on_the_same_folder_is_told_so(home: Path) -> None:
    """One process writes."""
    from storage.lock import locked

    with locked(home / "practice"):
        done = run("chat", home=home)

    assert (done.returncode, "Another Leeward process" in done.stderr) == (1, True)


def test_a_report_survives_backup_and_restore_and_its_ledger_still_verifies(home: Path, tmp_path: Path) -> None:
    """The practice folder, copied away, put back elsewhere; keys rotated and old things forgotten on the way."""
    assert "Sent." in chat(home, *TO_REVIEW, "3", "1")
    assert "Wrapped" in run("rotate-keys", home=home).stdout
    assert "Forgot" in run("purge", home=home).stdout
    assert "0 wrong" in run("verify", home=home).stdout
    assert "no key and no address" in run("backup", str(tmp_path / "copy"), home=home).stdout
    new = tmp_path / "new"
    assert "Restored" in run("restore", str(tmp_path / "copy"), home=new).stdout
    verified = run("verify", home=new)
    assert "0 wrong" in verified.stdout, verified.stdout + verified.stderr
    assert "(1 erased)" in verified.stdout
