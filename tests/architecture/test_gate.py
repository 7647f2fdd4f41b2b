"""There is no way around the gate: only it makes permissions, and every act that discloses takes one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import PACKAGES, ROOT

DISCLOSING = {
    "SealReport": {"forward", "copies", "name"}, "SealMessage": {"granted"}, "RaiseAlert": {"granted"},
    "UpdateAlert": {"granted"},
}  # fmt: skip
"""Effects that tell somebody something, and the fields that must be permissions of the gate."""


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == name:
                yield node


def test_only_the_gate_makes_permissions() -> None:
    """No other file calls Granted, names its maker, or makes objects around constructors."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            place = path.relative_to(ROOT).as_posix()
            if place != "dialogs/gate.py":
                found += [place for name in ("Granted", "__new__") for _ in _calls(tree, name)]
                found += [place for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "_MAKER"]

    assert found == []


def test_every_effect_that_discloses_takes_a_permission() -> None:
    """The types say so, and mypy holds everybody to them."""
    tree = ast.parse((ROOT / "dialogs" / "effects.py").read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for effect, fields in DISCLOSING.items():
        typed = {
            item.target.id: ast.unparse(item.annotation)
            for item in classes[effect].body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        for field in fields:
            assert "Granted" in typed[field], f"{effect}.{field}"


def test_sealing_to_an_office_happens_in_one_place_after_the_ledger_was_asked() -> None:
    """handlers: `seal` is called once, and what reaches it has passed `check` but for a complaint about us."""
    calls = {
        path.name: len(list(_calls(ast.parse(path.read_text(encoding="utf-8")), "seal")))
        for path in sorted((ROOT / "handlers").rglob("*.py"))
    }
    assert {name for name, count in calls.items() if count} == {"perform.py"}
    assert calls["perform.py"] == 1
    tree = ast.parse((ROOT / "handlers" / "perform.py").read_text(encoding="utf-8"))
    callers = [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and any(_calls(function, "_seal_to"))
    ]
    checked = [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and any(_calls(function, "check"))
    ]
    assert set(callers) - set(checked) == {"_seal_feedback"}  # SealFeedback: a letter that names no case
