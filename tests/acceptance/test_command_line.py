"""The program as a person runs it: real processes, real files."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from pathlib import Path

import pytest

from storage import schema
from tests.command_line import ROOT, TO_REVIEW, chat, run


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


def test_a_directory_that_was_wrong_before_is_named_by_its_own_file(installed: Path, tmp_path: Path) -> None:
    """Whoever took an example office out and left its name elsewhere is not sent to a file that is gone."""
    path = installed / "directory.yaml"
    path.write_text(path.read_text().replace("office: OFF-UPR\n", "office: OFF-GONE\n"))
    made = run("keygen", "-o", str(tmp_path / "me.key"), home=installed)
    done = run("directory", "add-key", "OFF-HRC", str(tmp_path / "me.key"), "-d", str(installed), home=installed)

    assert (made.returncode, done.returncode) == (0, 1)
    assert re.search(r"directory\.yaml:\d+ bodies\[\d+\]\.office: OFF-GONE is no office here", done.stderr)


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
    for use in ("report", "recovery", "identity"):
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


def test_a_ring_that_is_not_that_of_the_database_is_refused(home: Path) -> None:
    """Of another installation, or from before the last rotation: nobody who wrote before would be answered."""
    chat(home, "hi", "1")
    ring = home / "practice" / "keys" / "draft.keys"
    before = ring.read_text()
    assert "Wrapped" in run("rotate-keys", home=home).stdout
    ring.write_text(before)

    done = run("chat", home=home, text="1\n")

    assert (
        done.returncode,
        "put back the file that belongs to it, the newest there was. (draft.keys)" in done.stderr,
    ) == (1, True)


def test_a_look_up_key_that_is_not_that_of_the_database_is_refused(home: Path) -> None:
    """Everybody who wrote before would be a stranger, and be stored as one."""
    chat(home, "hi", "1")
    (home / "practice" / "keys" / "lookup.key").write_bytes(base64.b64encode(bytes(32)))

    done = run("chat", home=home, text="1\n")

    assert (
        done.returncode,
        "put back the file that belongs to it, the newest there was. (lookup.key)" in done.stderr,
    ) == (1, True)


def test_a_report_survives_backup_and_restore_and_its_ledger_still_verifies(home: Path, tmp_path: Path) -> None:
    """The practice folder, copied away, put back elsewhere; keys rotated and old things forgotten on the way."""
    assert "Sent." in chat(home, *TO_REVIEW, "3", "1")
    assert "Wrapped" in run("rotate-keys", home=home).stdout
    assert "Forgot" in run("purge", home=home).stdout
    assert "0 wrong" in run("verify", home=home).stdout
    assert "no key and no address" in run("backup", str(tmp_path / "copy"), home=home).stdout
    new = tmp_path / "new"
    restored = run("restore", str(tmp_path / "copy"), "--reports", str(tmp_path / "out"), home=new)
    assert "Restored" in restored.stdout
    verified = run("verify", home=new)
    assert "0 wrong" in verified.stdout, verified.stdout + verified.stderr
    assert "(1 erased)" in verified.stdout
    (report,) = (path for path in (tmp_path / "out").glob("OFF-*/LW-*.age") if path.name.count(".") == 1)
    office = home / "practice" / "offices" / "keys" / f"{report.parent.name}.key"
    opened = run("open", str(report), "-i", str(office), home=new)
    assert f"Report {report.stem} for {report.parent.name}" in opened.stdout, opened.stderr
    again = run("restore", str(tmp_path / "copy"), "--reports", str(tmp_path / "out"), home=tmp_path / "third")
    assert (again.returncode, (tmp_path / "third").exists()) == (1, False)
