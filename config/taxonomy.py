"""config/policy/taxonomy.yaml as dialogs.policy.Taxonomy, and what of it only officers and statistics need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from config.documents import Record, Texts, validated
from dialogs.frozen import Frozen
from dialogs.policy import REASON_LISTS, Act, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.documents import Document, Place

BEFORE: Final = "before"
"""In `next_status`: the status the case had before."""

Class = Literal["A", "B", "C", "D", "none"]
Group = Literal["1", "2", "3", "4", "5", "6", "7", "8", "any"]
Nexus = Literal["ST", "NS", "UK", "UN"]


class _Act(Record):
    code: str
    group: Group
    act_class: Class = Field(alias="class")
    definition: str


class _File(Record):
    acts: tuple[_Act, ...]
    group_class: dict[Group, Class]
    confidential_coop: Texts
    codes: dict[str, Texts]
    nexus: dict[Nexus, Texts] = Field(default_factory=dict)
    next_status: dict[str, Texts] = Field(default_factory=dict)


class Details(Frozen):
    """What the dialog does not need: definitions of acts, nexus of who did it, and where a case may go next."""

    definitions: Mapping[str, str]  # act -> what officers understand by it
    nexus: Mapping[str, str]  # PERP-… -> ST | NS | UK | UN
    next_status: Mapping[str, tuple[str, ...]]  # ST-… -> what may follow; `before`: the status it had


def load(document: Document) -> Taxonomy:
    """Return the taxonomy; notes mistakes in the document."""
    file = validated(document, _File)
    if file is None:
        return Taxonomy({}, {}, {}, ())
    _check(document, file)
    acts = {act.code: Act(act.code, act.group, act.act_class) for act in file.acts}
    # A copy of the wider type.
    group_class: dict[str, str] = {group: act_class for group, act_class in file.group_class.items()}  # noqa: C416
    return Taxonomy(acts, group_class, dict(file.codes), file.confidential_coop)


def details(document: Document) -> Details:
    """Return the rest of the same file; notes the mistakes of its shape in the document, as `load` does."""
    file = validated(document, _File)
    if file is None:
        return Details({}, {}, {})
    nexus = {code: nexus for nexus, codes in file.nexus.items() for code in codes}
    return Details({act.code: act.definition for act in file.acts}, nexus, dict(file.next_status))


def _check(document: Document, file: _File) -> None:
    _check_doubles(document, ("acts",), tuple(act.code for act in file.acts))
    for name, codes in file.codes.items():
        _check_doubles(document, ("codes", name), codes)
    for name in REASON_LISTS:
        if not file.codes.get(name):
            document.note(
                ("codes",), f"has no {name}", "Officers choose from it: copy the list from the policy of this version"
            )
    _check_known(document, ("confidential_coop",), file.confidential_coop, file.codes.get("coop_forms", ()))
    of_nexus = tuple(code for codes in file.nexus.values() for code in codes)
    _check_doubles(document, ("nexus",), of_nexus)
    _check_known(document, ("nexus",), of_nexus, file.codes.get("perp", ()))
    statuses = file.codes.get("case_status", ())
    for status, following in file.next_status.items():
        _check_known(document, ("next_status", status), (status, *following), (*statuses, BEFORE))


def _check_doubles(document: Document, place: Place, codes: tuple[str, ...]) -> None:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            document.note((*place, index), f"repeats {code}", "Codes never change meaning: remove one")


def _check_known(document: Document, place: Place, codes: tuple[str, ...], known: tuple[str, ...]) -> None:
    for code in codes:
        if code not in known:
            document.note(place, f"{code} is no code of this file", "Add it under `codes`, or mend it")
