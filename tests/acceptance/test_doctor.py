"""`leeward doctor`: content with a whole installation, and every fault of a broken one by its name."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import live_service
from bot.clock import SystemClock
from bot.commands import checks
from config import texts
from config.load import load_settings
from dialogs.keys import usable_recipients
from storage.store import make_engine, sqlite_url
from storage.tables import keys
from tests.command_line import ROOT, run, run_in, set_setting


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
    shutil.copytree(ROOT / "config" / "policy", home / "policy")
    text = (home / "policy" / "interview.yaml").read_text().replace("goto: T-SAFE-TIP", "goto: NOWHERE")
    (home / "policy" / "interview.yaml").write_text(text)
    set_setting(home, "policy_dir", str(home / "policy"))


def _break_flow(home: Path) -> None:
    shutil.copytree(ROOT / "config" / "policy", home / "policy")
    text = (home / "policy" / "interview.yaml").read_text().replace("    when: {C-FILE: given}\n", "")
    (home / "policy" / "interview.yaml").write_text(text)
    set_setting(home, "policy_dir", str(home / "policy"))


def _set_all(home: Path, **values: str) -> None:
    for name, value in values.items():
        set_setting(home, name, value)


def _edit(home: Path) -> None:
    path = home / "directory.yaml"
    path.write_text(path.read_text().replace("asg-desk@example.org", "enemy@example.org"))


def _no_key_for_names(home: Path) -> None:
    path = home / "directory.yaml"
    path.write_text(path.read_text().replace("use: identity", "use: report", 1))


def _no_recovery(home: Path) -> None:
    path = home / "directory.yaml"
    path.write_text(path.read_text().replace("use: recovery", "use: report"))


FAULTS: dict[str, Callable[[Path], object]] = {
    "settings": _break_settings,
    "policy": _break_policy,
    "flow": _break_flow,
    "home": lambda home: set_setting(home, "home", str(home / "nowhere")),
    "keys": lambda home: (home / "keys" / "draft.keys").chmod(0o644),
    "directory": _edit,
    "office keys": _no_recovery,
    "database": lambda home: (home / "leeward.db").unlink(),
    "telegram": lambda home: _set_all(
        home, telegram_token="123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", telegram_api_url="http://127.0.0.1:1"
    ),
    "signal": lambda home: _set_all(home, signal_number="+41790000000", signal_service="127.0.0.1:1"),
    "mail": lambda home: set_setting(home, "smtp_url", "smtp://127.0.0.1:1"),
    "pager": lambda home: set_setting(home, "pager_url", "http://127.0.0.1:1/page"),
    "heartbeat": lambda home: set_setting(home, "heartbeat_url", "http://127.0.0.1:1/alive"),
    "roster": lambda home: set_setting(home, "smtp_url", "smtp://127.0.0.1:1"),
    "desk": lambda home: set_setting(home, "desk_listen", "192.0.2.1:80"),
}


OF_THE_LINES = {"telegram", "signal", "mail", "pager", "heartbeat", "roster", "desk"}


def test_doctor_names_the_levels_without_a_ladder(installed: Path) -> None:
    """Where the roster leaves one out, that of another level is climbed, and doctor says which are missing."""
    _with_people(installed)
    roster = (installed / "roster.yaml").read_text()
    (installed / "roster.yaml").write_text(roster[: roster.index("  L3:\n")])

    assert doctor(installed)["roster"].startswith("there is no ladder for L3, L4")


def _older_policy(home: Path) -> None:
    """Give the installation a policy of its own, as it was before this version: one thing of each kind is missing."""
    folder = home / "policy"
    shutil.copytree(ROOT / "config" / "policy", folder)
    (folder / "trends.yaml").unlink()
    for name, gone in (
        ("taxonomy.yaml", r"  (keep_reason|identity_proof): .*\n"),
        ("service.yaml", r"identity_review_months: .*\n"),
        ("interview.yaml", r"  - id: T-REPN-AGAIN\n(    .*\n)+"),
    ):
        text, count = re.subn(gone, "", (folder / name).read_text())
        assert count
        (folder / name).write_text(text)
    set_setting(home, "policy_dir", str(folder))


NEW_HERE = ("interview.yaml: nodes T-REPN-AGAIN", "service.yaml: identity_review_months", "trends.yaml")
NEEDED_HERE = ("taxonomy.yaml: codes keep_reason", "taxonomy.yaml: codes identity_proof")


def test_whoever_upgrades_is_told_at_once_what_their_own_policy_lacks_and_where_it_lies(installed: Path) -> None:
    """All of it, in the line of the policy; what cannot be read for its sake says so in a few words."""
    _older_policy(installed)
    said = doctor(installed)

    assert "has no keep_reason" in said["policy"]
    assert [name for name in (*NEW_HERE, *NEEDED_HERE) if name not in said["policy"]] == []
    assert f"copy it from {ROOT / 'config' / 'policy'} (docs/operations.md, Upgrading)" in said["policy"]
    assert (said["flow"], said["office keys"]) == ("the policy cannot be read, mend it first",) * 2


def test_what_an_own_policy_may_do_without_is_advice(installed: Path) -> None:
    """The lists are there again; the rest is named on the error stream, and doctor is content."""
    _older_policy(installed)
    shutil.copy(ROOT / "config" / "policy" / "taxonomy.yaml", installed / "policy")
    done = run_in(installed, "doctor")

    assert (done.returncode, "policy: OK\n" in done.stdout) == (0, True)
    assert f"policy: the policy of this version has more than yours: {', '.join(NEW_HERE)}; copy it from" in done.stderr


def _with_people(home: Path) -> None:
    set_setting(home, "smtp_url", "smtp://127.0.0.1:1")
    roster = (home / "roster.yaml").read_text()
    people = (
        "people: [{id: a, office: OFF-EML, roles: [operator], channels: [{channel: mail, address: a@example.org}]}]"
    )
    (home / "roster.yaml").write_text(roster.replace("people: []", people))


def test_doctor_looks_for_holes_at_the_offices_of_this_installation(installed: Path) -> None:
    """Not at those of the example: an office of one's own has other hours, another id, and maybe a slip in the roster."""
    _with_people(installed)
    directory = (installed / "directory.yaml").read_text()
    (installed / "directory.yaml").write_text(directory.replace("OFF-EML", "OFF-OURS"))
    strange = doctor(installed)["roster"]
    (installed / "roster.yaml").write_text((installed / "roster.yaml").read_text().replace("OFF-EML", "OFF-OURS"))

    assert strange.startswith("OFF-EML of roster.yaml is no office of directory.yaml")
    assert doctor(installed)["roster"].startswith("OFF-OURS has nobody for L1")


