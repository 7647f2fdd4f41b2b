"""config/policy/consents.yaml: what each consent of the intake is for, who gets what, and what a no does.

Nothing is consented to by default: a consent that was not asked is a no (spec 4.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from config.documents import Record, YesNo, validated
from dialogs.frozen import Frozen
from dialogs.policy import Purpose

if TYPE_CHECKING:
    from collections.abc import Collection

    from config.documents import Document

DataType = Literal["story", "identity", "contact", "acts", "place", "files", "sv", "health"]
"""Spec 4.9.2, `data_types`."""


class Effects(Frozen):
    """What officers and the documentation say about a consent, in plain words."""

    recipient: str
    on_withdrawal: str
    on_no: str


class _Consent(Record):
    id: str
    purpose: str
    purpose_type: Literal["protect", "follow-up", "statistics", "public-report"]
    data_types: tuple[DataType, ...]
    recipient: str
    on_withdrawal: str
    on_no: str
    sensitive: YesNo = False
    scope: str | None = None
    valid_days: Annotated[int, Field(ge=1)] | None = None


class _File(Record):
    consents: tuple[_Consent, ...]


def load(document: Document, ids: Collection[str] = ()) -> dict[str, Purpose]:
    """Return the consents by id; notes mistakes in the document.

    ids: those the taxonomy lists; each needs an entry here, and none is allowed that is not listed. Empty: not checked.
    """
    file = validated(document, _File)
    consents = file.consents if file is not None else ()
    found: dict[str, Purpose] = {}
    for index, raw in enumerate(consents):
        place = ("consents", index, "id")
        if raw.id in found:
            document.note(place, f"repeats {raw.id}", "Give every consent one entry")
        if ids and raw.id not in ids:
            document.note(place, f"{raw.id} is no consent of the intake", "Add it to taxonomy.yaml, or mend it")
        found[raw.id] = Purpose(
            raw.id, raw.purpose, raw.purpose_type, raw.data_types, raw.sensitive, raw.scope, raw.valid_days
        )
    if file is not None:
        for missing in (each for each in ids if each not in found):
            document.note(("consents",), f"has no entry for {missing}", "Add what it is for and what a no does")
    return found


def effects(document: Document) -> dict[str, Effects]:
    """Return who receives what and what a no and a withdrawal do, by consent id."""
    file = validated(document, _File)
    return {
        raw.id: Effects(raw.recipient, raw.on_withdrawal, raw.on_no)
        for raw in (file.consents if file is not None else ())
    }
