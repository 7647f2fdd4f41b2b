"""config/policy/taxonomy.yaml as dialogs.policy.Taxonomy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from config.documents import Record, Texts, validated
from dialogs.policy import Act, Taxonomy

if TYPE_CHECKING:
    from config.documents import Document

Class = Literal["A", "B", "C", "D", "none"]


class _File(Record):
    acts: tuple[dict[str, str], ...]
    group_class: dict[str, Class]
    confidential_coop: Texts
    codes: dict[str, Texts]


_ACT_KEYS = {"code", "group", "class", "definition"}


def load(document: Document) -> Taxonomy:
    """Return the taxonomy; notes mistakes in the document."""
    file = validated(document, _File)
    if file is None:
        return Taxonomy({}, {}, {}, ())
    acts: dict[str, Act] = {}
    for index, entry in enumerate(file.acts):
        if set(entry) != _ACT_KEYS or entry["class"] not in ("A", "B", "C", "D", "none"):
            document.note(("acts", index), "is no act", "Write code, group, class (A to D or none) and definition")
            continue
        if entry["code"] in acts:
            document.note(("acts", index), f"repeats {entry['code']}", "Codes never change meaning: remove one")
        acts[entry["code"]] = Act(entry["code"], entry["group"], entry["class"])
    return Taxonomy(acts, dict(file.group_class), dict(file.codes), file.confidential_coop)