@pytest.mark.parametrize("check", [name for name in FAULTS if name not in OF_THE_LINES])
def test_doctor_finds_a_planted_fault_by_name_with_its_remedy(installed: Path, check: str) -> None:
    """One for each check that files can break."""
    FAULTS[check](installed)

    assert doctor(installed)[check]


def test_doctor_finds_the_faults_of_every_line_beside_each_other_and_no_other(installed: Path) -> None:
    """What is wrong with one line hides nothing of the next, and is not called a fault of anything else."""
    for check in OF_THE_LINES:
        FAULTS[check](installed)

    assert {name for name, problem in doctor(installed).items() if problem} == OF_THE_LINES


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


def test_a_key_ring_of_another_installation_is_found(installed: Path) -> None:
    """Where something was stored already."""
    engine = make_engine(sqlite_url(installed))
    with engine.begin() as connection:
        connection.execute(keys.insert().values(id="1", purpose="case", ring_key="another", wrapped=b""))
    engine.dispose()

    assert doctor(installed)["database"].startswith("A key file is not the one of this database: put back the file")


def test_doctor_reminds_of_example_values_once_people_can_read_them(installed: Path) -> None:
    """As the file promises; a policy of one's own with an address of one's own is content."""
    before = run_in(installed, "doctor").stderr
    _set_all(installed, signal_number="+41790000000", signal_service="127.0.0.1:1")
    reminded = run_in(installed, "doctor").stderr
    shutil.copytree(ROOT / "config" / "policy", installed / "policy")
    service = installed / "policy" / "service.yaml"
    service.write_text(service.read_text().replace("example.org", "un.example"))
    set_setting(installed, "policy_dir", str(installed / "policy"))

    assert "policy:" not in before + run_in(installed, "doctor").stderr
    assert reminded.startswith("policy: service.yaml names the example in official_page, ethics_contact")


def test_doctor_advises_to_sign_in_the_last_days_of_the_signature(installed: Path) -> None:
    """It says until when, while all is well still."""
    root = installed.parent / "root.key"
    signed = run("directory", "sign", "-k", str(root), "-d", str(installed), "--days", "10", home=installed)
    assert signed.returncode == 0
    done = run_in(installed, "doctor")

    assert (done.returncode, "directory: OK\n" in done.stdout) == (0, True)
    assert re.match(r"directory: its signature ends on \d{4}-\d\d-\d\d, sign it again", done.stderr)


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


def test_an_office_without_a_key_for_real_names_is_told_apart(installed: Path) -> None:
    """Its reports are sealed, but for those whose people give their name: the use that is missing is named."""
    _no_key_for_names(installed)
    path = installed / "directory.yaml"

    done = run_in(installed, "doctor")

    assert "office keys: OK\n" in done.stdout
    assert "office keys: OFF-ASG has no identity key; add each with `leeward directory add-key" in done.stderr
    assert path.read_text().count("use: identity") == path.read_text().count("use: recovery") - 1


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


def test_a_service_that_runs_on_forwards_nothing_after_the_last_day_of_the_signature(installed: Path) -> None:
    """It looked at the signature at its start; an office may have been shut out since."""
    settings = load_settings({"LEEWARD_HOME": str(installed), "LEEWARD_ROOT_KEY": _pin(installed)})
    now = SystemClock().now()

    with live_service(settings) as service:
        directory = service.policy.directory

    assert usable_recipients(directory, "OFF-HRC", now + timedelta(days=89)) != ()
    assert usable_recipients(directory, "OFF-HRC", now + timedelta(days=91)) == ()


def _pin(home: Path) -> str:
    found = re.search(r"leeward-root-1-\w+", (home / "leeward.toml").read_text())
    assert found is not None
    return found[0]
