"""config/policy/measures.yaml: the measures an officer may propose, in the plain words the person is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from config.documents import Record, Texts, validated
from dialogs.policy import Measure

if TYPE_CHECKING:
    from collections.abc import Collection

    from config.documents import Document

DECIDERS: Final = ("FR", "ASG", "EXT", "SEC")
FAMILIES: Final = ("GM-", "UM-")
MAX_VALID_DAYS: Final = 365


class _Measure(Record):
    code: str
    group: str
    decides: Texts
    reversible: Literal["yes", "partly", "no"]
    identity: Literal["ID-0", "ID-1", "ID-2", "ID-3"]
    valid_days: Annotated[int, Field(ge=1, le=MAX_VALID_DAYS)]
    red: Texts = ()


class _File(Record):
    measures: tuple[_Measure, ...]


def load(document: Document, red_lines: Collection[str] = ()) -> dict[str, Measure]:
    """Return the measures by code in the printed order; notes mistakes in the document.

    red_lines: the codes the taxonomy knows. Empty: not checked.
    """
    file = validated(document, _File)
    found: dict[str, Measure] = {}
    for index, raw in enumerate(file.measures if file is not None else ()):
        _check(document, index, raw, found)
        for line in raw.red:
            if red_lines and line not in red_lines:
                document.note(("measures", index, "red"), f"{line} is no red line", f"Use {', '.join(red_lines)}")
        found[raw.code] = Measure(
            raw.code, consent_of(raw.code), raw.group, raw.decides, raw.reversible, raw.identity, raw.valid_days,
            raw.red,
        )  # fmt: skip
    return found


def consent_of(code: str) -> str:
    """Return the consent id of a measure: `C-M-` and the code without its first part (spec 3.9)."""
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
