"""config/policy/measures.yaml: the measures an officer may propose, in the plain words the person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from config.documents import Record, Texts, validated

if TYPE_CHECKING:
    from config.documents import Document

DECIDERS: Final = ("FR", "ASG", "EXT", "SEC")
FAMILIES: Final = ("GM-", "UM-")
MAX_VALID_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of domain.md 3.9. `consent` is the id of the consent it needs; nothing else unlocks it."""

    code: str
    consent: str
    group: str
    do: str
    who_learns: str
    risk: str
    decides: tuple[str, ...]  # FR | ASG | EXT | SEC, after the person's yes
    reversible: str  # yes | partly | no
    identity: str  # ID-0 … ID-3: what the officer must know of the person
    valid_days: int  # an unused yes ends after so many days


class _Measure(Record):
    code: str
    group: str
    do: str
    who_learns: str
    risk: str
    decides: Texts
    reversible: Literal["yes", "partly", "no"]
    identity: Literal["ID-0", "ID-1", "ID-2", "ID-3"]
    valid_days: Annotated[int, Field(ge=1, le=MAX_VALID_DAYS)]


class _File(Record):
    measures: tuple[_Measure, ...]


def load(document: Document) -> dict[str, Measure]:
    """Return the measures by code in the printed order; notes mistakes in the document."""
    file = validated(document, _File)
    found: dict[str, Measure] = {}
    for index, raw in enumerate(file.measures if file is not None else ()):
        _check(document, index, raw, found)
        found[raw.code] = Measure(
            raw.code, consent_of(raw.code), raw.group, raw.do, raw.who_learns, raw.risk, raw.decides, raw.reversible,
            raw.identity, raw.valid_days,
        )  # fmt: skip
    return found


def consent_of(code: str) -> str:
    """Return the consent id of a measure: `C-M-` and the code without its first part (domain.md 3.9)."""
    return f"C-M-{code.partition('-')[2]}"


def _check(document: Document, index: int, raw: _Measure, before: dict[str, Measure]) -> None:
    place = ("measures", index)
    if raw.code in before:
        document.note((*place, "code"), f"repeats {raw.code}", "Give every measure a code of its own")
    elif consent_of(raw.code) in {measure.consent for measure in before.values()}:
        document.note((*place, "code"), f"{raw.code} shares its consent with another measure", "One yes, one measure")
    if not raw.code.startswith(FAMILIES):
        document.note((*place, "code"), f"{raw.code} is no code of a measure", "Begin it with GM- or UM-")
    for decider in raw.decides:
        if decider not in DECIDERS:
            document.note((*place, "decides"), f"{decider} decides nothing", f"Use {', '.join(DECIDERS)}")
