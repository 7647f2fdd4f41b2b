"""`leeward trends` as an operator runs it: real reports, sealed, and the keys of the offices."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from bot.app import practice_service
from bot.clock import FixedClock
from bot.practice.persona import Persona, load_persona
from bot.practice.player import Player
from config.load import load_settings
from dialogs.replace import replace
from tests.command_line import ROOT, run

SENT = datetime(2025, 1, 10, 10, 0, tzinfo=UTC)
WORDS = ("Mina", "Canary7731", "Arlenia", "LW-", "OFF-")
"""What stands in these reports and must not leave through statistics: a name, a story, a country, a case, an office."""


def people() -> list[Persona]:
    """Nine people who write the same story; one will not be counted, another takes the yes back."""
    mina = replace(load_persona(ROOT / "examples" / "sc-01-defender-threatened.yaml"), now=SENT, files=())
    mina = replace(mina, answers={**mina.answers, "Q24": ("Canary7731 was followed",)})
    refused = replace(mina, answers={**mina.answers, "C-STAT": ("2",)})
    return [*[mina] * 7, refused, replace(mina, then=(*mina.then, "do not count me"))]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with the reports of nine people."""
    home = tmp_path_factory.mktemp("trends") / "home"
    clock = FixedClock(SENT)
    with practice_service(load_settings(), home, clock=clock) as service:
        for number, persona in enumerate(people(), start=1):
            assert Player(service, persona, clock, number).play().sealed is not None
    return home


@pytest.fixture
def home(seeded: Path, tmp_path: Path) -> Path:
    """A copy of it, in which nothing was released."""
    return Path(shutil.copytree(seeded, tmp_path / "home"))


def trends(home: Path, *more: str, year: int = 2025, office: str = "OFF-HRC") -> subprocess.CompletedProcess[str]:
    key = home / "offices" / "keys" / f"{office}.key"
    return run("trends", "--year", str(year), "-i", str(key), *more, home=home)


def audited(home: Path) -> int:
    """Return how many entries the audit log has, once it was found to hold."""
    done = run("verify", home=home)
    found = re.search(r"(\d+) entries of the audit log", done.stdout)
    assert (done.returncode, found is not None) == (0, True)
    return int(found[1]) if found is not None else 0


def test_the_tables_are_printed_as_one_long_table(home: Path) -> None:
    """Seven of nine agreed, and seven is printed as 5; every line names period, rules and the caution."""
    done = trends(home)
    lines = list(csv.DictReader(io.StringIO(done.stdout)))
    shown = {(line["table"], line["row"]): line["value"] for line in lines if line["status"] == "shown"}

    assert (done.returncode, done.stderr) == (0, "")
    assert shown["AGG-01", "All cases"] == shown["AGG-08", "Women"] == "5"
    assert shown["AGG-08", "Men"] == "0"
    assert {line["value"] for line in lines if line["table"] == "AGG-06"} == {""}
    assert {line["status"] for line in lines} == {"shown", "withheld", "not available"}
    assert {line["period"] for line in lines} == {"2024-05-01 to 2025-04-30"}
    assert all(line["rules"] for line in lines)
    assert all("fewer reports can mean more fear" in line["note"] for line in lines if line["unit"])


def test_no_word_of_a_report_leaves_through_statistics(home: Path) -> None:
    """DC-9: in no format, nor in what is kept of the release."""
    printed = [trends(home, "--format", shape).stdout for shape in ("csv", "json", "html")]
    kept = (home / "trends" / "2025.json").read_text(encoding="utf-8")

    assert [word for text in (*printed, kept) for word in WORDS if word in text] == []


def test_json_is_what_its_schema_says(home: Path) -> None:
    """docs/trends.schema.json, with numbers that are rounded or withheld."""
    document = json.loads(trends(home, "--format", "json").stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "trends.schema.json").read_text(encoding="utf-8")))
    first = document["tables"][0]

    assert (first["id"], first["cells"]) == ("AGG-01", [{"row": "all", "column": "", "value": 5}])


class Page(HTMLParser):
    """What a reader of the page meets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_stands_alone(home: Path) -> None:
    """No script, nothing from elsewhere; each table has a caption, and headings for its rows."""
    text = trends(home, "--format", "html").stdout
    page = Page(text)

    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert page.links == []
    assert page.tags.count("caption") == page.tags.count("table") == 20
    assert text.count("fewer reports can mean more fear") == 21
    assert re.search(r"<th scope=\"row\">All cases</th><td>5</td>", text)


def test_a_period_is_released_once(home: Path) -> None:
    """The same command prints the same again, whatever key is brought; each time is in the audit log, which holds."""
    before = audited(home)
    first = trends(home)
    again = trends(home, office="OFF-CO-XA")

    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert audited(home) == before + 2


def test_a_key_that_opens_nothing_releases_nothing(home: Path) -> None:
    """And the right key can still release it."""
    done = trends(home, office="OFF-CO-XA")

    assert (done.returncode, done.stdout) == (1, "")
    assert "Name the key file of every office" in done.stderr
    assert trends(home).returncode == 0


@pytest.mark.parametrize(
    ("year", "code", "said"),
    [(2024, 1, "No report of this period"), (9990, 1, "ends with 9990-04-30"), (1990, 2, "2010<=x<=9998")],
    ids=["an empty year", "not over", "no year"],
)
def test_a_year_without_a_release_is_explained(home: Path, year: int, code: int, said: str) -> None:
    """In one line, with what to do."""
    done = trends(home, year=year)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_a_key_file_that_is_none_is_named(home: Path) -> None:
    """A missing one, and one that holds no key."""
    (home / "no.key").write_text("no key")
    missing = run("trends", "--year", "2025", "-i", str(home / "missing.key"), home=home)
    broken = run("trends", "--year", "2025", "-i", str(home / "no.key"), home=home)

    assert (missing.returncode, broken.returncode) == (1, 1)
    assert "missing.key: there is no such file" in missing.stderr
    assert "Traceback" not in broken.stderr
    assert broken.stderr


def test_without_an_installation_nothing_is_made_up(home: Path, tmp_path: Path) -> None:
    """No keys, no database: the remedy is said."""
    done = run(
        "trends", "--year", "2025", "-i", str(home / "offices" / "keys" / "OFF-HRC.key"), home=tmp_path / "empty"
    )

    assert done.returncode == 1
    assert "leeward init" in done.stderr


def test_practice_is_never_counted(home: Path, tmp_path: Path) -> None:
    """Where only a practice installation is, the command says so."""
    moved = tmp_path / "service" / "practice"
    moved.parent.mkdir()
    shutil.copytree(home, moved)
    key = moved / "offices" / "keys" / "OFF-HRC.key"
    done = run("trends", "--year", "2025", "-i", str(key), home=moved.parent)

    assert (done.returncode, done.stdout) == (1, "")
    assert "practice is never counted" in done.stderr
