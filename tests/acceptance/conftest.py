"""Folders for the program: an empty one, and a whole installation that is made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.clock import SystemClock
from bot.directory_files import key_record, write_directory
from storage.crypto.age.keys import generate_identity
from tests.command_line import run, set_setting
from tests.serving import free_port


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for one installation."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
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
    set_setting(home, "desk_listen", f"127.0.0.1:{free_port()}")
    return home


@pytest.fixture
def installed(home: Path, template: Path) -> Path:
    """A copy of the template for one test."""
    shutil.copytree(template, home)
    shutil.copy(template.parent / "root.key", home.parent / "root.key")
    settings = home / "leeward.toml"
    settings.write_text(settings.read_text().replace(str(template), str(home)))
    return home


def _fill_keys(home: Path) -> None:
    data = yaml.safe_load((home / "directory.yaml").read_text())
    recipients = [generate_identity(bytes([n]) * 32).recipient().text() for n in (1, 2)]
    for office in data["offices"]:
        office["keys"] = [
            key_record(recipient, use, f"{office['id']}-{use}", SystemClock().now())
            for recipient, use in zip((*recipients, recipients[0]), ("report", "recovery", "identity"), strict=True)
        ]
    write_directory(home / "directory.yaml", data)
