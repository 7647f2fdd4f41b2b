"""The list of tables as a policy file: what it may say, and which mistakes are named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config.countries import names
from config.documents import PolicyMistakes
from config.policies import packaged
from config.trends import FILE, load_trends


def spoiled(folder: Path, old: str, new: str) -> str:
    """Return what is said about a list of tables with one change."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyMistakes) as caught:
        load_trends(folder)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the policy."""
    return Path(shutil.copytree(packaged("policy"), tmp_path / "policy"))


def test_every_country_has_one_region() -> None:
    """Those of the United Nations (M49), and Antarctica has none."""
    regions = load_trends(None)[0].regions

    assert set(names()) - set(regions) == {"AQ"}
    assert {regions[code] for code in ("KE", "BR", "NP", "NO", "FJ", "XA")} == {
        "Africa", "Americas", "Asia", "Europe", "Oceania",
    }  # fmt: skip


def test_a_changed_list_has_another_version(folder: Path) -> None:
    """Every table names the rules it was made by."""
    before = load_trends(folder)[0].version
    (folder / FILE).write_text((folder / FILE).read_text(encoding="utf-8").replace("Reprisal", "Reprisals"))

    assert load_trends(folder)[0].version != before


def test_a_policy_folder_without_the_list_has_the_one_that_came_with_the_program(folder: Path) -> None:
    """Policies that were written before there was one go on working."""
    (folder / FILE).unlink()

    assert load_trends(folder)[0] == load_trends(None)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("world: 5,", "world: 4,", "limits.world"),
        ("region: 10,", "region: 9,", "limits.region"),
        ("consents: 20,", "consents: 19,", "limits.consents"),
        ("facts: nature_suggested", "facts: country", "country is nothing that is counted"),
        ("facts: nature_suggested", "facts: story", "story is nothing that is counted"),
        ("otherwise: NAT-UNK", "otherwise: NAT-X", "NAT-X is none of its categories"),
        ("rows: nature,", "rows: natures,", "natures is no dimension"),
        ("columns: act_group, limit: region", "columns: act_group", "is world in a table by region"),
        ("pairs: measures", "pairs: names", "names are no pairs"),
        ("{id: AGG-02,", "{id: AGG-01,", "AGG-01 stands twice"),
        ("{table: AGG-06,", "{table: AGG-05,", "names no table of the same rows"),
        ("rows: case}", "rows: nature}", "is not the number of all cases"),
        ("Africa: [AC,", "Africa: [", "leaves out AC"),
        ("Africa: [AC,", "Africa: [AC, FR,", "FR stands twice"),
        ("Africa: [AC,", "Africa: [AC, QQ,", "QQ is no country"),
        ("rows: wanted_kept,", "rows: wanted_kept, columns: nature,", "is a table of shares with columns"),
    ],
)
def test_a_mistake_is_named(folder: Path, old: str, new: str, said: str) -> None:
    """With the place where it is; a threshold can be raised, never lowered."""
    assert said in spoiled(folder, old, new)


@pytest.mark.parametrize("write", [lambda p: p.write_text("version: '1'"), lambda p: p.write_text("- x")])
def test_a_file_of_another_shape_is_refused(folder: Path, write: Callable[[Path], int]) -> None:
    """All that is missing is said at once."""
    write(folder / FILE)

    with pytest.raises(PolicyMistakes):
        load_trends(folder)
